"""The sentences of a draft: what each asserts, and which notes it cites for that."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ingest.page import Lines
from ingest.roles import role_of, speaks
from notes.draft import Draft, DraftLink
from notes.plain_text import without_links

_GAP = re.compile(r"[\s.,;:)\]!?*_]*")  # between a closing link and the end: "[[x]] **." -> " **."
# After a link behind the full stop: else it begins the next sentence. "It rose. [[x]] Then it fell." -> " T"
_AFTER = re.compile(r"[.)\] ]*(?:\n|\Z| *\[\[| *[A-Z“\"])")
# Words that make a link at the end a word of the sentence: "the subject of [[x]]", "see [[x]]"
_POINTING = re.compile(
    r"\b(?:see|also|cf\.?|in|by|from|to|of|with|than|as|is|are|was|and|or|via|per|like|unlike|against|between|that|which|where|what|compare"
    r"|contradicts?|supports?|qualif(?:y|ies)|disputes?|follows?|matche?s|extends?|explains?|resembles?|recalls?|mirrors?|echoes|joins?|note|discussed|described)"
    r":?\s*[(\[“\"']?$",
    re.I,
)
_SEE = re.compile(r"^\W*(?:see|cf\.|compare|read|more (?:in|on)|related|source|connects to|up|parent)\b", re.I)
# Supposed, or told of others, besides what `ingest.roles.speaks` knows: "Some people say that naps help."
_SUPPOSED = re.compile(
    r"\b(?:might|maybe|seems? to|apparently|arguably|(?:some|many|people|critics|others|often) (?:say|said|think|thought|believed?|claim(?:ed)?|argued?|assumed?))\b",
    re.I,
)
_NO_WORDS = re.compile(r"\[[@^][^\[\]]*\]|\(\s*\)")  # "[@key]", "[^1]", "( )"


class DraftSentence(NamedTuple):
    """A sentence that could be checked."""

    text: str
    """Its words, without the citations that close it."""
    start: int
    end: int
    line: int
    block: int
    cited: tuple[str, ...]
    """The notes it cites for what it says."""
    linked: tuple[str, ...]
    """All notes it links to."""
    states: bool
    """It states something, if only what others say."""
    asserted: bool
    """Not asked, supposed, wished or told of others."""
    citations: tuple[DraftLink, ...] = ()
    """The links of `cited`."""


def draft_sentences(draft: Draft) -> list[DraftSentence]:
    """The sentences of a draft, in order."""
    lines, links = Lines(draft.text), list(draft.links)
    found, at = [], 0
    for sentence in sorted(draft.sentences, key=lambda each: each.start):
        while at < len(links) and links[at].end <= sentence.start:
            at += 1
        held = []
        for link in links[at:]:
            if link.start > sentence.end + 1:
                break
            held.append(link)
        citations = tuple(_closing(draft, sentence.start, sentence.end, held))
        raw = draft.text[sentence.start : sentence.end]
        text = _plain(raw[: max(0, citations[0].start - sentence.start)]) if citations else sentence.text
        # What a list of sources says of a note is that note's own, and no assertion of the draft.
        own = sentence.claim is not None and sentence.claim.note == draft.page.note.id
        states = own and not _SEE.match(text)
        # Its role is read from its own words: a heading such as "Data" takes nothing back of what stands under it.
        role = role_of(sentence.text, "", "", draft.page.note.kind)
        linked = [*(link.note for link in held if link.note), *draft.cites(sentence)]
        found.append(
            DraftSentence(
                text, sentence.start, sentence.end, lines.at(sentence.start), sentence.block,
                cited=tuple(dict.fromkeys(link.note for link in citations if link.note)), linked=tuple(dict.fromkeys(linked)),
                states=states, asserted=states and speaks(text, role) and not _SUPPOSED.search(text), citations=citations,
            )
        )  # fmt: skip
    return found


def _closing(draft: Draft, start: int, end: int, held: Sequence[DraftLink]) -> Iterator[DraftLink]:
    """The bare links that end a sentence, or stand just after it, and that are no word of it."""
    edge, found = end, []
    for link in reversed(held):
        after = link.end > edge
        ends = _AFTER.match(draft.text, link.end) if after else _GAP.fullmatch(draft.text, link.end, edge)
        if not ends or not _is_bare(draft.text[link.start : link.end], link.form):
            break
        found.append(link)
        edge = min(edge, link.start)
    before = draft.text[start : max(start, edge)].rstrip(" (\t\n")
    if found and before.strip() and not _POINTING.search(before) and not _SEE.match(before):
        yield from reversed(found)


def _is_bare(mark: str, form: str) -> bool:
    """Whether a link carries no words of the sentence: `[[x]]`, `[@x]`, a footnote, a question title."""
    return form in ("citekey", "footnote", "title") or (form == "wikilink" and "|" not in mark)


def _plain(raw: str) -> str:
    """The words before the closing links; other links as their words."""
    return " ".join(_NO_WORDS.sub("", without_links(raw)).split()).rstrip(" (,;:.") + "."
