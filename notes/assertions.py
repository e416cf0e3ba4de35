"""What a draft asserts, sentence by sentence, and what each sentence cites for it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.roles import role_of, speaks
from ingest.wording import leans
from notes.draft import Draft, Pointer

_GAP = re.compile(r"[\s.,;:)\]!?*_]*")
_STOPS = re.compile(r"[.)\] ]*(?:\n|\Z| *\[\[| *[A-Z“\"])")
"""What may follow a link that stands after the full stop: else it begins the next sentence."""
_POINTS = re.compile(
    r"\b(?:see|also|cf\.?|in|by|from|to|of|with|than|as|is|are|was|and|or|via|per|like|unlike|against|between|that|which|where|what|compare"
    r"|contradicts?|supports?|qualif(?:y|ies)|disputes?|follows?|matche?s|extends?|explains?|resembles?|recalls?|mirrors?|echoes|joins?|note|discussed|described)"
    r":?\s*[(\[“\"']?$",
    re.I,
)
"""Before a link at the end, these make it a word of the sentence: "the subject of [[x]]", "see [[x]]"."""
_LEADS = re.compile(r"^\W*(?:see|cf\.|compare|read|more (?:in|on)|related|source|connects to|up|parent)\b", re.I)
_SUPPOSED = re.compile(
    r"(?<!than one )\b(?:might|maybe|perhaps|suppose|imagine|whether|seems? to|apparently|arguably|I (?:think|suspect|believe|guess|wonder|would|feel|doubt|hope)"
    r"|to my mind|in my view|(?<!than )one (?:might|may|could) (?:think|say|expect|suppose|object)|(?:some|many|people|critics|others|it is often|we are) (?:say|said|think|thought|believe|believed|claim|claimed|argue|argued|told|assume|assumed)"
    r"|myth|misconception|contrary to|it is (?:not true|false|wrong)|it is tempting|naively|would be|if\b[^,]*,? (?:then|it would)|should|must|ought|could)\b",
    re.I,
)
"""Nobody who writes so asserts what follows."""
_BARE = re.compile(r"!?\[\[[^\[\]|]*\]\]|\[@[^\[\]]*\]|\[\^[^\[\]]*\]")
_BRACKETS = re.compile(r"\(\s*\)")


@dataclass(frozen=True, slots=True)
class Assertion:
    """A sentence of the draft that could be checked."""

    text: str
    """Its words, without the citations that close it."""
    start: int
    end: int
    line: int
    block: int
    rests_on: tuple[str, ...]
    """The notes it cites for what it says."""
    names: tuple[str, ...]
    """All notes it links to."""
    asserted: bool
    """Not asked, supposed, wished or told of others."""
    leaning: bool
    """Not to be understood without the sentence before it."""
    claims: bool = True
    """It states something, if only what others say."""
    citations: tuple[Pointer, ...] = ()
    """The links of `rests_on`."""


def assertions(draft: Draft) -> list[Assertion]:
    """The sentences of a draft, in order."""
    return list(_assertions(draft))


def _assertions(draft: Draft) -> Iterator[Assertion]:
    lines = [0, *(match.end() for match in re.finditer(r"\n", draft.text))]
    pointers = list(draft.pointers)
    at = line = 0
    for sentence in sorted(draft.sentences, key=lambda each: each.start):
        while line + 1 < len(lines) and lines[line + 1] <= sentence.start:
            line += 1
        while at < len(pointers) and pointers[at].end <= sentence.start:
            at += 1
        held = []
        for pointer in pointers[at:]:
            if pointer.start > sentence.end + 1:
                break
            held.append(pointer)
        raw = draft.text[sentence.start : sentence.end]
        closing = tuple(_closing(draft, sentence.start, sentence.end, held))
        text = _plain(raw, sentence.start, closing) if closing else sentence.text
        # What a list of sources says of a note is that note's own, and no assertion of the draft.
        said = sentence.claim if sentence.claim and sentence.claim.note == draft.page.note.id else None
        yield Assertion(
            text=text,
            start=sentence.start,
            end=sentence.end,
            line=line + 1,
            block=sentence.block,
            rests_on=tuple(dict.fromkeys(pointer.to for pointer in closing if pointer.to)),
            names=tuple(dict.fromkeys([*(pointer.to for pointer in held if pointer.to), *draft.cites(sentence)])),
            # Its role is read from its own words: a heading such as "Data" takes nothing back of what stands under it.
            asserted=said is not None
            and speaks(text, role_of(sentence.text, "", "", draft.page.note.kind))
            and not _SUPPOSED.search(text)
            and not _LEADS.match(text),
            leaning=leans(text),
            claims=said is not None and not _LEADS.match(text),
            citations=closing,
        )


def _closing(draft: Draft, start: int, end: int, held: Sequence[Pointer]) -> Iterator[Pointer]:
    """The bare links that end a sentence, or stand just after it, and that are no word of it."""
    edge = end
    found: list[Pointer] = []
    for pointer in reversed(held):
        mark = draft.text[pointer.start : pointer.end]
        after = pointer.end > edge
        stands = _STOPS.match(draft.text, pointer.end) if after else _GAP.fullmatch(draft.text, pointer.end, edge)
        if not stands or pointer.form in ("embed", "field", "listed") or not _is_bare(mark, pointer):
            break
        found.append(pointer)
        edge = min(edge, pointer.start)
    before = draft.text[start : max(start, edge)].rstrip(" (\t\n")
    if not found or not before.strip() or _POINTS.search(before) or _LEADS.match(before):
        return
    yield from reversed(found)


def _is_bare(mark: str, pointer: Pointer) -> bool:
    """Whether a link carries no words of the sentence: `[[x]]`, `[@x]`, a footnote, a question title."""
    if pointer.form in ("citekey", "footnote", "title"):
        return True
    return pointer.form == "wikilink" and "|" not in mark


def _plain(raw: str, start: int, closing: Sequence[Pointer]) -> str:
    """The words before the closing links; other links as their words."""
    text = raw[: max(0, closing[0].start - start)]
    text = re.sub(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]", r"\1", text)
    text = re.sub(r"\[([^\[\]]+)\]\([^()]*\)", r"\1", text)
    text = _BRACKETS.sub("", _BARE.sub("", text)).replace("**", "").replace("==", "")
    return " ".join(text.split()).rstrip(" (,;:.") + "."
