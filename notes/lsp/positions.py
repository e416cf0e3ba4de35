"""Where an editor counts, and where Python does: lines and UTF-16 units there, characters of one text here.

Only `\\n`, `\\r\\n` and `\\r` end a line for an editor; `str.splitlines` knows eight more ends, which stand in real notes.
"""

from bisect import bisect_right

from lsprotocol import types

from ingest.page import Lines

_UNITS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}
"""How Python encodes what an editor counts, and the bytes of one unit."""


class Positions:
    """One text, in an editor's positions and in offsets. A position out of range means the nearest one in range."""

    def __init__(self, text: str, encoding: str = "utf-16") -> None:
        self.text = text
        self._codec, self._bytes = _UNITS[encoding]
        self._starts = Lines(text).starts

    def offset(self, position: types.Position) -> int:
        """The character at, or next before, a position."""
        start, end = self.line_span(position.line)
        ends = range(start + 1, end + 1)
        return start + bisect_right(ends, position.character, key=lambda end: self._units(start, end))

    def position(self, offset: int) -> types.Position:
        offset = min(max(0, offset), len(self.text))
        line = bisect_right(self._starts, offset) - 1
        return types.Position(line, self._units(self._starts[line], offset))

    def span(self, given: types.Range) -> tuple[int, int]:
        """A range as offsets, its ends in order."""
        start, end = sorted((self.offset(given.start), self.offset(given.end)))
        return start, end

    def range(self, start: int, end: int) -> types.Range:
        return types.Range(self.position(start), self.position(end))

    def line_span(self, line: int) -> tuple[int, int]:
        """The offsets of a line, its end not counted in; an empty span after the last."""
        start, end = (*self._starts[line : line + 2], len(self.text), len(self.text))[:2]
        return start, start + len(self.text[start:end].rstrip("\r\n"))

    def _units(self, start: int, end: int) -> int:
        text = self.text[start:end]
        return len(text) if text.isascii() else len(text.encode(self._codec, "surrogatepass")) // self._bytes
