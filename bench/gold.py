"""How the answers do on the gold questions of the sample vault.

    python bench/gold.py [--verbose]

Coverage (silent or not, and which of the five), how many of the notes an ideal answer cites are cited,
whether the tension that must be shown is shown, and the verdicts on premises.
"""

import argparse
import shutil
import tempfile
import tomllib
from collections import Counter
from pathlib import Path

from ingest.pipeline import sync
from kb.settings import Settings
from kb.store import open_store
from qa.ask import Asker

ROOT = Path(__file__).parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--verbose", action="store_true")
    verbose = parser.parse_args().verbose
    gold = tomllib.loads((ROOT / "tests" / "gold" / "questions.toml").read_text())
    with tempfile.TemporaryDirectory() as folder:
        vault = Path(folder) / "vault"
        shutil.copytree(ROOT / "examples" / "vault", vault, ignore=shutil.ignore_patterns(".kb"))
        sync(vault, Settings())
        with open_store(vault) as store:
            measure(Asker(store, Settings()), gold, verbose)


def measure(asker: Asker, gold: dict[str, list[dict[str, object]]], verbose: bool) -> None:
    confusion: Counter[tuple[str, str]] = Counter()
    cited_share, first, tensions_shown, tensions_wanted, named = [], 0, 0, 0, 0
    known: Counter[int] = Counter()
    for entry in gold["answerable"]:
        answer = asker.ask(str(entry["question"]))
        wanted = [str(note) for note in entry["notes"]]  # type: ignore[union-attr, attr-defined]
        cited = [note.id for note in answer.notes if note.cited]
        cited_share.append(len(set(cited) & set(wanted)) / len(wanted))
        led = answer.claims[answer.statements[0].claims[0]].note if answer.statements else ""
        first += led in wanted
        confusion[str(entry["coverage"]), answer.coverage] += 1
        shown = [set(t.notes) or {answer.claims[t.a].note, answer.claims[t.b].note} for t in answer.tensions]
        known.update(len(pair & set(wanted)) for pair in shown)
        if entry.get("tension"):
            named += set(entry["tension"]) in [{each.a, each.b} for each in answer.apart]  # type: ignore[call-overload]
            tensions_wanted += 1
            tensions_shown += set(entry["tension"]) in shown  # type: ignore[call-overload]
        if verbose and (answer.coverage == "silent" or led not in wanted):
            print(f"- {entry['question']}\n    {answer.coverage}; led by {led}; wanted {wanted[0]}")
    silent = Counter()
    for entry in gold["silent"]:
        answer = asker.ask(str(entry["question"]))
        said = (
            answer.coverage
            if answer.coverage in ("silent", "near")
            else "a word named"
            if answer.missing
            else "as if answered"
        )
        silent[said] += 1
        if verbose and said == "as if answered":
            print(f"! {entry['question']}\n    {answer.coverage}")
    premises: Counter[tuple[str, str]] = Counter()
    for entry in gold["premise"]:
        answer = asker.ask(str(entry["question"]))
        verdict = answer.premises[-1].verdict if answer.premises else "none read"
        premises[str(entry["verdict"]), verdict] += 1
        if verbose and verdict != entry["verdict"]:
            print(
                f"? {entry['question']}\n    {[(p.text, p.verdict) for p in answer.premises]}; wanted {entry['verdict']}"
            )
    answered = sum(count for (_, got), count in confusion.items() if got not in ("silent", "near"))
    total = len(gold["answerable"])
    print(f"answerable answered        {answered}/{total}")
    told = ", ".join(f"{said} {count}" for said, count in silent.most_common())
    print(f"unanswerable               {told}, of {len(gold['silent'])}")
    print(f"verdict as a reader's      {sum(n for (want, got), n in confusion.items() if want == got)}/{total}")
    for (want, got), count in sorted(confusion.items()):
        print(f"    {want:10} -> {got:10} {count}")
    print(
        f"gold notes cited           {sum(cited_share) / total:.2f} of them on average; the first statement from one: {first}/{total}"
    )
    print(f"tension shown              {tensions_shown}/{tensions_wanted}; without quotes {named} more")
    print(
        f"tensions shown in all      {known.total()}: of both notes ideal {known[2]}, one {known[1]}, neither {known[0]}"
    )
    print(
        f"premise verdicts           {sum(n for (want, got), n in premises.items() if want == got)}/{len(gold['premise'])}"
    )
    for (want, got), count in sorted(premises.items()):
        print(f"    {want:12} -> {got:12} {count}")


if __name__ == "__main__":
    main()
