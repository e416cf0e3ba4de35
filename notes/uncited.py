"""Sentences that say what a note says, and do not say where from."""

import re
from collections.abc import Callable, Collection, Sequence

from ingest.ellipsis import gainsaid
from ingest.opposition import compare
from ingest.overlap import Akin
from ingest.quantities import quantities
from ingest.restate import is_telling
from kb.note import REPORT, Note
from notes.again import says_again
from notes.assertions import Assertion
from notes.draft import Draft
from notes.neighbours import Near

_SAME = 0.72
"""How near a claim must be to be what a sentence says again; 0.62 where they share a figure that is not everywhere."""
_SAME_WITH_FIGURES = 0.62
_COVERS = 0.7
_COVERED = 0.5
"""How much of the claim the sentence must say: half of a long claim is another matter."""
_TELLING = 4
"""Telling words in common; a figure in common is as good as one."""
_ONLY = re.compile(r"^\W*only\b", re.I)
_POLES = tuple(
    tuple(frozenset(side.split("/")) for side in pair.split(" "))
    for pair in (
        "small/smaller/smallest large/larger/largest/big/bigger", "short/shorter long/longer", "weak/weaker strong/stronger", "easy/easier/easiest/simple/simpler hard/harder/hardest/difficult",
        "few/fewer/less many/more", "low/lower high/higher", "early/earlier late/later", "slow/slower fast/faster", "old/older new/newer", "first last", "worse/worst better/best", "without with", "before after",
        "never/rarely/seldom always/often/usually", "right/correct wrong/incorrect", "human/real synthetic/generated/artificial",
    )
)  # fmt: skip
"""Words for two sides: sentences that each hold one of a pair, and not the same, speak of two things."""


def owes(draft: Draft) -> bool:
    """Whether a draft's sentences need a citation at all: a note on a work speaks for that work, a hub only lists."""
    note = draft.page.note
    return not note.sources and note.kind not in ("paper", "stub") and REPORT not in note.topics


def uncited(
    sentence: Assertion, near: Sequence[Near], note: Callable[[str], Note | None], own: str, akin: Akin | None = None
) -> Near | None:
    """The claim that a sentence says again; nothing where it cites anything, or says something of its own."""
    if sentence.names or not sentence.asserted or sentence.leaning:
        return None
    for each in near:
        if each.cosine < _SAME_WITH_FIGURES:
            return None
        source = note(each.claim.note)
        if source is None or source.path is None or source.kind in ("line", "post") or each.claim.note == own:
            continue
        if each.claim.role in ("method", "definition") or REPORT in source.topics:
            continue
        figures = _figures(sentence.text) & _figures(each.claim.text)
        if figures != _figures(sentence.text):
            continue
        bar = _SAME_WITH_FIGURES if figures else _SAME
        if each.cosine < bar or each.covers < _COVERS or each.covered < _COVERED:
            continue
        if each.telling + len(figures) < _TELLING or _of_two_sides(sentence.text, each.claim.text):
            continue
        if gainsaid(sentence.text, each.claim.text) is not None:
            continue
        if not says_again(sentence.text, each.claim.text):
            continue
        if _ONLY.search(each.claim.text) and not _ONLY.search(sentence.text):
            continue  # "only accurate hints help" does not say it of short ones
        stance = compare(sentence.text, each.claim.text, nearness=each.cosine, akin=akin)
        if stance is None or stance.kind == "agrees":
            return each
    return None


def _of_two_sides(text: str, other: str) -> bool:
    mine, theirs = (frozenset(re.findall(r"[a-z]+", each.lower())) for each in (text, other))
    return any(bool(mine & one) != bool(theirs & one) and bool(mine & two) != bool(theirs & two) for one, two in _POLES)


def _figures(text: str) -> set[tuple[float, str]]:
    return {(number.value, number.unit) for number in quantities(text) if is_telling(number)}


def is_cited_near(sentence: Assertion, to: str, cited: Collection[tuple[int, str]]) -> bool:
    """Whether the paragraph of a sentence, or the one before it, cites the note."""
    return any(name == to and 0 <= sentence.block - block <= 1 for block, name in cited)
