"""`kb audit`: what an existing line leaves out."""

from contextlib import closing
from typing import Annotated, Any

import typer

from kb.cli import door
from kb.cli.claims import as_dict
from kb.cli.listing import AsJson, draft_named, note_named, path_named
from kb.cli.screen import console, counted, place
from kb.errors import NotFound
from kb.oneline import one_line
from kb.store import Store
from notes.audit import Omission, cited_notes, omissions
from notes.draft import Draft
from qa.retrieve import Retriever


def audit(
    line: Annotated[str, typer.Argument(help="A line of the vault, or the file of a draft.", metavar="LINE|DRAFT")],
    as_json: AsJson = False,
) -> None:
    """Say what a line leaves out. Tensions passed over, sides not cited, newer notes; exit status 1 if any."""
    with door.base() as (store, settings):
        draft = _draft(store, line)
        with closing(Retriever(store, settings)) as retriever:
            found = omissions(store, draft, retriever)
        if as_json:
            door.print_json([_as_dict(draft, each) for each in found])
        else:
            _screen(draft, len(cited_notes(draft)), found)
    if found:
        raise typer.Exit(1)


def _draft(store: Store, name: str) -> Draft:
    """A file of that very name goes before a note that answers to it."""
    file = path_named(name)
    if file is None or not file.is_file():
        note = note_named(store, name, "note or draft", "Look for it with: kb notes WORDS, or name a file.")
        if note.path is None:
            raise NotFound("line", name, "A note of that name is cited, and not written yet.")
        file = store.vault / note.path
    return draft_named(store, str(file))


def _as_dict(draft: Draft, each: Omission) -> dict[str, Any]:
    """The contract of `kb audit --json`."""
    note, held = each.note, each.held
    return {
        "code": each.code, "message": each.message, "why": each.why, "path": draft.path, "line": each.line,
        "tension": held.id if held else None,
        "claims": [as_dict(claim) for claim in (held.a, held.b)] if held else [],
        "note": {"id": note.id, "title": note.title, "path": note.path, "date": note.date} if note else None,
    }  # fmt: skip


def _screen(draft: Draft, cited: int, found: list[Omission]) -> None:
    out = console()
    out.say(draft.title, "bold")
    out.print()
    for each in found:
        out.row((each.code, "yellow"), "   ", place(draft.path, each.line, within=False))
        out.say(each.message, by=2, most=600)
        for claim in (each.held.a, each.held.b) if each.held else ():
            out.claim(claim)
        if each.note and not each.held:
            out.row((f"{one_line(each.note.path or 'not written yet')}  {each.note.date}".rstrip(), "cyan"), by=4)
        out.say(each.why, "dim", by=2)
        out.print()
    left_out = f"{counted(len(found), 'thing')} left out" if found else "nothing is left out"
    out.print(f"It cites {counted(cited, 'note')}; {left_out}.")
