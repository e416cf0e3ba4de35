"""`kb matrix`: works by points - who is for, against, on a condition, each cell with its quote."""

from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from kb.cli import door
from kb.cli.listing import AsJson, Folders, Kinds, Since, Tags, within
from kb.cli.screen import Screen, console, place, quoted
from kb.errors import Unavailable
from kb.files import from_home
from kb.oneline import one_line
from qa.ask import Asker
from qa.export.matrix import FORMATS, SIGNS, STANCES, as_xlsx, counts, remarks, title_of, who_says
from qa.export.save import InTheWay, write_whole
from qa.matrix import SynthesisMatrix, synthesis_matrix

_TITLE, _SIGN = 30, 4
"""Least width of a work's title, and the width of a point's signs."""
_STYLES = {"for": "green", "against": "red", "condition": "yellow", "speaks": "dim"}


def matrix(
    topic: Annotated[
        list[str] | None,
        typer.Argument(
            help="A topic or question; or a line, for what its sources say to each of its sentences; without one, the liveliest tensions.",
            metavar="[TOPIC|LINE]",
        ),
    ] = None,
    points: Annotated[
        int, typer.Option(min=1, max=40, help="How many points; a line has all of its sentences.", metavar="N")
    ] = 6,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many works.", metavar="N")] = 20,
    every: Annotated[bool, typer.Option("--all", help="On the screen quote also what only speaks of a point.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV, for a spreadsheet.")] = False,
    as_md: Annotated[bool, typer.Option("--md", help="Print Markdown.")] = False,
    as_html: Annotated[bool, typer.Option("--html", help="Print one HTML page.")] = False,
    workbook: Annotated[
        Path | None, typer.Option("--xlsx", help="Write a workbook, for a spreadsheet.", metavar="FILE")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a workbook that is there.")] = False,
    folders: Folders = None,
    tags: Tags = None,
    kinds: Kinds = None,
    since: Since = "",
    as_json: AsJson = False,
) -> None:
    """Set works beside points. Who is for, against, on a condition or silent, each with its quote."""
    forms = [
        form
        for form, given in (("csv", as_csv), ("md", as_md), ("html", as_html), ("xlsx", workbook), ("json", as_json))
        if given
    ]
    if len(forms) > 1:
        raise typer.BadParameter(f"--{forms[0]} and --{forms[1]}: one form at a time.")
    file = _free(from_home(workbook), force) if workbook else None

    with (
        door.base() as (store, settings),
        closing(Asker(store, settings, within=within(store, folders, tags, kinds, since))) as asker,
    ):
        made = synthesis_matrix(asker, " ".join(topic or ()), points=points, works=limit)
        if as_json:
            door.print_json(made)
        elif file:
            write_whole(file, as_xlsx(made))
            typer.echo(f"Written    {one_line(str(file))}")
        elif forms:
            typer.echo(FORMATS[forms[0]](made), nl=False)
        else:
            _screen(made, every)


def _free(file: Path, force: bool) -> Path:
    """Where a workbook may be written; that it cannot be is told before the base is read."""
    if find_spec("xlsxwriter") is None:
        remedy = "Install it with: pip install 'counterpoint-kb[xlsx]', or use --csv."
        raise Unavailable("--xlsx: the package XlsxWriter, which writes workbooks, is not installed.", remedy)
    if file.exists() and (file.is_dir() or not force):
        raise InTheWay(file, "there is something already", "Name another file, or say --force.")
    return file


def _screen(made: SynthesisMatrix, every: bool) -> None:
    """The table of signs, then point by point the quotes behind them."""
    out = console()
    out.say(title_of(made), "bold", most=2000)
    if made.rows and made.columns:
        signs = "   ".join(f"{sign} {STANCES[stance]}" for stance, sign in SIGNS.items() if sign)
        out.print(Text(f"{signs}\n", style="dim"))
        _grids(out, made)
    for number, column in enumerate(made.columns):
        point = made.claims[column.claim]
        grid = Table.grid(padding=(0, 1, 0, 0))
        grid.add_column(width=2, style="bold")
        grid.add_row(str(number + 1), quoted(point.quote, "bold"))
        out.print("", grid, sep="\n")
        own = [f"of {letters(at)}   " for at, row in enumerate(made.rows) if row.cells[number].by == "itself"]
        told = f"{''.join(own[:1])}{counts(column)}   "
        out.block((told, "dim"), place(point.path, point.line, point.page), by=3)
        _behind(out, made, number, every)
    if told_of := remarks(made):
        out.print()
        for each in told_of:
            out.say(each, "dim")


def _grids(out: Screen, made: SynthesisMatrix) -> None:
    """Signs of works by the points that any speaks of; of more than the screen is wide for, one table below the other."""
    most = max(1, (min(out.width, 120) - _TITLE) // _SIGN)
    spoken = [number for number in range(len(made.columns)) if any(row.cells[number].claim for row in made.rows)]
    for first in range(0, len(spoken), most):
        numbers = spoken[first : first + most]
        table = Table(box=None, padding=(0, 1, 0, 0), show_edge=False, header_style="bold")
        table.add_column("", width=2, style="bold")
        table.add_column("", width=min(out.width, 120) - _SIGN * len(numbers) - 4, no_wrap=True, overflow="ellipsis")
        for number in numbers:
            table.add_column(str(number + 1), width=_SIGN - 1, justify="center")
        for at, row in enumerate(made.rows):
            signs = (Text(SIGNS[row.cells[n].stance], style=_STYLES.get(row.cells[n].stance, "")) for n in numbers)
            table.add_row(letters(at), Text(one_line(row.title)), *signs)
        out.print(*([""] if first else []), table, sep="\n")


def _behind(out: Screen, made: SynthesisMatrix, number: int, every: bool) -> None:
    """The quotes behind the signs of one point; works that are only near to it are named, unless all are quoted."""
    near, lost = [], []
    order = list(SIGNS)
    for at, row in sorted(enumerate(made.rows), key=lambda each: order.index(each[1].cells[number].stance)):
        cell, name = row.cells[number], letters(at)
        if cell.claim is None:
            lost += [name] if cell.by == "citation" else []
        elif cell.by == "nearness" and not every:
            near.append(name)
        elif cell.by != "itself":
            claim, style = made.claims[cell.claim], _STYLES.get(cell.stance, "")
            told = f" {STANCES[cell.stance]}  "
            out.block((SIGNS[cell.stance], style), " ", (name, "bold"), told, quoted(claim.quote), by=3)
            out.block(place(claim.path, claim.line, claim.page), (f"   {who_says(cell)}", "dim"), by=5)
    if near:
        out.say(f"· {', '.join(near)} of the same matter", "dim", by=3)
    if lost:
        out.say(f"{', '.join(lost)} cited there; nothing found in it comes near", "dim", by=5)


def letters(at: int) -> str:
    """A, B, ... Z, AA, AB: how a work is called below the table."""
    return (letters(at // 26 - 1) if at >= 26 else "") + chr(ord("A") + at % 26)
