"""The option --llm: the writer of answers, asked for or left out, and streamed to a terminal while it writes."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from typing import Annotated

import typer
from rich.text import Text

from kb.cli import door
from kb.cli.screen import console
from kb.oneline import one_line
from kb.replies import Replies
from kb.settings import Settings
from kb.store import Store
from qa.write import Writer

Choice = Annotated[
    bool | None, typer.Option("--llm/--no-llm", help="Have the language model of kb.toml word the answer, or not.")
]
"""The default is to ask it where kb.toml names one."""


@contextmanager
def writer(store: Store, settings: Settings, wanted: bool | None, *, is_heard: bool) -> Iterator[Writer | None]:
    """None where no model is to be asked: then not even its code is loaded. An explicit wish that cannot be met is told."""
    if wanted is False or not (settings.llm or wanted) or (settings.offline and not wanted):
        yield None
        return
    door.model_allowed(settings)
    from kb.model import Model

    if wanted:
        Model(settings)  # what is missing for it is told before anything is read
    with closing(Replies(store.folder)) as replies:
        yield Writer(
            settings, replies, partial(_listening, settings.llm) if is_heard and console().is_terminal else None
        )


@contextmanager
def _listening(name: str) -> Iterator[Callable[[str], None]]:
    """The sentences that hold, on the terminal while the rest is written; they go when the answer is there."""
    from rich.live import Live

    said: list[str] = []

    def shown() -> Text:
        return Text(f"{one_line(name)} is asked ...\n\n{' '.join(said)}".rstrip(), style="dim")

    with Live(shown(), console=console(), transient=True, auto_refresh=False, vertical_overflow="visible") as live:

        def hear(sentence: str) -> None:
            said.append(one_line(sentence, 4_000))
            live.update(shown(), refresh=True)

        live.refresh()
        yield hear
