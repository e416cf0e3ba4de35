"""`kb graph`: the claim graph as one page to look at, of the vault, a topic, a note or an answer."""

import sys
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from kb.addresses import address, address_within
from kb.catalogue import named, notes
from kb.cli import door
from kb.cli.graph_server import GraphServer
from kb.cli.listing import AsJson
from kb.cli.screen import counted
from kb.errors import NotFound
from kb.note import slug
from kb.oneline import one_line
from kb.settings import Settings
from kb.store import Store
from qa.ask import Asker
from qa.coverage import speaks_of
from qa.export.graph_page import Page, View, changes, of_answer, of_note, of_topic, of_vault, page
from qa.export.save import save
from qa.retrieve import Retriever


def graph(
    what: Annotated[
        list[str] | None,
        typer.Argument(
            help="A note, a topic, or a question with its question mark, which is answered; without one, the vault.",
            metavar="[TOPIC|NOTE|QUESTION]",
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option("-o", "--output", help="The file to write.", metavar="FILE")] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file changed since.")] = False,
    serve: Annotated[
        bool, typer.Option("--serve", help="Show it at an address of this machine instead, anew when the notes change.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write one page to look at: the tensions, and a map of what is linked."""
    asked = " ".join(what or ()).strip()
    if serve:
        if out is not None:
            raise typer.BadParameter("--serve writes no file; leave out --output.")
        _serve(asked, as_json)
        return
    name = slug(asked.rsplit("/", 1)[-1].removesuffix(".md"))[:60].strip("-")
    path = out or Path(f"kb-graph-{name}.html" if name else "kb-graph.html")
    if path.suffix.casefold() not in (".html", ".htm"):
        raise typer.BadParameter(f"--output: “{path.name}” is not HTML; possible: .html.")
    with door.base() as (store, settings):
        link = partial(address_within, path, store.vault, style=settings.open)
        made = page(store, view(store, settings, asked), link)
    save(path, made.text, force=force)
    if as_json:
        door.print_json({"file": str(path), "bytes": path.stat().st_size, **made.counts})
        return
    told = ", ".join(counted(made.counts[each], each.removesuffix("s")) for each in ("tensions", "notes", "links"))
    typer.echo(f"{one_line(str(path))}: {told}")


def _serve(asked: str, as_json: bool) -> None:
    """Until Ctrl-C: the page at an address of this machine that nobody can guess."""

    def look(before: str) -> tuple[str, Page | None]:
        with door.base() as (store, settings):
            now = changes(store)
            if now == before:
                return now, None

            # A browser follows no file:// from a page that is served.
            link = None if settings.open == "file" else partial(address, store.vault, style=settings.open)
            return now, page(store, view(store, settings, asked), link, live=True)

    with GraphServer(look) as server:
        if as_json:
            door.print_json({"address": server.address}, is_row=True)
        else:
            typer.echo(f"{server.address}   Ctrl-C ends it.")
        sys.stdout.flush()
        with suppress(KeyboardInterrupt):
            server.serve_forever()


def view(store: Store, settings: Settings, asked: str) -> View:
    """What the words mean: nothing the vault, a question its answer, the name of a note that note, other words a topic."""
    if not asked:
        return of_vault(store)
    if asked.endswith("?"):
        with closing(Asker(store, settings)) as asker:
            return of_answer(store, asker.ask(asked))
    if note := named(store, asked):
        return of_note(store, notes(store, [note])[0])
    with closing(Retriever(store, settings)) as retriever:
        found = retriever.find(asked, notes=30)
    if not speaks_of(store, asked, found):
        raise NotFound("note or topic", asked, "Use words of the notes (kb notes lists them), or look at all: kb graph")
    return of_topic(store, asked, found.notes)
