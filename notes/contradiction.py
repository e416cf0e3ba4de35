"""Contradiction: claims that pull against a sentence of a draft, where the draft does not speak of them.

Two ways: a claim denies the sentence, or the sentence says what a claim says, and an author sets another against that one.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from kb.claim import Claim
from kb.language.diff import difference
from kb.language.verdict import NEARLY_ITS_WORDS, SURELY_DENIES
from notes.claim_index import word_overlap
from notes.finding import Case, Finding
from notes.judged_claims import JudgedClaim

_SAME = 0.8
"""How near a claim must be, and how much of the sentence it must hold, for an author's word on it to count for the sentence."""
_OTHER_SIDE, _SHARED = 0.6, 4
"""How much of the other side's claim another sentence of the draft must hold, in how many words, to have told it."""
# Between two sentences side by side, or within one, any of these sets them against each other: "It rose. But it fell."
CONTRAST = re.compile(
    r"\b(?:but|yet|however|whereas|while|although|though|despite|unlike|instead|rather than|nevertheless|nonetheless|conversely|versus|vs"
    r"|(?:by|in) contrast|contrary|opposite|reverse|on the other hand|that said|only (?:when|if|under|where|for)|still"
    r"|contradict\w*|conflict\w*|disagree\w*|disput\w*|contest\w*|challeng\w*|refut\w*|rebut\w*|oppos\w*|weaken\w*|qualif\w*|complicat\w*"
    r"|tensions?|at odds|caveat|caution|confound\w*)\b",
    re.I,
)


class Opposition(NamedTuple):
    """A claim that pulls against a sentence."""

    claim: Claim
    why: str
    """In words, where these are known."""
    by_author: bool
    """Stated by an author, not by a verdict."""


def contradicted(case: Case) -> Finding | None:
    """A claim denies the sentence, or an author sets one against what it says, and the draft does not speak of that."""
    if not case.sentence.asserted:
        return None
    found = denials((*case.evidence.cited, *case.evidence.near)) or _set_against(case)
    by_note = {each.claim.note: each for each in reversed(found)}
    sides = [each for each in found if by_note[each.claim.note] is each and not _is_spoken_of(case, each)]
    if not sides:
        return None
    first, *others = sides
    how = "An author sets against this" if first.by_author else "The notes say otherwise"
    how += f", {first.why}" if first.why and not first.by_author else ""
    more = f" And {len(others)} more." if others else ""
    return case.finding(
        "contradicted", f"{how}: {case.quoted(first.claim)}.{more}",
        "Say how the two go together, with a link to that note; or reword.",
        tuple(each.claim.id for each in sides), once=first.claim.id if first.by_author else "",
    )  # fmt: skip


def denials(near: Sequence[JudgedClaim]) -> list[Opposition]:
    """The claims that deny a sentence, surest first; a note that says both ways denies nothing."""
    agreeing: dict[str, float] = {}
    for each in near:
        agreeing[each.claim.note] = max(each.verdict.agrees, agreeing.get(each.claim.note, 0.0))
    elsewhere = max(agreeing.values(), default=0.0)
    denying = [
        each
        for each in near
        if each.verdict.denies >= SURELY_DENIES
        and each.verdict.denies > (agreeing[each.claim.note] if each.verdict.words else elsewhere)
        and (each.verdict.words or each.near.subject_similarity >= NEARLY_ITS_WORDS)
    ]
    denying.sort(key=lambda each: (-each.verdict.denies, each.claim.id))
    return [Opposition(each.claim, each.verdict.words, False) for each in denying]


def _set_against(case: Case) -> list[Opposition]:
    """The claims that an author sets against what a sentence says again."""
    own = case.draft.note
    same = {
        each.claim.id: each.claim
        for each in case.evidence.near
        if each.near.cosine >= _SAME
        and each.near.of_sentence >= _SAME
        and each.verdict.label not in ("denies", "limits")
    }
    found = [
        each
        for claim in same.values()
        for each in case.index.opposing(claim.note).get(claim.id, ())
        if own not in each.pair.notes and each.pair.tension.kind == "opposing result"
    ]
    found.sort(key=lambda each: (-each.pair.tension.confidence * each.pair.chosen, each.pair.a.id, each.pair.b.id))
    return [Opposition(each.other, each.pair.tension.why, True) for each in found]


def _is_spoken_of(case: Case, side: Opposition) -> bool:
    """Whether a draft says the other side as well: links to it where it sets one thing against another, or tells it."""
    note = side.claim.note
    if any(link.note == note and (side.by_author or link.form == "field") for link in case.draft.links):
        return True
    if note in case.sentence.linked and CONTRAST.search(case.sentence.text):
        return True
    return any(_tells(case, place, side.claim) for place in range(len(case.sentences)) if place != case.at)


def _tells(case: Case, place: int, claim: Claim) -> bool:
    """Whether another sentence of the draft tells the other side."""
    each = case.sentences[place]
    if claim.note in each.linked and abs(each.block - case.sentence.block) <= 1:
        beside = [one.text for at, one in enumerate(case.sentences[place : place + 2], place) if at != case.at]
        if any(CONTRAST.search(text) for text in beside):
            return True
    of_claim, shared = word_overlap(claim.text, each.text)
    return of_claim >= _OTHER_SIDE and shared >= _SHARED and difference(claim.text, each.text) is None
