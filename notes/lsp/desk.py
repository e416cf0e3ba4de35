"""The desk: what lies open in the editor, as it stands there, saved or not.

Changes are applied here and not by the library, whose buffers end a line where no editor does.
"""

from collections.abc import Sequence
from typing import NamedTuple

from lsprotocol import types

from notes.finding import Finding
from notes.lsp.positions import Positions

Change = types.TextDocumentContentChangePartial | types.TextDocumentContentChangeWholeDocument


class Buffer(NamedTuple):
    """A text in the editor at one moment."""

    uri: str
    version: int
    language: str
    text: str
    edited: int | None = None
    """Where the last edit ended; none where nothing was typed since it was opened or saved."""


class Checked(NamedTuple):
    """What was found in a buffer, and in which version of it."""

    version: int
    findings: tuple[Finding, ...]


class Desk:
    """The open buffers by address."""

    def __init__(self) -> None:
        self.encoding = "utf-16"
        self.checked: dict[str, Checked] = {}
        self._buffers: dict[str, Buffer] = {}

    def all(self) -> list[Buffer]:
        """Every open buffer."""
        return list(self._buffers.values())

    def get(self, uri: str) -> Buffer | None:
        """The buffer of that address, if it is open."""
        return self._buffers.get(uri)

    def open(self, item: types.TextDocumentItem) -> Buffer:
        """Put a buffer on the desk."""
        buffer = Buffer(item.uri, item.version, item.language_id, sound(item.text))
        self._buffers[item.uri] = buffer
        self.checked.pop(item.uri, None)
        return buffer

    def change(self, uri: str, version: int, changes: Sequence[Change]) -> Buffer | None:
        """Apply what was typed, in order; nothing for a buffer that was never opened."""
        buffer = self._buffers.get(uri)
        if buffer is None:
            return None
        text, edited = buffer.text, buffer.edited
        for change in changes:
            new = sound(change.text)
            if isinstance(change, types.TextDocumentContentChangePartial):
                start, end = Positions(text, self.encoding).span(change.range)
            else:
                start, end, new = _differing(text, new)
            text, edited = text[:start] + new + text[end:], start + len(new)
        self._buffers[uri] = changed = Buffer(uri, version, buffer.language, text, edited)
        return changed

    def settle(self, uri: str) -> Buffer | None:
        """It was saved: whoever saves is not in the middle of a word."""
        buffer = self._buffers.get(uri)
        if buffer is not None:
            self._buffers[uri] = buffer = buffer._replace(edited=None)
        return buffer

    def close(self, uri: str) -> None:
        """Take a buffer from the desk."""
        self._buffers.pop(uri, None)
        self.checked.pop(uri, None)

    def positions(self, text: str) -> Positions:
        """A text in the positions that this editor counts in."""
        return Positions(text, self.encoding)


def sound(text: str) -> str:
    """Text without halves of characters, which JSON can hold and no file; no position moves."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _differing(old: str, new: str) -> tuple[int, int, str]:
    """The part in which a text that was sent whole differs: where the last edit was."""
    most = min(len(old), len(new))
    start = next((at for at in range(most) if old[at] != new[at]), most) if old[:most] != new[:most] else most
    tail = 0
    while tail < most - start and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return start, len(old) - tail, new[start : len(new) - tail]
