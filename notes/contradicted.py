"""Claims that pull against a sentence of a draft, where the draft does not speak of them.

Two ways: the claim denies the sentence in nearly its own words (`notes/turned.py`), or the sentence says what a claim
says, and an author sets another claim against that one.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from ingest.ellipsis import gainsaid, plain
from ingest.overlap import Akin
from ingest.roles import speaks
from ingest.wording import leans
from kb.claim import Claim
from kb.note import REPORT, Note
from notes.assertions import Assertion
from notes.audit import CONTRAST
from notes.draft import Draft
from notes.headlines import Headline, Named
from notes.neighbours import Near, Opposed, overlap
from notes.overstated import other_figure
from notes.turned import Sign, turned

_SAME = 0.8
"""How near a claim must be, and how much of the sentence it must hold, for an author's word on it to count for the sentence."""
_LEAST_COSINE = 0.5
_SPOKEN_OF = 0.6
"""How much of the other side's claim another sentence of the draft must hold to have spoken of it."""
_TELLING = 4
_PLAIN = 0.8
"""The strength from which a second claim is shown beside the first."""


class Against(NamedTuple):
    """A claim that pulls against a sentence."""

    claim: Claim
    why: str
    strength: float
    stated: bool
    """By an author, not by rule."""
    named: Headline | None = None
    """What its note is called, where that is what denies it."""

    @property
    def says(self) -> str:
        """What another sentence must tell to have spoken of it."""
        return self.named.text if self.named else self.claim.text


def against(
    said: Sequence[tuple[str, Sequence[Near]]], note: Callable[[str], Note | None], own: str, akin: Akin | None
) -> list[Against]:
    """The claims that deny a sentence, surest first; `said` holds its parts, and the claims near each."""
    found: dict[str, Against] = {}
    told = _letters(said[0][0])
    for part, near in said:
        if plain(part):
            continue  # its clauses, read out, are parts of their own
        for each in near:
            claim = each.claim
            if claim.note == own or not _states(claim, note) or _letters(claim.text) == told:
                continue
            sign = turned(part, each, akin) or _by_ellipsis(part, each)
            if sign is None and (figure := other_figure(part, each, near, akin)) is not None:
                found.setdefault(claim.id, Against(claim, figure.why, each.alike, False))
            if sign is not None and (claim.id not in found or found[claim.id].strength < sign.strength):
                found[claim.id] = Against(claim, sign.why, sign.strength, False)
    return sorted(found.values(), key=lambda each: (-each.strength, each.claim.id))


def against_names(
    said: Sequence[tuple[str, Sequence[Near]]], names: Callable[[str], Sequence[Named]],
    note: Callable[[str], Note | None], own: str, akin: Akin | None,
) -> list[Against]:  # fmt: skip
    """The claims of notes whose very name denies a sentence, where no claim does so in its own words."""
    found: dict[str, Against] = {}
    for part, _ in said:
        for named in names(part):
            headline = named.headline
            stating = [each for each in named.claims if _states(each, note)]
            # A name is the first finding in short; one that leaves something out is borne out by what is nearest to it.
            by_place = not plain(headline.text)
            claim = min(stating, key=lambda each: (each.role != "finding", by_place * each.place.start), default=None)
            if headline.note == own or claim is None:
                continue
            sign = turned(part, named.near, akin) or _by_ellipsis(part, named.near)
            if sign is not None:
                found.setdefault(claim.id, Against(claim, sign.why, sign.strength, False, headline))
    return sorted(found.values(), key=lambda each: (-each.strength, each.claim.id))


def _by_ellipsis(part: str, near: Near) -> Sign | None:
    """ "..., random rewards do not" against what says that they do."""
    if near.cosine < _LEAST_COSINE or (clause := gainsaid(part, near.claim.text)) is None:
        return None
    return Sign(f"it says that {clause.text}", near.alike)


def stated(
    text: str, near: Sequence[Near], opposed: Callable[[str], Opposed], own: str, akin: Akin | None
) -> list[Against]:
    """The claims that an author sets against what a sentence says again."""
    alike = [each for each in near if each.claim.note != own and each.cosine >= _SAME and each.covers >= _SAME]
    same = {each.claim.id: each.claim for each in alike if turned(text, each, akin) is None}
    sides = [
        side for claim in same.values() for side in opposed(claim.note).get(claim.id, ()) if own not in side.pair.notes
    ]
    sides.sort(key=lambda side: (-side.pair.tension.confidence * side.pair.chosen, side.pair.a.id, side.pair.b.id))
    return [Against(side.other, side.pair.tension.why, side.pair.tension.confidence, True) for side in sides]


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


def _states(claim: Claim, note: Callable[[str], Note | None]) -> bool:
    """Whether a note states it of the world, first-hand."""
    found = note(claim.note)
    if found is None or found.path != claim.place.path or found.kind in ("line", "post") or REPORT in found.topics:
        return False
    return speaks(claim.text, claim.role) and not leans(claim.quote)


def is_spoken_of(draft: Draft, sentences: Sequence[Assertion], at: int, other: Against, akin: Akin | None) -> bool:
    """Whether a draft says the other side as well: links to it where it sets one thing against another, or tells it."""
    this = sentences[at]
    if any(pointer.form == "field" and pointer.to == other.claim.note for pointer in draft.pointers):
        return True
    if other.stated and any(pointer.to == other.claim.note for pointer in draft.pointers):
        return True
    if other.claim.note in this.names and CONTRAST.search(this.text):
        return True
    return any(_tells(sentences, place, at, other, akin) for place in range(len(sentences)) if place != at)


def _tells(sentences: Sequence[Assertion], place: int, at: int, other: Against, akin: Akin | None) -> bool:
    each = sentences[place]
    if other.claim.note in each.names and abs(each.block - sentences[at].block) <= 1:
        beside = [sentences[i].text for i in (place, place + 1) if i < len(sentences) and i != at]
        if any(CONTRAST.search(text) for text in beside):
            return True
    covers, _, telling = overlap(other.says, each.text, akin)
    return covers >= _SPOKEN_OF and telling >= _TELLING


def sides(found: Sequence[Against]) -> Iterator[Against]:
    """Each note once; beside the first by rule only those that are as plain by themselves."""
    seen: set[str] = set()
    for number, each in enumerate(found):
        if each.claim.note not in seen and (not number or each.stated or each.strength >= _PLAIN):
            seen.add(each.claim.note)
            yield each
