"""What is in the folder: new, changed, moved, gone. Content decides; names and times only save work."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ingest.decode import KNOWN
from kb.problem import Problem
from kb.settings import FOLDER, Settings

ALONE = frozenset(
    {FOLDER, ".git", ".hg", ".svn", ".obsidian", ".trash", ".logseq", ".foam", "node_modules", "__pycache__", ".venv"}
)
_OWN = frozenset({"kb.toml", "kb-review.jsonl", ".gitignore", ".kbignore", ".DS_Store"})
IGNORES = (".gitignore", ".kbignore")


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as the folder shows it."""

    path: str
    size: int
    stamp: int
    """Times of modification and change: a later edit moves one of them, even if it resets the other."""
    when: int = 0
    """The later of the two, in nanoseconds."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or a folder that is not read, and why."""

    seen: Seen
    problem: Problem


def walk(vault: Path, settings: Settings) -> Iterator[Seen | Skipped]:
    """Every file below the vault, in a fixed order; folders to leave alone are named once."""
    yield from _folder(vault, vault, "", settings, [_patterns(tuple(settings.ignore))])


_Ignores = Callable[[str, bool], bool | None]


def _folder(
    vault: Path, folder: Path, prefix: str, settings: Settings, ignores: list[_Ignores]
) -> Iterator[Seen | Skipped]:
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as why:
        yield _skipped(
            prefix or ".", "unreadable", f"The folder cannot be opened: {why.strerror}.", "Check its permissions."
        )
        return
    mine = [
        _patterns(_lines(folder / entry.name), prefix) for entry in entries if entry.name in IGNORES and entry.is_file()
    ]
    ignores = [*ignores, *mine]
    for entry in entries:
        path = prefix + entry.name
        try:
            path.encode()
            if entry.is_symlink() and not _inside(vault, Path(entry.path)):
                yield _skipped(
                    path,
                    "outside",
                    "This link leads out of the vault, or nowhere.",
                    "Copy the file into the vault to have it read.",
                )
            elif entry.is_symlink() and entry.is_dir():
                yield _skipped(
                    path, "outside", "This is a link to a folder, which is read where it is.", "Nothing to do."
                )
            elif entry.is_dir(follow_symlinks=False):
                if entry.name == FOLDER and not prefix:
                    continue
                if entry.name in ALONE:
                    yield _skipped(f"{path}/", "ignored", "This folder belongs to another program.", "Nothing to do.")
                elif _ignored(ignores, path, True):
                    yield _skipped(f"{path}/", "ignored", "An ignore file names this folder.", "Nothing to do.")
                else:
                    yield from _folder(vault, Path(entry.path), f"{path}/", settings, ignores)
            else:
                yield _file(entry, path, settings, ignores)
        except UnicodeEncodeError:
            yield _skipped(
                os.fsencode(path).decode("utf-8", "backslashreplace"),
                "unreadable",
                "The file's name is not valid text.",
                "Rename the file.",
            )
        except OSError as why:
            yield _skipped(path, "unreadable", f"The file cannot be read: {why.strerror}.", "Check its permissions.")


def _file(entry: os.DirEntry[str], path: str, settings: Settings, ignores: list[_Ignores]) -> Seen | Skipped:
    status = entry.stat()
    # A link may be turned to another file that came within the same tick of the clock.
    which = status.st_ino << 20 if entry.is_symlink() else 0
    stamp = (status.st_mtime_ns ^ (status.st_ctime_ns << 1) ^ which) & 0x7FFF_FFFF_FFFF_FFFF
    seen = Seen(path, status.st_size, stamp, max(status.st_mtime_ns, status.st_ctime_ns))
    if entry.name in _OWN:
        return _skipped(path, "ignored", "This file configures a program.", "Nothing to do.", seen)
    if _ignored(ignores, path, False):
        return _skipped(path, "ignored", "An ignore file names this file.", "Nothing to do.", seen)
    if not entry.is_file():
        return _skipped(path, "not-a-note", "This is not a regular file.", "Nothing to do.", seen)
    if os.path.splitext(entry.name)[1].casefold() not in KNOWN:  # noqa: PTH122 - a Path for every file costs a third of the scan
        return _skipped(path, "not-a-note", "This kind of file holds no notes.", "Nothing to do.", seen)
    if seen.size > settings.max_file_mb * 1_000_000:
        message = f"The file has {seen.size / 1e6:.0f} MB; at most {settings.max_file_mb:g} MB are read."
        return _skipped(path, "too-large", message, "Split the file, or raise max_file_mb in kb.toml.", seen)
    return seen


def _skipped(path: str, code: str, message: str, hint: str, seen: Seen | None = None) -> Skipped:
    problem = Problem.model_validate({"code": code, "message": message, "path": path, "hint": hint})
    return Skipped(seen or Seen(path, 0, 0), problem)


def _inside(vault: Path, link: Path) -> bool:
    try:
        return link.resolve(strict=True).is_relative_to(vault)
    except (OSError, RuntimeError):
        return False


def _lines(path: Path) -> tuple[str, ...]:
    try:
        return tuple(path.read_text(encoding="utf-8", errors="replace").splitlines())
    except OSError:
        return ()


def _patterns(lines: tuple[str, ...], prefix: str = "") -> _Ignores:
    """What an ignore file says of a path: True to ignore, False to keep after all, None for nothing."""
    lines = tuple(line for line in lines if line.strip() and not line.startswith("#"))
    if not lines:
        return lambda path, folder: None
    from pathspec import GitIgnoreSpec

    try:
        patterns = [
            (line.rstrip().endswith("/"), pattern)
            for line in lines
            for pattern in GitIgnoreSpec.from_lines([line]).patterns
        ]
    except ValueError:
        return lambda path, folder: None

    def says(path: str, folder: bool) -> bool | None:
        # The last pattern decides. One for folders says nothing of a file: its folder has been asked before it.
        own = path[len(prefix) :] + ("/" if folder else "")
        for only_folders, pattern in reversed(patterns):
            if pattern.include is not None and (folder or not only_folders) and pattern.match_file(own):
                return pattern.include
        return None

    return says


def _ignored(ignores: list[_Ignores], path: str, folder: bool) -> bool:
    """The innermost ignore file that has an opinion decides, as git does."""
    return next((said for ignore in reversed(ignores) if (said := ignore(path, folder)) is not None), False)


def unchanged(seen: Seen, known: Mapping[str, tuple[int, int]]) -> bool:
    """Whether size and times are those of the last reading, so that the bytes need not be read."""
    return known.get(seen.path) == (seen.size, seen.stamp)


def settled(seen: Seen, now: int) -> int:
    """The stamp to remember. A file touched a moment ago could be edited again within one tick of the clock."""
    return seen.stamp if now - seen.when > 2_000_000_000 else 0
