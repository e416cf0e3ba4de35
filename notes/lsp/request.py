"""A request of the editor: where it was asked, and what answers it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from notes.draft import Draft, DraftLink
from notes.finding import Finding
from notes.lsp.addresses import in_vault
from notes.lsp.buffers import Buffer, Buffers
from notes.lsp.editor_client import EditorClient
from notes.lsp.open_base import OpenBase
from notes.lsp.positions import Positions


@dataclass(frozen=True)
class Request:
    """One request on a buffer, with the base at hand; empty where it is on none."""

    base: OpenBase
    client: EditorClient
    buffers: Buffers
    buffer: Buffer
    params: Any
    findings: tuple[Finding, ...] = ()
    """What is published of this version of the buffer."""

    @cached_property
    def draft(self) -> Draft | None:
        """The buffer, read as a note."""
        return self.base.draft(self.buffer.uri, self.buffer.text)

    @cached_property
    def positions(self) -> Positions:
        """The buffer's text in the positions of the editor."""
        return self.buffers.positions(self.buffer.text)

    @cached_property
    def offset(self) -> int:
        """Where the cursor is."""
        return self.positions.offset(self.params.position)

    @cached_property
    def path(self) -> str:
        """The buffer's path in the vault; empty outside."""
        return in_vault(self.base.vault, self.buffer.uri) or ""

    @cached_property
    def link(self) -> DraftLink | None:
        """The link at the cursor; the innermost, where one stands in another."""
        at = self.offset
        found = [
            each
            for each in (self.draft.links if self.draft else ())
            if each.start <= at < each.end or (each.end == at and each.form != "title")
        ]
        return min(found, key=lambda each: (each.end <= at, each.end - each.start), default=None)

    @property
    def note(self) -> str:
        """The note that the link at the cursor means; away from links, the note in the buffer. Empty for what is no note yet."""
        if self.link is not None:
            return self.link.note
        return self.draft.note if self.draft else ""
