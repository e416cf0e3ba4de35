"""Claim extraction: a page becomes claims, one for each assertion worth citing, each with its exact place."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ingest.boilerplate import boilerplate, facts_of, facts_of_block
from ingest.claim_text import (
    LONGEST,
    before_citation,
    beside,
    leans,
    readable,
    whole,
    without_connective,
)
from ingest.names import target_key
from ingest.page import MARKS_HEADING, Block, Lines, Mention, Page
from ingest.quantities import quantities
from ingest.roles import role_of
from ingest.sentences import CJK, sentences
from kb.addresses import MARKED
from kb.claim import Claim, Place, Role, claim_id, fingerprint
from kb.maths import readable_maths
from kb.note import STUB, slug
from kb.oneline import one_line

_WORDS_OF_A_PASSAGE = 120
_OPEN = re.compile(r"\b(?:open|next|future|further|unanswered|remaining)\b|\bquestions?\b")


class Passage(NamedTuple):
    """A paragraph or a list, up to about 120 words, with the claims it makes."""

    start: int
    end: int
    line: int
    claims: tuple[str, ...]


class Reference(NamedTuple):
    """A link from this file to whatever answers to a name."""

    target: str
    key: str
    """What it is looked up by (`ingest.names`)."""
    form: str
    relation: str
    inverse: bool
    line: int
    start: int
    end: int
    claim: str | None


class Sentence(NamedTuple):
    """A sentence of the prose, claim or not: what the author's connectives are read from."""

    text: str
    claim: Claim | None
    block: int
    cites: tuple[str, ...]
    """Keys of the notes it cites."""
    names: tuple[str, ...] = ()
    """Keys of all that it links to, cited or only named."""
    labels: tuple[str, ...] = ()
    """The words that each of them stands as in `text`."""
    section: str = ""
    """The heading it stands under, lower case."""
    start: int = 0
    end: int = 0
    shown: tuple[int, int] = (0, 0)
    """Where it stands in what its block shows."""


class Extract(NamedTuple):
    """All that one file states."""

    claims: tuple[Claim, ...]
    passages: tuple[Passage, ...]
    references: tuple[Reference, ...]
    sentences: tuple[Sentence, ...]
    asked: tuple[str, ...] = ()
    """Questions that stand under a heading such as "Open question"."""


def extract(page: Page, text: str, chosen: Mapping[tuple[int, int], Role] | None = None) -> Extract:
    """Claims, passages and references of a page; `text` is the decoded file. What is chosen (`ingest.offered_lines`) is a
    claim as well, and of the role given."""
    return _Extractor(page, text, chosen or {}).run()


class _Extractor:
    def __init__(self, page: Page, text: str, chosen: Mapping[tuple[int, int], Role]) -> None:
        self.page = page
        self.chosen = chosen
        self.note = page.note
        self.path = page.note.path or ""
        self.text = text
        self.lines = Lines(text, paged=self.path.casefold().endswith((".pdf", MARKED)))
        self.seen: dict[tuple[str, str], int] = {}
        self.claims: list[Claim] = []
        self.spoken: list[Sentence] = []
        self.owner: dict[Mention, str] = {}
        self.asked: list[str] = []
        self.facts = facts_of(page)
        self.title_slug = slug(page.note.title)

    def run(self) -> Extract:
        before = ""
        section = None
        counts: list[tuple[int, Claim, Block]] = []
        for index, block in enumerate(self.page.blocks):
            if block.section != section or block.about:
                before, section = "", block.section
            counts += [(index, claim, block) for claim in self._block(index, block, before)]
            shown = block.part.shown.text.strip()
            before = "" if block.about or block.part.kind == "row" else shown[-400:] if shown else before
        return Extract(
            tuple(self.claims),
            tuple(self._passages(counts)),
            tuple(self._references()),
            tuple(self.spoken),
            tuple(self.asked),
        )

    def _block(self, index: int, block: Block, before: str) -> Iterator[Claim]:
        part = block.part
        shown = part.shown.text
        if part.kind == "row" or not shown.strip():
            return
        leant_on = _last_sentence(before)
        facts = facts_of_block(block)
        bounds = sentences(shown, part.mentions)
        for (start, end), mentions in zip(bounds, _by_sentence(part.mentions, bounds), strict=True):
            pure = beside(shown, start, mentions)
            stop = before_citation(shown, start, end, pure)
            words = readable(shown, start, end, pure, mentions)
            claim = None
            place = part.shown.span(start, end)
            role = self.chosen.get((index, place[0])) if self.chosen else None
            length = stop - start
            if length > 0 and (role or (length <= 2 * LONGEST and not boilerplate(words, facts, self.facts))):
                claim = self._claim(block, words, leant_on, start, stop, role)
                yield claim
            if claim is None and words.endswith("?") and _OPEN.search(block.section) and 4 <= words.count(" ") <= 40:
                self.asked.append(words)
            cites = tuple(target_key(m.target) for m in mentions if self._is_citation(m, pure))
            self.owner |= dict.fromkeys(mentions, claim.id) if claim is not None else {}
            named = [mention for mention in mentions if mention.form != "embed"]
            names = tuple(target_key(mention.target) for mention in named)
            labels = tuple(one_line(shown[slice(*mention.shown)]) if mention.shown else "" for mention in named)
            section = block.section.rpartition(" / ")[2]
            self.spoken.append(Sentence(words, claim, index, cites, names, labels, section, *place, (start, end)))
            if len(words) > 1:
                chained = leans(words) and leant_on and len(leant_on) + len(words) < 350
                leant_on = f"{leant_on} {words}" if chained else words

    def _is_citation(self, mention: Mention, pure: Sequence[tuple[int, int]]) -> bool:
        """Whether a link cites: in a line every one does; elsewhere a linked word may be just a word."""
        if mention.form == "embed" or mention.shown is None:
            return False
        return self.note.kind == "line" or mention.form in ("title", "citekey", "footnote") or mention.shown in pure

    def _claim(self, block: Block, words: str, leant_on: str, start: int, stop: int, role: Role | None = None) -> Claim:
        begin, end = block.part.shown.span(start, stop)
        begin, end = whole(self.text, begin, end)
        quote = self.text[begin:end]
        key = target_key(block.about) if block.about else ""
        owner = f"{STUB}{key}" if key else self.note.id
        plain = readable_maths(words)
        if block.section.endswith(MARKS_HEADING):
            role = "position"
        nth = self.seen.get((owner, quote), 0)
        self.seen[owner, quote] = nth + 1
        line, page = self.lines.at(begin), self.lines.page_at(begin)
        place = Place(path=self.path, start=begin, end=end, line=line, page=page, sha=fingerprint(quote))
        claim = Claim(
            id=claim_id(f"{self.path}\n{owner}", quote, nth),
            text=one_line(readable_maths(self._alone(block, words, leant_on)), LONGEST),
            quote=quote,
            place=place,
            note=owner,
            role=role or role_of(plain, self._headings(block), block.lead, self.note.kind),
            numbers=quantities(plain),
        )
        self.claims.append(claim)
        return claim

    def _headings(self, block: Block) -> str:
        """The headings above a block but for the note's title, which names a subject ("Does synthetic data ...?") and no section."""
        return " / ".join(name for name in block.section.split(" / ") if slug(name) != self.title_slug)

    def _alone(self, block: Block, words: str, leant_on: str) -> str:
        """The sentence with what it leans on before it, or without a connective that has nothing to connect."""
        text = one_line(words, LONGEST)
        goes_on = (
            block.part.kind == "item" and block.lead and (not text[:1].isupper() or (leans(text) and not leant_on))
        )
        if goes_on or block.section.endswith(MARKS_HEADING):
            return one_line(f"{block.lead} {text}", LONGEST)
        if not leans(text):
            return without_connective(text)
        title = f"{self.note.title.rstrip('.')}{'' if self.note.title.endswith('?') else ':'}"
        return one_line(f"{leant_on if leant_on and len(leant_on) < 500 else title} {text}", LONGEST)

    def _passages(self, claims: Sequence[tuple[int, Claim, Block]]) -> Iterator[Passage]:
        group: list[Claim] = []
        words = 0
        last: tuple[int, Block] | None = None
        for index, claim, block in claims:
            count = claim.quote.count(" ") + 1 + len(CJK.findall(claim.quote[:400])) // 2
            joined = last is not None and (
                last[0] == index
                or (last[1].part.kind == block.part.kind == "item" and last[1].section == block.section)
            )
            if group and (not joined or words + count > _WORDS_OF_A_PASSAGE or group[-1].note != claim.note):
                yield _passage(group)
                group, words = [], 0
            group.append(claim)
            words += count
            last = (index, block)
        if group:
            yield _passage(group)

    def _references(self) -> Iterator[Reference]:
        for mention in self.page.mentions:
            target = one_line(mention.target)
            if key := target_key(target):
                yield Reference(
                    target, key, mention.form, mention.relation, mention.inverse,
                    self.lines.at(mention.start), mention.start, mention.end, self.owner.get(mention),
                )  # fmt: skip


def _passage(group: Sequence[Claim]) -> Passage:
    start = min(claim.place.start for claim in group)
    end = max(claim.place.end for claim in group)
    return Passage(start, end, group[0].place.line, tuple(claim.id for claim in group))


def _last_sentence(before: str) -> str:
    if not before:
        return ""
    start, end = sentences(before)[-1]
    return one_line(before[start:end]) if before[start:end].rstrip(' "”’)').endswith((".", "!", "?", "。")) else ""


def _by_sentence(mentions: Sequence[Mention], bounds: Sequence[tuple[int, int]]) -> list[list[Mention]]:
    """The links within each sentence, in the order given; one of no width belongs to the sentence it follows."""
    found: list[list[Mention]] = [[] for _ in bounds]
    starts = [start for start, _ in bounds]
    for mention in mentions:
        if mention.shown:
            left, right = mention.shown
            at = (bisect_left if left == right else bisect_right)(starts, left) - 1
            if at >= 0 and left < bounds[at][1] + 2 * (left == right):
                found[at].append(mention)
    return found
