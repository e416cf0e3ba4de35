"""How things look: one calm console, and progress on stderr for whoever watches."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.text import Text

from kb.oneline import one_line

Report = Callable[[str, int, int], None]


def console() -> Console:
    """Stdout, as wide as the terminal or COLUMNS says; 100 in a pipe."""
    width = None if sys.stdout.isatty() or os.environ.get("COLUMNS") else 100
    return Console(width=width, highlight=False, soft_wrap=False, emoji=False, markup=False)


def quoted(text: str, style: str = "") -> Text:
    """A quote that looks like one."""
    return Text.assemble(("“", "dim"), (one_line(text, 2000), style), ("”", "dim"))


def place(path: str, line: int, vault: str = "") -> Text:
    """`path:line`, to click where the terminal can."""
    text = Text(f"{one_line(path)}:{line}", style="cyan")
    if vault and sys.stdout.isatty():
        text.stylize(f"link file://{vault}/{path}")
    return text


@contextmanager
def progress(quiet: bool = False) -> Iterator[Report]:
    """A bar on stderr, once something takes a while and somebody is looking."""
    if not sys.stderr.isatty():
        yield lambda doing, done, of: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(bar_width=30), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=False) as bar:
        task = bar.add_task("", total=None, visible=False)

        def report(doing: str, done: int, of: int) -> None:
            late = not quiet or (bar.tasks[0].elapsed or 0) > 1
            bar.update(task, description=doing, completed=done, total=of or None, visible=late)

        yield report
