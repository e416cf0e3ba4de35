"""How things look: one calm console that shows claims, notes and problems alike, and progress on stderr for whoever watches."""

import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO, cast

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from kb.addresses import Style, address
from kb.claim import Claim, where
from kb.link import STATED
from kb.maths import readable_maths
from kb.note import Note
from kb.oneline import one_line
from kb.problem import Problem
from kb.readable import as_listed

opens: Style = "file"
"""What `open` in kb.toml says."""
vault = Path()
"""Where the places lie that can be clicked."""
Report = Callable[[str, int, int], None]
Part = str | Text | tuple[str, str]
"""Words, with their style where they have one."""
_FILLED = re.compile(r"(?<![ \t])[ \t]++(?=\n)")  # "a row   \n" -> "a row\n"


class Screen(Console):
    """A console that knows claims, notes and problems. Each part is of words fit to print."""

    def block(self, *parts: Part, by: int = 2) -> None:
        """A block that keeps its indentation where it is folded."""
        self.print(Padding(Text.assemble(*parts), (0, 0, 0, by), expand=False))

    def row(self, *parts: Part, by: int = 0) -> None:
        """A line that is never folded: a place, or what something is called."""
        self.print(Text.assemble(" " * by, *parts), soft_wrap=True)

    def say(self, told: str, style: str = "", by: int = 0, most: int = 400) -> None:
        """A sentence in which words of notes may stand."""
        self.block((one_line(told, most), style), by=by)

    def claim(self, claim: Claim, by: int = 2, *, named: bool = False) -> None:
        """A quote, and below it where it stands; `named` tells its role and id as well."""
        self.block(quoted(claim.quote), by=by)
        at = place(claim.place.path, claim.place.line, claim.place.page)
        self.row(at, *((f"  {claim.role}  ", (claim.id, "dim")) if named else ()), by=by + 2)

    def titles(self, notes: Iterable[Note], by: int = 2) -> None:
        """What notes are called, and below each its file."""
        for note in notes:
            self.say(note.title, by=by)
            self.row((one_line(note.id), "cyan"), by=by + 2)

    def link(self, kind: str, told: str, reason: str, by: int = 0) -> None:
        """What one thing does to another, how sure that is, and why."""
        self.block((kind, "yellow"), (f"   {told}: {one_line(reason)}", "dim"), by=by)

    def note(self, note: Note, by: int = 2) -> None:
        """What a note is called, and its file."""
        mark = "" if note.kind == "note" else f" ({note.kind})"
        self.row(one_line(note.title), (f"{mark}   {one_line(note.path or '')}", "dim"), by=by)


def console(whole: bool = False) -> Screen:
    """Stdout. In a terminal, or where COLUMNS says so, lines are folded to its width; in a pipe to 80 columns.

    `whole` leaves the lines of a list unfolded in a pipe, so that a search finds a quote in one piece.
    """
    columns = os.environ.get("COLUMNS", "")
    if not columns.isdecimal() or not int(columns):
        os.environ.pop("COLUMNS", None)  # rich would take it for a screen on which nothing fits
    if sys.stdout.isatty():
        return Screen(highlight=False, emoji=False, markup=False)
    width = None if os.environ.get("COLUMNS") else 100_000 if whole else 80
    return Screen(file=cast("TextIO", _Trimmed(sys.stdout)), width=width, highlight=False, emoji=False, markup=False)


class _Trimmed:
    """A pipe, without the blanks with which lines are filled up for a terminal."""

    def __init__(self, pipe: TextIO) -> None:
        self._pipe = pipe

    def write(self, text: str) -> int:
        self._pipe.write(_FILLED.sub("", text))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pipe, name)


def quoted(text: str, style: str = "") -> Text:
    """A quote that looks like one; a link shows its words, where it has some. `--json` has it character for character."""
    return Text.assemble(("“", "dim"), (one_line(as_listed(readable_maths(text)), 2000), style), ("”", "dim"))


def place(path: str, line: int, page: int | None = None, *, within: bool = True) -> Text:
    """`path:line`, of a PDF `path p. 4`, to click where the terminal can and the file is of the vault."""
    text = Text(where(one_line(path), line, page), style="cyan", no_wrap=True, overflow="ignore")
    out = console()
    if within and out.is_terminal and not out.is_dumb_terminal and not out.no_color:
        text.stylize(f"link {address(vault, path, line, opens)}")
    return text


def sure(method: str, confidence: float) -> str:
    """ "stated", by an author or by you, or "possible, 0.85"."""
    return "stated" if method in STATED else f"possible, {confidence:.2f}"


def tell(problem: Problem) -> None:
    """A problem of the material, in two lines on stderr."""
    print(f"kb: {at_problem(problem)}: {problem.message}\n    {problem.hint}", file=sys.stderr)


def at_problem(problem: Problem) -> str:
    """Where a problem is."""
    return where(problem.path, problem.line) if problem.line else problem.path


@contextmanager
def progress(quiet: bool = False) -> Iterator[Report]:
    """A bar on stderr, once something takes a while and somebody is looking."""
    if not sys.stderr.isatty():
        yield lambda doing, done, of: None
        return
    began = time.monotonic()
    bar: Any = None

    def report(doing: str, done: int, of: int) -> None:
        # Started late: an idle command should not flicker.
        nonlocal bar
        if bar is None and time.monotonic() - began > (1.0 if quiet else 0.3):
            bar = _bar()
        if bar is not None:
            bar.update(0, description=doing, completed=done, total=of or None)

    try:
        yield report
    finally:
        if bar is not None:
            bar.stop()


def _bar() -> object:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(bar_width=30), MofNCompleteColumn(), TimeElapsedColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    bar.add_task("", total=None)
    bar.start()
    return bar


def counted(number: int, word: str) -> str:
    """ "1 note", "2 notes"."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"
