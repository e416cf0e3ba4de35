"""How well what a language model wrote is told from what its claims do not carry.

    python bench/grounding.py [--half odd|even|later] [--show]

`grounding.toml` holds sixty statements with a planted fault and sixty faithful ones, worded by hand before there was a
judge. Thresholds and word lists were tuned on the first, third ... of each kind ("odd"); the others were left alone
until then. Those called "later" were written when all of that was done. The judge is given the other claims of the same notes besides, as a writer would have had them.
"""

import argparse
import shutil
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ingest.pipeline import sync
from kb.catalogue import claims as read_claims
from kb.claim import Claim
from kb.embed import Embedding, open_embedding
from kb.language.judge import Judge, boxed
from kb.settings import Settings
from kb.store import open_store
from qa.support import Fault, faults
from qa.word_support import WordSupport

ROOT = Path(__file__).parent.parent
FAITHFUL = "faithful"


class Said(NamedTuple):
    """A prepared statement and the claims that it is judged by."""

    text: str
    kind: str
    half: str
    claims: tuple[Claim, ...]
    others: tuple[Claim, ...]


def prepared(claims: Sequence[Claim], which: str = "said") -> list[Said]:
    """The statements, each beside the claims whose keys it has."""
    rows = tomllib.loads((ROOT / "bench" / "grounding.toml").read_text(encoding="utf-8"))[which]
    seen: Counter[str] = Counter()
    found = []
    for row in rows:
        kind = row.get("fault", FAITHFUL)
        seen[kind] += 1
        on = tuple(_named(claims, name) for name in row["on"])
        notes = {claim.place.path for claim in on}
        others = {claim.id: claim for claim in claims if claim.place.path in notes}
        others |= {claim.id: claim for claim in (_named(claims, name) for name in row.get("beside", ()))}
        rest = tuple(claim for claim in others.values() if claim not in on)
        found.append(Said(row["text"], kind, "odd" if seen[kind] % 2 else "even", on, rest))
    return found


def _named(claims: Sequence[Claim], name: str) -> Claim:
    note, _, begins = name.partition(" > ")
    return next(c for c in claims if c.place.path.endswith(f"/{note}.md") and c.quote.startswith(begins))


def sample_claims(folder: Path) -> list[Claim]:
    """Every claim of the sample vault, read in a folder of its own."""
    vault = folder / "vault"
    shutil.copytree(ROOT / "examples" / "vault", vault, ignore=shutil.ignore_patterns(".kb"))
    sync(vault, Settings())
    with open_store(vault) as store:
        names = [name for (name,) in store.sql.execute("SELECT name FROM claim ORDER BY id")]
        return read_claims(store, names)


def judged(
    said: Sequence[Said], embedding: Embedding | None, judge: Judge | None = None
) -> list[tuple[Said, list[Fault]]]:
    likeness = WordSupport(embedding)
    return [(each, faults(each.text, each.claims, each.others, likeness, judge)) for each in said]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=("odd", "even", "later"))
    parser.add_argument("--show", action="store_true", help="what was stopped and what was missed")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        known = sample_claims(Path(folder))
    said = [*prepared(known), *(each._replace(half="later") for each in prepared(known, "later"))]
    halves = [given.half] if given.half else ["odd", "even", "later"]
    said = [each for each in said if each.half in halves]
    words = open_embedding("wordllama", ROOT)
    ways: list[tuple[str, Embedding | None, Judge | None]] = [
        ("guards and coverage", words, None),
        ("the same, words alone", None, None),
    ]
    if judge := boxed():
        ways.append(("with the judge in the box", words, judge))
    for name, embedding, asked in ways:
        judged(said, embedding, asked)
        began = time.process_time()
        got = judged(said, embedding, asked)
        spent = (time.process_time() - began) / len(said) * 1e3
        print(
            f"\n{name}: {spent:.1f} ms of processor time a statement, its words known\n{'':20}"
            + "".join(f"{half:>12}" for half in halves)
        )
        for kind in dict.fromkeys(each.kind for each, _ in got):
            cells = []
            for half in halves:
                of = [found for each, found in got if each.kind == kind and each.half == half]
                cells.append(f"{sum(map(bool, of)):>6} of {len(of):2}")
            print(f"{kind:20}" + "".join(f"{cell:>12}" for cell in cells))
        if given.show:
            for each, found in got:
                if bool(found) is (each.kind == FAITHFUL):
                    print(f"- {each.kind}: {each.text}")
                    for fault in found:
                        print(f"    {fault.kind}: {fault.why}")


if __name__ == "__main__":
    main()
