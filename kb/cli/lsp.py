"""`kb lsp`: the notes in an editor, over stdin and stdout."""

import os
import sys

import typer

from kb.cli import door


def lsp() -> None:
    """Serve an editor. It speaks the Language Server Protocol on stdin and stdout; the editor starts it."""
    if sys.stdin.isatty():
        raise typer.BadParameter(
            "An editor starts this, and speaks the Language Server Protocol with it; see docs/editors.md."
        )
    from notes.lsp.server import serve

    status = serve(door.named_vault)
    sys.stderr.flush()
    # A check of a long draft may still run in a thread, and nobody is left to read it.
    os._exit(status)
