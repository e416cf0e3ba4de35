"""`kb audit`: what an existing line leaves out."""

from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from kb.catalogue import named, notes
from kb.cli import door
from kb.cli.claims import as_dict
from kb.cli.listing import print_claim
from kb.cli.screen import console, counted, indented, place
from kb.errors import NotFound
from kb.files import from_home
from kb.oneline import one_line
from kb.store import Store
from notes.audit import Omission, cited_notes, omissions
from notes.draft import Draft, read_draft
from qa.retrieve import Retriever


def audit(
    line: Annotated[str, typer.Argument(help="A line of the vault, or the file of a draft.", metavar="LINE|DRAFT")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON list.")] = False,
) -> None:
    """Say what a line leaves out. Tensions passed over, sides not cited, newer notes; exit status 1 if any."""
    with door.base() as (store, settings):
        draft = _draft(store, line)
        with closing(Retriever(store, settings)) as retriever:
            found = omissions(store, draft, retriever)
        if as_json:
            door.print_json([_as_dict(draft, each) for each in found])
        else:
            _screen(store, draft, len(cited_notes(draft)), found)
    if found:
        raise typer.Exit(1)


def _draft(store: Store, name: str) -> Draft:
    """A file of that very name goes before a note that answers to it."""
    if not name.strip():
        raise typer.BadParameter("There is no name.")
    file = _file(name)
    if file is None:
        found = notes(store, [wanted] if (wanted := named(store, name)) else [])
        if not found:
            raise NotFound("note or draft", name, "Look for it with: kb notes WORDS, or name a file.")
        if found[0].path is None:
            raise NotFound("line", name, "A note of that name is cited, and not written yet.")
        file = store.vault / found[0].path
    draft = read_draft(store, file)
    if draft is None:
        raise NotFound("line", name, "The file of that name cannot be read as a note; name one in text, HTML or PDF.")
    return draft


def _file(name: str) -> Path | None:
    try:
        path = from_home(name)
        return path.resolve() if path.is_file() else None
    except (OSError, ValueError, RuntimeError):
        # A title can be longer than a file name may be, or hold what none may.
        return None


def _as_dict(draft: Draft, each: Omission) -> dict[str, Any]:
    """The contract of `kb audit --json`."""
    note, held = each.note, each.held
    return {
        "code": each.code, "message": each.message, "why": each.why, "path": draft.path, "line": each.line,
        "tension": held.id if held else None,
        "claims": [as_dict(claim) for claim in (held.a, held.b)] if held else [],
        "note": {"id": note.id, "title": note.title, "path": note.path, "date": note.date} if note else None,
    }  # fmt: skip


def _screen(store: Store, draft: Draft, cited: int, found: list[Omission]) -> None:
    out = console()
    out.print(Text(f"{one_line(draft.title)}\n", style="bold"))
    for each in found:
        out.print(Text.assemble((each.code, "yellow"), "   ", place(draft.path, each.line)), soft_wrap=True)
        out.print(indented(Text(one_line(each.message, 600))))
        for claim in (each.held.a, each.held.b) if each.held else ():
            print_claim(out, claim, store.vault)
        if each.note and not each.held:
            told = Text(f"{each.note.path or 'not written yet'}  {each.note.date}".strip(), style="cyan")
            out.print(indented(told, 4), soft_wrap=True)
        out.print(indented(Text(one_line(each.why, 400), style="dim")))
        out.print()
    left_out = f"{counted(len(found), 'thing')} left out" if found else "nothing is left out"
    out.print(f"It cites {counted(cited, 'note')}; {left_out}.")
