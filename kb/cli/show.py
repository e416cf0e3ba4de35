"""`kb show`: one claim or one note, with all that hangs on it."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ingest.endpoint_confidence import SURE
from ingest.intact import changed_quotes
from kb.catalogue import claims, claims_of, named, notes
from kb.claim import Claim
from kb.cli import door
from kb.cli.claims import as_dict
from kb.cli.listing import print_claim
from kb.cli.notes import as_dicts
from kb.cli.screen import console, indented, place, quoted
from kb.edges import links
from kb.errors import NotFound
from kb.link import Link
from kb.note import Note
from kb.oneline import one_line
from kb.store import Store
from qa.render import cite


def show(
    name: Annotated[
        str, typer.Argument(help="A claim's id, or a note's title, path, alias or file name.", metavar="ID|NOTE")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")] = False,
) -> None:
    """Show a claim or a note: words, place, citations, links."""
    with door.base() as (store, _):
        if not name.strip():
            raise typer.BadParameter("There is no name.")
        if found := claims(store, [name]):
            _claim(store, found[0], as_json)
        elif note := named(store, name):
            _note(store, notes(store, [note])[0], as_json)
        else:
            raise NotFound("note or claim", name, "Look for it with: kb notes WORDS, or kb claims WORDS")


def _claim(store: Store, claim: Claim, as_json: bool) -> None:
    touching = links(store, claim.id)
    changed = changed_quotes(store.vault, [claim])
    if as_json:
        door.print_json({**as_dict(claim), "intact": not changed, "links": touching})
    else:
        out = console(whole=True)
        out.print(quoted(claim.quote, "bold") if not changed else Text(changed[claim.id].message, style="red"))
        out.print(
            Text.assemble(
                place(claim.place.path, claim.place.line, str(store.vault), claim.place.page), f"  {claim.role}"
            )
        )
        if claim.text != claim.quote:
            out.print(Text.assemble(("\nread alone  ", "dim"), claim.text))
        for number in claim.numbers:
            of = f"  ({number.quantity})" if number.quantity else ""
            out.print(Text.assemble(("stated      ", "dim"), f"{number.value:,.10g} {number.unit}".strip() + of))
        for note in notes(store, claim.citations):
            out.print(Text.assemble(("cites       ", "dim"), one_line(note.title)))
        _links(store, touching, claim.id)
    if changed:
        raise typer.Exit(1)


def _note(store: Store, note: Note, as_json: bool) -> None:
    claims = claims_of(store, note.id)
    touching = links(store, note.id)
    (facts,) = as_dicts(store, [note])
    if as_json:
        door.print_json({**facts, "claims": [as_dict(claim) for claim in claims], "typed": touching})
        return

    out = console(whole=True)
    out.print(Text(one_line(note.title), style="bold"))
    where = one_line(note.path) if note.path else "not written yet"
    out.print(Text.assemble((where, "cyan"), f"  {note.kind}  {note.date}".rstrip()), soft_wrap=True)
    if note.summary:
        out.print(Text(f"\n{one_line(note.summary, 1000)}"))
    for source in note.sources:
        _entry(out, "rests on", [one_line(cite(source), 300)])
    for word, names in (("cites", facts["cites"]), ("cited by", facts["cited_by"])):
        if names:
            _entry(out, word, [one_line(other.title) for other in notes(store, names)])
    own = [claim for claim in claims if claim.place.path == note.path]
    for heading, some in (("Claims", own), ("Said of it elsewhere", claims[len(own) :])):
        if some:
            out.print(Text(f"\n{heading} ({len(some)})", style="bold"))
        for number, claim in enumerate(some):
            if number:
                out.print()
            print_claim(out, claim, store.vault, 0, named=True)
    _links(store, touching, note.id)


def _entry(out: Console, word: str, values: list[str]) -> None:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(width=9, style="dim")
    grid.add_column()
    for number, value in enumerate(values):
        grid.add_row(word if number == 0 else "", Text(value))
    out.print()
    out.print(grid)


def _links(store: Store, links: list[Link], here: str) -> None:
    out = console(whole=True)
    if links:
        out.print(Text("\nLinks", style="bold"))
    for link in links:
        other = link.b if link.a == here else link.a
        found = claims(store, [other])
        way = link.kind if link.a == here else f"{link.kind} this"
        sure = "stated" if link.method in ("author", "person") else f"possible, {link.confidence:.2f}"
        if found and link.chosen < SURE:
            sure = "stated, but perhaps of another sentence"
        out.print(Text.assemble((way, "yellow"), (f"   {sure}: {one_line(link.reason)}", "dim")))
        if found:
            print_claim(out, found[0], store.vault)
        else:
            out.print(indented(Text(next((one_line(note.title) for note in notes(store, [other])), other))))
