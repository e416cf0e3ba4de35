"""Plain text: paragraphs, lists and headings as people type them, hard-wrapped or not."""

import re
from collections.abc import Iterator
from itertools import groupby

from ingest.formats.inline import inline_tags, read_inline
from ingest.page import Part, PartKind, Sheet, Shown, Writer

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
_ITEM = re.compile(r"[ \t]*(?:[•‣◦▪–*-]|\d{1,3}[.)])[ \t]+(?=\S)")
_ENDS = re.compile(r"[.!?:;。！？…][\"'”’)\]]*$")
_WRAP = 120
_HEADING = 90


def sheet(text: str, path: str) -> Sheet:
    """A plain text file as parts."""
    return Sheet(path, tuple(_parts(text)), tags=inline_tags(text.splitlines()))


def _parts(text: str) -> Iterator[Part]:
    for lines in _groups(text):
        alone = len(lines) == 1
        for first, last in _joined(lines):
            raw, item = _shown(lines[first : last + 1])
            shown, mentions = read_inline(raw)
            if not shown.text.strip():
                continue
            underlined = last + 1 < len(lines) and bool(_UNDERLINE.match(lines[last + 1][0]))
            if _UNDERLINE.match(shown.text):
                continue
            heading = first == last and not item and (underlined or (alone and _is_heading(shown.text.strip())))
            kind: PartKind = "item" if item else "heading" if heading else "prose"
            yield Part(kind, shown, {"item": 1, "heading": 2}.get(kind, 0), mentions)


_UNDERLINE = re.compile(r"\s*(?:=+|-{3,})\s*$")


def _groups(text: str) -> Iterator[list[tuple[str, int]]]:
    """Runs of lines between blank ones, each line with its offset."""
    lines = ((match[0].rstrip("\r\n"), match.start()) for match in _LINE.finditer(text))
    return (list(group) for filled, group in groupby(lines, key=lambda line: bool(line[0].strip())) if filled)


def _joined(lines: list[tuple[str, int]]) -> Iterator[tuple[int, int]]:
    """Which lines are one paragraph: those that an editor broke because the next word did not fit."""
    width = max(len(line.rstrip()) for line, _ in lines)
    first = 0
    for index in range(1, len(lines) + 1):
        if index < len(lines):
            above, below = lines[index - 1][0].rstrip(), lines[index][0]
            word = below.split(None, 1)[0]
            full = 60 <= width <= _WRAP and len(above) + 1 + len(word) > width and " · " not in above
            wrapped = full and (not _ENDS.search(above) or below[:1].islower())
            if not _ITEM.match(below) and (wrapped or (below[0] in " \t" and _ITEM.match(lines[first][0]))):
                continue
        yield first, index - 1
        first = index


def _shown(lines: list[tuple[str, int]]) -> tuple[Shown, bool]:
    out = Writer()
    item = _ITEM.match(lines[0][0])
    last = 0
    for line, start in lines:
        begin = item.end() if item and not out.length else len(line) - len(line.lstrip())
        words = line[begin:].rstrip()
        if not words:
            continue
        if out.length:
            out.put(" ", last, start + begin)
        out.put(words, start + begin, start + begin + len(words))
        last = start + begin + len(words)
    return out.done(), bool(item)


def _is_heading(text: str) -> bool:
    """A short line standing alone that does not end as a sentence does; a question may be a title."""
    if len(text) > 2 * _HEADING or not (text[0].isupper() or not text[0].isascii() or text[0] in "←\"“'"):
        return False
    if text.endswith("?"):
        return text.count("?") == 1 and ". " not in text
    return len(text) <= _HEADING and not _ENDS.search(text) and " = " not in text
