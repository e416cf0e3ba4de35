"""Citation: a sentence that goes beyond the note it cites, cites the wrong one, or says what a note says and cites none."""

import re
from collections.abc import Sequence
from functools import lru_cache
from math import isclose

from kb.note import Note
from kb.oneline import one_line
from notes.draft import Draft, DraftLink
from notes.edit import Edit
from notes.finding import Case, Finding
from notes.judged_claims import JudgedClaim
from notes.link_style import citekey_of
from qa.evidence import is_report
from qa.number_support import crossed, figures, strange

_LIMITS = 0.6
"""How surely a claim of the cited note must fall short of the sentence."""
_SUBJECT = 0.7
"""How near it must be where no guard spoke: of what is only beside the matter the judge says that it falls short."""
_FIGURED = 0.6
"""How much of them it must have for its figures to be those of the sentence."""
_ABOUT, _ROUGHLY = re.compile(r"\b(?:about|around|roughly|nearly|almost|some|approximately)\s*$"), 0.12
"""What may stand before a number that is so far from another: "about 11%" for "12%"."""
_AGREES = 0.5
"""From here on the note says it."""
_SURELY_AGREES = 0.9
"""How surely another note must say it."""
_SAYS = 0.55
"""How similar a claim and a sentence must be for another note to be said to say it."""
_SAYS_NOT = 0.42
"""How similar the nearest claim of the cited note may be at most."""
_APART = 0.2
"""How much more similar the other note's claim must be."""
_END = re.compile(r"[.!?…]+[\"”’')\]*_]*\s*$")  # "It rose.”" -> ".”"


def overstated(case: Case) -> Finding | None:
    """A claim, of a cited note where one is cited, falls short of the sentence, and none bears it out."""
    sentence, is_cited = case.sentence, bool(case.sentence.cited)
    if not is_cited and (not sentence.asserted or sentence.linked):
        return None
    claims = case.evidence.cited if is_cited else case.evidence.near
    how = "It goes beyond the note it cites" if is_cited else "It goes beyond what a note says"
    if figure := _other_figure(claims, sentence.text):
        each, words = figure
        mend = "Mend the figure, or name the note that gives it."
        return case.finding("overstated", f"{how}, {words}: {case.quoted(each.claim)}.", mend, (each.claim.id,))
    if any(each.verdict.agrees >= _AGREES for each in claims):
        return None
    for each in claims:
        is_near = each.verdict.words or each.near.subject_similarity >= _SUBJECT
        if each.verdict.label == "limits" and each.verdict.limits >= _LIMITS and is_near:
            words = f", {each.verdict.words}" if each.verdict.words else ""
            mend = "Say it as far as the note does."
            return case.finding("overstated", f"{how}{words}: {case.quoted(each.claim)}.", mend, (each.claim.id,))
    return None


def _other_figure(claims: Sequence[JudgedClaim], text: str) -> tuple[JudgedClaim, str] | None:
    """A claim of the same things that gives another number for one of them, and the two numbers."""
    same = {each.claim.text: each for each in claims if each.near.of_sentence >= _FIGURED}
    found = _figures_apart(text, tuple(same), tuple(each.claim.text for each in claims)) if same else None
    return (same[found[0]], found[1]) if found else None


@lru_cache(4096)
def _figures_apart(text: str, same: tuple[str, ...], known: tuple[str, ...]) -> tuple[str, str] | None:
    """Which of the claims gives another number, and the two."""
    mine = figures(text)
    unknown = strange(text, known) if mine else []
    for claim in same if mine else ():
        if pair := crossed(text, [claim]):
            return claim, f"“{pair[0].shown}” and “{pair[1].shown}” have changed places"
        theirs = figures(claim)
        for said in unknown:
            there = [one for one in theirs if one.unit == said.unit]
            is_about = _ABOUT.search(text, 0, said.start)
            rounds = is_about and any(isclose(said.value, one.value, rel_tol=_ROUGHLY) for one in there)
            if not rounds and 0 < len(there) <= 1 + sum(one.unit == said.unit for one in mine):
                other = min(there, key=lambda one: abs(one.value - said.value))
                return claim, f"“{said.shown}” against “{other.shown}”"
    return None


def miscited(case: Case) -> Finding | None:
    """No cited note has to do with the sentence, and another plainly says it."""
    sentence, evidence = case.sentence, case.evidence
    if not evidence.of_cited:
        return None
    nearest = max(evidence.of_cited, key=lambda each: each.similarity)
    if nearest.similarity > _SAYS_NOT or any(each.verdict.label != "unrelated" for each in evidence.cited):
        return None
    least = max(_SAYS, nearest.similarity + _APART)
    saying = [each for each in evidence.near if each.verdict.agrees >= _SURELY_AGREES and each.near.similarity >= least]
    if any({*sentence.cited} & {each.claim.note, *each.claim.citations} for each in saying):
        return None  # somebody else cites these notes for it
    note = case.index.note(saying[0].claim.note) if saying else None
    if note is None:
        return None
    link = case.link_to(note.id)
    cited = " and ".join(f"“{case.title(name)}”" for name in sentence.cited)
    return case.finding(
        "miscited", f"{cited} does not say this; nearest is “{one_line(nearest.claim.quote, 200)}”.",
        f"“{case.title(note.id)}” says it; cite {link}.", (nearest.claim.id, saying[0].claim.id),
        _retargeted(case.draft, sentence.citations[0], note, link),
    )  # fmt: skip


def _retargeted(draft: Draft, link: DraftLink, note: Note, new: str) -> tuple[Edit, ...]:
    """The edit that turns a citation to another note, where it has a name in that form."""
    mark = draft.text[link.start : link.end]
    if link.form == "wikilink" and mark.startswith("[[") and new.startswith("[["):
        return (Edit(link.start, link.end, new),)
    if link.form == "citekey" and (key := citekey_of(note)):
        return (Edit(link.start, link.end, mark.replace(link.target, key)),)
    return ()


def uncited(case: Case) -> Finding | None:
    """A claim says the same, and neither its paragraph nor the one before cites the note."""
    sentence, own = case.sentence, case.draft.page.note
    # A note on a work speaks for that work, a hub only lists.
    if own.sources or own.kind in ("paper", "stub") or is_report(own):
        return None
    if sentence.linked or not sentence.asserted:
        return None
    for each in case.evidence.near:
        if each.is_paraphrase:
            note = each.claim.note
            if any(note in other.linked and 0 <= sentence.block - other.block <= 1 for other in case.sentences):
                return None
            link = case.link_to(note)
            message = f"A note says this, and is not cited: {case.quoted(each.claim)}."
            edit = before_the_stop(case.draft.text, sentence.start, sentence.end, link)
            return case.finding("uncited", message, f"Cite it: {link}", (each.claim.id,), (edit,), once=note)
    return None


def before_the_stop(text: str, start: int, end: int, link: str) -> Edit:
    """The link after the last word of a sentence, before its full stop."""
    stop = _END.search(text, start, end)
    at = stop.start() if stop else start + len(text[start:end].rstrip())
    return Edit(at, at, f" {link}")
