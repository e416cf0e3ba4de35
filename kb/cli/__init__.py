"""The front door: one file per command, read when that command is typed. It may open every room, and nobody imports it.

Nothing heavy is imported here: `kb --help` is for people in a hurry.
"""

from pathlib import Path
from typing import Annotated

import typer

from kb.__main__ import main
from kb.cli import door
from kb.cli.help import Front

app = typer.Typer(
    name="kb",
    cls=Front,
    help="A claim graph for research notes. Ask it: it answers with the tensions left in.",
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
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as data.")] = False,
) -> None:
    """A claim graph for research notes. Ask it: it answers with the tensions left in."""
    if version:
        from kb import __version__

        typer.echo(f"kb {__version__}")
        raise typer.Exit
    door.named_vault = vault
    if context.invoked_subcommand is None:
        from kb.cli.overview import overview

        if not overview(as_json):
            typer.echo(context.get_help())


__all__ = ["app", "main"]
