"""`kb eval`: how well retrieval brings back what this vault's own inquiring lines cite."""

from collections.abc import Collection, Sequence
from contextlib import closing
from dataclasses import asdict

from rich.table import Table

from kb.cli import door
from kb.cli.listing import AsJson
from kb.cli.screen import console, counted
from kb.oneline import one_line
from qa.ask import Asker
from qa.evaluate import FUSED, MEASURES, Evaluation
from qa.evaluate import evaluate as run


def evaluate(as_json: AsJson = False) -> None:
    """Measure how well each line's question finds the notes it cites. The line itself is left out."""
    with door.base() as (store, settings), closing(Asker(store, settings)) as asker:

        def cites(question: str, without: Collection[str]) -> list[str]:
            return [note.id for note in asker.ask(question, without=tuple(without)).notes if note.cited]

        found = run(store, asker.retriever, cites)
        if as_json:
            door.print_json(asdict(found))
        else:
            _screen(found)


def _screen(found: Evaluation) -> None:
    out = console()
    if not found.lines:
        out.print("There is no inquiring line here that cites two notes or more, so nothing to compare with.")
        return
    table = _table(("channel", *MEASURES), words=0)
    for channel, measures in found.averages.items():
        figures = (f"{measures[measure]:.2f}" for measure in MEASURES)
        table.add_row(channel, *figures, style="bold" if channel == FUSED else "")
    lines = _table(("R-prec", "notes", "line left out, and asked"), words=2)
    for line in sorted(found.lines, key=lambda line: line.measures[FUSED]["R-precision"]):
        share = f"{line.measures[FUSED]['R-precision']:.2f}"
        lines.add_row(share, str(len(line.expected)), one_line(line.question, 200))
    out.print(table, "", lines, "", sep="\n")
    said = [f"{counted(len(found.lines), 'line')} asked"]
    if found.half_answered is not None:
        said.append(f"{found.half_answered:.0%} answered with at least half of their notes")
    if found.skipped:
        said.append(f"{len(found.skipped)} left aside for citing fewer than two notes that others describe")
    if unknowable := sum(line.unknowable for line in found.lines):
        said.append(f"{counted(unknowable, 'cited note')} not expected: only that line describes them")
    out.print("; ".join(said) + ".")


def _table(heads: Sequence[str], words: int) -> Table:
    """Columns of figures, and one of words."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for at, head in enumerate(heads):
        table.add_column(head, justify="left" if at == words else "right")
    return table
