"""Addresses of buffers: which of them are files, and which files are of the vault."""

import os
import re
from contextlib import suppress
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from ingest.decode import MARKDOWN, PLAIN
from notes.draft import UNNAMED

_DRIVE = re.compile(r"/[A-Za-z]:(?:/|$)")  # "/C:/notes/x.md"
_PROSE = frozenset(
    {"", "markdown", "md", "mdx", "quarto", "rmd", "pandoc", "plaintext", "text", "txt", "vimwiki", "telekasten"}
)
"""What editors call the languages in which notes are written; a client that names none means one of them."""


def file_of(uri: str) -> Path | None:
    """The file that an address names on this machine; none for a buffer without one, or a file elsewhere."""
    try:
        parts = urlsplit(uri)
        if parts.scheme != "file" or parts.netloc not in ("", "localhost"):
            return None
        path = unquote(parts.path, errors="surrogateescape")
        if _DRIVE.match(path):
            if os.name != "nt":
                return None
            path = path[1:]
        return Path(os.path.normpath(path)) if path and "\0" not in path else None
    except ValueError:
        return None


def in_vault(vault: Path, uri: str) -> str | None:
    """The path of a file relative to the vault, links followed; none where it lies outside."""
    if (file := file_of(uri)) and not file.is_relative_to(vault):
        with suppress(OSError, RuntimeError):
            file = file.resolve()
    return file.relative_to(vault).as_posix() if file and file.is_relative_to(vault) else None


def path_in(vault: Path, uri: str) -> str:
    """What `notes.draft` is told that a buffer is called: its links are read from there."""
    inside, file = in_vault(vault, uri), file_of(uri)
    if inside is not None:
        return inside
    return str(file) if file is not None and file.suffix.casefold() in MARKDOWN | PLAIN else UNNAMED


def is_prose(uri: str, language: str) -> bool:
    """Whether a buffer may be a note. Code and settings are left alone, whatever an editor sends."""
    if uri.startswith("file:"):
        suffix = PurePosixPath(unquote(uri.split("?", 1)[0].split("#", 1)[0])).suffix.casefold()
        return suffix in MARKDOWN | PLAIN or (not suffix and language.casefold() in _PROSE - {""})
    return language.casefold() in _PROSE and not uri.startswith(("git:", "output:", "vscode-"))
