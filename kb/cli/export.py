"""`kb export`: the claim graph in the formats of other tools."""

from typing import Annotated

import typer

from kb.cli import door


def add_to(app: typer.Typer) -> None:
    """Put the command on the door."""
    app.command("export")(export)


def export(
    form: Annotated[
        str,
        typer.Argument(help="bibtex, csl-json, jsonld, argdown, mermaid, dot, graphml or csv.", metavar="FORMAT"),
    ],
    topic: Annotated[str, typer.Option("--topic", help="Only the notes found for these words.", metavar="WORDS")] = "",
) -> None:
    """Print the literature or the linked claims for another tool."""
    from qa.export.graph import FORMATS, claim_graph

    if form not in FORMATS:
        raise typer.BadParameter(f"“{form}” is no format; possible: {', '.join(FORMATS)}.")
    with door.base() as (store, settings):
        among = None
        if topic.strip():
            from contextlib import closing

            from qa.retrieve import Retriever

            with closing(Retriever(store, settings)) as retriever:
                among = [note for note, _ in retriever.find(topic).notes]
        typer.echo(FORMATS[form](claim_graph(store, among)))
