"""Annotations of a PDF (highlights, comments): lines of the extracted text, "% highlight: ..." and "% comment by NAME: ...",
behind the text of their page. What was said of a highlight stands below it, "% comment on it: ...", and is read with its words."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from textwrap import shorten
from typing import TYPE_CHECKING, Any, NamedTuple

from ingest.formats.pdf_lines import Line
from ingest.page import MARKS_HEADING, Part, Shown

if TYPE_CHECKING:
    from pypdf import PageObject

_MARKUP = ("/Highlight", "/Underline", "/Squiggly")
_COMMENT = ("/Text", "/FreeText")
_MOST, _LONGEST = 500, 2_000
"""Annotations of a page, and characters of one."""
_SAID = 160
"""Characters of a highlight that a comment on it is read with."""
_LINE = re.compile(
    r"% (?P<kind>highlight|comment)(?P<on> on it)?(?: by (?P<who>[^:\n]{1,80}))?: (?P<words>.+)"
)  # "% comment on it by Jo: No."
_FORGED = re.compile(r"^% (?=(?:highlight|comment)\b)", re.M)
_BELOW, _ABOVE = 0.2, 0.8
"""Of the size of a font: how far its letters reach below and above their line."""
_UNDER = 0.5
"""Of the height of a line: how much of it a highlight covers that means it."""
_WIDE = 0.5
"""Of the size of a font: the width of its letters, roughly, for a highlight that covers part of a line."""


class _Chunk(NamedTuple):
    """A run of text of a page, where it is drawn."""

    text: str
    x: float
    y: float
    size: float


def with_marks(text: str, page: "PageObject") -> str:
    """The text of a page, and behind it what its reader marked; what of the text looks like that is no longer so."""
    text = _FORGED.sub("%", text)
    found: list[str] = []
    chunks: list[_Chunk] = []
    # pypdf raises whatever a broken annotation makes it run into; the text, and the other annotations, are none of its fault.
    with suppress(Exception):
        annotations: Any = page["/Annots"].get_object() if "/Annots" in page else None
        for entry in list(annotations or ())[:_MOST]:
            with suppress(Exception):
                found += _lines(entry.get_object(), page, chunks)
    return "\n\n".join([text, *(["\n".join(dict.fromkeys(found))] if found else [])])


def _lines(note: Any, page: "PageObject", chunks: list[_Chunk]) -> list[str]:
    """What one annotation says: the words it covers, the comment it holds."""
    kind, comment, covered = str(note.get("/Subtype")), _flat(note.get("/Contents")), ""
    lines: list[str] = []
    if kind in _MARKUP:
        chunks += () if chunks else _chunks(page)
        covered = _covered(note, chunks)
        lines += [mark("highlight", covered)] if covered else []
    if comment and comment != covered and kind in (*_MARKUP, *_COMMENT):
        lines.append(mark("comment on it" if covered else "comment", comment, note.get("/T")))
    return lines


def mark(kind: str, words: Any, by: Any = "") -> str:
    """The line that a mark stands in; a highlight names nobody."""
    who = _flat(by).replace(":", " ")[:80].strip()
    return f"% {kind}{f' by {who}' if who else ''}: {_flat(words)}"


def _flat(value: Any) -> str:
    text = str(value or "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return " ".join(text.replace("\0", "").split())[:_LONGEST]


def _chunks(page: "PageObject") -> list[_Chunk]:
    chunks: list[_Chunk] = []

    def visit(text: str, cm: Sequence[float], tm: Sequence[float], font: Any, size: float) -> None:
        x, y = tm[4] * cm[0] + tm[5] * cm[2] + cm[4], tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        scale = abs(tm[3] * cm[3]) or 1.0
        if text.strip():
            chunks.append(_Chunk(text.strip("\n"), x, y, size * scale))

    page.extract_text(visitor_text=visit)
    return chunks


def _covered(note: Any, chunks: Sequence[_Chunk]) -> str:
    """The words under a highlight, from box to box."""
    quads = [float(number) for number in note.get("/QuadPoints") or ()]
    boxes = [quads[at : at + 8] for at in range(0, len(quads) - 7, 8)]
    if not boxes and note.get("/Rect"):
        left, low, right, high = (float(number) for number in note["/Rect"])
        boxes = [[left, high, right, high, left, low, right, low]]
    words: list[str] = []
    for box in boxes:
        xs, ys = box[0::2], box[1::2]
        for chunk in chunks:
            low, high = chunk.y - _BELOW * chunk.size, chunk.y + _ABOVE * chunk.size
            if min(high, max(ys)) - max(low, min(ys)) >= _UNDER * (high - low):
                words += _within(chunk, min(xs), max(xs))
    return " ".join(words)[:_LONGEST]


def _within(chunk: _Chunk, left: float, right: float) -> Iterator[str]:
    """The words of a run between two columns, by the middle of each."""
    wide = chunk.size * _WIDE
    for word in re.finditer(r"\S+", chunk.text):
        middle = chunk.x + wide * (word.start() + word.end()) / 2
        if left <= middle <= right:
            yield word[0]


def apart(lines: Sequence[Line]) -> tuple[list[Line], list[Part]]:
    """The lines of the paper itself, and the reader's as parts under a heading of their own."""
    found = marks([line for line in lines if line.page])
    gone = {line.start for line, _ in found}
    return [line for line in lines if line.start not in gone], parts_of(found)


def marks(lines: Iterable[Line]) -> list[tuple[Line, re.Match[str]]]:
    """The lines that a reader's mark stands in."""
    return [(line, match) for line in lines if (match := _LINE.fullmatch(line.text))]


def parts_of(found: Sequence[tuple[Line, re.Match[str]]]) -> list[Part]:
    """Marks as parts of a page, each led by who made it, under a heading of their own."""
    if not found:
        return []
    parts = [Part("heading", Shown.plain(MARKS_HEADING.capitalize(), found[0][0].start, 1), 1)]
    highlighted = ""
    for line, match in found:
        who = f", {match['who']}" if match["who"] else ""
        of = f"{',' if who else ''} on “{highlighted}”" if match["on"] and highlighted else ""
        named = f"{match['kind'].capitalize()} of the reader{who}{of}:"
        if match["kind"] == "highlight":
            first = re.split(r"(?<=[.!?])\s", match["words"], maxsplit=1)[0]  # the lead of a list is one sentence
            highlighted = shorten(first.rstrip(".!?"), _SAID, placeholder=" …")
        at = line.start + match.start("words")
        parts.append(Part("prose", Shown.plain(named, line.start, at - line.start)))
        parts.append(Part("item", Shown.plain(match["words"], at), 1))
    return parts
