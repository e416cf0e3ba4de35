"""Consent: what a person is asked before it is done, once, on a terminal; in a pipe it is refused with how to say yes."""

import os
import sys
from pathlib import Path
from shlex import quote

from kb.allowed import NotAllowed, allow, read_address, shown
from kb.errors import NotAVault
from kb.files import from_home
from kb.oneline import one_line
from kb.vault import is_vault

MANY = 2_000
"""Files: a folder with more of them that nobody made a vault is hardly a folder of notes."""


def to_send(url: str, what: str) -> None:
    """To an address that only the vault's kb.toml names."""
    if not read_address(url) or not _says_yes(
        f"kb.toml of this vault would send {what} to {shown(url)}. Allow this on this machine?"
    ):
        raise NotAllowed(url, what)
    allow(url)


def to_read(vault: Path) -> None:
    """A folder that is no vault, and the home folder or a large one."""
    if is_vault(vault) or not (why := _unlikely(vault)):
        return
    told = f"{vault} is no vault (neither kb.toml nor .kb is in it), and {why}"
    if not _says_yes(f"{told}. Read all notes, texts, saved pages and PDFs {_below(vault)}?"):
        made = f"touch {quote(str(vault / 'kb.toml'))}"
        raise NotAVault(told, "so it was not read", f"To have all of it read: {made}   Else name a folder: --vault DIR")


def _says_yes(question: str) -> bool:
    if not (sys.stdin and sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    print(f"kb: {one_line(question, 1_000)} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _unlikely(vault: Path) -> str:
    """Why a folder is hardly meant, in words."""
    if vault == from_home("~").resolve():
        return "it is your home folder"
    from ingest.scan import ALONE

    count = 0
    for _, folders, files in os.walk(vault):
        folders[:] = [name for name in folders if name not in ALONE]
        count += len(files)
        if count > MANY:
            return f"it holds more than {MANY:,} files"
    return ""


def _below(vault: Path) -> str:
    """The folders in which would be read."""
    try:
        names = sorted(entry.name for entry in os.scandir(vault) if entry.is_dir() and not entry.name.startswith("."))
    except OSError:
        names = []
    more = f" and {len(names) - 6} more folders" if len(names) > 6 else ""
    return f"in it and in {', '.join(names[:6])}{more}" if names else "in it"
