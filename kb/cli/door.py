"""What every command needs at the door: the vault, an up-to-date base, output, and errors told once."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from kb.errors import BaseLocked, KbError, NotAVault
from kb.interrupt import STATUS, STOPPED, after_interrupt, was_interrupted
from kb.oneline import in_json, one_line

if TYPE_CHECKING:
    from kb.settings import Settings
    from kb.store import Store

# typer carries its own copy of click from some version on; its public names lead to the right classes.
Misuse: Any = typer.BadParameter.__base__


class Misunderstood(KbError):
    """What was typed, or what is set on this machine, can mean nothing."""

    status = 2


_PREFIX = "Invalid value: "
"""What typer puts before a sentence of ours; where it names the option itself, it stays."""

named_vault: Path | None = None
"""What --vault says."""


def run(app: typer.Typer) -> int:
    """The exit status of a command line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that knows no “ shows ?, and no mistake
    if sys.stdout is None:  # "kb status >&-"
        return complain("stdout is closed, so nothing can be shown.", "Leave it open, or send it to a file.", 1)
    try:
        status = _called(app)
        sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except KbError as why:
        return complain(why.message, why.remedy, why.status)
    except typer.Exit as why:
        return int(why.exit_code)
    except Misuse as why:
        command = why.ctx.command_path if why.ctx else "kb"
        return complain(why.format_message().removeprefix(_PREFIX), f"See: {command} --help", 2)
    except (typer.Abort, KeyboardInterrupt):
        after_interrupt()
        return complain(*STOPPED, STATUS)
    except BrokenPipeError:
        # The reader of our output has left.
        _say_no_more()
        return 0
    except OSError as why:
        # What a command expects of the world it tells itself; this is a disk or a right that it could not foresee.
        try:
            sys.stdout.flush()
        except OSError:
            _say_no_more()
        return complain(
            f"{why.filename or 'A file'}: {why.strerror or why}", "See to that file, folder or disk, and try again.", 1
        )
    except Exception as why:
        if os.environ.get("KB_DEBUG"):
            raise
        return complain(
            f"kb made a mistake of its own: {type(why).__name__}: {why}",
            "If kb doctor finds the base damaged: kb doctor --repair. Else please report it; KB_DEBUG=1 shows where.",
            1,
        )


def _called(app: typer.Typer) -> object:
    try:
        return app(prog_name="kb", standalone_mode=False)
    except Exception as why:
        if was_interrupted(why):
            raise KeyboardInterrupt from why
        raise


def _say_no_more() -> None:
    """Python would complain once more while closing our output."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(message: str, remedy: str, status: int) -> int:
    """Two lines on stderr: what and where, then what to do."""
    print(f"kb: {one_line(message, 600)}\n    {one_line(remedy, 600)}", file=sys.stderr)
    return status


def here(sends: bool = True) -> "tuple[Path, Settings]":
    """The vault and its settings; nothing is read, or sent to a server of vectors, that a person would not expect."""
    from kb.cli import consent, screen
    from kb.settings import load_settings
    from kb.vault import find_vault

    vault = find_vault(named_vault)
    settings = load_settings(vault)
    screen.opens, screen.vault = settings.open, vault
    consent.to_read(vault)
    if sends and settings.vectors and not settings.offline:
        from kb.allowed import may_send

        if not may_send(settings.vectors):
            consent.to_send(settings.vectors, "vectors")
    return vault, settings


def model_allowed(settings: "Settings") -> None:
    """A language model is asked where its provider is, or where a person lets it be."""
    from kb.providers import SENT, may_ask

    if settings.llm_url and not settings.offline and not may_ask(settings):
        from kb.cli import consent

        consent.to_send(settings.llm_url, SENT)


@contextmanager
def base() -> "Iterator[tuple[Store, Settings]]":
    """The base, brought up to date first, quietly. What cannot be written is read as it is."""
    from ingest.pipeline import sync
    from kb.cli.screen import progress
    from kb.folder import BASE, base_folder

    vault, settings = here()
    exists = (base_folder(vault) / BASE).exists()
    try:
        with progress(quiet=exists) as report:
            sync(vault, settings, progress=report, patience=2.0 if exists else 30.0)
    except (BaseLocked, NotAVault) as why:
        if not exists:
            raise
        if sys.stderr.isatty():
            print(f"kb: answering from the base as it was: {one_line(why.message)}", file=sys.stderr)
    with open_base(vault) as store:
        yield store, settings


@contextmanager
def open_base(vault: Path) -> "Iterator[Store]":
    """The base as it is; where it is not whole, that is said before anything is read from it."""
    from kb.store import UNFINISHED, foreign_errors, open_store

    with open_store(vault, create=False) as store, foreign_errors(store.folder):
        if not store.is_whole:
            complain(UNFINISHED.message, UNFINISHED.hint, 0)
        yield store


def print_json(value: Any, is_row: bool = False) -> None:
    """One JSON value on stdout, indented for whoever reads it; `is_row` has it on one line even so."""
    is_unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    indent = 2 if sys.stdout.isatty() and not is_row else None
    sys.stdout.write(in_json(json.dumps(value, ensure_ascii=not is_unicode, indent=indent, default=_plain)) + "\n")


def _plain(value: Any) -> Any:
    if hasattr(value, "model_dump"):
        return value.model_dump()
    raise TypeError(f"no JSON for {type(value).__name__}")
