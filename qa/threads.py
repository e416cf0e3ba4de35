"""Strands of an answer: notes that speak of the same thing, each strand called by its leading note."""

from collections.abc import Collection, Sequence

import numpy as np

from qa.evidence import Piece

MOST = 4
_ALIKE = 0.55
"""Mean claims this near make one strand."""
_KIN = 0.45
"""So near a note joins a strand once there are enough of them."""
_LINKED = 0.15
"""What a link between two notes by an author adds to their nearness: a debate is one strand."""


def in_threads(
    pieces: Sequence[Piece], notes: Sequence[str], linked: Collection[frozenset[str]] = ()
) -> list[list[Piece]]:
    """The pieces of these notes in strands, the best strand first; a note that fits none of enough strands is left out."""
    by_note = {note: [piece for piece in pieces if piece.note.id == note] for note in notes}
    strands: list[list[str]] = []
    centres: dict[str, np.ndarray] = {note: _centre(mine) for note, mine in by_note.items() if mine}
    for note, centre in centres.items():
        nearness = [
            max(float(centre @ centres[other]) + _LINKED * (frozenset((note, other)) in linked) for other in strand)
            for strand in strands
        ]
        best = int(np.argmax(nearness)) if nearness else -1
        if best >= 0 and nearness[best] >= (_ALIKE if len(strands) < MOST else _KIN):
            strands[best].append(note)
        elif len(strands) < MOST:
            strands.append([note])
    return [[piece for note in strand for piece in by_note[note]] for strand in strands]


def _centre(pieces: Sequence[Piece]) -> "np.ndarray":
    total = np.sum([piece.vector for piece in pieces[:6]], axis=0)
    length = float(np.linalg.norm(total))
    return np.asarray(total / length if length else total)
