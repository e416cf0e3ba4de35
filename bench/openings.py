"""What an answer opens with and quotes, beside sentences that a reader of the notes labelled.

    python bench/openings.py [--half open|locked] --vault sample=examples/vault --vault garden=DIR ...
    python bench/openings.py --labels bench/labels/openings_unseen.jsonl --vault danbur=DIR ...

Questions of other hands, written before what is measured; of each the sentences that could stand first (`open`), those that a good answer quotes
(`needed`), by file and place, and the notes that it cites. Every second one is locked. A label counts as said where most of its words stand
together in what is quoted. The vaults are copied, so nothing is written into them; bench/labels/README.md says where they are from.
"""

import argparse
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from itertools import takewhile
from pathlib import Path
from statistics import fmean
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ingest.pipeline import sync
from kb.settings import load_settings
from kb.store import open_store
from qa.answer import Answer
from qa.ask import Asker

LABELS = Path(__file__).parent / "labels" / "openings.jsonl"
_RUN, _MOST = 4, 0.6
"""Words that must stand together to be the same, and the share of a label's runs that must be said."""
_WORD = re.compile(r"\w+")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=("open", "locked"), default="open")
    parser.add_argument("--labels", type=Path, default=LABELS)
    parser.add_argument("--vault", action="append", required=True, help="NAME=DIR")
    parser.add_argument("--show", action="store_true", help="what each opens with")
    given = parser.parse_args()
    rows = [json.loads(line) for line in given.labels.read_text("utf-8").splitlines()][given.half == "locked" :: 2]
    told: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, place in (each.split("=", 1) for each in given.vault):
            vault = Path(folder) / name
            shutil.copytree(place, vault, ignore=shutil.ignore_patterns(".kb", ".git"))
            sync(vault, load_settings(vault))
            with open_store(vault) as store, closing(Asker(store, load_settings(vault))) as asker:
                for row in rows:
                    if row["vault"] == name:
                        answer = asker.ask(row["q"])
                        told.append(judged(row, answer, vault))
                        if given.show:
                            print(_shown(row, answer, told[-1]))
    print(f"{len(told)} questions, the {given.half} half")
    for key in dict.fromkeys(key for each in told for key in each):
        values = [each[key] for each in told if key in each]
        print(f"{key:42}{fmean(values):.2f} of {len(values)}")


def judged(row: Mapping[str, Any], answer: Answer, vault: Path) -> dict[str, float]:
    """What holds of one answer."""
    is_near = answer.coverage in ("near", "silent")
    if row["near_miss"]:
        return {"near misses told": is_near}
    first = _passage(answer)
    said = [statement.text for statement in answer.statements]
    needed = [_text(vault, each) for each in row["needed"]]
    cited = {answer.claims[key].path for statement in answer.statements for key in statement.claims}
    notes = set(row["notes"])
    found = {
        "opens with a passage that holds what could open": _any_said(
            [_text(vault, each) for each in row["open"]], first
        ),
        "and that begins with it": _any_said([_text(vault, each) for each in row["open"]], first[:1]),
        "opens with one that holds what is needed": _any_said(needed, first),
        "needed sentences quoted": fmean(_any_said([each], said) for each in needed),
        "notes needed that are cited": len(notes & cited) / len(notes),
        "called near or silent": is_near,
    }
    return found | ({"of the cited needed": len(notes & cited) / len(cited)} if cited else {})


def _passage(answer: Answer) -> list[str]:
    """The sentences that stand first, up to where another passage begins."""
    rest = takewhile(lambda statement: statement.goes_on, answer.statements[1:])
    return [statement.text for statement in (*answer.statements[:1], *rest)]


def _text(vault: Path, place: Mapping[str, Any]) -> str:
    return (vault / place["path"]).read_text("utf-8")[place["start"] : place["end"]]


def _any_said(labels: Iterable[str], said: Sequence[str]) -> bool:
    runs = set().union(*map(_runs, said)) if said else set()
    return any(len(mine & runs) >= _MOST * len(mine) for mine in map(_runs, labels) if mine)


def _runs(text: str) -> set[tuple[str, ...]]:
    words = _WORD.findall(text.lower())
    return {tuple(words[at : at + _RUN]) for at in range(max(1, len(words) - _RUN + 1))}


def _shown(row: Mapping[str, Any], answer: Answer, told: Mapping[str, float]) -> str:
    return f"{row['vault']}: {row['q']}\n   {answer.coverage}: {' '.join(_passage(answer))[:400]}\n   {told}\n"


if __name__ == "__main__":
    main()
