"""The mirror of a Zotero library: what is read of it, as files in `.kb/zotero/` that are taken in as any note is. A file is
written only where its own text has changed, so a sync stays incremental."""

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.scan import LIBRARY
from ingest.temporary_files import temporary_beside
from kb.addresses import MARKED
from kb.files import from_home, read_regular
from kb.folder import ZOTERO, kind, made_folder, remove
from kb.problem import Problem
from kb.settings import Settings

if TYPE_CHECKING:
    from ingest.zotero_library import Library

_FORM = "1"
"""Raised whenever the same library would be written otherwise."""
_STAMP = "read.stamp"
_SETTLED = 2_000_000_000
"""Nanoseconds: a database written to a moment ago could be written to again within one tick of the clock."""


def mirror(vault: Path, settings: Settings, *, anew: bool = False) -> list[Problem]:
    """Bring `.kb/zotero/` up to date; where the library cannot be read, what was read before stays, and that is told."""
    folder = made_folder(vault) / ZOTERO
    if kind(folder) not in ("", "folder") or (kind(folder) and not settings.zotero):
        remove(folder)
    if not settings.zotero:
        return []
    from ingest.zotero_library import NotZotero, read_library, stamps

    data = data_folder(vault, settings)
    now = [_FORM, str(data), *map(list, stamps(data))]
    with suppress(OSError, ValueError):
        if not anew and json.loads(read_regular(folder / _STAMP)) == now:
            return []
    try:
        files = _files(read_library(data, folder.with_name(f"{ZOTERO}.copy")))
    except NotZotero as why:
        message = f"The Zotero library cannot be read ({why}); what was read before counts."
        hint = "Let zotero in kb.toml name the folder that holds zotero.sqlite (Zotero: Settings, Advanced, Files and Folders)."
        return [Problem(code="zotero", message=message, path=settings.zotero, hint=hint)]
    folder.mkdir(exist_ok=True)
    written = {name: text.encode("utf-8", "replace") for name, text in files}
    for path in list(folder.iterdir()):
        if path.name not in written:
            remove(path)
    for name, text in written.items():
        with suppress(OSError):
            if kind(folder / name) == "file" and read_regular(folder / name) == text:
                continue
        _write(folder / name, text)
    if all(time.time_ns() - stamp[2] > _SETTLED for stamp in stamps(data)):
        _write(folder / _STAMP, json.dumps(now).encode())
    return []


def data_folder(vault: Path, settings: Settings) -> Path:
    """Where Zotero keeps its database, as the setting says; relative to the vault."""
    return vault / from_home(settings.zotero)


def _files(library: "Library") -> Iterator[tuple[str, str]]:
    """The name and the text of each file."""
    from ingest.formats.zotero import attachment_text, library_text, note_text

    if works := library_text(library.items):
        yield LIBRARY, works
    for attachment in library.attachments:
        yield _name(attachment.item.library, attachment.key), attachment_text(attachment)
    for note in library.notes:
        yield _name(note.library, note.key), note_text(note)


def _name(library: str, key: str) -> str:
    """The file of an attachment or a note: keys are eight letters and digits, each used once in a library."""
    group = "".join(filter(str.isdigit, library))
    return f"{f'{group}-' if group else ''}{''.join(filter(str.isalnum, key))}{MARKED}"


def _write(path: Path, text: bytes) -> None:
    with temporary_beside(path) as file:
        file.write(text)
    Path(file.name).replace(path)
