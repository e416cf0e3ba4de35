"""The mirror of a Zotero library: what is read of it, as files in `.kb/zotero/` that are taken in as any note is. A file is
written only where its own text has changed, so a sync stays incremental. The PDFs in its storage are opened to be read and no
more, and only those that have changed."""

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ingest.changes import Progress
from ingest.integrity import content_hash
from ingest.scan import LIBRARY
from ingest.temporary_files import temporary_beside
from ingest.workers import side_by_side, workers_for
from kb.addresses import MARKED
from kb.files import from_home, read_regular
from kb.folder import ZOTERO, base_folder, kind, made_folder, remove
from kb.problem import Problem
from kb.settings import Settings

if TYPE_CHECKING:
    from ingest.formats.zotero import PdfText
    from ingest.zotero_library import Attachment, Library

_FORM = "2"
"""Raised whenever the same library would be written otherwise."""
_STAMP = "read.stamp"
_SETTLED = 2_000_000_000
"""Nanoseconds: a file written to a moment ago could be written to again within one tick of the clock, and look the same. Only the
time of change tells; any program can set that of modification."""
_MANY = 8
"""Fewer are read sooner than a second process starts."""

Stamps = Mapping[str, list[int] | None]
"""Size and times of each PDF, by its path in the data folder; none of one that is not there."""


def mirror(vault: Path, settings: Settings, say: Progress, *, anew: bool = False) -> list[Problem]:
    """Bring `.kb/zotero/` up to date; where the library cannot be read, what was read before stays, and that is told."""
    folder = made_folder(vault) / ZOTERO
    if kind(folder) not in ("", "folder") or (kind(folder) and not settings.zotero):
        remove(folder)
    if not settings.zotero:
        return []
    from ingest.zotero_library import NotZotero, read_library

    data, since = data_folder(vault, settings), time.time_ns() - _SETTLED
    now = _stamp_of(data, settings)
    before, pdfs = (None, {}) if anew else _read_stamp(folder / _STAMP)
    if before == now and looks_of(data, pdfs) == pdfs:
        return []
    try:
        library = read_library(data, folder.with_name(f"{ZOTERO}.copy"))
    except NotZotero as why:
        message = f"The Zotero library cannot be read ({why}); what was read before counts."
        hint = "Let zotero in kb.toml name the folder that holds zotero.sqlite (Zotero: Settings, Advanced, Files and Folders)."
        return [Problem(code="zotero", message=message, path=settings.zotero, hint=hint)]
    folder.mkdir(exist_ok=True)
    looks = looks_of(data, [each.pdf for each in library.attachments if each.pdf])
    storage = Storage(data, settings.max_file_mb, looks, pdfs)
    written = {_write_new(folder / name, text) for name, text in _files(library, storage, folder, say, anew)}
    for path in list(folder.iterdir()):
        if path not in {*written, folder / _STAMP}:
            remove(path)
    _write_stamp(folder / _STAMP, now, looks, since)
    return []


def is_behind(vault: Path, settings: Settings) -> bool:
    """Whether the library has changed since it was last read; nothing is written to say so."""
    if not settings.zotero:
        return False
    data = data_folder(vault, settings)
    before, pdfs = _read_stamp(base_folder(vault) / ZOTERO / _STAMP)
    return before != _stamp_of(data, settings) or looks_of(data, pdfs) != pdfs


def _stamp_of(data: Path, settings: Settings) -> list[Any]:
    """What the mirror of a library depends on but its PDFs."""
    from ingest.zotero_library import stamps

    return [_FORM, str(data), settings.max_file_mb, *map(list, stamps(data))]


class Storage(NamedTuple):
    """The PDFs as they are now, and as they were when they were read."""

    data: Path
    most: float
    """Megabytes of the largest that is read."""
    now: Stamps
    before: Stamps

    def text(self, attachment: "Attachment", before: "PdfText | None") -> "PdfText | None":
        """What a PDF says, as it was read before where it has not changed; none where no file is there."""
        from ingest.formats.zotero import PdfText

        path = attachment.pdf
        look = self.now.get(path)
        if look is None:
            return None
        if look[0] > self.most * 1_000_000:
            said = f"{path} has {look[0] / 1e6:.0f} MB; at most {self.most:g} MB are read."
            return PdfText(path, problems=(("too-large", said, "Raise max_file_mb in kb.toml to have it read."),))
        before = before if before and before.path == path and before.sha else None
        if before and look == self.before.get(path):
            return before
        try:
            data = read_regular(self.data / path)
        except OSError as why:
            said = f"{path} cannot be read: {why.strerror}."
            return PdfText(path, problems=(("unreadable", said, "Check its permissions."),))
        sha = content_hash(data)
        return before if before and before.sha == sha else _extracted(data, path, sha)

    @property
    def new(self) -> int:
        """How many PDFs are to be read."""
        return sum(look is not None and look != self.before.get(path) for path, look in self.now.items())


def _extracted(data: bytes, path: str, sha: str) -> "PdfText":
    from ingest.formats import pdf
    from ingest.formats.zotero import PdfText

    text, problems = pdf.text_of(data, path)
    return PdfText(path, sha, text, tuple((each.code, f"{path}: {each.message}", each.hint) for each in problems))


def data_folder(vault: Path, settings: Settings) -> Path:
    """Where Zotero keeps its database, as the setting says; relative to the vault."""
    return vault / from_home(settings.zotero)


def _read_stamp(file: Path) -> tuple[object, Stamps]:
    """What the database and the PDFs looked like when they were read last; nothing looks like one that had just been changed."""
    with suppress(OSError, ValueError, TypeError):
        library, pdfs = json.loads(read_regular(file))
        return library, dict(pdfs)
    return None, {}


def _write_stamp(file: Path, library: list[Any], pdfs: Stamps, since: int) -> None:
    """Keep them for the next time, but for what was changed `since`: that is read once more, and nothing else for its sake."""
    is_settled = all(look[-1] < since for look in library if isinstance(look, list))
    settled = {path: look if look is None or look[-1] < since else [] for path, look in pdfs.items()}
    _write(file, json.dumps([library if is_settled else None, settled]).encode())


def looks_of(data: Path, paths: Iterable[str]) -> Stamps:
    """Size and times of PDFs in the data folder; none where one is not there, or a link leads out of the storage, wherever that is."""
    try:
        storage = (data / "storage").resolve()
    except (OSError, RuntimeError):  # links that lead round
        return dict.fromkeys(paths)

    def look(file: Path) -> list[int] | None:
        with suppress(OSError, RuntimeError):
            status = file.stat()
            if file.resolve().is_relative_to(storage):
                return [status.st_size, status.st_mtime_ns, status.st_ctime_ns]
        return None

    return {path: look(data / path) for path in paths}


def _files(
    library: "Library", storage: Storage, folder: Path, say: Progress, anew: bool
) -> Iterator[tuple[str, bytes]]:
    """The name and the text of each file. Where a PDF has not changed, what it says is taken from the file that is there."""
    from ingest.formats.zotero import attachment_text, library_text, note_text, pdf_text

    def text_of(each: "Attachment") -> bytes:
        before = "" if anew else _present(folder / _name(each.item.library, each.key)).decode("utf-8", "replace")
        said = storage.text(each, pdf_text(before))
        return _encoded(attachment_text(each, said)) if said or each.annotations else b""

    if works := library_text(library.items):
        yield LIBRARY, _encoded(works)
    for note in library.notes:
        yield _name(note.library, note.key), _encoded(note_text(note))
    files = library.attachments
    texts = side_by_side(text_of, files, workers_for(storage.new, _MANY), 1)
    for number, (each, text) in enumerate(zip(files, texts, strict=True)):
        say("Zotero", number, len(files))
        if text:
            yield _name(each.item.library, each.key), text


def _name(library: str, key: str) -> str:
    """The file of an attachment or a note: keys are eight letters and digits, each used once in a library."""
    group = "".join(filter(str.isdigit, library))
    return f"{f'{group}-' if group else ''}{''.join(filter(str.isalnum, key))}{MARKED}"


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _present(path: Path) -> bytes:
    with suppress(OSError):
        return read_regular(path) if kind(path) == "file" else b""
    return b""


def _write_new(path: Path, text: bytes) -> Path:
    if _present(path) != text:
        _write(path, text)
    return path


def _write(path: Path, text: bytes) -> None:
    with temporary_beside(path) as file:
        file.write(text)
    Path(file.name).replace(path)
