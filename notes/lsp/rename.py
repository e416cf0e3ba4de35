"""Rename: a note gets another name: its file, its title where that was the old name, and every link to it, wherever it is open.

Every text is read again as it stands now, in the editor or on disk, so no edit rests on what the base remembers.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import PurePosixPath
from typing import NamedTuple
from urllib.parse import quote, unquote

from lsprotocol import types

from ingest.connect import candidates
from ingest.names import target_key
from kb.note import slug
from notes.draft import Draft, DraftLink
from notes.lsp.addresses import is_prose
from notes.lsp.navigation import draft_at, drafts_linking
from notes.lsp.open_base import Refused
from notes.lsp.request import Request

# What no file name may hold somewhere, and what a wikilink cannot name: "a/b: c?" -> "a b c"
NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|#^\[\]]+")
_WIKILINK = re.compile(r"(!?\[\[)([^\[\]|#^]*)", re.DOTALL)  # "[[x#y|z]]" -> x
# "[words](a/x.md#y)" -> a/x.md
_MARKDOWN = re.compile(r"(.*\]\(\s*<?)([^\s<>()#?]*(?:\([^\s<>()]*\)[^\s<>()#?]*)*)", re.DOTALL)
_HEADING = re.compile(r"^#[ \t]+(?=\S)(.*)$", re.MULTILINE)  # "# A title #"
_TITLE = re.compile(r"\A---\r?\n(?:(?!---[ \t]*\r?$)[^\r\n]*\r?\n)*?title:[ \t]*+(.*)\n", re.MULTILINE)  # "title: x"
_NEEDS_QUOTES = re.compile(r"[:#\[\]{}&*!|>'\"%@`,?-]")  # "title: a: b" is no title
_ANNOTATION = "rename"
Span = tuple[int, int]


def prepare_rename(request: Request) -> types.PrepareRenamePlaceholder | None:
    """What would be renamed here: the note of a link, or the note itself on its title."""
    note, where, link = request.base.note(request.note), request.positions, request.link
    if note is None or note.path is None:
        return None
    span = (link.start, link.end) if link else title_span(request.buffer.text, note.title)
    line = where.line_span(request.params.position.line)
    if span is None or (link is None and not line[0] <= span[0] <= line[1]):
        return None
    return types.PrepareRenamePlaceholder(where.range(*span), note.title)


class _Renaming(NamedTuple):
    """A note, and what it is to be called."""

    note: str
    path: str
    title: str
    new_path: str
    new_title: str


def rename(request: Request) -> types.WorkspaceEdit:
    """The whole change, to be looked at and then made by the editor."""
    vault, annotates = request.base.vault, request.client.annotates
    if not request.client.renames_files:
        raise Refused("This editor cannot rename files by itself, so no link was touched.")
    note = request.base.note(request.note)
    if note is None or note.path is None:
        raise Refused("There is no note here that could be renamed.")
    title = " ".join(request.params.new_name.split())
    old = PurePosixPath(note.path)
    # File names stay what they are in this vault: the title itself, or its words joined by dashes.
    is_dashed = old.stem == slug(old.stem) and old.stem != note.title
    stem = slug(title)[:120].strip("-") if is_dashed else NOT_IN_NAMES.sub(" ", title).strip(" .")[:120]
    if not slug(stem):
        raise Refused(f"“{title}” cannot be the name of a file.")
    new = str(old.with_name(stem + old.suffix))
    with suppress(OSError):  # on a disk that does not tell capital letters from small ones the two are one file
        if new != note.path and (vault / new).exists() and not (vault / new).samefile(vault / old):
            raise Refused(f"{new} is there already.")
    renaming = _Renaming(note.id, note.path, note.title, new, title)
    changes: list[types.TextDocumentEdit | types.CreateFile | types.RenameFile | types.DeleteFile] = []
    for uri, draft in _drafts(request, renaming):
        edits = dict(_edits(request, draft, renaming))
        if draft.path == note.path and (span := title_span(draft.text, note.title)) is not None:
            edits[span] = _as_title(draft.text, span, title)
        if edits:
            changes.append(_document_edit(request, uri, draft.text, edits))
    mark = _ANNOTATION if annotates else None
    if new != note.path:
        changes.append(types.RenameFile((vault / old).as_uri(), (vault / new).as_uri(), annotation_id=mark))
    shown = types.ChangeAnnotation(
        f"Rename “{note.title}”", needs_confirmation=True, description="The note and all links to it"
    )
    return types.WorkspaceEdit(document_changes=changes, change_annotations={_ANNOTATION: shown} if annotates else None)


def title_span(text: str, title: str) -> Span | None:
    """Where a note states its title: in its front matter, else as its first heading; none where it is the file's name."""
    for pattern, marks in ((_TITLE, ""), (_HEADING, "#")):
        if found := pattern.search(text):
            start, bare = found.start(1), found[1].rstrip("\r \t").rstrip(marks).rstrip(" \t")
            if not marks and len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "\"'":
                start, bare = start + 1, bare[1:-1]
            if slug(bare) == slug(title):
                return start, start + len(bare)
    return None


def _drafts(request: Request, of: _Renaming) -> Iterator[tuple[str, Draft]]:
    """The note itself among them, though it may not link to itself. Pages and PDFs are read and never edited."""
    found = dict(drafts_linking(request, of.note))
    if all(draft.path != of.path for draft in found.values()) and (own := draft_at(request, of.path)) is not None:
        found[(request.base.vault / of.path).as_uri()] = own
    yield from ((uri, draft) for uri, draft in found.items() if is_prose(uri, "markdown"))


def _edits(request: Request, draft: Draft, of: _Renaming) -> Iterator[tuple[Span, str]]:
    """The part of each link that names the note, and what it is to name: heading, words and folder stay."""
    for link in draft.links:
        if link.note != of.note:
            continue
        if link.form == "title":
            if of.title not in (of.new_title, PurePosixPath(of.path).stem):
                yield (link.start, link.end), of.new_title
            continue
        pattern = _MARKDOWN if link.form == "markdown" else _WIKILINK
        found = pattern.search(draft.text[link.start : link.end])
        if found and found[2].strip() and (target := _renamed(request, found[2], link, of)):
            start = link.start + found.start(2)
            yield (start, start + len(found[2])), target


def _renamed(request: Request, old: str, link: DraftLink, of: _Renaming) -> str | None:
    """The target of a link under the new name; none for one by an alias or a citekey, which it keeps."""
    answers = candidates(request.base.store, target_key(link.target))
    names = {each.how for each in answers if each.path == of.path}
    plain = (unquote(old) if link.form == "markdown" else old).strip()
    path, file, new = PurePosixPath(plain), PurePosixPath(of.path), PurePosixPath(of.new_path).stem
    ending = path.suffix if path.suffix.casefold() == file.suffix.casefold() else ""
    key = slug(path.name.removesuffix(ending))[:80]
    if key == slug(file.stem)[:80] and "path" in names:
        stem = new
    elif key == slug(of.title)[:80] and "title" in names:
        stem = new if re.search(r"[\[\]|#^]", of.new_title) else of.new_title
    else:
        return None
    target = plain[: len(plain) - len(path.name)] + stem + ending
    if link.form == "markdown":
        target = quote(target, safe="/.-_~()" if "%" in target else "/.-_~%()")
    return target if target != old else None


def _document_edit(request: Request, uri: str, text: str, edits: dict[Span, str]) -> types.TextDocumentEdit:
    where, buffer = request.buffers.positions(text), request.buffers.get(uri)
    made = [
        types.AnnotatedTextEdit(_ANNOTATION, where.range(*span), new)
        if request.client.annotates
        else types.TextEdit(where.range(*span), new)
        for span, new in sorted(edits.items())
    ]
    identity = types.OptionalVersionedTextDocumentIdentifier(uri, buffer.version if buffer else None)
    return types.TextDocumentEdit(identity, made)


def _as_title(text: str, span: Span, title: str) -> str:
    """A title between quotation marks of front matter must not end them; one without may need them."""
    mark = text[span[0] - 1 : span[0]]
    if mark == "'":
        return title.replace("'", "''")
    escaped = title.replace("\\", "\\\\").replace('"', '\\"')
    if mark == '"':
        return escaped
    is_field = text[: span[0]].rpartition("\n")[2].startswith("title:")
    return f'"{escaped}"' if is_field and _NEEDS_QUOTES.search(title) else title
