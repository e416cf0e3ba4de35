"""`kb mcp`: the notes for an assistant, over stdin and stdout."""

import os
import sys
from typing import Annotated

import typer

from kb.cli import door
from kb.errors import Unavailable


def mcp(
    allow_writes: Annotated[
        bool,
        typer.Option("--allow-writes", help="Let the assistant write your word on tensions, and links into notes."),
    ] = False,
) -> None:
    """Serve an assistant. It speaks the Model Context Protocol on stdin and stdout; the assistant starts it."""
    if sys.stdin.isatty():
        raise typer.BadParameter(
            "An assistant starts this, and speaks the Model Context Protocol with it; see docs/mcp.md."
        )
    try:
        from notes.mcp_server import serve
    except ModuleNotFoundError as why:
        if (why.name or "").split(".")[0] not in ("mcp", "mcp_types"):
            raise
        raise Unavailable(
            "kb mcp: the package mcp, which speaks the protocol, is not installed.",
            "Install it with: pip install 'counterpoint-kb[mcp]'",
        ) from None
    vault, settings = door.here()
    serve(vault, settings, allow_writes=allow_writes)
    sys.stderr.flush()
    # A long answer may still be made in a thread, and nobody is left to read it.
    os._exit(0)
