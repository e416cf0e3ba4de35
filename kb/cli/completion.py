"""`kb completion SHELL`: what bash, zsh and fish need to ask `kb complete` for the rest of a word. Where kb knows nothing, they offer files."""

from pathlib import Path
from typing import Annotated

import typer

_SCRIPTS = Path(__file__).with_name("shells")
_SHELLS = ("bash", "zsh", "fish")


def completion(shell: Annotated[str, typer.Argument(help="bash, zsh or fish.", metavar="SHELL")]) -> None:
    """Print what a shell needs to complete words. Commands, options, titles and topics of notes."""
    if shell not in _SHELLS:
        raise typer.BadParameter(f"“{shell}” is none of {', '.join(_SHELLS)}.")
    typer.echo((_SCRIPTS / f"kb.{shell}").read_text("utf-8"), nl=False)
