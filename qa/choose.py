"""Which claims answer: relevant, from several voices, none of them said twice."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ingest.restate import is_telling
from qa.evidence import CLOSED, Piece

_SAME = 0.86
"""Two claims this near say the same: the second is cited with the first, not said again."""
_SAME_AT_HOME = 0.6
"""Within one note less is needed: an author comes back to the one thing the note is about."""
_FROM_THE_FIRST, _FROM_OTHERS = 2, 1
"""What the leading note of a strand may find, and what the others: an answer is many voices."""
_TURNS = 6
"""Claims of one note that a writer is given, at most."""
_LIMITS = 1
"""Limits of one note, besides."""
_LEAST = 0.4
"""Share of the best claim's worth below which a strand says no more."""
_FOR_A_STRAND = 60
"""Words that a strand needs to say something."""
_ROLE = {
    "finding": 1.0,
    "position": 0.95,
    "mechanism": 0.92,
    "condition": 0.95,
    "caveat": 0.85,
    "definition": 0.8,
    "method": 0.45,
}
_ORDER = {"finding": 0, "position": 0, "definition": 0, "method": 1, "mechanism": 2, "condition": 3, "caveat": 4}
_HEARSAY = 0.75
"""What others' summaries of a note are worth where the note itself can be quoted: they repeat it."""
_UNCLOSED = 0.85
"""What an item of a list is worth that is no whole sentence, or does not care to look like one."""
_FORMULA = re.compile(r"\\[A-Za-z]+|\$[^$]{12,}\$")


@dataclass(slots=True)
class Chosen:
    """A claim to be said, with the claims that say the same."""

    piece: Piece
    echoes: list[Piece] = field(default_factory=list)


def worth(piece: Piece) -> float:
    """How well a claim serves: its score, less for method and for being hard to read alone."""
    length = piece.words
    readable = 0.5 if length < 6 else 1.0 if 8 <= length <= 45 else 0.85 if length <= 70 else 0.6
    readable *= 1.0 if piece.shown.endswith(CLOSED) else _UNCLOSED
    whole = 1.0 if piece.before is None else 0.9
    own = piece.claim.place.path == piece.note.path
    witness = 0.92 if piece.note.kind == "line" else 1.0 if own or piece.note.path is None else _HEARSAY
    plain = 0.5 if _FORMULA.search(piece.shown) else 1.0
    return piece.score * _ROLE[piece.claim.role] * readable * whole * witness * plain


def choose(strands: Sequence[Sequence[Piece]], words: int, said: Sequence[Piece] = ()) -> list[list[Chosen]]:
    """For each strand what it says, within a number of words; the first may say most, what one leaves unsaid goes to the next.
    `said` stands before the strands, and is not said again."""
    before = [Chosen(piece) for piece in said]
    result: list[list[Chosen]] = []
    best = max((worth(piece) for strand in strands for piece in strand), default=0.0)
    strands = strands[: max(1, words // _FOR_A_STRAND)]
    weights = [1.0 / (1 + 0.5 * index) for index in range(len(strands))]
    left = float(words)
    for number, strand in enumerate(strands):
        mine = _from(strand, before, left * weights[number] / sum(weights[number:]), best)
        left -= sum(each.piece.words for each in mine)
        if mine:
            result.append(_ordered(mine))
    return result


def widely(strands: Sequence[Sequence[Piece]], words: int) -> list[Piece]:
    """Of every note in turn what serves best, within a number of words: what a writer is given to choose from."""
    by_note: dict[str, list[Piece]] = {}
    for strand in strands:
        for piece in sorted(strand, key=worth, reverse=True):
            by_note.setdefault(piece.note.id, []).append(piece)
    given: list[Piece] = []
    for turn in range(_TURNS):
        for mine in by_note.values():
            if (
                turn < len(mine)
                and words >= mine[turn].words
                and not any(says_the_same(mine[turn], other) for other in given)
            ):
                given.append(mine[turn])
                words -= mine[turn].words
    return given


def _from(strand: Sequence[Piece], said: list[Chosen], room: float, best: float) -> list[Chosen]:
    mine: list[Chosen] = []
    spent = 0
    for piece in sorted(strand, key=worth, reverse=True):
        if worth(piece) < _LEAST * best and mine:
            break
        echo = next((other for other in said if says_the_same(piece, other.piece)), None)
        if echo is not None:
            if piece.voice not in {echo.piece.voice, *(other.voice for other in echo.echoes)}:
                echo.echoes.append(piece)
            continue
        if not _has_room(piece, mine) or (mine and spent + piece.words > room):
            continue
        if any(key in other.piece.keys for other in said for key in piece.keys):
            continue
        chosen = Chosen(piece)
        mine.append(chosen)
        said.append(chosen)
        spent += piece.words
    return mine


def _has_room(piece: Piece, mine: Sequence[Chosen]) -> bool:
    """Whether a note may say one thing more: so many findings, and a limit; how it was done only after what came of it."""
    same = [other.piece.claim.role for other in mine if other.piece.note.id == piece.note.id]
    limits = sum(1 for role in same if role in ("caveat", "condition"))
    if piece.claim.role in ("caveat", "condition"):
        return limits < _LIMITS
    if piece.claim.role in ("method", "definition") and not same:
        return False
    leads = not mine or mine[0].piece.note.id == piece.note.id
    return len(same) - limits < (_FROM_THE_FIRST if leads else _FROM_OTHERS)


def says_the_same(piece: Piece, other: Piece) -> bool:
    """Whether the second adds nothing to the first."""
    near = float(np.dot(piece.vector, other.vector))
    if piece.shown == other.shown or near >= _SAME:
        return True
    if piece.note.id != other.note.id:
        return False
    return near >= _SAME_AT_HOME or bool(_figures(piece) & _figures(other))


def _figures(piece: Piece) -> set[tuple[float, str]]:
    return {(number.value, number.unit) for number in piece.claim.numbers if is_telling(number)}


def _ordered(chosen: list[Chosen]) -> list[Chosen]:
    """Note by note, each note's findings before what explains them, and limits last."""
    notes = list(dict.fromkeys(each.piece.note.id for each in chosen))
    return sorted(
        chosen,
        key=lambda each: (notes.index(each.piece.note.id), _ORDER[each.piece.claim.role], each.piece.claim.place.start),
    )
