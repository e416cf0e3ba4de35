"""From a link to its note, from a note to the links to it, and what can be searched by name."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from lsprotocol import types

from ingest.connect import candidates
from ingest.intact import text_at
from ingest.names import target_key
from kb.catalogue import claims as read_claims
from kb.catalogue import find_claims, find_notes
from kb.note import slug
from notes.draft import Draft, DraftLink
from notes.lsp.addresses import in_vault, uri_of
from notes.lsp.desk import Buffer, Desk
from notes.lsp.hover import pointer_at
from notes.lsp.positions import Positions
from notes.lsp.shelf import Shelf
from notes.plain_text import plain_text

_TOP = types.Range(types.Position(0, 0), types.Position(0, 0))
_HEADINGS = re.compile(r"^#{1,6}[ \t]+([^\r\n]*)", re.MULTILINE)
_SYMBOLS = 60
"""Of notes, and of claims: an editor shows a screen of them."""


def definition(shelf: Shelf, desk: Desk, buffer: Buffer, at: types.Position) -> list[types.Location] | None:
    """Where the note of a link is, at the heading that the link names; all of them where a name is ambiguous."""
    draft = shelf.draft(buffer)
    pointer = pointer_at(draft, desk.positions(buffer.text).offset(at)) if draft else None
    if pointer is None:
        return None
    paths = [path_of(shelf, note) for note in dict.fromkeys((pointer.note, *pointer.candidates))]
    return [
        types.Location(uri_of(shelf.vault / path), _heading(shelf, desk, path, pointer.target))
        for path in paths
        if path
    ]


def references(
    shelf: Shelf, desk: Desk, buffer: Buffer, at: types.Position, declared: bool
) -> list[types.Location] | None:
    """The links to the note that a link means, or, away from links, to the note itself. Open buffers speak for themselves."""
    note = note_at(shelf, desk, buffer, at)
    if not note:
        return None
    found = [
        types.Location(uri, desk.positions(text).range(pointer.start, pointer.end))
        for uri, text, draft in speaking(shelf, desk, note)
        for pointer in draft.links
        if pointer.note == note
    ]
    path = path_of(shelf, note)
    return [types.Location(uri_of(shelf.vault / path), _TOP), *found] if declared and path else found


def note_at(shelf: Shelf, desk: Desk, buffer: Buffer, at: types.Position) -> str:
    """The note that a link at a place means; the note in the buffer where there is none. Empty for what is no note yet."""
    draft = shelf.draft(buffer)
    if draft is None:
        return ""
    pointer = pointer_at(draft, desk.positions(buffer.text).offset(at))
    return pointer.note if pointer else draft.note


def speaking(shelf: Shelf, desk: Desk, note: str) -> Iterator[tuple[str, str, Draft]]:
    """Address, text and reading of everything that may link to a note: open buffers, then files of the base."""
    open_paths = set()
    for buffer in desk.all():
        draft = shelf.draft(buffer)
        if draft is not None:
            open_paths.add(in_vault(shelf.vault, buffer.uri))
            yield buffer.uri, buffer.text, draft
    rows = shelf.store.sql.execute(
        "SELECT DISTINCT file.path FROM mention JOIN file ON file.id = mention.file WHERE mention.note = ? ORDER BY 1",
        (note,),
    ).fetchall()
    for (path,) in rows:
        if path in open_paths or (text := text_at(shelf.vault, path)) is None:
            continue
        uri = uri_of(shelf.vault / path)
        if (draft := shelf.draft_of(uri, text)) is not None:
            yield uri, text, draft


def document_links(shelf: Shelf, buffer: Buffer, where: Positions) -> list[types.DocumentLink]:
    """Every link of a buffer whose note has a file."""
    draft = shelf.draft(buffer)
    return [
        types.DocumentLink(
            where.range(pointer.start, pointer.end), uri_of(shelf.vault / path), plain_text(shelf.names.all[pointer.note].title, 120)
        )
        for pointer in (draft.links if draft else ())
        if (path := path_of(shelf, pointer.note))
    ]  # fmt: skip


def symbols(shelf: Shelf, query: str) -> list[types.WorkspaceSymbol]:
    """Notes by their names and words, then claims by theirs."""
    by_name = [each.note for each in shelf.names.matching(query, _SYMBOLS)]
    notes = dict.fromkeys([*by_name, *find_notes(shelf.store, query, _SYMBOLS)][:_SYMBOLS])
    found = []
    for note in notes:
        if path := path_of(shelf, note):
            place = types.Location(uri_of(shelf.vault / path), _TOP)
            found.append(
                types.WorkspaceSymbol(
                    place, plain_text(shelf.names.all[note].title, 120), types.SymbolKind.File, container_name=path
                )
            )
    for claim in read_claims(shelf.store, find_claims(shelf.store, query, _SYMBOLS)):
        at = types.Position(max(0, claim.place.line - 1), 0)
        place = types.Location(uri_of(shelf.vault / claim.place.path), types.Range(at, at))
        title = shelf.names.all[claim.note].title if claim.note in shelf.names.all else claim.note
        found.append(
            types.WorkspaceSymbol(
                place, plain_text(claim.quote, 160), types.SymbolKind.String, container_name=plain_text(title, 120)
            )
        )
    return found


def path_of(shelf: Shelf, note: str) -> str:
    """The file of a note; empty for a stub and for what is not there."""
    named = shelf.names.all.get(note)
    return named.path if named else ""


def meant_by(shelf: Shelf, pointer: DraftLink) -> Iterable[str]:
    """By which of a note's names a link finds it: "path", "title", "alias", "citekey"."""
    return {
        each.how
        for each in candidates(shelf.store, target_key(pointer.target))
        if each.path == path_of(shelf, pointer.note)
    }


def _heading(shelf: Shelf, desk: Desk, path: str, target: str) -> types.Range:
    """Where the heading that a link names stands in its note, open or not; the top where it names none."""
    wanted = slug(unquote(target.partition("#")[2]).rpartition("#")[2])
    uri = uri_of(shelf.vault / path)
    buffer = desk.get(uri)
    text = buffer.text if buffer else text_at(shelf.vault, path)
    if not wanted or not text:
        return _TOP
    where = desk.positions(text)
    found = (each for each in _HEADINGS.finditer(text) if slug(each[1]) == wanted)
    return next((where.range(*each.span()) for each in found), _TOP)
