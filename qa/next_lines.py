"""Where to go next: questions the graph raises, each with the gap it comes from."""

import json
import re
from collections.abc import Iterator, Sequence

from kb.catalogue import notes as read_notes
from kb.claim import Claim
from kb.embed import Embedding
from kb.link import Tension
from kb.note import STUB, slug
from kb.store import Store
from qa.answer import Next
from qa.evidence import Piece, excerpt

MOST = 5
_ANSWERED = 0.86
"""A question this near to a note's title is answered there."""
_SAME = 0.8
_LONGEST = 20
_DEFINES = re.compile(r"^(?:[\w-]+ ){1,4}(?:is|are) (?:an?|the|one)\b")
_NAME = re.compile(r"^(?:[A-Z][a-z]+ (?:et al|&)|[A-Z]\w*[A-Z0-9]|[A-Z]-)")


def next_lines(
    store: Store,
    embedding: Embedding,
    question: str,
    used: Sequence[Piece],
    near: Sequence[str],
    tensions: Sequence[tuple[Tension, Claim, Claim]],
) -> tuple[Next, ...]:
    """Three to five, of different kinds where there are; none asked already, none that a note's title asks."""
    by_kind = [
        list(_asked_by_authors(store, near)),
        list(_unwritten(store, near)),
        list(_undecided(tensions)),
        list(_alone(used)),
    ]
    proposed = [line for turn in range(3) for kind in by_kind for line in kind[turn : turn + 1]]
    if not proposed:
        return ()
    titles = [row[0] for row in store.sql.execute("SELECT title FROM note WHERE kind <> 'stub' ORDER BY id LIMIT 5000")]
    vectors = embedding.embed([question, *(line.question for line in proposed), *titles])
    asked, lines, answered = vectors[0], vectors[1 : 1 + len(proposed)], vectors[1 + len(proposed) :]
    kept: list[int] = []
    for index in range(len(proposed)):
        vector = lines[index]
        if float(vector @ asked) >= _ANSWERED or (len(answered) and float((answered @ vector).max()) >= _ANSWERED):
            continue
        if any(float(vector @ lines[other]) >= _SAME for other in kept):
            continue
        kept.append(index)
    return tuple(proposed[index] for index in kept[:MOST])


def _asked_by_authors(store: Store, near: Sequence[str]) -> Iterator[Next]:
    """Questions that the nearest notes and lines end on."""
    for note in near:
        row = store.sql.execute("SELECT next_lines, title FROM note WHERE name = ?", (note,)).fetchone()
        for asked in json.loads(row[0])[:2] if row else ():
            yield Next(question=asked, because=(note,), why=f"left open in “{row[1]}”")


def _unwritten(store: Store, near: Sequence[str]) -> Iterator[Next]:
    """Notes that are cited around here and not written yet."""
    marks = ",".join("?" * len(near))
    rows = store.sql.execute(
        f"SELECT DISTINCT mention.note FROM mention JOIN file ON file.id = mention.file WHERE file.path IN ({marks}) AND mention.note LIKE ?",
        (*near, f"{STUB}%"),
    )
    for stub in read_notes(store, [row[0] for row in rows]):
        if stub.title.endswith("?") and not stub.summary:
            yield Next(question=stub.title, because=(stub.id,), why="cited, and its note is not written yet")


def _undecided(tensions: Sequence[tuple[Tension, Claim, Claim]]) -> Iterator[Next]:
    for tension, a, b in tensions:
        first, second = _clause(a), _clause(b)
        if tension.reconcile is None and first and second:
            yield Next(
                question=f"Under what conditions is it true that {first}, and under which that {second}?",
                because=(a.id, b.id),
                why="a tension that nothing here settles",
            )


def _alone(used: Sequence[Piece]) -> Iterator[Next]:
    """A finding that one voice alone reports."""
    for piece in used:
        said = _clause(piece.claim)
        told = piece.claim.role in ("finding", "mechanism", "condition") and not _DEFINES.search(piece.claim.quote)
        if told and said and piece.before is None and not _elsewhere(piece, used):
            yield Next(
                question=f"Has anyone else found that {said}?", because=(piece.claim.id,), why="one voice reports it"
            )


def _elsewhere(piece: Piece, used: Sequence[Piece]) -> bool:
    """Whether another voice says nearly the same."""
    return any(other.voice != piece.voice and float(other.vector @ piece.vector) >= _SAME for other in used)


def _clause(claim: Claim) -> str:
    """A short claim as a clause; nothing for one that would not read as such."""
    text = excerpt(claim.quote).rstrip(".")
    if (
        not text
        or len(text.split()) > _LONGEST
        or text != claim.text.rstrip(".")
        or re.search(r"[;:?“”]|\bI\b|\bwe\b", text)
    ):
        return ""
    first = text.split(" ", 1)[0]
    if _NAME.match(text) or not first[:1].isupper() or any(char.isupper() or char.isdigit() for char in first[1:]):
        return text
    return text[:1].lower() + text[1:] if slug(first) else ""
