"""Strands of an answer: notes that speak of the same thing, each strand called by its leading note."""

from collections.abc import Sequence

import numpy as np

from qa.evidence import Piece

MOST = 4
_ALIKE = 0.62
"""Mean claims this near make one strand: on the sample vault, notes on one debate are, and neighbours are not."""


def in_threads(pieces: Sequence[Piece], notes: Sequence[str]) -> list[list[Piece]]:
    """The pieces of these notes in strands, the best strand first."""
    by_note = {note: [piece for piece in pieces if piece.note.id == note] for note in notes}
    strands: list[list[str]] = []
    centres: list[np.ndarray] = []
    for note, mine in by_note.items():
        if not mine:
            continue
        centre = _centre(mine)
        nearness = [float(centre @ other) for other in centres]
        best = int(np.argmax(nearness)) if nearness else -1
        if best >= 0 and (nearness[best] >= _ALIKE or len(strands) == MOST):
            strands[best].append(note)
            centres[best] = _centre([piece for name in strands[best] for piece in by_note[name]])
        else:
            strands.append([note])
            centres.append(centre)
    return [[piece for note in strand for piece in by_note[note]] for strand in strands]


def _centre(pieces: Sequence[Piece]) -> "np.ndarray":
    total = np.sum([piece.vector for piece in pieces[:6]], axis=0)
    length = float(np.linalg.norm(total))
    return np.asarray(total / length if length else total)
