"""A note gets another name: its file, its title where that was the old name, and every link to it, wherever it is open.

Every text is read again as it stands now, in the editor or on disk, so no edit rests on what the base remembers.
"""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote

from lsprotocol import types

from ingest.intact import text_at
from kb.note import STUB, slug
from notes.draft import Draft, DraftLink
from notes.lsp.addresses import is_prose, uri_of
from notes.lsp.clerk import Refused
from notes.lsp.desk import Buffer, Desk
from notes.lsp.hover import pointer_at
from notes.lsp.names import Named
from notes.lsp.navigation import meant_by, note_at, path_of, speaking
from notes.lsp.shelf import Shelf

NO_NAME = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|#^\[\]]+")
"""What no file name may hold somewhere, and what a wikilink cannot name."""
_WIKILINK = re.compile(r"(!?\[\[)([^\[\]|#^]*)", re.DOTALL)
_MARKDOWN = re.compile(r"(.*\]\(\s*<?)([^\s<>()#?]*(?:\([^\s<>()]*\)[^\s<>()#?]*)*)", re.DOTALL)
_HEADING = re.compile(r"^#[ \t]+(?=\S)(.*)$", re.MULTILINE)  # "# A title #"
_TITLE = re.compile(r"\A---\r?\n(?:(?!---[ \t]*\r?$)[^\r\n]*\r?\n)*?title:[ \t]*+(.*)\n", re.MULTILINE)
_ANNOTATION = "rename"


def renameable(shelf: Shelf, desk: Desk, buffer: Buffer, at: types.Position) -> types.PrepareRenamePlaceholder | None:
    """What would be renamed here: the note of a link, or the note itself on its title."""
    draft = shelf.draft(buffer)
    note = note_at(shelf, desk, buffer, at)
    if draft is None or not path_of(shelf, note):
        return None
    where = desk.positions(buffer.text)
    pointer = pointer_at(draft, where.offset(at))
    if pointer is not None:
        span = where.range(pointer.start, pointer.end)
    else:
        titled = title_span(buffer.text, shelf.names.all[note].title)
        line = where.line_span(at.line)
        if titled is None or not line[0] <= titled[0] <= line[1]:
            return None
        span = where.range(*titled)
    return types.PrepareRenamePlaceholder(span, shelf.names.all[note].title)


def rename(
    shelf: Shelf, desk: Desk, buffer: Buffer, at: types.Position, name: str, annotated: bool
) -> types.WorkspaceEdit:
    """The whole change, to be looked at and then made by the editor."""
    named = shelf.names.all.get(note_at(shelf, desk, buffer, at))
    if named is None or named.note.startswith(STUB) or not named.path:
        raise Refused("There is no note here that could be renamed.")
    name = " ".join(name.split())
    old = PurePosixPath(named.path)
    stem = _stem(named, name)
    if not slug(stem):
        raise Refused(f"“{name}” cannot be the name of a file.")
    new = str(old.with_name(stem + old.suffix))
    if new != named.path and (shelf.vault / new).exists() and not _is_same(shelf.vault / new, shelf.vault / named.path):
        raise Refused(f"{new} is there already.")
    changes: list[types.TextDocumentEdit | types.CreateFile | types.RenameFile | types.DeleteFile] = []
    for uri, text, draft in _texts(shelf, desk, named):
        edits = dict(_edits(shelf, draft, named, new, name))
        if draft.path == named.path and (span := title_span(text, named.title)) is not None:
            edits[span] = _escaped(text, span, name)
        if edits:
            changes.append(_document(desk, uri, text, edits, annotated))
    if new != named.path:
        moved = types.RenameFile(
            uri_of(shelf.vault / named.path),
            uri_of(shelf.vault / new),
            annotation_id=_ANNOTATION if annotated else None,
        )
        changes.append(moved)
    what = types.ChangeAnnotation(
        f"Rename “{named.title}”", needs_confirmation=True, description="The note and all links to it"
    )
    return types.WorkspaceEdit(document_changes=changes, change_annotations={_ANNOTATION: what} if annotated else None)


def title_span(text: str, title: str) -> tuple[int, int] | None:
    """Where a note states its title: in its front matter, else as its first heading; none where it is the file's name."""
    for pattern, marks in ((_TITLE, ""), (_HEADING, "#")):
        if found := pattern.search(text):
            start, bare = found.start(1), found[1].rstrip("\r \t").rstrip(marks).rstrip(" \t")
            if not marks and len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "\"'":
                start, bare = start + 1, bare[1:-1]
            if slug(bare) == slug(title):
                return start, start + len(bare)
    return None


def _texts(shelf: Shelf, desk: Desk, named: Named) -> Iterator[tuple[str, str, Draft]]:
    """The note itself among them, though it may not link to itself. Pages and PDFs are read and never edited."""
    seen = False
    for uri, text, draft in speaking(shelf, desk, named.note):
        seen = seen or draft.path == named.path
        if is_prose(uri, "markdown"):
            yield uri, text, draft
    if not seen and is_prose(uri_of(shelf.vault / named.path), "markdown"):
        uri = uri_of(shelf.vault / named.path)
        text_of = text_at(shelf.vault, named.path)
        draft_of = shelf.draft_of(uri, text_of) if text_of is not None else None
        if text_of is not None and draft_of is not None:
            yield uri, text_of, draft_of


def _edits(shelf: Shelf, draft: Draft, named: Named, new: str, name: str) -> Iterator[tuple[tuple[int, int], str]]:
    """The part of each link that names the note, and what it is to name: heading, words and folder stay."""
    retitled = name != named.title and named.title != named.stem
    for pointer in draft.links:
        if pointer.note != named.note:
            continue
        marked = draft.text[pointer.start : pointer.end]
        by = meant_by(shelf, pointer)
        if pointer.form == "title":
            if retitled:
                yield (pointer.start, pointer.end), name
            continue
        pattern = _MARKDOWN if pointer.form == "markdown" else _WIKILINK
        found = pattern.search(marked)
        if found is None or not found[2].strip():
            continue
        written = _written(found[2], pointer, by, named, new, name)
        if written is not None and written != found[2]:
            start = pointer.start + found.start(2)
            yield (start, start + len(found[2])), written


def _written(old: str, pointer: DraftLink, by: object, named: Named, new: str, name: str) -> str | None:
    plain = unquote(old) if pointer.form == "markdown" else old
    path = PurePosixPath(plain.strip())
    ending = path.suffix if path.suffix.casefold() == PurePosixPath(named.path).suffix.casefold() else ""
    stem = path.name.removesuffix(ending)
    if slug(stem)[:80] == slug(named.stem)[:80] and "path" in str(by):
        stem = PurePosixPath(new).stem
    elif "title" in str(by) and slug(stem)[:80] == slug(named.title)[:80]:
        stem = name if not re.search(r"[\[\]|#^]", name) else PurePosixPath(new).stem
    else:
        return None  # by an alias or a citekey, which it keeps
    written = plain.strip()[: len(plain.strip()) - len(path.name)] + stem + ending
    return (
        quote(written, safe="/.-_~%()" if "%" not in written else "/.-_~()") if pointer.form == "markdown" else written
    )


def _stem(named: Named, name: str) -> str:
    """File names stay what they are in this vault: the title itself, or its words joined by dashes."""
    if named.stem == slug(named.stem) and " " not in named.stem and named.stem != named.title:
        return slug(name)[:120].strip("-")
    return NO_NAME.sub(" ", name).strip(" .")[:120]


def _document(
    desk: Desk, uri: str, text: str, edits: dict[tuple[int, int], str], annotated: bool
) -> types.TextDocumentEdit:
    where = desk.positions(text)
    buffer = desk.get(uri)
    identity = types.OptionalVersionedTextDocumentIdentifier(uri, buffer.version if buffer else None)
    made = [
        types.AnnotatedTextEdit(_ANNOTATION, where.range(*span), new)
        if annotated
        else types.TextEdit(where.range(*span), new)
        for span, new in sorted(edits.items())
    ]
    return types.TextDocumentEdit(identity, made)


def _escaped(text: str, span: tuple[int, int], name: str) -> str:
    """A title between quotation marks of front matter must not end them; one without may need them."""
    mark = text[span[0] - 1 : span[0]]
    if mark == '"':
        return name.replace("\\", "\\\\").replace('"', '\\"')
    if mark == "'":
        return name.replace("'", "''")
    if not text[: span[0]].rpartition("\n")[2].startswith("title:") or not re.search(r"[:#\[\]{}&*!|>'\"%@`,?-]", name):
        return name
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _is_same(a: Path, b: Path) -> bool:
    """On a disk that does not tell capital letters from small ones."""
    try:
        return a.samefile(b)
    except OSError:
        return False
