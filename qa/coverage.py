"""How much the notes know: silent, thin, one-sided, contested or settled.

Silence is told from measures that fail in different ways: how near the nearest claim is to the question, how many of
the question's words, weighted by rarity, a single note holds, and how many no note ever uses. Right words on a wrong
topic are scattered over many notes; a right topic in passing is not near.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qa.answer import Coverage
from qa.evidence import Piece
from qa.retrieve import Found

MET, UNKNOWN = 0.55, 0.5
"""Least of half the nearness and the share of words, less so much of the share that no note ever uses.

On the gold questions (`bench/gold.py`), half of which are near misses written to deceive, it answers nine in ten of
those that can be answered (57 of 64), and keeps silent on four in five of those that cannot (44 of 56). Area under the
curve 0.89; with words held only as they are spelt 0.87, and 0.88 when those that nobody wrote count."""

THIN, VOICE = 0.9, 0.75
"""Share of the nearest claim's cosine that a second voice must reach not to be thin, and a third to settle anything."""
NEAR, AGREED = 0.45, 0.5
"""And the cosine with the question that they must reach whatever the nearest does. Without it 19 of the gold answers said
"settled", 17 of them wrongly; so it is said of one, rightly."""
TITLED = 0.75
"""Cosine of a note's title from which the note asks the very question, whatever its words."""


def is_silent(found: Found) -> bool:
    """Whether the notes have nothing to say."""
    return found.titled < TITLED and found.nearness / 2 + found.covered - UNKNOWN * found.unknown < MET


def coverage_of(
    pieces: Sequence[Piece], used: Sequence[Piece], asked: NDArray[np.float32], is_contested: bool
) -> Coverage:
    """The verdict on what is going to be said; `pieces` are all that could have been.

    A voice counts when its nearest claim is nearly as near to the question as the nearest of all: a note that was found
    is not yet one that answers.
    """
    if not used:
        return "silent"
    if is_contested:
        return "contested"
    near: dict[str, float] = {}
    for piece in pieces:
        if piece.note.kind not in ("line", "post"):
            near[piece.voice] = max(near.get(piece.voice, 0.0), float(piece.vector @ asked))
    top = max(near.values(), default=0.0)
    if sum(1 for cosine in near.values() if cosine >= max(NEAR, THIN * top)) <= 1:
        return "thin"
    limits = any(piece.claim.role in ("caveat", "condition") for piece in used)
    agreed = sum(1 for cosine in near.values() if cosine >= max(AGREED, VOICE * top))
    return "settled" if limits and agreed >= 3 else "one-sided"
