"""Where the sentences of a paragraph are, though titles ending in "?" stand in the middle of them."""

import re
from collections.abc import Iterator, Sequence

from sentencex import get_sentence_boundaries

from ingest.page import Mention

_STOPS = re.compile(r"[.?!。？！:;\n]")
_NEXT_SENTENCE = re.compile(r"\s+[\"“'‘(]?[A-Z0-9]")
_VARIABLE_ENDS = re.compile(r"(?<=\s[a-z])\.(?=\s+[A-Z][a-z])")
_QUOTED = re.compile(r"「[^」]{0,500}」")
_LONGEST = 200_000
CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Letters of scripts that do not part their words."""
_STARTS_ANEW = re.compile(r"(?:The|This|These|That|It|In|We|They|But|And|However|A|An|When|If|For|As|Our|There)\b")
"""After "Fig." or "A." a digit, a lower-case word or a name goes on; a function word starts anew."""
_ENDS = "?!.。？！…"
# A person's initials, and abbreviations of research prose that the segmenter's own list leaves out.
_ABBREVIATED = re.compile(
    r"(?:\b(?:Dr|Mr|Mrs|Ms|Prof|St|Figs?|Eqs?|Tab|Sec|Ch|App|Refs?|Nos?|vs|cf|resp|approx|ca|Thm|Prop|Alg|Vol|pp?|Ed|Eds|al)|\b[A-Z])\.\s*$"
)


def sentences(text: str, mentions: Sequence[Mention] = ()) -> list[tuple[int, int]]:
    """Offsets of each sentence in the text shown, white space trimmed."""
    spans: list[tuple[int, int]] = []
    masked = _masked(text, mentions) if mentions else text
    for begin in range(0, len(text), _LONGEST):
        spans += _segment(text, masked, begin, min(len(text), begin + _LONGEST))
    return spans


def _segment(text: str, masked: str, begin: int, stop: int) -> list[tuple[int, int]]:
    piece = masked[begin:stop]
    if "「" in piece:
        piece = _QUOTED.sub(lambda quoted: quoted[0].replace("。", "、"), piece)
    if not _STOPS.search(piece, 0, max(0, len(piece.rstrip()) - 1)):
        return _trimmed(text, [(begin, stop)])
    spans: list[tuple[int, int]] = []
    for boundary in get_sentence_boundaries("en", piece):
        start, end = begin + boundary["start_index"], begin + boundary["end_index"]
        joins = spans and (
            _ABBREVIATED.search(piece[max(0, spans[-1][1] - begin - 12) : spans[-1][1] - begin]) is not None
        )
        if joins and text[start : start + 1] and not _STARTS_ANEW.match(text, start):
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return _trimmed(text, [part for span in spans for part in _after_variable(text, *span)])


def _after_variable(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """ "... at large k. Two results ...": a lone small letter is a variable or a unit, not an initial."""
    for match in _VARIABLE_ENDS.finditer(text, start, end):
        yield start, match.end()
        start = match.end()
    yield start, end


def _masked(text: str, mentions: Sequence[Mention]) -> str:
    """The same length, cited titles without their punctuation; one that ends a sentence gets a full stop."""
    out: list[str] = []
    done = 0
    spans = sorted(mention.shown for mention in mentions if mention.shown and mention.shown[1] > mention.shown[0])
    opened = len(text) - len(text.lstrip())
    for index, (start, end) in enumerate(spans):
        if start < done or not _STOPS.search(text, start, end):
            continue
        following = spans[index + 1][0] if index + 1 < len(spans) else -1
        ends = (
            text[end - 1] in _ENDS and bool(_NEXT_SENTENCE.match(text, end)) and text[end:following].strip(" ,") != ""
        )
        out += text[done:start], "x" * (end - start - 1), "." if ends and opened < start else "x"
        done = end
    out.append(text[done:])
    return "".join(out)


def _trimmed(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    out = []
    for start, end in spans:
        piece = text[start:end]
        begin = start + len(piece) - len(piece.lstrip())
        finish = start + len(piece.rstrip())
        if finish > begin:
            out.append((begin, finish))
    return out
