"""Lines of a note offered to a language model as possible claims, and which of them it chose.

The model copies words; a sentence is chosen when they stand in it letter for letter, white space apart. It is always taken
whole, since half a sentence can say what its author denies, and its quote and its text are made as those of any other
claim. So whatever a note makes the model say, all that can come of it is a sentence of that note, and a role.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ingest.claim_text import whole
from ingest.extract import Extract
from ingest.model_replies import ROLES, Span
from ingest.page import Page
from ingest.sentences import sentences
from kb.claim import Role
from kb.note import REPORT
from kb.oneline import one_line

MOST = 24
"""Sentences of one note that a model may choose; a note has seldom half as many that the rule passed over."""
LONGEST_LINE = 1_000
"""Characters of a sentence that is shown; a longer one is a paste."""
PART = 6_000
"""Characters of a note to one call, about 1,500 tokens: a small model reads that many lines and still copies well."""
_WORDS = 3
"""Fewer say nothing of anything."""
_LETTERS = 8
_QUOTES = ' \t"“”'
_ENDS = " .!。"
_MARK = re.compile(r"^[a-z]+ \| ")
_LETTER = re.compile(r"[^\W\d_]")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_TEMPLATE = re.compile(r"\{\{.*?\}\}|<%.*?%>")
_CODE = re.compile(
    r"(`+)(?P<ticked>.{1,2000}?)\1|<(code|kbd|samp|pre)\b[^>]*>(?P<tagged>.{0,2000}?)</\3>|\$+(?P<maths>[^$]+)\$+", re.S
)
_ADDRESS = re.compile(r"(?:[a-z][a-z+.-]*://|www\.|mailto:)\S+", re.I)


class OfferedLine(NamedTuple):
    """A sentence of a note."""

    block: int
    start: int
    """Offset of its first character in the file."""
    text: str
    """As a reader sees it, on one line."""
    section: str
    role: Role | None
    """Of the claim that it is already."""
    is_open: bool
    """Whether it is none yet, and could be one."""
    code: tuple[str, ...]
    """What of it is code or a formula."""


Chosen = Mapping[tuple[int, int], Role]
"""What was chosen: block and offset of a sentence, and its role."""


def offered_lines(page: Page, text: str, found: Extract) -> list[OfferedLine]:
    """The sentences of a page in its order, as `found` has them without a model; `text` is the decoded file."""
    out = []
    spoken = iter(found.sentences)
    for index, block in enumerate(page.blocks):
        shown = block.part.shown.text
        if block.part.kind == "row" or not shown.strip():
            continue
        for start, end in sentences(shown, block.part.mentions):
            said = next(spoken)
            read = one_line(shown[start:end], LONGEST_LINE + 1)
            begin, finish = whole(text, said.start, said.end)  # a sentence of code starts behind its tick
            code = tuple(one_line(match[match.lastgroup or 0]) for match in _CODE.finditer(text[begin:finish]))
            is_open = said.claim is None and len(read) <= LONGEST_LINE and _could_be(said.text, code)
            role = said.claim.role if said.claim else None
            out.append(OfferedLine(index, said.start, read, said.section, role, is_open, code))
    return out


def parts(page: Page, given: Sequence[OfferedLine]) -> list[list[OfferedLine]]:
    """The lines by calls; where nothing is open there is nothing to ask. A saved report repeats what notes say."""
    if REPORT in page.note.topics:
        return []
    return [part for part in _cut(given) if any(line.is_open for line in part)]


def chosen(given: Sequence[OfferedLine], spans: Iterable[Span]) -> dict[tuple[int, int], Role]:
    """The sentences that these words stand in, each once; what is found nowhere, or cannot be told apart, is refused."""
    chosen: dict[tuple[int, int], Role] = {}
    for span in spans:
        line = _found(given, span.quote)
        if line is not None and span.role in ROLES and len(chosen) < MOST:
            chosen.setdefault((line.block, line.start), span.role)
    return chosen


def _cut(given: Sequence[OfferedLine]) -> Iterator[list[OfferedLine]]:
    part: list[OfferedLine] = []
    length = 0
    for line in given:
        if part and length + len(line.text) > PART:
            yield part
            part, length = [], 0
        part.append(line)
        length += len(line.text)
    if part:
        yield part


def _found(given: Sequence[OfferedLine], quote: str) -> OfferedLine | None:
    """The one sentence that holds the words; of several that are nothing but these words, the first that is open."""
    bare = _MARK.sub("", one_line(quote, LONGEST_LINE).strip(_QUOTES)).strip(_QUOTES)
    held = [line for line in given if (line.is_open or line.role) and bare in line.text and _says(bare, line.code)]
    same = [line for line in held if line.text.strip(_QUOTES + _ENDS) == bare.strip(_QUOTES + _ENDS)]
    if same:
        return next((line for line in same if line.is_open), same[0])
    return held[0] if len(held) == 1 else None


def _could_be(words: str, code: Sequence[str]) -> bool:
    """Whether a sentence that the rule passed over may be chosen: no question, template, address, code or formula."""
    bare = words.strip(" \t*_“”\"'()-–—")
    return not (bare.endswith(("?", "？", ":")) or _TEMPLATE.search(bare) or " | " in bare) and _says(bare, code)


def _says(words: str, code: Sequence[str]) -> bool:
    """Whether enough is left without code and addresses to say something."""
    left = _ADDRESS.sub(" ", words)
    for piece in code:
        left = left.replace(piece, " ")
    letters = len(_LETTER.findall(left))
    if letters < 0.5 * len(left.replace(" ", "")):
        return False
    if _CJK.search(left):
        return letters >= 6
    return len(_LETTER.sub("x", left).split()) >= _WORDS and letters >= _LETTERS
