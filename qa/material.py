"""What an answer can be made from: claims that the reader has read, each with how well it answers.

A claim answers as well as it was found with its note, as it comes near to the question with its note's title, and as it does alone.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ingest.restatements import is_telling
from kb.claim import Role
from kb.language.assertion import assertions
from kb.note import SYNTHESES
from qa.evidence import CLOSED, Piece
from qa.reread import in_context

READ, ALONE = 60, 40
"""Claims that the reader reads with their titles, and alone."""
LIKE_IT = 0.55
"""Cosine of a line's title with the question from which all that the line says is read, and its conclusion is one on the question."""
_FOUND = 2
"""How many times as much as each reading it counts how well a claim was found with its note."""
_UNREAD = 0.5
"""How likely a sentence asserts something that was not read alone; above it nothing is taken off."""
_SAME, _SAME_FIGURES = 0.86, 0.6
"""Two claims this near say the same, or with two figures in common this near: the second is cited with the first, not said again."""
_ROLE: dict[Role, float] = {
    "finding": 1.0,
    "position": 0.97,
    "mechanism": 0.97,
    "condition": 0.95,
    "caveat": 0.9,
    "definition": 0.9,
    "method": 0.6,
}
_HEARSAY = 0.85
"""What others' summaries of a note are worth where the note itself can be quoted: they repeat it."""
_FORMULA = re.compile(r"\\[A-Za-z]+|\$[^$]{12,}\$")  # "\alpha", "$x_i + y_i = 1 - z$"


@dataclass(frozen=True, slots=True)
class Material:
    """The claims of one question, best first, as the reader sees them."""

    pieces: Sequence[Piece]
    asked: NDArray[np.float32]
    """The question's vector."""
    titles: Mapping[str, float]
    """How near the title of each note is to the question."""

    def led_by(self, notes: Collection[str]) -> "Material":
        """With what these notes say before all else."""
        pieces = [replace(piece, score=piece.score + (piece.note.id in notes)) for piece in self.pieces]
        return replace(self, pieces=sorted(pieces, key=lambda piece: (-piece.score, piece.claim.id)))

    def of_note(self, note: str) -> list[Piece]:
        """What one note can say, in its own order."""
        mine = [piece for piece in self.pieces if piece.note.id == note and piece.claim.place.path == piece.note.path]
        return sorted(mine, key=lambda piece: piece.claim.place.start)


def read_material(
    of: Callable[[Sequence[str]], NDArray[np.float32]], question: str, pieces: Sequence[Piece]
) -> Material:
    """The likeliest claims, read by `of`."""
    first = list(pieces[:READ])
    if not first:
        return Material((), of([question])[0], {})
    notes = list(dict.fromkeys(piece.note for piece in pieces))
    rows = of([question, *(note.title for note in notes)])
    titles = {note.id: float(cosine) for note, cosine in zip(notes, rows[1:] @ rows[0], strict=True)}
    known = {piece.claim.id for piece in first}
    lines = {note.id for note in notes if note.kind in SYNTHESES and titles[note.id] >= LIKE_IT}
    first += [piece for piece in pieces if piece.note.id in lines and piece.claim.id not in known]
    told = of([question, *(in_context(piece.note.title, piece.claim.text) for piece in first)])
    context = told[1:] @ told[0]
    order = sorted(range(len(first)), key=lambda at: -float(context[at]))
    near, asserts = np.full(len(first), np.nan, np.float32), np.full(len(first), _UNREAD, np.float32)
    vectors = list(told[1:])
    alone = of([first[at].claim.text for at in order[:ALONE]])
    for at, row, likely in zip(order, alone, assertions(alone), strict=False):
        near[at], vectors[at], asserts[at] = float(row @ told[0]), row, likely
    low = float(np.nanmin(near))
    near = np.where(np.isnan(near), min(low, 0.3), near)
    top = max(piece.score for piece in first) or 1.0
    scored = [
        replace(
            piece,
            score=(_FOUND * piece.score / top + _share(context, at) + _share(near, at))
            / (_FOUND + 2)
            * _asserting(float(asserts[at])),
            vector=vectors[at],
        )
        for at, piece in enumerate(first)
    ]
    scored.sort(key=lambda piece: (-piece.score, piece.claim.id))
    return Material(scored, told[0], titles)


def _asserting(likely: float) -> float:
    """What a sentence is worth that may only announce something: a quarter, where it surely does."""
    return 0.25 + 0.75 * min(1.0, likely / _UNREAD)


def _share(values: NDArray[np.float32], at: int) -> float:
    return max(0.0, float(values[at])) / max(float(values.max()), 0.1)


def worth(piece: Piece) -> float:
    """How well a claim serves: its score, less for method and for being hard to read alone."""
    length = piece.words
    readable = 0.5 if length < 6 else 0.85 if length < 8 else 1.0 if length <= 45 else 0.85 if length <= 70 else 0.6
    readable *= 1.0 if piece.shown.endswith(CLOSED) and piece.shown[:1].isupper() else 0.8
    whole = 1.0 if piece.before is None else 0.9
    own = piece.claim.place.path == piece.note.path or piece.note.path is None
    plain = 0.5 if _FORMULA.search(piece.shown) else 1.0
    return piece.score * _ROLE[piece.claim.role] * readable * whole * (1.0 if own else _HEARSAY) * plain


def says_the_same(piece: Piece, other: Piece) -> bool:
    """Whether the second adds nothing to the first (a paraphrase, or the same figures in one note)."""
    near = float(np.dot(piece.vector, other.vector))
    if piece.shown == other.shown or near >= _SAME:
        return True
    shared = len(_figures(piece) & _figures(other))
    return shared >= 1 if piece.note.id == other.note.id else shared >= 2 and near >= _SAME_FIGURES


def _figures(piece: Piece) -> set[tuple[float, str]]:
    return {(number.value, number.unit) for number in piece.claim.numbers if is_telling(number)}


def widely(pieces: Sequence[Piece], words: int, turns: int = 6) -> list[Piece]:
    """Of every note in turn what serves best, within a number of words: what a writer is given to choose from."""
    by_note: dict[str, list[Piece]] = {}
    for piece in sorted(pieces, key=worth, reverse=True):
        by_note.setdefault(piece.note.id, []).append(piece)
    given: list[Piece] = []
    for turn in range(turns):
        for mine in by_note.values():
            if (
                turn < len(mine)
                and words >= mine[turn].words
                and not any(says_the_same(mine[turn], each) for each in given)
            ):
                given.append(mine[turn])
                words -= mine[turn].words
    return given
