"""The address (URI) of a place in the vault, for a hyperlink: file://, obsidian:// or vscode://."""

import json
import os
import re
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from kb.files import read_regular

Style = Literal["file", "obsidian", "vscode"]
"""What opens a place, as `open` in kb.toml says."""
Address = Callable[[str, int | None], str]
"""The hyperlink of a file of the vault and a line in it."""

_OBSIDIAN = (".md", ".canvas", ".pdf", ".png", ".jpg", ".svg")
"""What Obsidian opens; other files it does not know."""
MARKED = ".zotero"
"""How files of the mirror of a Zotero library end: what was marked or written there is opened there, and linked by citation key."""
_ITEM = re.compile(r"(?:library|groups/\d+)/items/\w+")  # "library/items/ABCD2345", "groups/12/items/ABCD2345"


def address(vault: Path | str, path: str, line: int | None, style: Style = "file") -> str:
    """The hyperlink of a file of the vault; its line where the program that opens it takes one.

    >>> address("/home/me/notes", "papers/a b.md", 12, "vscode")
    'vscode://file/home/me/notes/papers/a%20b.md:12'
    """
    if path.endswith(MARKED) and (found := _in_zotero(Path(vault) / path, line or 1)):
        return found
    whole = (Path(vault) / path).as_posix()
    rooted = whole if whole.startswith("/") else f"/{whole}"
    if style == "vscode":
        return f"vscode://file{quote(rooted, errors='surrogateescape')}{f':{line}' if line else ''}"
    if style == "obsidian" and path.casefold().endswith(_OBSIDIAN):
        return f"obsidian://open?path={quote(whole, safe='', errors='surrogateescape')}"
    return f"file://{quote(rooted, errors='surrogateescape')}"


def _in_zotero(file: Path, line: int) -> str:
    """The item of a Zotero library that a file of its mirror is of; of a line of a PDF, its page, and the mark that it lies in."""
    try:
        lines = read_regular(file).decode("utf-8", "replace").split("\n")
        item = str(json.loads(lines[0])["zotero"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    above = lines[1:line]
    page = sum(each.count("\f") for each in above)
    library, attachment = item.rpartition("/")[0], file.stem.rpartition("-")[2]
    if not _ITEM.fullmatch(item):
        return ""
    if not page:
        return f"zotero://select/{item}"
    here = takewhile(lambda each: "\f" not in each, reversed(above))
    key = next((each.removeprefix("% at ") for each in here if each.startswith("% at ")), "")
    return f"zotero://open-pdf/{library}/{attachment}?page={page}{f'&annotation={quote(key)}' if key else ''}"


def address_within(page: Path, vault: Path | str, path: str, line: int | None, style: Style = "file") -> str:
    """The same in a page that may be handed on: as seen from there, so that it names no folder of this machine, unless a
    person wants a program of theirs to open it."""
    if style != "file" or path.endswith(MARKED):
        return address(vault, path, line, style)
    seen = os.path.relpath(Path(vault) / path, page.absolute().parent)
    return quote(Path(seen).as_posix(), errors="surrogateescape")
