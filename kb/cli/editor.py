"""`kb open`: the place of a claim or a note in an editor, in Obsidian or in VS Code."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from kb.addresses import address
from kb.catalogue import claims, named
from kb.cli import door
from kb.errors import NotFound

_LINE = {"code": "-g {path}:{line}", "codium": "-g {path}:{line}", "subl": "{path}:{line}", "hx": "{path}:{line}"}
"""How an editor is told the line; all others by "+12 file"."""


def open_place(
    name: Annotated[str, typer.Argument(help="A claim's id, or a note's title, path or alias.", metavar="ID|NOTE")],
    is_printed: Annotated[bool, typer.Option("--print", help="Print the address, and open nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the place as data, and open nothing.")] = False,
) -> None:
    """Open the place of a claim or a note in your editor."""
    with door.base() as (store, settings):
        found = claims(store, [name])
        note = None if found else named(store, name)
        path, line = (found[0].place.path, found[0].place.line) if found else (note or "", 1)
        whole = store.vault / path
        if not path or not whole.is_file():
            raise NotFound("note or claim", name, "Look for it with: kb notes WORDS, or kb claims WORDS")
        target = address(store.vault.absolute(), path, line, settings.open)
    if as_json:
        door.print_json({"path": path, "line": line, "address": target})
    elif is_printed:
        typer.echo(target)
    else:
        command = ["open" if sys.platform == "darwin" else "xdg-open", target]
        if settings.open == "file" and not path.casefold().endswith((".pdf", ".zotero")):
            command = _editor(str(whole.absolute()), line)
        if not command or shutil.which(command[0]) is None:
            remedy = "Set EDITOR, or open in kb.toml; --print prints the address alone."
            raise door.Misunderstood("No editor is set that could be started.", remedy)
        raise typer.Exit(subprocess.run(command, check=False).returncode)


def _editor(path: str, line: int) -> list[str]:
    """The editor as it is set, told where to go."""
    try:
        command = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "")
    except ValueError:  # a quotation mark too many
        return []
    told = _LINE.get(Path(command[0]).name, "+{line} {path}").split(" ") if command else []
    return [*command, *(part.replace("{line}", str(line)).replace("{path}", path) for part in told)]
