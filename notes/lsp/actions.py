"""Code actions: link what is mentioned, cite what supports, mend what was found, write the note that is missing."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from lsprotocol import types

from ingest.names import is_note_name
from kb.catalogue import notes as read_notes
from kb.note import STUB
from notes.draft import Draft, DraftLink
from notes.finding import Finding
from notes.lsp.addresses import in_vault, uri_of
from notes.lsp.desk import Buffer, Desk
from notes.lsp.navigation import path_of
from notes.lsp.rename import NO_NAME
from notes.lsp.shelf import Shelf
from notes.plain_text import plain_text
from notes.suggest import SHOWN, Suggestion

LINK_ALL = "source.kb.linkAllMentions"
_MOST = 6
"""Suggestions offered at one place."""
_MENTIONS = 500
Span = tuple[int, int]


def actions(
    shelf: Shelf, desk: Desk, buffer: Buffer, given: types.CodeActionParams, can: "Abilities"
) -> list[types.CodeAction]:
    """What can be done at a place."""
    draft = shelf.draft(buffer)
    if draft is None:
        return []
    span = desk.positions(buffer.text).span(given.range)
    wanted = given.context.only or ()
    found: list[types.CodeAction] = []
    if _wants(wanted, types.CodeActionKind.QuickFix):
        checked = desk.checked.get(buffer.uri)
        if checked is not None and checked.version == buffer.version:
            found += _mending(desk, buffer, span, checked.findings, given.context.diagnostics)
        if can.create:
            found += _writing(shelf, buffer, draft, span)
    if _wants(wanted, types.CodeActionKind.RefactorRewrite):
        # Asked for a place in a line, what is offered is for its sentence: nobody selects a whole mention first.
        near = shelf.suggester.suggest(draft, within=_around(draft, span), most=3 * _MOST)
        found += [_suggested(desk, buffer, each) for each in near if each.score >= SHOWN][:_MOST]
    if _wants(wanted, LINK_ALL):
        found += _link_all(shelf, desk, buffer, draft, can)
    return found


class Abilities:
    """What the editor can do with an action."""

    def __init__(self, client: types.ClientCapabilities) -> None:
        document = client.text_document.code_action if client.text_document else None
        edit = client.workspace.workspace_edit if client.workspace else None
        resolve = document.resolve_support.properties if document and document.resolve_support else ()
        self.resolve = "edit" in resolve and bool(document and document.data_support)
        """It asks for the edit once an action is chosen."""
        operations = edit.resource_operations if edit and edit.document_changes and edit.resource_operations else ()
        self.create = types.ResourceOperationKind.Create in operations
        self.rename = types.ResourceOperationKind.Rename in operations
        self.annotated = bool(edit and edit.change_annotation_support)


def resolved(shelf: Shelf, desk: Desk, action: types.CodeAction) -> types.CodeAction:
    """The edit of an action that was offered without one."""
    uri = action.data.get("uri") if isinstance(action.data, dict) else None
    buffer = desk.get(uri) if isinstance(uri, str) else None
    draft = shelf.draft(buffer) if buffer else None
    if buffer is not None and draft is not None and action.edit is None:
        action.edit = _all_mentions(shelf, desk, buffer, draft)
    return action


def edit_of(desk: Desk, buffer: Buffer, edits: Iterable[tuple[Span, str]]) -> types.WorkspaceEdit:
    """Edits to one buffer, in this version of it and no other."""
    where = desk.positions(buffer.text)
    made: list[types.TextEdit | types.AnnotatedTextEdit | types.SnippetTextEdit] = [
        types.TextEdit(where.range(*span), new) for span, new in edits
    ]
    identity = types.OptionalVersionedTextDocumentIdentifier(buffer.uri, buffer.version)
    return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(identity, made)])


def _wants(only: Sequence[str], kind: str) -> bool:
    """A client that asks for "refactor" wants what is below it as well."""
    return not only or any(kind == each or kind.startswith(f"{each}.") for each in only)


def _around(draft: Draft, span: Span) -> Span:
    touched = [each for each in draft.sentences if each.start <= span[1] and span[0] <= each.end]
    return (min(each.start for each in touched), max(each.end for each in touched)) if touched else span


def _suggested(desk: Desk, buffer: Buffer, each: Suggestion) -> types.CodeAction:
    title = plain_text(each.title, 80)
    verb = {
        "mention": f"Link “{plain_text(each.text, 40)}” to “{title}”", "against": f"Cite against this: “{title}”", "near": f"Link to “{title}”",
    }.get(each.kind, f"Cite “{title}”")  # fmt: skip
    return types.CodeAction(
        f"{verb} ({plain_text(each.why, 60)})" if each.why else verb, kind=types.CodeActionKind.RefactorRewrite,
        edit=edit_of(desk, buffer, [(each.at, each.insert)]),
    )  # fmt: skip


def _mending(
    desk: Desk, buffer: Buffer, span: Span, findings: Iterable[Finding], shown: Sequence[types.Diagnostic]
) -> Iterator[types.CodeAction]:
    where = desk.positions(buffer.text)
    for each in findings:
        if each.replace and each.start <= span[1] and span[0] <= each.end:
            into = ", ".join(dict.fromkeys(plain_text(new, 60) for _, _, new in each.replace if new.strip()))
            place = where.range(each.start, each.end)
            told = [one for one in shown if one.source == "kb" and one.code == each.code and one.range == place]
            title = {"miscited": "Replace the citation", "uncited": "Add the citation"}.get(
                each.code, f"Mend: {each.code}"
            )
            yield types.CodeAction(
                f"{title}: {into}" if into else title, kind=types.CodeActionKind.QuickFix, diagnostics=told or None,
                edit=edit_of(desk, buffer, [((start, end), new) for start, end, new in each.replace]),
            )  # fmt: skip


def _writing(shelf: Shelf, buffer: Buffer, draft: Draft, span: Span) -> Iterator[types.CodeAction]:
    for each in draft.links:
        if not (each.start <= span[1] and span[0] <= each.end) or path_of(shelf, each.note) or each.candidates:
            continue
        if each.form in ("wikilink", "markdown", "title") and is_note_name(each.target, each.form):
            path, text = _new_note(shelf, in_vault(shelf.vault, buffer.uri), each)
            if not path or (shelf.vault / path).exists():
                continue
            uri = uri_of(shelf.vault / path)
            top = types.Range(types.Position(0, 0), types.Position(0, 0))
            identity = types.OptionalVersionedTextDocumentIdentifier(uri, None)
            yield types.CodeAction(
                f"Write the missing note: {path}", kind=types.CodeActionKind.QuickFix,
                edit=types.WorkspaceEdit(document_changes=[
                    types.CreateFile(uri, options=types.CreateFileOptions(overwrite=False, ignore_if_exists=True)),
                    types.TextDocumentEdit(identity, [types.TextEdit(top, text)]),
                ]),
            )  # fmt: skip


def _new_note(shelf: Shelf, source: str | None, pointer: DraftLink) -> tuple[str, str]:
    """Where a missing note would lie, and how it begins: with its title and what citing notes say of it."""
    target = pointer.target.split("#", 1)[0].strip().removesuffix(".md")
    folders = [part for part in target.split("/")[:-1] if part not in ("", ".")]
    name = NO_NAME.sub(" ", target.split("/")[-1]).strip(" .")[:120]
    if not name or ".." in target.split("/") or any(":" in folder for folder in folders):
        return "", ""
    folder = PurePosixPath(*folders) if folders else PurePosixPath(source or "").parent
    stub = (
        read_notes(shelf.store, [pointer.note])[0]
        if pointer.note.startswith(STUB) and pointer.note in shelf.names.all
        else None
    )
    title = stub.title if stub else target.split("/")[-1]
    summary = stub.summary if stub and stub.summary != stub.title else ""
    return str(folder / f"{name}.md"), f"# {title}\n" + (f"\n{summary}\n" if summary else "")


def _link_all(shelf: Shelf, desk: Desk, buffer: Buffer, draft: Draft, can: Abilities) -> Iterator[types.CodeAction]:
    action = types.CodeAction("Link all mentions in this note", kind=LINK_ALL)
    if can.resolve:
        action.data = {"uri": buffer.uri}
        yield action
    elif (edit := _all_mentions(shelf, desk, buffer, draft)) is not None:
        action.edit = edit
        yield action


def _all_mentions(shelf: Shelf, desk: Desk, buffer: Buffer, draft: Draft) -> types.WorkspaceEdit | None:
    found = [each for each in shelf.suggester.suggest(draft, most=_MENTIONS) if each.kind == "mention"]
    chosen: list[Suggestion] = []
    for each in found:  # best first; two that overlap cannot both stand
        if all(each.at[1] <= other.at[0] or other.at[1] <= each.at[0] for other in chosen):
            chosen.append(each)
    edits = sorted((each.at, each.insert) for each in chosen)
    return edit_of(desk, buffer, edits) if edits else None
