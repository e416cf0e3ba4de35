"""Lines of a note offered to a language model as possible claims, and which of them it chose. A sentence is chosen, whole, when
the words copied stand in it letter for letter: whatever a note makes the model say, all that can come of it is one of its sentences."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ingest.boilerplate import LETTER, TEMPLATE, without_marks
from ingest.claim_text import whole
from ingest.extract import Extract, Sentence
from ingest.model_replies import ROLES, Span
from ingest.page import Block, Page
from ingest.sentences import CJK
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
_LETTERS, _LETTERS_CJK = 8, 6
_QUOTES = ' \t"“”'
_ENDS = " .!。"
_MARK = re.compile(r"^[a-z]+ \| ")  # "new | Naps help." -> Naps help.
_NO_PROSE = re.compile(
    r"(`+).{1,2000}?\1|<(code|kbd|samp|pre)\b[^>]*>.{0,2000}?</\2>|\$+[^$]+\$+|(?:[a-z][a-z+.-]*://|www\.|mailto:)\S+",
    re.S | re.I,
)  # "`let x`", "$x_1$", "https://naps.example/a": code, formulas, addresses


class OfferedLine(NamedTuple):
    """A sentence of a note."""

    block: int
    start: int
    text: str
    """As a reader sees it, on one line."""
    section: str
    role: Role | None
    is_open: bool
    """Whether it is none yet, and could be one."""


def offered_lines(page: Page, text: str, found: Extract) -> list[OfferedLine]:
    """The sentences of a page in its order, as `found` has them without a model; `text` is the decoded file."""
    return [_offered(page.blocks[sentence.block], text, sentence) for sentence in found.sentences]


def _offered(block: Block, text: str, sentence: Sentence) -> OfferedLine:
    shown = one_line(block.part.shown.text[slice(*sentence.shown)], LONGEST_LINE + 1)
    start, end = whole(text, sentence.start, sentence.end)  # a sentence of code starts behind its tick
    prose = _NO_PROSE.sub(" ", text[start:end])
    claim = sentence.claim
    is_open = claim is None and len(shown) <= LONGEST_LINE and _could_be(sentence.text) and _says_something(prose)
    return OfferedLine(sentence.block, sentence.start, shown, sentence.section, claim.role if claim else None, is_open)


def parts(page: Page, given: Sequence[OfferedLine]) -> list[list[OfferedLine]]:
    """The lines by calls; where nothing is open there is nothing to ask. A saved report repeats what notes say."""
    if REPORT in page.note.topics:
        return []
    found: list[list[OfferedLine]] = [[]]
    for line in given:
        if found[-1] and sum(len(each.text) for each in found[-1]) + len(line.text) > PART:
            found.append([])
        found[-1].append(line)
    return [part for part in found if any(line.is_open for line in part)]


def chosen(given: Sequence[OfferedLine], spans: Iterable[Span]) -> dict[tuple[int, int], Role]:
    """The sentences that these words stand in, each once; what is found nowhere, or cannot be told apart, is refused."""
    chosen: dict[tuple[int, int], Role] = {}
    for span in spans:
        line = _found(given, span.quote)
        if line is not None and span.role in ROLES and len(chosen) < MOST:
            chosen.setdefault((line.block, line.start), span.role)
    return chosen


def _found(given: Sequence[OfferedLine], quote: str) -> OfferedLine | None:
    """The one sentence that holds the words; of several that are nothing but these words, the first that is open."""
    bare = _MARK.sub("", one_line(quote, LONGEST_LINE).strip(_QUOTES)).strip(_QUOTES)
    held = [line for line in given if (line.is_open or line.role) and bare in line.text and _says_something(bare)]
    same = [line for line in held if line.text.strip(_QUOTES + _ENDS) == bare.strip(_QUOTES + _ENDS)]
    if same:
        return next((line for line in same if line.is_open), same[0])
    return held[0] if len(held) == 1 else None


def _could_be(words: str) -> bool:
    """Whether a sentence that the rule passed over may be chosen: no question, template or row."""
    bare = without_marks(words)
    return not (bare.endswith(("?", "？", ":")) or TEMPLATE.search(bare) or " | " in bare)


def _says_something(text: str) -> bool:
    if CJK.search(text):
        return len(LETTER.findall(text)) >= _LETTERS_CJK
    return len(LETTER.findall(text)) >= _LETTERS and len(text.split()) >= _WORDS
