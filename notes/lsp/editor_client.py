"""The client: what the editor can do, as it says when it connects, and what it was set to."""

from collections.abc import Sequence

from lsprotocol import types

PAUSE = 0.4
"""Seconds without a letter before a draft is checked."""


class EditorClient:
    """One editor."""

    def __init__(self, said: types.ClientCapabilities) -> None:
        document, workspace = said.text_document, said.workspace
        edit = workspace.workspace_edit if workspace else None
        operations = (edit.resource_operations if edit and edit.document_changes else None) or ()
        action = document.code_action if document else None
        resolving = action.resolve_support.properties if action and action.resolve_support else ()
        self.resolves_edits = "edit" in resolving and bool(action and action.data_support)
        """It asks for the edit once an action is chosen."""
        self.creates_files = types.ResourceOperationKind.Create in operations
        self.renames_files = types.ResourceOperationKind.Rename in operations
        self.annotates = bool(edit and edit.change_annotation_support)
        """It shows a change before it is made."""
        hover = document.hover if document else None
        item = document.completion.completion_item if document and document.completion else None
        self.hover_kind = _kind(hover.content_format if hover else None)
        self.documentation_kind = _kind(item.documentation_format if item else None)
        watched = workspace.did_change_watched_files if workspace else None
        self.watches_files = bool(watched and watched.dynamic_registration)
        hint = workspace.inlay_hint if workspace else None
        self.refreshes_hints = bool(hint and hint.refresh_support)
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


def _kind(formats: Sequence[types.MarkupKind] | None) -> types.MarkupKind:
    """How text is sent: as Markdown to an editor that renders it."""
    return types.MarkupKind.Markdown if types.MarkupKind.Markdown in (formats or ()) else types.MarkupKind.PlainText
