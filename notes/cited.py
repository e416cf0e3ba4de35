"""Whether a cited note says what it is cited for, as far as the sentence goes; and if it does not, which note does."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from kb.language.diff import difference
from kb.note import Note
from notes.assertions import Assertion
from notes.neighbours import Near
from notes.weighed import Weighed

CITED = 2
"""Claims of the cited notes that are judged."""
_LIMITS = 0.8
"""How surely a claim of the cited note must fall short of the sentence."""
_SUBJECT = 0.6
"""How near it must be where no guard spoke: of what is only beside the matter the judge says that it falls short."""
_AGREES = 0.5
"""From here on the note says it."""
_SURELY_AGREES = 0.9
"""How surely another note must say it."""
_SAYS = 0.55
"""How alike a claim and a sentence must be for another note to be said to say it."""
_SAYS_NOT = 0.42
"""How alike the nearest claim of the cited note may be at most."""
_APART = 0.2
"""How much more alike the other note's claim must be."""


class Excess(NamedTuple):
    """A claim that a sentence goes beyond."""

    weighed: Weighed
    number: bool
    """It gives another figure."""


class Miscited(NamedTuple):
    """A citation that does not bear its sentence out."""

    nearest: Near
    """What the cited note says that comes nearest."""
    instead: Near
    """The claim of another note that says it."""


def overstated(text: str, near: Sequence[Weighed], is_cited: bool) -> Excess | None:
    """The claim, of a cited note where one is cited, that falls short of a sentence, where none bears it out."""
    if any(each.verdict.agrees >= _AGREES for each in near):
        return None
    for each in near:
        near_enough = each.verdict.words or each.near.subject >= _SUBJECT
        if each.verdict.label == "limits" and each.verdict.limits >= _LIMITS and near_enough:
            return Excess(each, False)
        change = difference(each.claim.text, text) if is_cited and each.verdict.words else None
        if change is not None and change.kind == "number":
            return Excess(each, True)
    return None


def miscited(
    sentence: Assertion, said: Sequence[Sequence[Near]], cited: Sequence[Weighed], near: Sequence[Weighed],
    note: Callable[[str], Note | None],
) -> Miscited | None:  # fmt: skip
    """The claim that should have been cited; nothing where a cited note has to do with the sentence, or none plainly does.

    `said` holds, for each note cited, what it says, most alike first; `cited` and `near` what has been judged of these
    and of all notes.
    """
    rests = set(sentence.rests_on)
    if not all(said) or any(each.verdict.label != "unrelated" for each in cited):
        return None
    nearest = max((row[0] for row in said), key=lambda each: each.alike)
    if nearest.alike > _SAYS_NOT:
        return None
    for each in near:
        other = each.near
        if each.verdict.agrees < _SURELY_AGREES or other.alike < max(_SAYS, nearest.alike + _APART):
            continue
        if rests.intersection((other.claim.note, *other.claim.citations)):
            return None  # somebody else cites these notes for it
        found = note(other.claim.note)
        if found is not None and not _one_voice(found, rests, note):
            return Miscited(nearest, other)
    return None


def _one_voice(found: Note, rests: set[str], note: Callable[[str], Note | None]) -> bool:
    """Whether one of the cited notes rests on the same work."""
    voices = {source.voice() for source in found.sources}
    others = {source.voice() for name in rests if (each := note(name)) is not None for source in each.sources}
    return bool(voices & others)
