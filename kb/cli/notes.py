"""`kb notes`: the notes of the base, all of them or those that a query names."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from kb.cli import door

if TYPE_CHECKING:
    from kb.note import Note
    from kb.store import Store


def add_to(app: typer.Typer) -> None:
    """Put the command on the door."""
    app.command("notes")(notes)


def notes(
    words: Annotated[
        list[str] | None,
        typer.Argument(help="Words to look for; without them, every note.", metavar="[WORDS]", show_default=False),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many to show for a query.", metavar="N")] = 25,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON list.")] = False,
) -> None:
    """List notes, stubs among them."""
    from kb.catalogue import find_notes
    from kb.catalogue import notes as read

    query = " ".join(words or ())
    with door.base() as (store, _):
        found = read(store, find_notes(store, query, limit)) if query.strip() else read(store)
        if as_json:
            door.print_json(as_dicts(store, found))
        else:
            _screen(found, query)


def as_dicts(store: "Store", found: "list[Note]") -> list[dict[str, Any]]:
    """The contract of `kb notes --json`."""
    from kb.catalogue import cited, links_as_written

    cites: dict[str, list[str]] = {}
    cited_by: dict[str, list[str]] = {}
    for source, target in cited(store):
        cites.setdefault(source, []).append(target)
        cited_by.setdefault(target, []).append(source)
    links = links_as_written(store)
    return [
        {
            "id": note.id, "title": note.title, "kind": note.kind, "path": note.path, "summary": note.summary,
            "aliases": list(note.aliases), "sources": list(note.sources), "date": note.date, "topics": list(note.topics),
            "tags": list(note.tags),
            "cites": cites.get(note.id, []), "cited_by": cited_by.get(note.id, []),
            "links": [{"line": c.line, "target": c.target, "to": c.to} for c in links.get(note.path or "", [])],
        }
        for note in found
    ]  # fmt: skip


def _screen(found: "list[Note]", query: str) -> None:
    from rich.text import Text

    from kb.cli.screen import console, indented
    from kb.oneline import one_line

    out = console(whole=True)
    for note in found:
        mark = {"note": "", "stub": " (not written yet)"}.get(note.kind, f" ({note.kind})")
        out.print(Text.assemble((one_line(note.title), "bold"), (mark, "dim")))
        if note.path:
            out.print(Text(f"  {one_line(note.path)}", style="cyan"), soft_wrap=True)
        if note.summary and note.summary != note.title:
            out.print(indented(Text(one_line(note.summary, 200), style="dim")))
    if not found:
        out.print(Text(f"No note speaks of “{one_line(query, 80)}”." if query else "There are no notes here yet."))
