"""What is in the folder: new, changed, moved, gone. Content decides; names and times only save work."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from ingest.decode import KNOWN
from ingest.ignores import FILES, Ignores, ignores_in, ignores_of, is_ignored
from kb.addresses import MARKED
from kb.files import leads_within
from kb.folder import ZOTERO, base_folder
from kb.problem import Code, Problem
from kb.settings import Settings
from kb.vault import FOLDER

ALONE = frozenset(
    {FOLDER, ".git", ".hg", ".svn", ".obsidian", ".trash", ".logseq", ".foam", "node_modules", "__pycache__", ".venv"}
)
LIBRARY = "library.json"
"""In the mirror of a Zotero library (`ingest.mirror`): all its items."""
_OWN = frozenset({"kb.toml", "kb-review.jsonl", ".DS_Store", *FILES})


class Seen(NamedTuple):
    """A file as the folder shows it."""

    path: str
    size: int
    stamp: int
    """Times of modification and change: a later edit moves one of them, even if it resets the other."""
    when: int = 0
    """The later of the two, in nanoseconds."""


class Skipped(NamedTuple):
    """A file or a folder that is not read, and why."""

    seen: Seen
    problem: Problem


def walk(vault: Path, settings: Settings) -> Iterator[Seen | Skipped]:
    """Every file below the vault, in a fixed order; folders to leave alone are named once. A Zotero library's mirror first."""
    if settings.zotero:
        yield from _mirrored(base_folder(vault) / ZOTERO)
    yield from _folder(vault, vault, "", settings, [ignores_of(settings.ignore)])


def _mirrored(folder: Path) -> Iterator[Seen]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return  # the mirror says itself why there is none
    for entry in entries:
        if entry.is_file(follow_symlinks=False) and (entry.name == LIBRARY or entry.name.endswith(MARKED)):
            yield _seen(entry, f"{FOLDER}/{ZOTERO}/{entry.name}")


def _folder(
    vault: Path, folder: Path, prefix: str, settings: Settings, ignores: list[Ignores]
) -> Iterator[Seen | Skipped]:
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as why:
        message = f"The folder cannot be opened: {why.strerror}."
        yield _skipped(prefix or ".", "unreadable", message, "Check its permissions.")
        return
    mine = [entry for entry in reversed(entries) if entry.name in FILES and entry.is_file()]
    ignores = [*(ignores_in(vault, folder / entry.name, prefix) for entry in mine), *ignores]
    for entry in entries:
        path = prefix + entry.name
        try:
            path.encode()
            if not entry.is_dir(follow_symlinks=False):
                yield _file(vault, entry, path, settings, ignores)
            elif entry.name in ALONE and (entry.name != FOLDER or prefix):
                yield _skipped(f"{path}/", "ignored", "This folder belongs to another program.")
            elif is_ignored(ignores, path, True):
                yield _skipped(f"{path}/", "ignored", "An ignore file names this folder.")
            elif entry.name != FOLDER or prefix:
                yield from _folder(vault, Path(entry.path), f"{path}/", settings, ignores)
        except UnicodeEncodeError:
            path = os.fsencode(path).decode("utf-8", "backslashreplace")
            yield _skipped(path, "unreadable", "The file's name is not valid text.", "Rename the file.")
        except OSError as why:
            yield _skipped(path, "unreadable", f"The file cannot be read: {why.strerror}.", "Check its permissions.")


def _seen(entry: os.DirEntry[str], path: str) -> Seen:
    status = entry.stat()
    # A link may be turned to another file that came within the same tick of the clock.
    which = status.st_ino << 20 if entry.is_symlink() else 0
    stamp = (status.st_mtime_ns ^ (status.st_ctime_ns << 1) ^ which) & 0x7FFF_FFFF_FFFF_FFFF
    return Seen(path, status.st_size, stamp, max(status.st_mtime_ns, status.st_ctime_ns))


def _file(
    vault: Path, entry: os.DirEntry[str], path: str, settings: Settings, ignores: list[Ignores]
) -> Seen | Skipped:
    if entry.is_symlink() and not leads_within(vault, Path(entry.path)):
        message = "This link leads out of the vault, or nowhere."
        return _skipped(path, "outside", message, "Copy the file into the vault to have it read.")
    if entry.is_symlink() and entry.is_dir():
        return _skipped(path, "outside", "This is a link to a folder, which is read where it is.")
    seen = _seen(entry, path)
    if entry.name in _OWN:
        return _skipped(path, "ignored", "This file configures a program.", seen=seen)
    if is_ignored(ignores, path, False):
        return _skipped(path, "ignored", "An ignore file names this file.", seen=seen)
    if not entry.is_file():
        return _skipped(path, "not-a-note", "This is not a regular file.", seen=seen)
    if os.path.splitext(entry.name)[1].casefold() not in KNOWN:  # noqa: PTH122 - a Path for every file costs a third of the scan
        return _skipped(path, "not-a-note", "This kind of file holds no notes.", seen=seen)
    if seen.size > settings.max_file_mb * 1_000_000:
        message = f"The file has {seen.size / 1e6:.0f} MB; at most {settings.max_file_mb:g} MB are read."
        return _skipped(path, "too-large", message, "Split the file, or raise max_file_mb in kb.toml.", seen)
    return seen


def _skipped(path: str, code: Code, message: str, hint: str = "Nothing to do.", seen: Seen | None = None) -> Skipped:
    return Skipped(seen or Seen(path, 0, 0), Problem(code=code, message=message, path=path, hint=hint))


def unchanged(seen: Seen, known: Mapping[str, tuple[int, int]]) -> bool:
    """Whether size and times are those of the last reading, so that the bytes need not be read."""
    return known.get(seen.path) == (seen.size, seen.stamp)


def settled(seen: Seen, now: int) -> int:
    """The stamp to remember. A file touched a moment ago could be edited again within one tick of the clock."""
    return seen.stamp if now - seen.when > 2_000_000_000 else 0
