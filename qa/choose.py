"""Which claims answer: relevant, from several voices, none of them said twice."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from qa.evidence import Piece

_SAME = 0.86
"""Two claims this near say the same: the second is cited with the first, not said again."""
_FROM_ONE_NOTE = 3
_FROM_ONE_NOTE_IN_A_ROW = 2
_ROLE = {
    "finding": 1.0,
    "position": 0.95,
    "mechanism": 0.97,
    "condition": 0.95,
    "caveat": 0.9,
    "definition": 0.85,
    "method": 0.7,
}
_ORDER = {"finding": 0, "position": 0, "definition": 0, "method": 1, "mechanism": 2, "condition": 3, "caveat": 4}


@dataclass(slots=True)
class Chosen:
    """A claim to be said, with the claims that say the same."""

    piece: Piece
    echoes: list[Piece] = field(default_factory=list)


def worth(piece: Piece) -> float:
    """How well a claim serves: its score, less for method and for being hard to read alone."""
    length = piece.words
    readable = 1.0 if 8 <= length <= 45 else 0.85 if length <= 70 else 0.6
    whole = 1.0 if piece.before is None else 0.9
    own = piece.claim.place.path == piece.note.path
    witness = 0.92 if piece.note.kind == "line" else 1.0 if own else 0.97
    return piece.score * _ROLE[piece.claim.role] * readable * whole * witness


def choose(strands: Sequence[Sequence[Piece]], words: int) -> list[list[Chosen]]:
    """For each strand what it says, within a number of words shared by the strands; the first gets most."""
    said: list[Chosen] = []
    result: list[list[Chosen]] = []
    best = max((worth(piece) for strand in strands for piece in strand), default=0.0)
    weights = [1.0 / (1 + 0.5 * index) for index in range(len(strands))]
    for strand, weight in zip(strands, weights, strict=True):
        room = words * weight / sum(weights)
        mine = _from(strand, said, room, best)
        if mine:
            result.append(_ordered(mine))
    return result


def _from(strand: Sequence[Piece], said: list[Chosen], room: float, best: float) -> list[Chosen]:
    mine: list[Chosen] = []
    spent = 0
    for piece in sorted(strand, key=worth, reverse=True):
        if worth(piece) < 0.45 * best and mine:
            break
        echo = next((other for other in said if _says_the_same(piece, other.piece)), None)
        if echo is not None:
            if piece.voice not in {echo.piece.voice, *(other.voice for other in echo.echoes)}:
                echo.echoes.append(piece)
            continue
        per_note = sum(1 for other in mine if other.piece.note.id == piece.note.id)
        if per_note >= _FROM_ONE_NOTE or (mine and spent + piece.words > room):
            continue
        if any(key in other.piece.keys for other in said for key in piece.keys):
            continue
        chosen = Chosen(piece)
        mine.append(chosen)
        said.append(chosen)
        spent += piece.words
    return mine


def _says_the_same(piece: Piece, other: Piece) -> bool:
    return bool(np.dot(piece.vector, other.vector) >= _SAME) or piece.shown == other.shown


def _ordered(chosen: list[Chosen]) -> list[Chosen]:
    """Note by note, each note's findings before what explains them, and limits last."""
    notes = list(dict.fromkeys(each.piece.note.id for each in chosen))
    return sorted(
        chosen,
        key=lambda each: (notes.index(each.piece.note.id), _ORDER[each.piece.claim.role], each.piece.claim.place.start),
    )
