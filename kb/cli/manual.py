"""`kb help TOPIC`: a section of the documentation, as text; of a command, what it takes."""

import shutil
import sys
from difflib import get_close_matches
from typing import Annotated

import typer

from kb.cli import door
from kb.cli.help import told
from kb.manual import TOPICS, as_text, section, usages


def manual(
    context: typer.Context,
    topic: Annotated[str, typer.Argument(help="What to read; without one, what there is.", metavar="[TOPIC]")] = "",
) -> None:
    """Read about a topic, or a command."""
    name, commands = topic.strip().casefold(), usages()
    width = max(40, min(80, shutil.get_terminal_size().columns))
    if not name:
        typer.echo(_listed())
    elif name in TOPICS:
        _show(as_text(section(name), width))
    elif name in commands and context.parent:
        typer.echo(told(context.parent, name, commands[name]))
    else:
        near = get_close_matches(name, {*TOPICS, *commands}, 3, 0.5)
        remedy = f"Near it: {', '.join(near)}. " if near else ""
        raise door.Misunderstood(
            f"There is no help on “{topic}”.", f"{remedy}kb help lists the topics, kb --help the commands."
        )


def _listed() -> str:
    longest = max(map(len, TOPICS))
    rows = (f"  {name:{longest}}  {about}" for name, (_, _, about) in TOPICS.items())
    return "\n".join(["Usage: kb help TOPIC, or kb help COMMAND\n\nTopics", *rows])


def _show(text: str) -> None:
    """Page by page on a terminal, as its reader has set it."""
    if sys.stdout.isatty():
        from pydoc import pager

        pager(text)
    else:
        sys.stdout.write(text)
