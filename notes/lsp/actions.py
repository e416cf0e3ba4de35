"""Code actions: link what is mentioned, cite what supports, mend what was found, write the note that is missing."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from lsprotocol import types

from ingest.names import is_note_name
from kb.catalogue import notes as read_notes
from kb.note import STUB
from notes.apply import without_overlaps
from notes.draft import DraftLink
from notes.edit import Edit
from notes.lsp.open_base import location
from notes.lsp.rename import NOT_IN_NAMES
from notes.lsp.request import Request
from notes.plain_text import plain_text
from notes.suggest import SHOWN

LINK_ALL = "source.kb.linkAllMentions"
KINDS = [types.CodeActionKind.QuickFix, types.CodeActionKind.RefactorRewrite, LINK_ALL]
_MOST = 6
"""Suggestions offered at one place."""
_MENTIONS = 500
"""Mentions linked at once."""
_FIXES = {"miscited": "Replace the citation", "uncited": "Add the citation"}
_VERBS = {"against": "Cite against this:", "near": "Link to"}
"""By kind of suggestion; all others cite."""


def code_actions(request: Request) -> list[types.CodeAction]:
    """What can be done at a place. A client that asks for "refactor" wants what is below it as well."""
    wanted = request.params.context.only or KINDS
    offered = ((KINDS[0], _fixes), (KINDS[0], _missing_notes), (KINDS[1], _suggestions), (KINDS[2], _link_all))
    return [
        action
        for kind, offer in offered
        if any((kind + ".").startswith(each + ".") for each in wanted)
        for action in offer(request)
    ]


def resolve(request: Request) -> types.CodeAction:
    """An action that was offered without its edit: all mentions are linked."""
    action: types.CodeAction = request.params
    if action.edit is None and request.draft is not None:
        found = [
            each for each in request.base.suggester.suggest(request.draft, most=_MENTIONS) if each.kind == "mention"
        ]
        edits = sorted(each.edit for each in without_overlaps(found))
        action.edit = _workspace_edit(request, edits) if edits else None
    return action


def _fixes(request: Request) -> Iterator[types.CodeAction]:
    """The edits of the findings at the cursor."""
    start, end = request.positions.span(request.params.range)
    for each in request.findings:
        if each.replace and each.start <= end and start <= each.end:
            new = ", ".join(dict.fromkeys(plain_text(edit.insert, 60) for edit in each.replace if edit.insert.strip()))
            place, title = request.positions.range(each.start, each.end), _FIXES.get(each.code, f"Mend: {each.code}")
            shown = [one for one in request.params.context.diagnostics if (one.code, one.range) == (each.code, place)]
            yield types.CodeAction(
                f"{title}: {new}" if new else title, kind=types.CodeActionKind.QuickFix, diagnostics=shown or None,
                edit=_workspace_edit(request, each.replace),
            )  # fmt: skip


def _missing_notes(request: Request) -> Iterator[types.CodeAction]:
    """A file for each link at the cursor whose note is not written yet."""
    start, end = request.positions.span(request.params.range)
    for link in request.draft.links if request.draft and request.client.creates_files else ():
        is_missing = not request.base.path(link.note) and not link.candidates
        if not is_missing or not (link.start <= end and start <= link.end) or not is_note_name(link.target, link.form):
            continue
        path, text = _new_note(request, link)
        if link.form in ("wikilink", "markdown", "title") and path and not (request.base.vault / path).exists():
            top = location(request.base, path)
            options = types.CreateFileOptions(overwrite=False, ignore_if_exists=True)
            identity = types.OptionalVersionedTextDocumentIdentifier(top.uri, None)
            written = types.TextDocumentEdit(identity, [types.TextEdit(top.range, text)])
            yield types.CodeAction(
                f"Write the missing note: {path}", kind=types.CodeActionKind.QuickFix,
                edit=types.WorkspaceEdit(document_changes=[types.CreateFile(top.uri, options=options), written]),
            )  # fmt: skip


def _new_note(request: Request, link: DraftLink) -> tuple[str, str]:
    """Where a missing note would lie, and how it begins: with its title and what citing notes say of it."""
    *folders, last = link.target.split("#", 1)[0].strip().removesuffix(".md").split("/")
    folders = [part for part in folders if part not in ("", ".")]
    name = NOT_IN_NAMES.sub(" ", last).strip(" .")[:120]
    if not name or ".." in (*folders, last) or any(":" in folder for folder in folders):
        return "", ""
    folder = PurePosixPath(*folders) if folders else PurePosixPath(request.path).parent
    stubs = read_notes(request.base.store, [link.note] if link.note.startswith(STUB) else [])
    title, summary = (stubs[0].title, stubs[0].summary) if stubs else (last, "")
    return str(folder / f"{name}.md"), f"# {title}\n" + (f"\n{summary}\n" if summary not in ("", title) else "")


def _suggestions(request: Request) -> Iterator[types.CodeAction]:
    """Links for the sentences at the cursor: nobody selects a whole mention first."""
    if request.draft is None:
        return
    start, end = request.positions.span(request.params.range)
    touched = [each for each in request.draft.sentences if each.start <= end and start <= each.end]
    span = min([start, *(each.start for each in touched)]), max([end, *(each.end for each in touched)])
    found = request.base.suggester.suggest(request.draft, within=span, most=3 * _MOST)
    for each in [each for each in found if each.score >= SHOWN][:_MOST]:
        title = f"{_VERBS.get(each.kind, 'Cite')} “{plain_text(each.title, 80)}”"
        if each.kind == "mention":
            title = f"Link “{plain_text(each.text, 40)}” to “{plain_text(each.title, 80)}”"
        yield types.CodeAction(
            f"{title} ({plain_text(each.why, 60)})", kind=types.CodeActionKind.RefactorRewrite,
            edit=_workspace_edit(request, [each.edit]),
        )  # fmt: skip


def _link_all(request: Request) -> Iterator[types.CodeAction]:
    """One action for the whole note; what it links is looked for once it is chosen, where the editor asks then."""
    action = types.CodeAction("Link all mentions in this note", kind=LINK_ALL, data={"uri": request.buffer.uri})
    if request.client.resolves_edits or resolve(replace(request, params=action)).edit is not None:
        yield action


def _workspace_edit(request: Request, edits: Iterable[Edit]) -> types.WorkspaceEdit:
    """Edits to the buffer, in this version of it and no other."""
    made: list[types.TextEdit | types.AnnotatedTextEdit | types.SnippetTextEdit] = [
        types.TextEdit(request.positions.range(each.start, each.end), each.insert) for each in edits
    ]
    identity = types.OptionalVersionedTextDocumentIdentifier(request.buffer.uri, request.buffer.version)
    return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(identity, made)])
