"""What each command takes, as its help says it: kept beside the commands, so that help and completion import none of them."""

import json
from pathlib import Path
from typing import NotRequired, TypedDict

FILE = Path(__file__).with_name("usage.json")
"""Written by `make docs`; a test holds it against the commands."""

Row = tuple[str, str]
"""An argument or an option as it is typed ("--limit N"), and what it is for."""


class Usage(TypedDict):
    """The help of one command."""

    takes: str
    help: str
    Arguments: NotRequired[list[Row]]
    Options: list[Row]


def usages() -> dict[str, Usage]:
    """The help of every command by its name."""
    found: dict[str, Usage] = json.loads(FILE.read_text(encoding="utf-8"))
    return found
