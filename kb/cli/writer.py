"""The writer of answers, as commands open it: asked for, or left out; heard on a terminal while it writes."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from kb.settings import Settings
    from kb.store import Store
    from qa.write import Writer

Choice = Annotated[
    bool | None, typer.Option("--llm/--no-llm", help="Have the language model of kb.toml word the answer, or not.")
]
"""The default is to ask it where kb.toml names one."""


@contextmanager
def writer(store: "Store", settings: "Settings", wanted: bool | None, *, is_heard: bool) -> "Iterator[Writer | None]":
    """None where no model is to be asked: then not even its code is loaded. An explicit wish that cannot be met is told."""
    if wanted is False or not (settings.llm or wanted) or (settings.offline and not wanted):
        yield None
        return
    from kb.model import open_model
    from kb.spent import Replies
    from qa.write import Writer

    if wanted:
        open_model(settings)  # what is missing for it is told before anything is read
    with closing(Replies(store.folder)) as replies, _heard(settings.llm, is_heard) as heard:
        yield Writer(settings, replies, heard)


@contextmanager
def _heard(name: str, is_heard: bool) -> Iterator[Callable[[str], None] | None]:
    """On a terminal, the sentences that hold while the rest is written; they go when the answer is there."""
    from kb.cli.screen import console

    out = console()
    if not (is_heard and out.is_terminal):
        yield None
        return
    from rich.live import Live
    from rich.text import Text

    said: list[str] = []
    live = Live(console=out, transient=True, auto_refresh=False)

    def hear(sentence: str) -> None:
        if not sentence:
            said.clear()
            live.stop()
            return
        if not live.is_started:
            live.start()
        said.append(sentence)
        live.update(Text(f"{name} writes\n\n{' '.join(said)}", style="dim"), refresh=True)

    try:
        yield hear
    finally:
        live.stop()
