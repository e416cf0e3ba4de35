"""`kb eval`: how well retrieval brings back what this vault's own inquiring lines cite."""

from collections.abc import Collection
from contextlib import closing
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from kb.cli import door
from kb.cli.screen import console, counted
from kb.oneline import one_line
from qa.ask import Asker
from qa.evaluate import FUSED, MEASURES, Evaluation
from qa.evaluate import evaluate as run


def evaluate(
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")] = False,
) -> None:
    """Measure how well each line's question finds the notes it cites. The line itself is left out."""
    with door.base() as (store, settings), closing(Asker(store, settings)) as asker:

        def cites(question: str, without: Collection[str]) -> list[str]:
            return [note.id for note in asker.ask(question, without=tuple(without)).notes if note.cited]

        found = run(store, asker.retriever, cites)
        if as_json:
            door.print_json(found.as_dict())
        else:
            _screen(found)


def _screen(found: Evaluation) -> None:
    out = console()
    if not found.lines:
        out.print(Text("There is no inquiring line here that cites two notes or more, so nothing to compare with."))
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("channel")
    for measure in MEASURES:
        table.add_column(measure, justify="right")
    for channel, measures in found.averages.items():
        figures = (f"{measures[measure]:.2f}" for measure in MEASURES)
        table.add_row(channel, *figures, style="bold" if channel == FUSED else "")
    out.print(table)
    out.print()
    each = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    each.add_column("R-prec", justify="right")
    each.add_column("notes", justify="right")
    each.add_column("line left out, and asked")
    for line in sorted(found.lines, key=lambda line: line.measures[FUSED]["R-precision"]):
        each.add_row(
            f"{line.measures[FUSED]['R-precision']:.2f}", str(len(line.expected)), one_line(line.question, 200)
        )
    out.print(each)
    out.print()
    said = [f"{counted(len(found.lines), 'line')} asked"]
    if found.half_answered is not None:
        said.append(f"{found.half_answered:.0%} answered with at least half of their notes")
    if found.skipped:
        said.append(f"{len(found.skipped)} left aside for citing fewer than two notes that others describe")
    if unknowable := sum(line.unknowable for line in found.lines):
        said.append(f"{counted(unknowable, 'cited note')} not expected: only that line describes them")
    out.print(Text("; ".join(said) + "."))
