"""Ignore patterns as in .gitignore: what they say of a path, in time that grows with its length and no faster.

Between two stars stands text of a fixed length, so its first occurrence is the one to take: nothing is ever tried again.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from kb.files import read_within

Ignores = Callable[[str, bool], bool | None]
"""What an ignore file says of a path, which may be a folder: True to ignore, False to keep after all, None for nothing."""
FILES = (".gitignore", ".kbignore")
_NEVER = "(?!)"
_FITS_NOTHING = re.compile(_NEVER)
_CLASSES = {
    "alpha": "a-zA-Z", "digit": "0-9", "alnum": "a-zA-Z0-9", "upper": "A-Z", "lower": "a-z", "xdigit": "0-9a-fA-F",
    "space": r"\s", "blank": r" \t", "punct": r"!-/:-@\[-`{-~", "cntrl": r"\x00-\x1f\x7f", "graph": "!-~", "print": " -~",
}  # fmt: skip


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
    if not glob.strip() or glob.startswith("#"):
        return None
    ignores = not glob.startswith("!")
    glob = glob if ignores else glob[1:]
    only_folders = glob.endswith("/")
    glob = glob[:-1] if only_folders else glob
    anywhere = "/" not in glob
    parts = [glob] if anywhere else glob.removeprefix("/").split("/")
    if not any(parts):
        return None
    names = [None if part == "**" and not anywhere else re.compile(_regex(part), re.DOTALL) for part in parts]
    if names[-1] is None:
        names.append(re.compile(".+", re.DOTALL))  # "a/**" is what stands in a, and not a itself
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
    """ "a*b*c" -> `a(?>.*?b).*c`: what was found once between two stars is kept."""
    first, *rest = _between_stars(glob)
    if not rest:
        return first
    return f"{first}{''.join(f'(?>.*?{each})' for each in rest[:-1] if each)}.*{rest[-1]}"


def _between_stars(glob: str) -> list[str]:
    found = [""]
    at = 0
    while at < len(glob):
        sign, at = glob[at], at + 1
        if sign == "*":
            found.append("")
            continue
        if sign == "[":
            one, at = _bracket(glob, at)
        elif sign == "\\":
            one, at = (re.escape(glob[at]), at + 1) if at < len(glob) else (_NEVER, at)
        else:
            one = "." if sign == "?" else re.escape(sign)
        found[-1] += one
    return found


def _bracket(glob: str, at: int) -> tuple[str, int]:
    """ "[!a-c]" as a regular expression for one sign, and where it ends; one without an end fits nothing."""
    negated = glob[at : at + 1] in ("!", "^")
    at = began = at + negated
    found = ""
    while at < len(glob) and (glob[at] != "]" or at == began):
        if glob.startswith("[:", at) and (end := glob.find(":]", at)) > 0:
            if glob[at + 2 : end] not in _CLASSES:
                return _NEVER, len(glob)
            found += _CLASSES[glob[at + 2 : end]]
            at = end + 2
            continue
        low, at = _sign(glob, at)
        high = low
        if glob[at : at + 1] == "-" and glob[at + 1 : at + 2] not in ("", "]"):
            high, at = _sign(glob, at + 1)
        # In "[z-a]" the z counts, for git.
        found += f"{re.escape(low)}-{re.escape(max(low, high))}"
    if at >= len(glob):
        return _NEVER, at
    return (f"[{'^' * negated}{found}]" if found else "." if negated else _NEVER), at + 1


def _sign(glob: str, at: int) -> tuple[str, int]:
    escaped = glob[at] == "\\" and at + 1 < len(glob)
    return glob[at + escaped], at + escaped + 1
