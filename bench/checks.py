"""How well `kb check` tells what is wrong in eighty-four planted sentences, and what it finds wrong where nothing is.

    python bench/checks.py [--vault DIR] [--show tune later]

The drafts lie in `bench/planted/`. Every finding counts, on the sentences planted and on the padding between them: one of
another code than the expected is a false one. `tune` was looked at while the checks were made, `held` was only counted. `later` was written when both
had been, and counted once before anything was changed for it;
its fine sentences stand in a draft of their own, for a draft that tells the other side is not contradicted.
"""

import argparse
import shutil
import sys
import tempfile
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ingest.pipeline import sync
from kb.settings import Settings
from kb.store import open_store
from notes.check import Checker
from notes.draft import read_draft
from notes.finding import Finding

ROOT = Path(__file__).resolve().parent.parent
DRAFTS = ROOT / "bench" / "planted"
HALVES = ("tune", "held", "later")
CODES = ("contradicted", "miscited", "overstated")


class Result(NamedTuple):
    """A planted sentence, or padding, with what was found there."""

    half: str
    expected: str
    sentence: str
    found: tuple[Finding, ...]


def results(vault: Path) -> list[Result]:
    """Each planted sentence with its findings; findings elsewhere come as padding."""
    planted = tomllib.loads((DRAFTS / "planted.toml").read_text(encoding="utf-8"))["planted"]
    made: list[Result] = []
    settings = Settings()
    with open_store(vault, create=False) as store:
        checker = Checker(store, settings)
        for name in dict.fromkeys(each["draft"] for each in planted):
            draft = read_draft(store, DRAFTS / name)
            assert draft is not None
            made += _of_draft(draft.text, [each for each in planted if each["draft"] == name], checker.check(draft))
        checker.close()
    return made


def _of_draft(text: str, planted: list[dict[str, Any]], findings: list[Finding]) -> list[Result]:
    made, left = [], list(findings)
    for each in planted:
        start = text.index(each["sentence"])
        here = [one for one in left if start <= one.start < start + len(each["sentence"])]
        left = [one for one in left if one not in here]
        made.append(Result(each["half"], each["code"], each["sentence"], tuple(here)))
    return [*made, *(Result(planted[0]["half"], "padding", text[one.start : one.end], (one,)) for one in left)]


def figures(found: list[Result]) -> tuple[float, float, int]:
    """Precision over all findings, recall over what is wrong, and fine sentences called contradicted."""
    said = [(each.expected, one.code) for each in found for one in each.found]
    right = sum(expected == code for expected, code in said)
    wrong = [each for each in found if each.expected in CODES]
    hit = sum(any(one.code == each.expected for one in each.found) for each in wrong)
    fine = sum(each.expected == "fine" and any(one.code == "contradicted" for one in each.found) for each in found)
    return right / len(said) if said else 1.0, hit / len(wrong) if wrong else 0.0, fine


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vault", type=Path, default=ROOT / "examples" / "vault")
    parser.add_argument("--show", choices=HALVES, nargs="*", default=(), help="what was missed or wrongly said")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        vault = Path(folder) / "vault"
        shutil.copytree(given.vault, vault, ignore=shutil.ignore_patterns(".kb"))
        sync(vault, Settings())
        found = results(vault)
    for half in HALVES:
        some = [each for each in found if each.half == half]
        precision, recall, fine = figures(some)
        print(f"{half:5} precision {precision:.2f}   recall {recall:.2f}   fine called contradicted {fine}")
        for code in CODES:
            of = [each for each in some if each.expected == code]
            hit = sum(any(one.code == code for one in each.found) for each in of)
            false = Counter(each.expected for each in some for one in each.found if one.code == code != each.expected)
            print(f"      {code:13} {hit} of {len(of)}   false {sum(false.values())} {dict(false) or ''}")
        others = Counter(one.code for each in some for one in each.found if one.code not in CODES)
        print(f"      other codes   {dict(others) or 'none'}")
    precision, recall, fine = figures([each for each in found if each.half != "later"])
    print(f"tune and held: precision {precision:.2f}   recall {recall:.2f}   fine called contradicted {fine}")
    for each in found if given.show else ():
        if each.half in given.show and [one.code for one in each.found] != [each.expected] * (each.expected != "fine"):
            print(f"\n{each.expected}: {each.sentence}")
            for one in each.found:
                print(f"  {one.code}: {one.message}")


if __name__ == "__main__":
    main()
