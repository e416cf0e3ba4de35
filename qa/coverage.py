"""How much the notes know: silent, thin, one-sided, contested or settled.

Silence is told from two measures that fail in different ways: how near the nearest claims are to the question,
and how many of its words, weighted by rarity, the best of them hold. Right words on a wrong topic lack the
first, a right topic in passing lacks the second.
"""

from collections.abc import Sequence

from kb.link import Tension
from qa.answer import Coverage
from qa.evidence import Piece
from qa.retrieve import Found

NEAR = 0.45
COVERED = 0.45
TOGETHER = 1.1
"""Least nearness, least share of words, and least sum of both: set on the gold questions (`tests/gold`)."""


def is_silent(found: Found) -> bool:
    """Whether the notes have nothing to say."""
    return found.nearness < NEAR or found.covered < COVERED or found.nearness + found.covered < TOGETHER


def coverage_of(found: Found, used: Sequence[Piece], tensions: Sequence[Tension]) -> Coverage:
    """The verdict on what is going to be said."""
    if is_silent(found) or not used:
        return "silent"
    voices = {piece.voice for piece in used}
    if any(tension.kind == "opposing result" and tension.method in ("author", "person") for tension in tensions):
        return "contested"
    if len(voices) == 1:
        return "thin"
    limits = [piece for piece in used if piece.claim.role in ("caveat", "condition")]
    return "settled" if len(voices) >= 3 and (limits or tensions) else "one-sided"
