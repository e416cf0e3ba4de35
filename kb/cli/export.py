"""`kb export`: the claim graph and its literature in the formats of other tools, and the notes as a static site."""

import json
from pathlib import Path
from typing import Annotated

import typer

from kb.cli import door
from kb.errors import KbError
from kb.oneline import one_line
from qa.export.claim_graph import claim_graph, of_answer, of_topic
from qa.export.formats import FORMATS
from qa.export.save import InTheWay, write_whole
from qa.export.site import site as made_site
from qa.export.site_folder import check_site, write_site

_JSON = ("csl-json", "jsonld", "canvas")
"""Formats that are one JSON value as they are."""


def export(
    form: Annotated[
        str,
        typer.Argument(
            help="bibtex, csl-json, jsonld, argdown, mermaid, dot, graphml, csv or canvas.", metavar="[FORMAT]"
        ),
    ] = "",
    site: Annotated[
        Path | None, typer.Option(help="Write all notes as a static site, in a folder of its own.", metavar="DIR")
    ] = None,
    topic: Annotated[str, typer.Option(help="Only the notes found for these words.", metavar="WORDS")] = "",
    question: Annotated[str, typer.Option(help="Only what the answer to it cites.", metavar="QUESTION")] = "",
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
    topic, question = topic.strip(), question.strip()
    if topic and question:
        raise typer.BadParameter("--topic and --question: give one of them.")
    if file is not None and file.exists() and not force:
        raise InTheWay(file, "this file is there already", "Name another, or say --force to write over it.")
    with door.base() as (store, settings):
        if question:
            graph = of_answer(store, settings, question)
        else:
            graph = of_topic(store, settings, topic) if topic else claim_graph(store)
    if graph is None:
        raise KbError(
            f"The notes do not speak of “{one_line(topic or question, 80)}”, so nothing was exported.",
            "Use words of the notes (kb notes lists them), or export everything.",
        )
    text = FORMATS[form](graph)
    if file is not None:
        write_whole(file, text + "\n")
    if as_json:
        told = {"format": form, "text": text} if file is None else {"format": form, "file": str(file)}
        door.print_json(json.loads(text) if form in _JSON and file is None else told)
    elif file is None:
        typer.echo(text)


def _write_site(folder: Path, force: bool, as_json: bool) -> None:
    """A page for each note, and two that lead to them. A folder that may not be written is told before the base is read."""
    check_site(folder, force=force)
    with door.base() as (store, _):
        count = write_site(folder, made_site(store, store.vault.name), force=force)
    if as_json:
        door.print_json({"site": str(folder), "pages": count})
    else:
        typer.echo(f"Written    {count} pages; open {one_line(str(folder / 'index.html'))}")
