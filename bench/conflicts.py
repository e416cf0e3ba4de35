"""Whether both sides of a conflict are quoted, beside BM25 with the same number of words.

    python bench/conflicts.py HEALTHVER.jsonl [--most 60]

HealthVer's evidence becomes a vault, a note for each text; each claim with evidence both ways is asked as it is and as "Is it true
that ...?". Told: how often a note that supports the claim and one that refutes it are both quoted, how often the verdict is
"contested", and the latter for claims with evidence one way. BM25 takes whole sentences of its best notes until it has said as much.
"""

import argparse
import json
import re
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ingest.pipeline import sync
from kb.settings import Settings
from kb.store import Store, open_store
from qa.answer import Answer
from qa.ask import Asker
from qa.words import Words

_ENDS = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
Sides = dict[str, dict[str, set[str]]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("healthver", type=Path)
    parser.add_argument("--most", type=int, default=60, help="claims of each sort")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        vault = Path(folder)
        sides, texts = written(given.healthver, vault)
        sync(vault, Settings())
        two = sorted(claim for claim, by in sides.items() if by["Supports"] and by["Refutes"])[: given.most]
        one = sorted(claim for claim, by in sides.items() if bool(by["Supports"]) != bool(by["Refutes"]))[: given.most]
        with open_store(vault) as store:
            measure(Asker(store, Settings()), sides, texts, two, one)


def written(source: Path, vault: Path) -> tuple[Sides, dict[str, str]]:
    """The evidence as notes, and for each claim the notes on each side."""
    names: dict[str, str] = {}
    sides: Sides = defaultdict(lambda: defaultdict(set))
    for line in source.read_text("utf-8").splitlines():
        row = json.loads(line)
        name = names.setdefault(row["evidence"], f"evidence-{len(names):04}.md")
        sides[row["claim"].rstrip("?. ")][row["label"]].add(name)
    for text, name in names.items():
        (vault / name).write_text(f"{text}\n", "utf-8")
    return sides, {name: text for text, name in names.items()}


def measure(asker: Asker, sides: Sides, texts: dict[str, str], two: list[str], one: list[str]) -> None:
    both, both_bm25, contested, again, words = 0, 0, 0, 0, 0
    for claim in two:
        answer = asker.ask(f"{claim}?")
        said = sum(len(statement.text.split()) for statement in answer.statements)
        words += said
        both += _has_both(_quoted(answer), sides[claim])
        contested += answer.coverage == "contested"
        both_bm25 += _has_both(_by_bm25(asker.store, claim, texts, said), sides[claim])
        again += _has_both(_quoted(asker.ask(f"Is it true that {claim[0].lower()}{claim[1:]}?")), sides[claim])
    false = sum(asker.ask(f"{claim}?").coverage == "contested" for claim in one)
    count = len(two)
    print(f"claims with evidence both ways {count}, words an answer {words / count:.0f}")
    print(
        f"both sides quoted       {both / count:.2f}   asked as “is it true that” {again / count:.2f}   BM25 {both_bm25 / count:.2f}"
    )
    print(
        f"said to be contested    {contested / count:.2f}   of {len(one)} claims with evidence one way {false / len(one):.2f}"
    )


def _quoted(answer: Answer) -> set[str]:
    return {answer.claims[key].path for statement in answer.statements for key in statement.claims}


def _has_both(notes: set[str], by: dict[str, set[str]]) -> bool:
    return bool(notes & by["Supports"]) and bool(notes & by["Refutes"])


def _by_bm25(store: Store, claim: str, texts: dict[str, str], words: int) -> set[str]:
    """The notes from whose sentences BM25 would quote, best first, one sentence of each."""
    import numpy as np

    index = Words(store)
    ids = np.array(store.sql.execute("SELECT id FROM note ORDER BY id").fetchall(), np.int64).reshape(-1)
    scores = index.notes(index.asked(claim), ids)
    names = dict(store.sql.execute("SELECT id, name FROM note"))
    found: set[str] = set()
    asked = set(claim.lower().split())
    for at in np.argsort(-scores, kind="stable"):
        sentence = max(_ENDS.split(texts[names[int(ids[at])]]), key=lambda each: len(asked & set(each.lower().split())))
        words -= len(sentence.split())
        if words < 0:
            return found
        found.add(names[int(ids[at])])
    return found


if __name__ == "__main__":
    main()
