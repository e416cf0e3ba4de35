"""The front door: one file per command. It may open every room, and nobody imports it.

Nothing heavy is imported here or at the top of a command's file: `kb --help` is for people in a hurry.
"""

from pathlib import Path
from typing import Annotated

import typer

from kb.__main__ import main
from kb.cli import (
    ask,
    audit,
    chat,
    check,
    claims,
    doctor,
    door,
    evaluate,
    impact,
    links,
    lsp,
    new,
    notes,
    review,
    show,
    status,
    sync,
    tensions,
)

app = typer.Typer(
    name="kb",
    help="A claim graph for research notes: ask it, and it answers with the tensions left in.",
    invoke_without_command=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def front(
    context: typer.Context,
    vault: Annotated[
        Path | None,
        typer.Option(
            "--vault",
            help="Folder of notes. Else the nearest one upwards with kb.toml or .kb, else here.",
            metavar="DIR",
        ),
    ] = None,
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.", is_eager=True)] = False,
) -> None:
    """A claim graph for research notes: ask it, and it answers with the tensions left in."""
    if version:
        from kb import __version__

        typer.echo(f"kb {__version__}")
        raise typer.Exit
    door.named_vault = vault
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


for command in (
    ask,
    chat,
    sync,
    status,
    notes,
    claims,
    tensions,
    review,
    check,
    audit,
    impact,
    links,
    new,
    lsp,
    show,
    doctor,
    evaluate,
):
    command.add_to(app)


__all__ = ["app", "main"]
