"""`kb lsp` and `kb mcp`: the notes in an editor, and for an assistant, over stdin and stdout."""

import os
import sys
from typing import Annotated

import typer

from kb.cli import door
from kb.errors import Unavailable


def lsp() -> None:
    """Serve an editor. It speaks the Language Server Protocol on stdin and stdout; the editor starts it."""
    _refuse_terminal("An editor starts this, and speaks the Language Server Protocol with it; see docs/editors.md.")
    from notes.lsp.server import serve

    _leave(serve(door.named_vault))


def mcp(
    allow_writes: Annotated[
        bool,
        typer.Option("--allow-writes", help="Let the assistant write your word on tensions, and links into notes."),
    ] = False,
) -> None:
    """Serve an assistant. It speaks the Model Context Protocol on stdin and stdout; the assistant starts it."""
    _refuse_terminal("An assistant starts this, and speaks the Model Context Protocol with it; see docs/mcp.md.")
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
    _leave(0)


def _refuse_terminal(why: str) -> None:
    if sys.stdin.isatty():
        raise typer.BadParameter(why)


def _leave(status: int) -> None:
    """At once: a long answer may still be made in a thread, and nobody is left to read it."""
    sys.stderr.flush()
    os._exit(status)
