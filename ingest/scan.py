"""What is in the folder: new, changed, moved, gone. Content decides; names and times only save work. What ignore files as in
.gitignore say of a path takes time that grows with its length and no faster."""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from fnmatch import translate
from pathlib import Path
from typing import NamedTuple

from ingest.decode import KNOWN
from kb.addresses import MARKED
from kb.files import leads_within, read_within
from kb.folder import ZOTERO, base_folder
from kb.problem import Code, Problem
from kb.settings import Settings
from kb.vault import FOLDER

Ignores = Callable[[str, bool], bool | None]
"""What an ignore file says of a path, which may be a folder: True to ignore, False to keep after all, None for nothing."""
IGNORE_FILES = (".gitignore", ".kbignore")
_FITS_NOTHING = re.compile("(?!)")
_CLASSES = {
    "alpha": "a-zA-Z", "digit": "0-9", "alnum": "a-zA-Z0-9", "upper": "A-Z", "lower": "a-z", "xdigit": "0-9a-fA-F",
    "space": " \t", "blank": " \t", "punct": "!-/:-@^-`{-~", "graph": "!-~", "print": " -~",
}  # fmt: skip
_CLASS = re.compile(r"\[:(\w+):\]")  # "[[:alpha:]]" -> [a-zA-Z]
_ESCAPED = re.compile(r"\\(.)")  # "\*" -> a star
ALONE = frozenset(
    {FOLDER, ".git", ".hg", ".svn", ".obsidian", ".trash", ".logseq", ".foam", "node_modules", "__pycache__", ".venv"}
)
LIBRARY = "library.json"
"""In the mirror of a Zotero library (`ingest.mirror`): all its items."""
_OWN = frozenset({"kb.toml", "kb-review.jsonl", ".DS_Store", *IGNORE_FILES})


class _Pattern(NamedTuple):
    ignores: bool
    only_folders: bool
    names: tuple[re.Pattern[str] | None, ...]
    """One for each name of the path; none is `**`, for any number of names."""


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
    mine = [entry for entry in reversed(entries) if entry.name in IGNORE_FILES and entry.is_file()]
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


def settled(seen: Seen, now: int) -> int:
    """The stamp to remember. A file touched a moment ago could be edited again within one tick of the clock."""
    return seen.stamp if now - seen.when > 2_000_000_000 else 0


def ignores_of(lines: Iterable[str], prefix: str = "") -> Ignores:
    """What these lines, written in the folder `prefix`, say of paths below it: the last that fits decides."""
    patterns = [pattern for line in lines if (pattern := _pattern(line)) is not None]
    patterns.reverse()

    def says(path: str, folder: bool) -> bool | None:
        names = path[len(prefix) :].split("/")
        for pattern in patterns:
            if (folder or not pattern.only_folders) and _fit(pattern.names, names):
                return pattern.ignores
        return None

    return says if patterns else lambda path, folder: None


def ignores_in(vault: Path, file: Path, prefix: str) -> Ignores:
    """The same of an ignore file; one that cannot be read, or that leads out of the vault, says nothing."""
    try:
        return ignores_of(read_within(vault, file).decode("utf-8-sig", "replace").split("\n"), prefix)
    except OSError:
        return ignores_of(())


def is_ignored(ignores: Iterable[Ignores], path: str, folder: bool) -> bool:
    """The innermost ignore file that has an opinion decides, as git does."""
    return next((said for says in ignores if (said := says(path, folder)) is not None), False)


def _pattern(line: str) -> _Pattern | None:
    line = line.removesuffix("\r")
    bare = line.rstrip(" ")
    # "name\ " ends in a space that is meant.
    ends = len(bare) - len(bare.rstrip("\\"))
    glob = bare + " " if ends % 2 and len(bare) < len(line) else bare
    if not glob.strip() or glob.startswith("#") or (ends % 2 and len(bare) == len(line)):
        return None
    ignores = not glob.startswith("!")
    glob = glob if ignores else glob[1:]
    only_folders = glob.endswith("/")
    glob = glob[:-1] if only_folders else glob
    parts = glob.removeprefix("/").split("/")
    if not any(parts):
        return None
    names = [None if part == "**" else re.compile(_regex(part)) for part in parts]
    if "/" not in glob:
        names = [None, re.compile(_regex(glob))]  # a name by itself is looked for at any depth
    if names[-1] is None:
        names.append(re.compile("(?s:.+)"))  # "a/**" is what stands in a, and not a itself
    return _Pattern(ignores, only_folders, tuple(names))


def _fit(patterns: tuple[re.Pattern[str] | None, ...], names: list[str]) -> bool:
    """Whether each name fits its pattern; where one does not, the last `**` takes one name more."""
    at = name = 0
    back: tuple[int, int] | None = None
    while name < len(names):
        pattern = patterns[at] if at < len(patterns) else _FITS_NOTHING
        if pattern is None:
            at += 1
            back = at, name
        elif pattern.fullmatch(names[name]):
            at, name = at + 1, name + 1
        elif back is not None:
            back = at, name = back[0], back[1] + 1
        else:
            return False
    return at == len(patterns)


def _regex(glob: str) -> str:
    """A name's pattern, by `fnmatch`, whose expressions try nothing twice; it knows no "\\*", "[^a]" and "[[:alpha:]]"."""
    glob = _CLASS.sub(lambda named: _CLASSES.get(named[1], ""), glob.replace("[^", "[!"))
    return translate(_ESCAPED.sub(lambda sign: f"[{sign[1]}]" if sign[1] in "*?[" else sign[1], glob))
