"""What `kb check` says of labelled drafts in twelve small vaults of other fields than machine learning.

    python bench/drafts.py [--half open|locked] [--show]

`bench/labels/README.md` says which half is open. The locked one is for the last measurement; do not tune on it.
A false sentence counts as caught where anything is said against it: contradicted, overstated or miscited.
"""

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ingest.pipeline import sync
from kb.language.judge import Judge
from kb.settings import Settings
from kb.store import open_store
from notes.check import Checker
from notes.draft import read_draft
from notes.finding import Finding

DRAFTS = Path(__file__).resolve().parent / "labels" / "drafts"
AGAINST = ("contradicted", "overstated", "miscited")


class Result(NamedTuple):
    """A labelled sentence, with what was said against it."""

    vault: str
    label: str
    sentence: str
    found: tuple[Finding, ...]


class Score(NamedTuple):
    """Of one half: how many, of how many."""

    contradicted: tuple[int, int]
    overstated: tuple[int, int]
    false_alarms: tuple[int, int]


def results(half: str, settings: Settings | None = None, judge: Judge | None = None) -> list[Result]:
    """Each labelled sentence of a half."""
    odd = half == "open"
    found: list[Result] = []
    for place in sorted(each for each in DRAFTS.iterdir() if each.is_dir() and int(each.name[:2]) % 2 == odd):
        with tempfile.TemporaryDirectory() as folder:
            vault = Path(folder)
            shutil.copytree(place / "notes", vault / "notes")
            sync(vault, settings or Settings())
            found += _of(place, vault, settings or Settings(), judge)
    return found


def _of(place: Path, vault: Path, settings: Settings, judge: Judge | None) -> list[Result]:
    labels = json.loads((place / "labels.json").read_text(encoding="utf-8"))
    with open_store(vault, create=False) as store:
        draft = read_draft(store, place / "draft.md")
        assert draft is not None
        checker = Checker(store, settings, judge=judge)
        said = [each for each in checker.check(draft) if each.code in AGAINST]
        checker.close()
    made = []
    for each in labels:
        start = draft.text.index(each["sentence"])
        here = tuple(one for one in said if start <= one.start < start + len(each["sentence"]))
        made.append(Result(place.name, each["label"], each["sentence"], here))
    return made


def score(found: list[Result]) -> Score:
    def of(label: str) -> tuple[int, int]:
        some = [bool(each.found) for each in found if each.label == label]
        return sum(some), len(some)

    return Score(of("contradicted"), of("overstated"), of("fine"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=("open", "locked"), default="open")
    parser.add_argument("--show", action="store_true", help="what was missed or wrongly said")
    given = parser.parse_args()
    found = results(given.half)
    for name, (hit, all_) in score(found)._asdict().items():
        print(f"{name.replace('_', ' '):13} {hit} of {all_}")
    for each in found if given.show else ():
        if bool(each.found) != (each.label != "fine"):
            print(f"\n{each.vault} {each.label}: {each.sentence}")
            for one in each.found:
                print(f"  {one.code}: {one.message}")


if __name__ == "__main__":
    main()
