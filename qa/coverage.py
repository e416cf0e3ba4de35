"""How much the notes know: silent, thin, one-sided, contested or settled.

Silence is told from two measures that fail in different ways: how near the nearest claim is to the question, and
how many of the question's words, weighted by rarity, a single note holds. Right words on a wrong topic are
scattered over many notes; a right topic in passing is not near.
"""

from collections.abc import Mapping, Sequence

from kb.link import Tension
from qa.answer import Coverage
from qa.evidence import Piece
from qa.retrieve import Found

MET = 0.66
"""Least of half the nearness and the share of words. On the gold questions (`bench/gold.py`), half of which are
near misses written to deceive, it answers four in five of those that can be answered, and keeps silent on four in
five of those that cannot."""


def is_silent(found: Found) -> bool:
    """Whether the notes have nothing to say."""
    return found.nearness / 2 + found.covered < MET


def coverage_of(
    found: Found, used: Sequence[Piece], tensions: Sequence[Tension], owners: Mapping[str, str]
) -> Coverage:
    """The verdict on what is going to be said."""
    if is_silent(found) or not used:
        return "silent"
    voices = {piece.voice for piece in used}
    if any(_on_the_question(tension, owners, found) for tension in tensions):
        return "contested"
    if len(voices) == 1:
        return "thin"
    limits = [piece for piece in used if piece.claim.role in ("caveat", "condition")]
    return "settled" if len(voices) >= 3 and (limits or tensions) else "one-sided"


def _on_the_question(tension: Tension, owners: Mapping[str, str], found: Found) -> bool:
    """Whether authors oppose two of the very notes that the question brought up first."""
    if tension.kind != "opposing result" or tension.method not in ("author", "person"):
        return False
    order = [note for note, _ in found.notes[:6]]
    places = sorted(order.index(owners[key]) if owners.get(key) in order else 99 for key in (tension.a, tension.b))
    return places[0] <= 3 and places[1] <= 5
