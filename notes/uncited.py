"""Sentences that say what a note says, and do not say where from."""

import re
from collections.abc import Collection, Sequence

from kb.note import REPORT
from notes.assertions import Assertion
from notes.draft import Draft
from notes.weighed import Weighed

_AGREES = 0.9
"""How surely a claim must say what a sentence says."""
_SAME = 0.62
"""How near it must be to be what a sentence says again, and not only bear it out."""
_COVERS = 0.7
_COVERED = 0.5
"""How much of the claim the sentence must say: half of a long claim is another matter."""
_TELLING = 4
"""Content words in common."""
_NUMBER = re.compile(r"\d[\d.,]*%?")  # "by 12%, in 3 of 4" -> 12%, 3, 4


def owes(draft: Draft) -> bool:
    """Whether a draft's sentences need a citation at all: a note on a work speaks for that work, a hub only lists."""
    note = draft.page.note
    return not note.sources and note.kind not in ("paper", "stub") and REPORT not in note.topics


def uncited(sentence: Assertion, near: Sequence[Weighed]) -> Weighed | None:
    """The claim that a sentence says again; nothing where it cites anything, or says something of its own."""
    if sentence.names or not sentence.asserted or sentence.leaning:
        return None
    return next((each for each in near if says_again(each) and _figures_of(sentence.text, each)), None)


def says_again(each: Weighed) -> bool:
    """Whether a claim says what the sentence says, in words that are near to it."""
    near = each.near
    same = each.verdict.agrees >= _AGREES and near.cosine >= _SAME
    return same and near.covers >= _COVERS and near.covered >= _COVERED and near.telling >= _TELLING


def _figures_of(text: str, each: Weighed) -> bool:
    return {*_NUMBER.findall(text)} <= {*_NUMBER.findall(each.claim.text)}


def is_cited_near(sentence: Assertion, to: str, cited: Collection[tuple[int, str]]) -> bool:
    """Whether the paragraph of a sentence, or the one before it, cites the note."""
    return any(name == to and 0 <= sentence.block - block <= 1 for block, name in cited)
