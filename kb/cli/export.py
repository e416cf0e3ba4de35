"""`kb export`: the claim graph and its literature in the formats of other tools, and the notes as a static site."""

import json
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from kb.cli import door
from kb.errors import KbError
from kb.oneline import one_line
from kb.settings import Settings
from kb.store import Store
from qa.ask import Asker
from qa.coverage import speaks_of
from qa.export.claim_graph import ClaimGraph, claim_graph
from qa.export.formats import FORMATS
from qa.export.save import write_whole
from qa.export.site import site
from qa.export.site_folder import check_site, write_site
from qa.retrieve import LEADS, Retriever

_JSON = ("csl-json", "jsonld", "canvas")
"""Formats that are one JSON value as they are."""


class NothingToExport(KbError):
    """The notes do not speak of what is to be exported."""

    def __init__(self, asked: str) -> None:
        super().__init__(
            f"The notes do not speak of “{one_line(asked, 80)}”, so nothing was exported.",
            "Use words of the notes (kb notes lists them), or export everything.",
        )


class ExportInTheWay(KbError):
    """The file named is there already."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path}: this file is there already.", "Name another, or say --force to write over it.")


def export(
    form: Annotated[
        str,
        typer.Argument(
            help="bibtex, csl-json, jsonld, argdown, mermaid, dot, graphml, csv or canvas.",
            metavar="[FORMAT]",
            show_default=False,
        ),
    ] = "",
    site: Annotated[
        Path | None,
        typer.Option("--site", help="Write all notes as a static site, in a folder of its own.", metavar="DIR"),
    ] = None,
    topic: Annotated[str, typer.Option("--topic", help="Only the notes found for these words.", metavar="WORDS")] = "",
    question: Annotated[
        str, typer.Option("--question", help="Only what the answer to it cites.", metavar="QUESTION")
    ] = "",
    file: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write to a file instead of stdout.", metavar="FILE")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON value whatever the format.")] = False,
) -> None:
    """Hand the literature, the linked claims or a site of notes to others."""
    if site is not None:
        if form or topic or question or file:
            raise typer.BadParameter("--site writes all notes, and goes with --force and --json alone.")
        _write_site(site, force, as_json)
        return

    if form not in FORMATS:
        what = f"“{form}” is no format" if form else "No format is named"
        raise typer.BadParameter(f"{what}; possible: {', '.join(FORMATS)}.")
    if topic.strip() and question.strip():
        raise typer.BadParameter("--topic and --question: give one of them.")
    if file is not None and file.exists() and not force:
        raise ExportInTheWay(file)
    with door.base() as (store, settings):
        graph = _graph(store, settings, topic, question)
    text = FORMATS[form](graph)
    if file is not None:
        write_whole(file, text + "\n")
    if as_json:
        told = {"format": form, "text": text} if file is None else {"format": form, "file": str(file)}
        door.print_json(json.loads(text) if form in _JSON and file is None else told)
    elif file is None:
        typer.echo(text)


def _write_site(folder: Path, force: bool, as_json: bool) -> None:
    """A page for each note, and two that lead to them."""
    check_site(folder, force=force)
    with door.base() as (store, _):
        count = write_site(folder, site(store, store.vault.name), force=force)
    if as_json:
        door.print_json({"site": str(folder), "pages": count})
    else:
        typer.echo(f"Written    {count} pages; open {one_line(str(folder / 'index.html'))}")


def _graph(store: Store, settings: Settings, topic: str, question: str) -> ClaimGraph:
    """The graph of what is asked for; nothing nearest where the notes do not speak of it."""
    if question.strip():
        with closing(Asker(store, settings)) as asker:
            claims = asker.ask(question).claims
        if not claims:
            raise NothingToExport(question)
        return claim_graph(store, {claim.note for claim in claims.values()}, claims.keys())
    if topic.strip():
        with closing(Retriever(store, settings)) as retriever:
            found = retriever.find(topic)
        among = [note for note, score in found.notes if score >= LEADS * found.notes[0][1]]
        if not speaks_of(store, topic, found):
            raise NothingToExport(topic)
        return claim_graph(store, set(among))
    return claim_graph(store)
