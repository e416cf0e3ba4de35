"""Where an editor counts, and where Python does: lines and UTF-16 units there, characters of one text here.

Only `\\n`, `\\r\\n` and `\\r` end a line for an editor; `str.splitlines` knows eight more ends, which stand in real notes.
"""

from bisect import bisect_right

from lsprotocol import types

from ingest.page import Lines

_WIDTHS = {
    types.PositionEncodingKind.Utf8.value: "utf-8",
    types.PositionEncodingKind.Utf16.value: "utf-16-le",
}
"""How the units of an encoding are counted, where they are not characters."""


class Positions:
    """One text, in an editor's positions and in offsets. A position out of range means the nearest one in range."""

    def __init__(self, text: str, encoding: str = "utf-16") -> None:
        self.text = text
        self._codec = "" if text.isascii() else _WIDTHS.get(encoding, "")
        self._unit = 2 if self._codec == "utf-16-le" else 1
        self._starts = Lines(text).starts

    def offset(self, position: types.Position) -> int:
        """The character at, or next before, a position."""
        start, end = self.line_span(position.line)
        wanted = position.character
        if not self._codec:
            return min(start + wanted, end)
        at, units = start, 0
        for char in self.text[start:end]:
            units += self._wide(char)
            if units > wanted:
                break
            at += 1
        return at

    def position(self, offset: int) -> types.Position:
        """Where an offset stands for the editor."""
        offset = min(max(0, offset), len(self.text))
        line = bisect_right(self._starts, offset) - 1
        return types.Position(line, self._wide(self.text[self._starts[line] : offset]))

    def span(self, given: types.Range) -> tuple[int, int]:
        """A range as offsets, its ends in order."""
        start, end = self.offset(given.start), self.offset(given.end)
        return (start, end) if start <= end else (end, start)

    def range(self, start: int, end: int) -> types.Range:
        """Offsets as a range."""
        return types.Range(self.position(start), self.position(end))

    def line_span(self, line: int) -> tuple[int, int]:
        """The offsets of a line, its end not counted in; an empty span after the last."""
        if line >= len(self._starts):
            return len(self.text), len(self.text)
        start, end = self._starts[line], len(self.text)
        if line + 1 < len(self._starts):
            end = self._starts[line + 1]
            end -= 2 if self.text[end - 2 : end] == "\r\n" else 1
        return start, end

    def _wide(self, text: str) -> int:
        if not self._codec or text.isascii():
            return len(text)
        return len(text.encode(self._codec, "surrogatepass")) // self._unit
