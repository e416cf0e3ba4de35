"""What answers do with conflicting evidence, beside BM25 with the same number of words.

    python bench/conflicts.py --healthver healthver_dev.jsonl --perspectrum perspectrum_train_dev.jsonl --ramdocs ramdocs_half.jsonl [--most 60]

HealthVer: its evidence is the vault, a note for each text; claims with evidence both ways are asked as they are and as "Is it true that ...?".
Told: how often a note on each side is quoted, and "contested" said, the latter for claims with evidence one way as well. PERSPECTRUM (dev): a
note for each perspective on 139 claims; told: how many of the notes quoted are on the claim asked, and whether both sides are. RAMDocs: a vault
for each question; told: whether all right answers stand in what is quoted, and, counted apart, whether a wrong one does.

BM25 takes of its best notes, in order, the sentence with most words of the question, until it has said as much as the answer.
"""

import argparse
import json
import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ingest.pipeline import sync
from kb.settings import Settings
from kb.store import open_store
from qa.answer import Answer
from qa.ask import Asker
from qa.words import Words

_ENDS = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
_WORD = re.compile(r"\w+")
Sides = Mapping[str, set[str]]
"""Of one claim the notes on each side."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("healthver", "perspectrum", "ramdocs"):
        parser.add_argument(f"--{name}", type=Path, metavar="FILE")
    parser.add_argument("--most", type=int, default=60, help="claims or questions of each sort")
    given = parser.parse_args()
    for measure, file in ((healthver, given.healthver), (perspectrum, given.perspectrum), (ramdocs, given.ramdocs)):
        if file:
            measure([json.loads(line) for line in file.read_text("utf-8").splitlines()], given.most)


def healthver(rows: Sequence[Mapping[str, Any]], most: int) -> None:
    """Claims beside evidence that supports and refutes them."""
    names: dict[str, str] = {}
    claims: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in rows:
        claims[row["claim"].rstrip("?. ")][row["label"]].add(names.setdefault(row["evidence"], f"{len(names):04}.md"))
    two = sorted(claim for claim, by in claims.items() if by["Supports"] and by["Refutes"])[:most]
    one = sorted(claim for claim, by in claims.items() if bool(by["Supports"]) != bool(by["Refutes"]))[:most]
    with asking({name: text for text, name in names.items()}) as asked:
        found = [(claims[claim], *asked(f"{claim}?")) for claim in two]
        again = [(claims[claim], asked(f"Is it true that {claim[0].lower()}{claim[1:]}?")[0]) for claim in two]
        contested = sum(asked(f"{claim}?")[0].coverage == "contested" for claim in one)
    print(
        f"HealthVer: {len(two)} claims with evidence both ways, {share(_words(each[1]) for each in found):.0f} words an answer"
    )
    print(
        f"both sides quoted       {share(_has_both(_cited(answer), by) for by, answer, _ in found):.2f}   asked as “is it true that” "
        f"{share(_has_both(_cited(answer), by) for by, answer in again):.2f}   BM25 {share(_has_both(set(bm25), by) for by, _, bm25 in found):.2f}"
    )
    print(
        f"said to be contested    {share(answer.coverage == 'contested' for _, answer, _ in found):.2f}   "
        f"of {len(one)} claims with evidence one way {contested / max(1, len(one)):.2f}"
    )


def perspectrum(rows: Sequence[Mapping[str, Any]], most: int) -> None:
    """Claims beside what people say for and against them; all perspectives of the development half are one vault."""
    claims: dict[str, dict[str, set[str]]] = {}
    texts: dict[str, str] = {}
    for row in (row for row in rows if row["split"] == "dev"):
        by = claims.setdefault(row["claim"].rstrip("?. "), defaultdict(set))
        for each in row["perspectives"]:
            name = f"{len(texts):04}.md"
            texts[name] = each["texts"][0]
            by["Supports" if each["stance"] == "SUPPORT" else "Refutes"].add(name)
    two = sorted(claim for claim, by in claims.items() if len(by) > 1)[:most]
    with asking(texts) as asked:
        found = [(claims[claim], *asked(f"{claim}?")) for claim in two]
    print(
        f"PERSPECTRUM: {len(two)} claims, {len(texts)} perspectives, {share(_words(each[1]) for each in found):.0f} words an answer"
    )
    for name, cited in (
        ("kb", [_cited(answer) for _, answer, _ in found]),
        ("BM25", [set(bm25) for _, _, bm25 in found]),
    ):
        own = [
            len(notes & set().union(*by.values())) / len(notes)
            for (by, *_), notes in zip(found, cited, strict=True)
            if notes
        ]
        both = share(_has_both(notes, by) for (by, *_), notes in zip(found, cited, strict=True))
        print(
            f"{name:6}on the claim, of the notes quoted {share(own):.2f}   both sides quoted {both:.2f}   notes quoted {share(map(len, cited)):.1f}"
        )


def ramdocs(rows: Sequence[Mapping[str, Any]], most: int) -> None:
    """Questions with several right answers, each over its own documents, wrong ones among them."""
    told: dict[str, list[tuple[bool, float, bool | None]]] = {"kb": [], "BM25": []}
    for row in rows[:most]:
        texts = {f"{at:02}.md": each["text"] for at, each in enumerate(row["documents"])}
        right = _stated(row, "correct")
        wrong = _stated(row, "misinfo")
        if not right:
            continue
        with asking(texts) as asked:
            answer, bm25 = asked(row["question"])
        for name, said in (
            ("kb", " ".join(each.text for each in answer.statements)),
            ("BM25", " ".join(bm25.values())),
        ):
            shown = [_holds(said, each) for each in right]
            told[name].append((all(shown), share(shown), any(_holds(said, each) for each in wrong) if wrong else None))
    print(f"RAMDocs: {len(told['kb'])} questions")
    for name, each in told.items():
        with_wrong = [wrong for _, _, wrong in each if wrong is not None]
        print(
            f"{name:6}all right answers shown {share(whole for whole, _, _ in each):.2f}   right answers shown {share(part for _, part, _ in each):.2f}   "
            f"a wrong one shown {share(with_wrong):.2f} of {len(with_wrong)}"
        )


@contextmanager
def asking(texts: Mapping[str, str]) -> Iterator[Any]:
    """Texts as a vault, and a function from a question to its answer and what BM25 would quote with as many words."""
    with tempfile.TemporaryDirectory() as folder:
        vault = Path(folder)
        for name, text in texts.items():
            (vault / name).write_text(f"{text}\n", "utf-8")
        sync(vault, Settings())
        with open_store(vault) as store, closing(Asker(store, Settings())) as asker:
            index = Words(store)
            ids, names = zip(*store.sql.execute("SELECT id, name FROM note ORDER BY id").fetchall(), strict=True)

            def asked(question: str) -> tuple[Answer, dict[str, str]]:
                answer = asker.ask(question)
                scores = index.notes(index.asked(question), np.array(ids, np.int64))
                best = [names[at] for at in np.argsort(-scores, kind="stable")]
                return answer, _by_words(question, {name: texts[name] for name in best}, _words(answer))

            yield asked


def _by_words(question: str, texts: Mapping[str, str], words: int) -> dict[str, str]:
    """A sentence of each text in order, as long as there are words for it."""
    wanted = set(_WORD.findall(question.lower()))
    said: dict[str, str] = {}
    for name, text in texts.items():
        sentence = max(_ENDS.split(text), key=lambda each: len(wanted & set(_WORD.findall(each.lower()))))
        words -= len(sentence.split())
        if words < 0:
            break
        said[name] = sentence
    return said


def _stated(row: Mapping[str, Any], kind: str) -> list[str]:
    """The answers that documents of a kind state in the words in which they are labelled."""
    found = {
        each["answer"] for each in row["documents"] if each["type"] == kind and _holds(each["text"], each["answer"])
    }
    return sorted(found)


def _holds(said: str, answer: str) -> bool:
    return f" {' '.join(_WORD.findall(answer.lower()))} " in f" {' '.join(_WORD.findall(said.lower()))} "


def _words(answer: Answer) -> int:
    return sum(len(statement.text.split()) for statement in answer.statements)


def _cited(answer: Answer) -> set[str]:
    return {answer.claims[key].path for statement in answer.statements for key in statement.claims}


def _has_both(notes: set[str], by: Sides) -> bool:
    return bool(notes & by["Supports"]) and bool(notes & by["Refutes"])


def share(values: Any) -> float:
    """The mean of some numbers, or the share of some that hold."""
    known = [float(value) for value in values]
    return sum(known) / len(known) if known else float("nan")


if __name__ == "__main__":
    main()
