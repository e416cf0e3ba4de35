"""Where to go next: questions the graph raises, each with the gap it comes from."""

import json
import re
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from kb.catalogue import claims as read_claims
from kb.catalogue import notes as read_notes
from kb.link import Tension
from kb.note import STUB
from kb.store import Store
from qa.answer import Next
from qa.evidence import Piece
from qa.scope import Scope

Embed = Callable[[Sequence[str]], np.ndarray]
MOST = 5
_CITING = 3
"""Lines that cite the nearest notes and are asked what they leave open."""
_ANSWERED = 0.86
"""A question this near to the one that was asked is that one."""
_ITS_OWN = 0.7
"""A question of a note that is quoted is answered by it from this near to what was asked: it is what the note set out to answer."""
_SAME = 0.8
_ABOUT = 0.4
"""Cosine with the question below which a line leads away from it."""
_LEAST, _LONGEST = 4, 25
_NUMBERED = re.compile(
    r"^(?:\(?(?:[ivx]{1,4}|\d{1,2}|[a-h])[.)]\s+|[^.?!]{1,40}\.\s+(?=[A-Z][^.]*\?$))"
)  # "(ii) ", "Scope. Does it hold?"
_LEAD = re.compile(
    r"^(?:specifically|more specifically|in particular|finally|first|second|third|then|so|but|and)[,:]\s+", re.I
)  # "Specifically: does it hold?"


def next_lines(
    store: Store,
    embed: Embed,
    question: str,
    used: Sequence[Piece],
    near: Sequence[str],
    unsettled: Sequence[Tension],
    scope: Scope,
) -> tuple[Next, ...]:
    """Five at most, nearest to the question first in each kind: what authors leave open, what is cited and not written, a
    tension that nobody settles, what near notes ask that were not cited. None too long to be asked, none that leads away."""
    quoted = {piece.note.id for piece in used}
    open_ones = [
        *_asked_by_authors(store, near, scope),
        *_unwritten(store, near, scope),
        *_between(store, unsettled, quoted),
    ]
    elsewhere = list(_not_cited(store, near, quoted))
    proposed = [each for each in (*open_ones, *elsewhere) if _LEAST <= len(each.question.split()) <= _LONGEST]
    if not proposed:
        return ()
    vectors = embed([question, *(each.question for each in proposed)])
    cosines = vectors[1:] @ vectors[0]
    order = sorted(range(len(proposed)), key=lambda at: (proposed[at] in elsewhere, -float(cosines[at]), at))
    kept: list[int] = []
    for at in order:
        most = _ITS_OWN if quoted.issuperset(proposed[at].because) else _ANSWERED
        is_near = _ABOUT <= float(cosines[at]) < most
        if not is_near or any(float(vectors[at + 1] @ vectors[other + 1]) >= _SAME for other in kept):
            continue
        kept.append(at)
    return tuple(proposed[at] for at in kept[:MOST])


def _asked_by_authors(store: Store, near: Sequence[str], scope: Scope) -> Iterator[Next]:
    """Questions on which the nearest notes end, and the lines that cite them."""
    citing = store.rows(
        "SELECT note.name FROM mention JOIN note ON note.file = mention.file WHERE note.kind IN ('line', 'post') AND mention.note IN",
        near,
        "GROUP BY note.name ORDER BY count(DISTINCT mention.note) DESC, note.name",
    )
    lines = [row[0] for row in citing if scope.counts_note(row[0])][:_CITING]
    for note in dict.fromkeys([*near, *lines]):
        row = store.sql.execute("SELECT next_lines, title FROM note WHERE name = ?", (note,)).fetchone()
        for asked in json.loads(row[0])[:4] if row else ():
            yield Next(question=plain_question(asked), because=(note,), why=f"left open in “{row[1]}”")


def _between(store: Store, unsettled: Sequence[Tension], cited: set[str]) -> Iterator[Next]:
    """What a note asks that an author sets against a cited one, where nobody says how they go together."""
    for tension in unsettled:
        if tension.reconcile is None:
            names = dict.fromkeys(claim.note for claim in read_claims(store, [tension.a, tension.b]))
            notes = read_notes(store, list(names))
            for note, other in ((notes[0], notes[-1]), (notes[-1], notes[0])):
                if note.id != other.id and note.id not in cited and note.title.endswith("?"):
                    why = f"an author sets it against “{other.title}”, and no note settles it"
                    yield Next(question=note.title, because=(note.id, other.id), why=why)


def plain_question(asked: str) -> str:
    """ "(ii) Specifically: (a) does it hold?" -> Does it hold?"""
    rest = _NUMBERED.sub("", _LEAD.sub("", _NUMBERED.sub("", asked)))
    return rest[:1].upper() + rest[1:]


def _unwritten(store: Store, near: Sequence[str], scope: Scope) -> Iterator[Next]:
    """Notes that are cited around here and not written yet."""
    rows = store.rows(
        f"SELECT DISTINCT mention.note FROM mention JOIN file ON file.id = mention.file WHERE mention.note LIKE '{STUB}%' AND file.path IN",
        near,
    )
    for stub in read_notes(store, [row[0] for row in rows]):
        if stub.title.endswith("?") and not stub.summary and scope.counts_note(stub.id):
            yield Next(question=stub.title, because=(stub.id,), why="cited, and its note is not written yet")


def _not_cited(store: Store, near: Sequence[str], cited: set[str]) -> Iterator[Next]:
    """Questions that near notes have for a title, and that the answer did not come to."""
    for note in read_notes(store, [name for name in near if name not in cited]):
        if note.title.endswith("?") and note.path:
            yield Next(question=note.title, because=(note.id,), why="a near note asks it, and was not cited")
