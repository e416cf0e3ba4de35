"""`kb show`: one claim or one note, with all that hangs on it."""

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from ingest.endpoint_confidence import SURE
from ingest.integrity import changed_quotes
from kb.catalogue import claims as read_claims
from kb.catalogue import claims_of
from kb.catalogue import notes as read_notes
from kb.claim import Claim
from kb.cli import door
from kb.cli.claims import as_dict
from kb.cli.listing import AsJson, note_named
from kb.cli.notes import as_dicts
from kb.cli.screen import Screen, console, place, quoted, sure
from kb.edges import links as read_links
from kb.link import Link
from kb.note import Note
from kb.oneline import one_line
from kb.store import Store
from qa.render import cite


def show(
    name: Annotated[
        str, typer.Argument(help="A claim's id, or a note's title, path, alias or file name.", metavar="ID|NOTE")
    ],
    as_json: AsJson = False,
) -> None:
    """Show a claim or a note: words, place, citations, links."""
    with door.base() as (store, _):
        if found := read_claims(store, [name]):
            _claim(store, found[0], as_json)
        else:
            remedy = "Look for it with: kb notes WORDS, or kb claims WORDS"
            _note(store, note_named(store, name, "note or claim", remedy), as_json)


def _claim(store: Store, claim: Claim, as_json: bool) -> None:
    touching = read_links(store, claim.id)
    changed = changed_quotes(store.vault, [claim])
    if as_json:
        door.print_json({**as_dict(claim), "intact": not changed, "links": touching})
    else:
        out = console(whole=True)
        out.print(quoted(claim.quote, "bold") if not changed else Text(changed[claim.id].message, style="red"))
        out.block(place(claim.place.path, claim.place.line, claim.place.page), f"  {claim.role}", by=0)
        if claim.text != claim.quote:
            out.block(("\nread alone  ", "dim"), claim.text, by=0)
        for number in claim.numbers:
            of = f"  ({number.quantity})" if number.quantity else ""
            out.block(("stated      ", "dim"), f"{number.value:,.10g} {number.unit}".strip() + of, by=0)
        for note in read_notes(store, claim.citations):
            out.block(("cites       ", "dim"), one_line(note.title), by=0)
        _links(out, store, touching, claim.id)
    if changed:
        raise typer.Exit(1)


def _note(store: Store, note: Note, as_json: bool) -> None:
    claims, touching = claims_of(store, note.id), read_links(store, note.id)
    (facts,) = as_dicts(store, [note])
    if as_json:
        door.print_json({**facts, "claims": [as_dict(claim) for claim in claims], "typed": touching})
        return
    out = console(whole=True)
    out.say(note.title, "bold")
    where = one_line(note.path) if note.path else "not written yet"
    out.row((where, "cyan"), f"  {note.kind}  {note.date}".rstrip())
    if note.summary:
        out.print()
        out.say(note.summary, most=1000)
    for source in note.sources:
        _entry(out, "rests on", [one_line(cite(source), 300)])
    for word, names in (("cites", facts["cites"]), ("cited by", facts["cited_by"])):
        if names:
            _entry(out, word, [one_line(other.title) for other in read_notes(store, names)])
    own = [claim for claim in claims if claim.place.path == note.path]
    for heading, some in (("Claims", own), ("Said of it elsewhere", claims[len(own) :])):
        if some:
            out.print(Text(f"\n{heading} ({len(some)})", style="bold"))
        for number, claim in enumerate(some):
            if number:
                out.print()
            out.claim(claim, 0, named=True)
    _links(out, store, touching, note.id)


def _entry(out: Screen, word: str, values: list[str]) -> None:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(width=9, style="dim")
    grid.add_column()
    for number, value in enumerate(values):
        grid.add_row(word if number == 0 else "", Text(value))
    out.print("", grid, sep="\n")


def _links(out: Screen, store: Store, links: list[Link], here: str) -> None:
    if links:
        out.print(Text("\nLinks", style="bold"))
    for link in links:
        other = link.b if link.a == here else link.a
        found = read_claims(store, [other])
        unsure = found and link.chosen < SURE
        told = "stated, but perhaps of another sentence" if unsure else sure(link.method, link.confidence)
        out.link(link.kind if link.a == here else f"{link.kind} this", told, link.reason)
        if found:
            out.claim(found[0])
        else:
            out.say(next((note.title for note in read_notes(store, [other])), other), by=2)
