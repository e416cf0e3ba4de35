"""`kb new`: a note begun, with what is near to it listed and not linked."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from kb.cli import door
from kb.cli.listing import AsJson
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
    as_json: AsJson = False,
) -> None:
    """Start a note. Its file is named after its title; its nearest notes are listed in it, not linked."""
    if not any(letter.isalnum() for letter in title):
        raise typer.BadParameter("The title has no letters; ask a question.")
    with door.base() as (store, settings), closing(Retriever(store, settings)) as retriever:
        made = create_note(store, retriever, title, folder)
    if as_json:
        near = [{"note": note, "title": name} for note, name in made.near]
        door.print_json({"path": made.path, "title": made.title, "near": near})
        return

    out = console()
    out.row((one_line(made.path), "cyan"))
    for _, name in made.near:
        out.say(f"near to it: {name}", by=2)
