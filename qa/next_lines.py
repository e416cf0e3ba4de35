"""Where to go next: questions the graph raises, each with the gap it comes from."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, zip_longest

import numpy as np

from kb.catalogue import claims as read_claims
from kb.catalogue import notes as read_notes
from kb.embed import Embedding
from kb.note import STUB
from kb.store import Store
from qa.answer import Next
from qa.evidence import Piece, excerpt, names_of
from qa.scope import Scope
from qa.terms import content_words

MOST = 5
_CITING = 3
"""Lines that cite the nearest notes and are asked what they leave open."""
_ANSWERED = 0.86
"""A question this near to a note's title is answered there."""
_SAME = 0.8
_ABOUT = 0.3
"""Cosine with the question below which a line left open elsewhere leads away from it."""
_LONGEST = 22
_OPEN_WORD = r"(?:not (?:yet |fully )?(?:settled|known|clear|tested|reported|shown|explained)|unsettled|unknown|unclear|unexplained|untested|open|an open question)"
_ASKS = r"(?P<asked>(?:whether|which|what|how|why|when|where)\b[^.;:?]{12,140}?)"
_OPEN = (
    re.compile(rf"^{_ASKS} (?:is|are|remains?) {_OPEN_WORD}\b", re.I),
    re.compile(rf"\b(?:it|this) (?:is|remains?) {_OPEN_WORD} {_ASKS}[.;,]", re.I),
    re.compile(rf"\b(?:does|do|did|has|have|can) ?not (?:yet )?(?:tell|test|tested|examine|examined|study|studied|report|separate|show|shown|say|settle|settled|know|explain) {_ASKS}[.;,]", re.I),
)  # fmt: skip
_UNTESTED = re.compile(r"(?:^|[,;] (?:so|and) |; )(?:the )?(?P<what>[A-Za-z][^,.;]{10,80}?) (?P<be>is|are) untested\b")
_LEANS = re.compile(
    r"\b(?:this|that|these|those|it|its|they|their|here|the (?:former|latter|authors?|paper|study))\b", re.I
)


def next_lines(
    store: Store, embedding: Embedding, question: str, used: Sequence[Piece], near: Sequence[str], scope: Scope
) -> tuple[Next, ...]:
    """Five at most: what is left open and what is not written in turn, none of which a note's title asks; then what near
    notes ask that were not cited. None asked already, and none from outside the scope."""
    left_open = [
        *_asked_by_authors(store, near, scope),
        *_said_to_be_open(store, dict.fromkeys(piece.note.id for piece in used), scope),
    ]
    open_ones = [*left_open, *_unwritten(store, near, scope)]
    proposed = [*open_ones, *_not_cited(store, near, {piece.note.id for piece in used})]
    if not proposed:
        return ()
    vectors = embedding.embed([question, *(line.question for line in proposed)])
    asked, lines = vectors[0], vectors[1:]
    on_it = sorted(
        (index for index in range(len(left_open)) if float(lines[index] @ asked) >= _ABOUT),
        key=lambda index: (-float(lines[index] @ asked), index),
    )
    unwritten = range(len(left_open), len(open_ones))
    elsewhere = range(len(open_ones), len(proposed))
    kept: list[int] = []
    in_turn = [index for turn in zip_longest(on_it, unwritten) for index in turn if index is not None]
    for index in (*in_turn, *elsewhere):
        vector = lines[index]
        if float(vector @ asked) >= _ANSWERED or any(float(vector @ lines[other]) >= _SAME for other in kept):
            continue
        if index in elsewhere or not _is_answered(store, embedding, proposed[index], vector):
            kept.append(index)
        if len(kept) == MOST:
            break
    return tuple(proposed[index] for index in kept)


def _is_answered(store: Store, embedding: Embedding, line: Next, vector: np.ndarray) -> bool:
    """Whether a note's title asks just that."""
    titles = _alike(store, line)
    return bool(titles) and bool(np.max(embedding.embed(titles) @ vector) >= _ANSWERED)


def _alike(store: Store, line: Next) -> list[str]:
    """Titles with two of the three longest words of a question; others cannot ask the same."""
    longest = sorted(content_words(line.question)[0], key=lambda word: (-len(word), word))[:3]
    quoted = [f'"{word}"' for word in longest]
    pairs = [f"({a} AND {b})" for a, b in combinations(quoted, 2)] or quoted
    if not pairs:
        return []
    rows = store.sql.execute(
        "SELECT title, name FROM note WHERE kind <> 'stub' AND id IN (SELECT rowid FROM note_words WHERE note_words MATCH ? LIMIT 100)",
        (f"title : ({' OR '.join(pairs)})",),
    )
    return [title for title, name in rows if name not in line.because]


def _asked_by_authors(store: Store, near: Sequence[str], scope: Scope) -> Iterator[Next]:
    """Questions on which the nearest notes end, and the lines that cite them."""
    marks = ",".join("?" * len(near))
    citing = store.sql.execute(
        f"SELECT note.name FROM mention JOIN note ON note.file = mention.file WHERE note.kind IN ('line', 'post') AND mention.note IN ({marks}) "
        "GROUP BY note.name ORDER BY count(DISTINCT mention.note) DESC, note.name",
        list(near),
    )
    lines = [row[0] for row in citing if scope.counts_note(row[0])][:_CITING]
    for note in dict.fromkeys([*near, *lines]):
        row = store.sql.execute("SELECT next_lines, title FROM note WHERE name = ?", (note,)).fetchone()
        for asked in json.loads(row[0])[:4] if row else ():
            yield Next(question=asked, because=(note,), why=f"left open in “{row[1]}”")


def _said_to_be_open(store: Store, notes: Iterable[str], scope: Scope) -> Iterator[Next]:
    """What the notes used say that nobody knows."""
    for note in notes:
        for claim in read_claims(store, names_of(store, note)):
            asked = _left_open(claim.quote) if scope.counts(claim) else ""
            if asked:
                yield Next(question=asked, because=(claim.id,), why="its author calls it open")


def _left_open(quote: str) -> str:
    """ "How the effect scales is unknown" as a question; nothing where the words lean on others."""
    text = excerpt(quote)
    for pattern in _OPEN:
        found = pattern.search(text)
        if found and not _LEANS.search(found["asked"]) and len(found["asked"].split()) <= _LONGEST:
            asked = found["asked"]
            return f"What would show {asked[0].lower()}{asked[1:]}?"
    found = _UNTESTED.search(text)
    if found and not _LEANS.search(found["what"]):
        what = found["what"]
        return f"{'Has' if found['be'] == 'is' else 'Have'} {what[0].lower()}{what[1:]} been tested?"
    return ""


def _unwritten(store: Store, near: Sequence[str], scope: Scope) -> Iterator[Next]:
    """Notes that are cited around here and not written yet."""
    marks = ",".join("?" * len(near))
    rows = store.sql.execute(
        f"SELECT DISTINCT mention.note FROM mention JOIN file ON file.id = mention.file WHERE file.path IN ({marks}) AND mention.note LIKE ?",
        (*near, f"{STUB}%"),
    )
    for stub in read_notes(store, [row[0] for row in rows]):
        if stub.title.endswith("?") and not stub.summary and scope.counts_note(stub.id):
            yield Next(question=stub.title, because=(stub.id,), why="cited, and its note is not written yet")


def _not_cited(store: Store, near: Sequence[str], cited: set[str]) -> Iterator[Next]:
    """Questions that near notes have for a title, and that the answer did not come to."""
    for note in read_notes(store, [name for name in near if name not in cited]):
        words = len(note.title.split())
        if note.title.endswith("?") and note.path and 3 <= words <= _LONGEST:
            yield Next(question=note.title, because=(note.id,), why="a near note asks it, and was not cited")
