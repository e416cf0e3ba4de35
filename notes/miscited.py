"""Whether a cited note says what it is cited for; and if it does not, which note does."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from kb.claim import Claim
from kb.note import Note
from notes.assertions import Assertion
from notes.neighbours import Near

_SAYS = 0.55
"""How alike a claim and a sentence must be for another note to be said to say it."""
_SAYS_NOT = 0.42
"""How alike the nearest claim of the cited note may be at most."""
_APART = 0.2
"""How much more alike the other note's claim must be."""
_TELLING = 3
"""Telling words that sentence and claim must share."""


class Miscited(NamedTuple):
    """A citation that does not bear its sentence out."""

    nearest: Near
    """What the cited note says that comes nearest."""
    instead: Near
    """The claim of another note that says it."""
    note: str
    """That other note."""


def miscited(
    sentence: Assertion,
    cited: Sequence[Sequence[Near]],
    near: Sequence[Near],
    note: Callable[[str], Note | None],
    own: str,
) -> Miscited | None:
    """The note that should have been cited; nothing where a cited one bears the sentence out, or none plainly does.

    `cited` holds, for each note cited, what it says; `near` what all notes say, nearest first.
    """
    rests = set(sentence.rests_on)
    if not rests or not all(cited) or any(_bears(each, rests) for each in near):
        return None
    nearest = max((said[0] for said in cited), key=lambda each: each.alike)
    if max(said[0].alike for said in cited) > _SAYS_NOT or any(
        each.covers >= 0.6 for said in cited for each in said[:3]
    ):
        return None
    for other in near:
        if other.alike < _SAYS or other.telling < _TELLING or other.alike < nearest.alike + _APART:
            continue
        name = _whose(other.claim, note)
        found = note(name) if name else None
        if name and name not in rests and name != own and found is not None and not _one_voice(found, rests, note):
            return Miscited(nearest, other, name)
    return None


def _bears(each: Near, rests: set[str]) -> bool:
    """Whether somebody else says it, and cites one of these notes for it."""
    return each.alike >= _SAYS_NOT and bool(rests.intersection((each.claim.note, *each.claim.citations)))


def _whose(claim: Claim, note: Callable[[str], Note | None]) -> str:
    """The note to cite for a claim: a line and a post say what others found."""
    found = note(claim.note)
    if found is not None and found.kind in ("line", "post"):
        return claim.citations[0] if len(claim.citations) == 1 else ""
    return claim.note if found is not None and found.path is not None else ""


def _one_voice(found: Note, rests: set[str], note: Callable[[str], Note | None]) -> bool:
    """Whether one of the cited notes rests on the same work."""
    voices = {source.voice() for source in found.sources}
    others = {source.voice() for name in rests if (each := note(name)) is not None for source in each.sources}
    return bool(voices & others)
