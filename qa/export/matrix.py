"""A synthesis matrix as CSV or a workbook for a spreadsheet, as Markdown, and as one HTML page to print or to read on a phone."""

import csv
import io
from collections.abc import Callable, Iterator

from kb.note import REPORT
from kb.oneline import one_line
from kb.readable import as_read
from qa.answer import Cited
from qa.evidence import excerpt
from qa.export.formats import spreadsheet_cell
from qa.export.markdown import below_fields, escaped
from qa.export.page import in_html, where_of, whole_page
from qa.matrix import Column, Row, SynthesisMatrix
from qa.stance import By, Cell, Stance

STANCES: dict[Stance, str] = {
    "for": "for", "against": "against", "condition": "on a condition", "speaks": "speaks of it", "silent": "silent",
}  # fmt: skip
"""How a work stands to a point, in words."""
_MANY: dict[Stance, str] = {"speaks": "speak of it"}
SIGNS: dict[Stance, str] = {"for": "+", "against": "-", "condition": "~", "speaks": "·", "silent": ""}
SAID_BY: dict[By, str] = {
    "itself": "its own sentence", "author": "as an author states", "person": "as you judged", "model": "as a model read it",
    "guard": "in nearly the same words", "judge": "as the judge reads it", "citation": "cited there", "nearness": "", "nothing": "",
}  # fmt: skip
"""Who says so."""


def title_of(matrix: SynthesisMatrix) -> str:
    """What a matrix is headed with."""
    return matrix.question or "Where these notes pull apart"


def words_of(claim: Cited) -> str:
    """A quote as it is read, whole."""
    run = excerpt(claim.quote)
    return one_line(as_read(claim.quote) if not run or run.endswith("…") else run, 2000)


def counts(column: Column) -> str:
    """How many independent works stand how to a point: "2 for, 1 against"."""
    told = [
        f"{number} {STANCES[stance] if number == 1 else _MANY.get(stance, STANCES[stance])}"
        for stance, number in column.voices.items()
        if number and stance != "silent"
    ]
    return ", ".join(told) or "no independent work speaks of it"


def who_says(cell: Cell) -> str:
    """Who says that a work stands so, and why, in words."""
    # "the author's own link says “supports: b”" tells who as well.
    return one_line(cell.why, 200) if cell.why and cell.by in ("author", "model") else SAID_BY[cell.by]


def as_csv(matrix: SynthesisMatrix) -> str:
    """A row for each work and a column for each point; no cell is a formula."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(map(spreadsheet_cell, row) for row in _rows(matrix))
    return out.getvalue()


def as_xlsx(matrix: SynthesisMatrix) -> bytes:
    """The same as a workbook, whose cells are words and nothing else: no formula, no link."""
    from xlsxwriter import Workbook

    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("matrix")
        looks = [book.add_format({"text_wrap": True, "valign": "top", "bold": bold}) for bold in (False, True)]
        sheet.set_column(0, len(matrix.columns) + 1, 30)
        sheet.freeze_panes(1, 1)
        for y, row in enumerate(_rows(matrix)):
            for x, cell in enumerate(row):
                sheet.write_string(y, x, one_line(cell, 4000), looks[y == 0 or x == 0])
    return out.getvalue()


def _rows(matrix: SynthesisMatrix) -> Iterator[list[str]]:
    points = [matrix.claims[column.claim] for column in matrix.columns]
    yield ["work", "files", *(f"{n}. {words_of(each)} ({where_of(each)})" for n, each in enumerate(points, 1))]
    for row in matrix.rows:
        yield [row.title, " ".join(row.notes), *(_sentence(matrix, cell) for cell in row.cells)]
    yield ["independent works", "", *map(counts, matrix.columns)]


def as_markdown(matrix: SynthesisMatrix) -> str:
    """A numbered list of the points, and a table of works by their numbers; of a line, what its sources say below each sentence."""
    lines = [f"# {escaped(title_of(matrix))}", ""]
    for number, column in enumerate(matrix.columns, 1):
        point = matrix.claims[column.claim]
        lines.append(f"{number}. “{escaped(words_of(point))}” ({escaped(where_of(point))}): {counts(column)}")
        lines += [
            f"{' ' * len(f'{number}. ')}- {escaped(row.title)}: {escaped(_sentence(matrix, cell))}"
            for row, cell in _below(matrix, number - 1)
        ]
    heads = ["", *map(str, range(1, len(matrix.columns) + 1))]
    told = ([row.title, *(_sentence(matrix, cell) for cell in row.cells)] for row in matrix.rows)
    if matrix.rows and matrix.of != "line":
        rows = [heads, ["---"] * len(heads), *(map(escaped, cells) for cells in told)]
        lines += ["", *(f"| {' | '.join(cells)} |" for cells in rows)]
    return below_fields([f"topics: [{REPORT}]"], [[*lines, "", *map(escaped, remarks(matrix))]])


def as_page(matrix: SynthesisMatrix) -> str:
    """The points and the table, on a phone work by work; of a line, what its sources say below each sentence."""
    points = [matrix.claims[column.claim] for column in matrix.columns]
    items = []
    for number, (point, column) in enumerate(zip(points, matrix.columns, strict=True)):
        below = "".join(
            f'<li class="{cell.stance}">{in_html(row.title)}: {in_html(_sentence(matrix, cell))}</li>'
            for row, cell in _below(matrix, number)
        )
        where = f"<small>{in_html(where_of(point))}: {counts(column)}</small>"
        items.append(f"<li>“{in_html(words_of(point))}” {where}{f'<ul>{below}</ul>' if below else ''}</li>")
    heads = [f'<th scope="col" title="{in_html(words_of(point))}">{n}</th>' for n, point in enumerate(points, 1)]
    rows = [
        f'<tr><th scope="row">{in_html(row.title)}</th>{"".join(_td(matrix, n, cell) for n, cell in enumerate(row.cells, 1))}</tr>'
        for row in matrix.rows
    ]
    table = f'<div class="wide"><table style="min-width: {7 * len(points) + 7}rem"><thead><tr><th></th>{"".join(heads)}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
    table = table if matrix.rows and matrix.of != "line" else ""
    told = "".join(f'<p class="meta">{in_html(each)}</p>' for each in remarks(matrix))
    title = title_of(matrix)
    return whole_page(title, [f"<h1>{in_html(title)}</h1>", f"<ol>{''.join(items)}</ol>", table, told], "matrix.css")


def remarks(matrix: SynthesisMatrix) -> list[str]:
    """What has to be known of a matrix besides its cells."""
    nothing = "No tension was found; name a topic." if matrix.of == "tensions" else "No sentence can be quoted on it."
    told = [matrix.missing or nothing] if matrix.missing or not matrix.columns else []
    if any(not row.is_voice for row in matrix.rows):
        told.append("Lines and posts tell what others found; they are shown and not counted.")
    if matrix.left_out:
        works = "1 more work speaks" if matrix.left_out == 1 else f"{matrix.left_out} more works speak"
        told.append(f"{works} of these points.")
    return told + [f"{problem.path}:{problem.line}: {problem.message}" for problem in matrix.problems]


FORMATS: dict[str, Callable[[SynthesisMatrix], str]] = {"csv": as_csv, "md": as_markdown, "html": as_page}


def _below(matrix: SynthesisMatrix, number: int) -> list[tuple[Row, Cell]]:
    """Of a line, which has too many sentences for columns: the works that speak of one, or are cited there."""
    cells = [(row, row.cells[number]) for row in matrix.rows if matrix.of == "line"]
    return [(row, cell) for row, cell in cells if cell.claim or cell.by == "citation"]


def _sentence(matrix: SynthesisMatrix, cell: Cell) -> str:
    """ "against: “No effect was found.” (notes/a.md:12; as an author states)" """
    if cell.claim is None:
        return ", ".join(filter(None, (STANCES[cell.stance], SAID_BY[cell.by])))
    claim = matrix.claims[cell.claim]
    return f"{STANCES[cell.stance]}: “{words_of(claim)}” ({'; '.join(filter(None, (where_of(claim), who_says(cell))))})"


def _td(matrix: SynthesisMatrix, number: int, cell: Cell) -> str:
    if cell.claim is None:
        return f'<td class="silent" data-point="{number}">{in_html(_sentence(matrix, cell))}</td>'
    claim = matrix.claims[cell.claim]
    told = f"<strong>{SIGNS[cell.stance]} {STANCES[cell.stance]}</strong>“{in_html(words_of(claim))}”"
    small = "; ".join(filter(None, (where_of(claim), who_says(cell))))
    return f'<td class="{cell.stance}" data-point="{number}">{told} <small>{in_html(small)}</small></td>'
