"""A request of the editor: where it was asked, what the editor can do, and what answers it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lsprotocol import types
from pygls.capabilities import get_capability

from notes.draft import Draft, DraftLink
from notes.finding import Finding
from notes.lsp.addresses import in_vault
from notes.lsp.buffers import Buffer, Buffers
from notes.lsp.open_base import OpenBase
from notes.lsp.positions import Positions

PAUSE = 0.4
"""Seconds without a letter before a draft is checked."""


class EditorClient:
    """One editor: what it can do, as it says when it connects, and what it was set to."""

    def __init__(self, said: types.ClientCapabilities) -> None:
        def can(field: str) -> Any:
            return get_capability(said, field)

        action, workspace = "text_document.code_action", "workspace.workspace_edit"
        resolving = can(f"{action}.resolve_support.properties") or ()
        operations = (can(f"{workspace}.document_changes") and can(f"{workspace}.resource_operations")) or ()
        self.resolves_edits = "edit" in resolving and bool(can(f"{action}.data_support"))
        """It asks for the edit once an action is chosen."""
        self.creates_files = types.ResourceOperationKind.Create in operations
        self.renames_files = types.ResourceOperationKind.Rename in operations
        self.annotates = can(f"{workspace}.change_annotation_support") is not None
        """It shows a change before it is made."""
        self.hover_kind = _kind(can("text_document.hover.content_format"))
        self.documentation_kind = _kind(can("text_document.completion.completion_item.documentation_format"))
        self.watches_files = bool(can("workspace.did_change_watched_files.dynamic_registration"))
        self.refreshes_hints = bool(can("workspace.inlay_hint.refresh_support"))
        self.hints, self.checks, self.pause = False, True, PAUSE

    def configure(self, given: object) -> None:
        """Settings of the editor, whole or below "kb"; what is not understood changes nothing."""
        given = given.get("kb", given) if isinstance(given, dict) else {}
        if not isinstance(given, dict):
            return
        self.hints = given.get("inlayHints", self.hints) is True
        self.checks = given.get("diagnostics", self.checks) is not False
        pause = given.get("pause", self.pause)
        is_number = isinstance(pause, int | float) and not isinstance(pause, bool)
        self.pause = min(60.0, max(0.0, pause)) if is_number else PAUSE


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
        return self.base.draft(self.buffer.uri, self.buffer.text)

    @cached_property
    def positions(self) -> Positions:
        return self.buffers.positions(self.buffer.text)

    @cached_property
    def offset(self) -> int:
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


def _kind(formats: Sequence[types.MarkupKind] | None) -> types.MarkupKind:
    """How text is sent: as Markdown to an editor that renders it."""
    return types.MarkupKind.Markdown if types.MarkupKind.Markdown in (formats or ()) else types.MarkupKind.PlainText
