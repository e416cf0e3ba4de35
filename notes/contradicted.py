"""Claims that pull against a sentence of a draft, where the draft does not speak of them.

Two ways: a claim denies the sentence, or the sentence says what a claim says, and an author sets another against that one.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from kb.claim import Claim
from notes.assertions import Assertion
from notes.audit import CONTRAST
from notes.draft import Draft
from notes.neighbours import Opposed, overlap
from notes.weighed import Weighed

_DENIED = 0.85
"""How surely a claim must deny a sentence: a false alarm costs more than a miss."""
_NEARLY_ITS_WORDS = 0.85
"""How near the two must be where no guard spoke: further off, the judge takes "stayed as it was" to deny "did not change"."""
_SAME = 0.8
"""How near a claim must be, and how much of the sentence it must hold, for an author's word on it to count for the sentence."""
_SPOKEN_OF = 0.6
"""How much of the other side's claim another sentence of the draft must hold to have spoken of it."""
_TELLING = 4


class Against(NamedTuple):
    """A claim that pulls against a sentence."""

    claim: Claim
    why: str
    """In words, where these are known."""
    strength: float
    stated: bool
    """By an author, not by a verdict."""


def against(near: Sequence[Weighed]) -> list[Against]:
    """The claims that deny a sentence, surest first; a note that says both ways denies nothing."""
    agreeing: dict[str, float] = {}
    for each in near:
        agreeing[each.claim.note] = max(each.verdict.agrees, agreeing.get(each.claim.note, 0.0))
    elsewhere = max(agreeing.values(), default=0.0)
    found = [
        Against(each.claim, each.verdict.words, each.verdict.denies, False)
        for each in near
        if each.verdict.denies >= _DENIED
        and each.verdict.denies > (agreeing[each.claim.note] if each.verdict.words else elsewhere)
        and (each.verdict.words or each.near.subject >= _NEARLY_ITS_WORDS)
    ]
    return sorted(found, key=lambda each: (-each.strength, each.claim.id))


def stated(near: Sequence[Weighed], opposed: Callable[[str], Opposed], own: str) -> list[Against]:
    """The claims that an author sets against what a sentence says again."""
    same = {
        each.claim.id: each.claim
        for each in near
        if each.near.cosine >= _SAME
        and each.near.covers >= _SAME
        and each.claim.note != own
        and each.verdict.label not in ("denies", "limits")
    }
    sides = [
        side for claim in same.values() for side in opposed(claim.note).get(claim.id, ()) if own not in side.pair.notes
    ]
    sides.sort(key=lambda side: (-side.pair.tension.confidence * side.pair.chosen, side.pair.a.id, side.pair.b.id))
    return [Against(side.other, side.pair.tension.why, side.pair.tension.confidence, True) for side in sides]


def is_spoken_of(draft: Draft, sentences: Sequence[Assertion], at: int, other: Against) -> bool:
    """Whether a draft says the other side as well: links to it where it sets one thing against another, or tells it."""
    this = sentences[at]
    if any(pointer.form == "field" and pointer.to == other.claim.note for pointer in draft.pointers):
        return True
    if other.stated and any(pointer.to == other.claim.note for pointer in draft.pointers):
        return True
    if other.claim.note in this.names and CONTRAST.search(this.text):
        return True
    return any(_tells(sentences, place, at, other) for place in range(len(sentences)) if place != at)


def _tells(sentences: Sequence[Assertion], place: int, at: int, other: Against) -> bool:
    each = sentences[place]
    if other.claim.note in each.names and abs(each.block - sentences[at].block) <= 1:
        beside = [sentences[i].text for i in (place, place + 1) if i < len(sentences) and i != at]
        if any(CONTRAST.search(text) for text in beside):
            return True
    covers, _, telling = overlap(other.claim.text, each.text)
    return covers >= _SPOKEN_OF and telling >= _TELLING


def sides(found: Sequence[Against]) -> Iterator[Against]:
    """Each note once."""
    seen: set[str] = set()
    for each in found:
        if each.claim.note not in seen:
            seen.add(each.claim.note)
            yield each
