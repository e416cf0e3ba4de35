"""`kb new`: a note begun, with what is near to it listed and not linked."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from kb.cli import door
from kb.cli.screen import console
from kb.oneline import one_line
from notes.new_note import create_note
from qa.retrieve import Retriever


def new(
    title: Annotated[str, typer.Argument(help="The question the note answers, or its title.", metavar="QUESTION")],
    folder: Annotated[
        Path | None,
        typer.Option("--in", help="Folder of the vault for it. Else the one where most notes are.", metavar="DIR"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")] = False,
) -> None:
    """Start a note. Its file is named after its title; its nearest notes are listed in it, not linked."""
    if not any(letter.isalnum() for letter in title):
        raise typer.BadParameter("The title has no letters; ask a question.")
    with door.base() as (store, settings), closing(Retriever(store, settings)) as retriever:
        made = create_note(store, retriever, title, folder)
    if as_json:
        door.print_json(
            {
                "path": made.path,
                "title": made.title,
                "near": [{"note": note, "title": name} for note, name in made.near],
            }
        )
        return

    out = console()
    out.print(Text.assemble((one_line(made.path), "cyan")), soft_wrap=True)
    for _, name in made.near:
        out.print(Text.assemble("  near to it: ", one_line(name)))
