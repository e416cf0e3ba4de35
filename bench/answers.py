"""Seventy-two questions of other hands, answered to be graded by readers, and what the readers made of it.

    python bench/answers.py ask FOLDER --vault sample=examples/vault --vault garden=DIR ...
    python bench/answers.py told GRADES.jsonl ...

`ask` writes each answer as a screen shows it, with what an ideal one says, into FOLDER. A reader who did not build it grades each from 0 to 4:
direct (does what stands first answer what was asked; 4: with its condition, 0: something else), relevant (is the rest about it; 2: half of it),
synthesised (4: claims compared, joined, limits beside what they limit; 0: a heap of quotes), tensions (two readable sides, of one thing, opposed as
told; null where the notes hold none), next (would a person ask these; null where nothing is proposed and nothing was to be). A line of grades is
{"at", "reader", "direct", "relevant", "synthesised", "tensions", "next", "why"}; `told` prints the means, by form and by reader.
"""

import argparse
import io
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from statistics import fmean
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rich.console import Console

from kb.settings import load_settings
from kb.store import open_store
from qa.ask import Asker
from qa.render import show

QUESTIONS = Path(__file__).parent / "labels" / "questions.jsonl"
SEEN = 24
"""The first of them were read while answers were built; the others were not."""
GRADES = ("direct", "relevant", "synthesised", "tensions", "next")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    ask = verbs.add_parser("ask")
    ask.add_argument("folder", type=Path)
    ask.add_argument("--vault", action="append", default=[], help="NAME=DIR, synced")
    told = verbs.add_parser("told")
    told.add_argument("grades", type=Path, nargs="+")
    given = parser.parse_args()
    questions = read(QUESTIONS)
    if given.verb == "ask":
        written(questions, dict(each.split("=", 1) for each in given.vault), given.folder)
    else:
        print("\n".join(means(questions, [grade for path in given.grades for grade in read(path)])))


def read(path: Path) -> list[dict[str, Any]]:
    """One object a line."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def written(questions: Sequence[dict[str, Any]], vaults: dict[str, str], folder: Path) -> None:
    """A file for each answer."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, place in vaults.items():
        vault = Path(place)
        with open_store(vault) as store, closing(Asker(store, load_settings(vault))) as asker:
            for at, each in enumerate(questions):
                if each["vault"] == name:
                    screen = io.StringIO()
                    show(asker.ask(each["question"]), Console(file=screen, width=100), vault)
                    told = f"# {at}. {each['question']}\n\nVault: {name}\n\nIdeal: {each['ideal']}\n\n```text\n{screen.getvalue()}```\n"
                    (folder / f"{at:02}.md").write_text(told, "utf-8")


def means(questions: Sequence[dict[str, Any]], grades: Sequence[dict[str, Any]]) -> Iterator[str]:
    """A table of means; then the worst five answers."""
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for grade in grades:
        for group in (
            "all",
            "read before" if grade["at"] < SEEN else "not read before",
            questions[grade["at"]]["form"],
            grade["reader"],
        ):
            groups[group].append(grade)
    yield f"{'':16}{'n':>4}" + "".join(f"{name:>13}" for name in GRADES)
    for group, mine in groups.items():
        known = [[grade[name] for grade in mine if grade[name] is not None] for name in GRADES]
        yield f"{group:16}{len(mine):4}" + "".join(
            f"{fmean(values):13.1f}" if values else f"{'-':>13}" for values in known
        )
    whole: dict[int, list[float]] = defaultdict(list)
    for grade in grades:
        whole[grade["at"]].append(fmean(grade[name] for name in GRADES if grade[name] is not None))
    for at in sorted(whole, key=lambda at: fmean(whole[at]))[:5]:
        why = next(grade["why"] for grade in grades if grade["at"] == at)
        yield f"{fmean(whole[at]):.1f}  {questions[at]['question']}  {why}"


if __name__ == "__main__":
    main()
