"""Navigation: from a link to its note, from a note to the links to it, and what can be searched by name."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from lsprotocol import types

from ingest.integrity import text_at
from kb.catalogue import claims as read_claims
from kb.catalogue import find_claims, find_notes
from kb.note import slug
from notes.draft import Draft
from notes.lsp.addresses import in_vault
from notes.lsp.completion import notes_named
from notes.lsp.open_base import location
from notes.lsp.request import Request
from notes.plain_text import plain_text

_HEADINGS = re.compile(r"^#{1,6}[ \t]+([^\r\n]*)", re.MULTILINE)  # "## How it was measured" -> How it was measured
_SYMBOLS = 60
"""Of notes, and of claims: an editor shows a screen of them."""


def definition(request: Request) -> list[types.Location] | None:
    """Where the note of a link is, at the heading that the link names; all of them where a name is ambiguous."""
    link = request.link
    if link is None:
        return None
    paths = filter(None, map(request.base.path, dict.fromkeys((link.note, *link.candidates))))
    return [_at_heading(request, path, link.target) for path in paths]


def references(request: Request) -> list[types.Location] | None:
    """The links to the note that a link means, or, away from links, to the note itself. Open buffers speak for themselves."""
    note, path = request.note, request.base.path(request.note)
    if not note:
        return None
    is_declared = bool(request.params.context.include_declaration and path)
    return [
        *([location(request.base, path)] if is_declared else []),
        *(
            types.Location(uri, request.buffers.positions(draft.text).range(link.start, link.end))
            for uri, draft in drafts_linking(request, note)
            for link in draft.links
            if link.note == note
        ),
    ]


def drafts_linking(request: Request, note: str) -> Iterator[tuple[str, Draft]]:
    """Everything that may link to a note, by address: open buffers, then files of the base."""
    base, open_paths = request.base, set()
    for buffer in list(request.buffers.values()):  # they are typed in meanwhile
        draft = base.draft(buffer.uri, buffer.text)
        if draft is not None:
            open_paths.add(in_vault(base.vault, buffer.uri))
            yield buffer.uri, draft
    rows = base.store.sql.execute(
        "SELECT DISTINCT file.path FROM mention JOIN file ON file.id = mention.file WHERE mention.note = ? ORDER BY 1",
        (note,),
    ).fetchall()
    for (path,) in rows:
        if path not in open_paths and (draft := draft_at(request, path)) is not None:
            yield _uri(request, path), draft


def draft_at(request: Request, path: str) -> Draft | None:
    """A file of the vault, read as it is now."""
    text = text_at(request.base.vault, path)
    return request.base.draft(_uri(request, path), text) if text is not None else None


def document_links(request: Request) -> list[types.DocumentLink]:
    """Every link of a buffer whose note has a file."""
    base, draft = request.base, request.draft
    return [
        types.DocumentLink(
            request.positions.range(link.start, link.end), _uri(request, path), plain_text(base.title(link.note), 120)
        )
        for link in (draft.links if draft else ())
        if (path := base.path(link.note))
    ]


def symbols(request: Request) -> list[types.WorkspaceSymbol]:
    """Notes by their names and words, then claims by theirs."""
    base, query = request.base, request.params.query
    by_name = notes_named(base.store, query, _SYMBOLS)
    found = []
    for note in list(dict.fromkeys([*by_name, *find_notes(base.store, query, _SYMBOLS)]))[:_SYMBOLS]:
        if path := base.path(note):
            title = plain_text(base.title(note), 120)
            place, kind = location(base, path), types.SymbolKind.File
            found.append(types.WorkspaceSymbol(place, title, kind, container_name=path))
    for claim in read_claims(base.store, find_claims(base.store, query, _SYMBOLS)):
        place, kind = location(base, claim.place.path, claim.place.line), types.SymbolKind.String
        title, quote = plain_text(base.title(claim.note), 120), plain_text(claim.quote, 160)
        found.append(types.WorkspaceSymbol(place, quote, kind, container_name=title))
    return found


def _at_heading(request: Request, path: str, target: str) -> types.Location:
    """Where the heading that a link names stands in its note, open or not; the top where it names none."""
    top = location(request.base, path)
    wanted = slug(unquote(target.partition("#")[2]).rpartition("#")[2])
    buffer = request.buffers.get(top.uri)
    text = (buffer.text if buffer else text_at(request.base.vault, path)) or ""
    for found in _HEADINGS.finditer(text) if wanted else ():
        if slug(found[1]) == wanted:
            return types.Location(top.uri, request.buffers.positions(text).range(*found.span()))
    return top


def _uri(request: Request, path: str) -> str:
    return (request.base.vault / path).as_uri()
