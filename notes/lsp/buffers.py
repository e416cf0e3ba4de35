"""Buffers: what lies open in the editor, as it stands there, saved or not.

Changes are applied here and not by the library, whose buffers end a line where no editor does.
"""

from collections.abc import Sequence
from typing import NamedTuple

from lsprotocol import types

from notes.lsp.positions import Positions


class Buffer(NamedTuple):
    """A text in the editor at one moment."""

    uri: str
    version: int
    language: str
    text: str
    edited: int | None = None
    """Where the last edit ended; none where nothing was typed since it was opened or saved."""


class Buffers(dict[str, Buffer]):
    """The open buffers by address."""

    encoding = "utf-16"

    def open(self, item: types.TextDocumentItem) -> None:
        self[item.uri] = Buffer(item.uri, item.version, item.language_id, sound(item.text))

    def change(self, uri: str, version: int, changes: Sequence[types.TextDocumentContentChangeEvent]) -> Buffer | None:
        """Apply what was typed, in order; nothing for a buffer that was never opened."""
        buffer = self.get(uri)
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
        self[uri] = changed = Buffer(uri, version, buffer.language, text, edited)
        return changed

    def saved(self, uri: str) -> None:
        """Whoever saves is not in the middle of a word."""
        if buffer := self.get(uri):
            self[uri] = buffer._replace(edited=None)

    def positions(self, text: str) -> Positions:
        """A text in the positions that this editor counts in."""
        return Positions(text, self.encoding)


def sound(text: str) -> str:
    """Text without halves of characters, which JSON can hold and no file; no position moves."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _differing(old: str, new: str) -> tuple[int, int, str]:
    """The part in which a text that was sent whole differs: where the last edit was."""
    start = _alike(old, new)
    tail = _alike(old[start:][::-1], new[start:][::-1])
    return start, len(old) - tail, new[start : len(new) - tail]


def _alike(old: str, new: str) -> int:
    """How many characters two texts begin with alike."""
    return next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
