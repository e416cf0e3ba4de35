"""Ignore patterns as in .gitignore: what they say of a path, in time that grows with its length and no faster."""

import re
from collections.abc import Callable, Iterable
from fnmatch import translate
from pathlib import Path
from typing import NamedTuple

from kb.files import read_within

Ignores = Callable[[str, bool], bool | None]
"""What an ignore file says of a path, which may be a folder: True to ignore, False to keep after all, None for nothing."""
FILES = (".gitignore", ".kbignore")
_FITS_NOTHING = re.compile("(?!)")
_CLASSES = {
    "alpha": "a-zA-Z", "digit": "0-9", "alnum": "a-zA-Z0-9", "upper": "A-Z", "lower": "a-z", "xdigit": "0-9a-fA-F",
    "space": " \t", "blank": " \t", "punct": "!-/:-@^-`{-~", "graph": "!-~", "print": " -~",
}  # fmt: skip
_CLASS = re.compile(r"\[:(\w+):\]")  # "[[:alpha:]]" -> [a-zA-Z]
_ESCAPED = re.compile(r"\\(.)")  # "\*" -> a star


class _Pattern(NamedTuple):
    ignores: bool
    only_folders: bool
    anywhere: bool
    """Whether only the last name of a path is looked at."""
    names: tuple[re.Pattern[str] | None, ...]
    """One for each name of the path; none is `**`, for any number of names."""

    def fits(self, names: list[str]) -> bool:
        if self.anywhere:
            last = self.names[0]
            return last is not None and last.fullmatch(names[-1]) is not None
        return _fit(self.names, names)


def ignores_of(lines: Iterable[str], prefix: str = "") -> Ignores:
    """What these lines, written in the folder `prefix`, say of paths below it: the last that fits decides."""
    patterns = [pattern for line in lines if (pattern := _pattern(line)) is not None]
    patterns.reverse()

    def says(path: str, folder: bool) -> bool | None:
        names = path[len(prefix) :].split("/")
        for pattern in patterns:
            if (folder or not pattern.only_folders) and pattern.fits(names):
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
    anywhere = "/" not in glob
    parts = [glob] if anywhere else glob.removeprefix("/").split("/")
    if not any(parts):
        return None
    names = [None if part == "**" and not anywhere else re.compile(_regex(part)) for part in parts]
    if names[-1] is None:
        names.append(re.compile("(?s:.+)"))  # "a/**" is what stands in a, and not a itself
    return _Pattern(ignores, only_folders, anywhere, tuple(names))


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
