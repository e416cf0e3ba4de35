"""The address (URI) of a place in the vault, for a hyperlink: file://, obsidian:// or vscode://."""

import os
from pathlib import Path
from typing import Literal
from urllib.parse import quote

Style = Literal["file", "obsidian", "vscode"]
"""What opens a place, as `open` in kb.toml says."""

_OBSIDIAN = (".md", ".canvas", ".pdf", ".png", ".jpg", ".svg")
"""What Obsidian opens; other files it does not know."""


def address(vault: Path | str, path: str, line: int | None, style: Style = "file") -> str:
    """The hyperlink of a file of the vault; its line where the program that opens it takes one.

    >>> address("/home/me/notes", "papers/a b.md", 12, "vscode")
    'vscode://file/home/me/notes/papers/a%20b.md:12'
    """
    whole = (Path(vault) / path).as_posix()
    rooted = whole if whole.startswith("/") else f"/{whole}"
    if style == "vscode":
        return f"vscode://file{quote(rooted, errors='surrogateescape')}{f':{line}' if line else ''}"
    if style == "obsidian" and path.casefold().endswith(_OBSIDIAN):
        return f"obsidian://open?path={quote(whole, safe='', errors='surrogateescape')}"
    return f"file://{quote(rooted, errors='surrogateescape')}"


def address_within(page: Path, vault: Path | str, path: str, line: int | None, style: Style = "file") -> str:
    """The same in a page that may be handed on: as seen from there, so that it names no folder of this machine, unless a
    person wants a program of theirs to open it."""
    if style != "file":
        return address(vault, path, line, style)
    seen = os.path.relpath(Path(vault) / path, page.absolute().parent)
    return quote(Path(seen).as_posix(), errors="surrogateescape")
