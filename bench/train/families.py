"""Questions beside the sentences that answer them: what the reader's answering end learns from (bench/train/questions/)."""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

WRITTEN = Path(__file__).with_name("questions")
_HELD = 7
"""One family in so many is kept apart."""
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9(])")  # "... was 3.5. In contrast, ..."
_SHORTEST, _MOST = 20, 10
"""Characters of a sentence of an abstract, and sentences that are read of one."""


class Question(NamedTuple):
    """A question with the places, among its family's sentences, of those that could open its answer and of those that belong in it."""

    text: str
    opens: frozenset[int]
    belongs: frozenset[int]


class Family(NamedTuple):
    """A few notes on neighbouring subjects: their sentences, each after its note's title, and questions over all of them."""

    sentences: Sequence[str]
    questions: Sequence[Question]
    is_held: bool
    """Whether it is kept apart, to measure on."""


def families(abstracts: Path | None, folder: Path = WRITTEN) -> list[Family]:
    """All that were written; those over abstracts where SciFact's `corpus.jsonl` is at hand."""
    corpus = dict(_corpus(abstracts)) if abstracts else {}
    found = []
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_text("utf-8").splitlines()):
            row = json.loads(line)
            if "notes" in row or corpus:
                held = int(hashlib.md5(f"{path.name}:{number}".encode()).hexdigest(), 16) % _HELD == 0
                found.append(_family(row, corpus, held))
    return found


def _family(row: dict[str, Any], corpus: dict[str, tuple[str, list[str]]], is_held: bool) -> Family:
    notes = [(note["title"], note["sentences"]) for note in row.get("notes", ())] or [
        corpus[key] for key in row["abstracts"]
    ]
    names = [f"{at}.{to}" for at, (_, said) in enumerate(notes, 1) for to in range(1, len(said) + 1)]
    place = {name: at for at, name in enumerate(names)}
    questions = []
    for each in row["questions"]:
        opens = frozenset(place[name] for name in each["best"])
        questions.append(Question(each["q"], opens, opens | {place[name] for name in each["also"]}))
    return Family([f"{title} {said}" for title, some in notes for said in some], questions, is_held)


def _corpus(path: Path) -> Iterator[tuple[str, tuple[str, list[str]]]]:
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        sentences = [each.strip() for each in _SENTENCE.split(row["text"]) if len(each.strip()) > _SHORTEST]
        yield str(row["_id"]), (row["title"], sentences[:_MOST])
