"""How things look: one calm console, and progress on stderr for whoever watches."""

import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO, cast

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from kb.addresses import Style, address
from kb.claim import where
from kb.oneline import one_line

opens: Style = "file"
"""What `open` in kb.toml says."""

Report = Callable[[str, int, int], None]
_FILLED = re.compile(r"(?<![ \t])[ \t]++(?=\n)")  # "a row   \n" -> "a row\n"
_LINK = re.compile(r"!?\[\[[^\[\]|]*\|([^\[\]|]*)\]\]|\[([^\[\]]+)\]\([^()]*\)|\*\*|==")


def console(whole: bool = False) -> Console:
    """Stdout. In a terminal, or where COLUMNS says so, lines are folded to its width; in a pipe to 80 columns.

    `whole` leaves the lines of a list unfolded in a pipe, so that a search finds a quote in one piece.
    """
    if _columns() == 0:
        os.environ.pop("COLUMNS", None)  # rich would take it for a screen on which nothing fits
    if sys.stdout.isatty():
        return Console(highlight=False, emoji=False, markup=False)
    width = None if os.environ.get("COLUMNS") else 100_000 if whole else 80
    return Console(file=cast("TextIO", _Trimmed(sys.stdout)), width=width, highlight=False, emoji=False, markup=False)


def _columns() -> int:
    """The width that is asked for; 0 where it is none."""
    said = os.environ.get("COLUMNS", "")
    return int(said) if said.isdecimal() else 0


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
    shown = _LINK.sub(lambda link: link[1] or link[2] or "", text)
    return Text.assemble(("“", "dim"), (one_line(shown, 2000), style), ("”", "dim"))


def place(path: str, line: int, vault: str = "", page: int | None = None) -> Text:
    """`path:line`, of a PDF `path p. 4`, to click where the terminal can."""
    text = Text(
        where(one_line(path), line, page),
        style="cyan",
        no_wrap=True,
        overflow="ignore",
    )
    if vault and takes_links(console()):
        text.stylize(f"link {address(vault, path, line, opens)}")
    return text


def takes_links(out: Console) -> bool:
    """Whether a terminal is given hyperlinks (OSC 8): a pipe is not, nor one that is dumb or without colour."""
    return out.is_terminal and not out.is_dumb_terminal and not out.no_color


def indented(text: Text, by: int = 2) -> Padding:
    """A block that keeps its indentation where it is folded."""
    return Padding(text, (0, 0, 0, by), expand=False)


@contextmanager
def progress(quiet: bool = False) -> Iterator[Report]:
    """A bar on stderr, once something takes a while and somebody is looking."""
    if not sys.stderr.isatty():
        yield lambda doing, done, of: None
        return

    began = time.monotonic()
    bars: list[object] = []

    def report(doing: str, done: int, of: int) -> None:
        # Started late: an idle command should not flicker.
        if not bars and time.monotonic() - began > (1.0 if quiet else 0.3):
            bars.append(_bar())
        if bars:
            bars[0].update(0, description=doing, completed=done, total=of or None)  # type: ignore[attr-defined]

    try:
        yield report
    finally:
        if bars:
            bars[0].stop()  # type: ignore[attr-defined]


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
