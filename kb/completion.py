"""How a command line could go on: commands, options, and titles and topics of notes, read straight from the base without bringing
it up to date. This is what happens between two keys, so no command is imported, and nothing that parses one."""

import re
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path

from kb.errors import KbError
from kb.folder import BASE, base_folder, has_database
from kb.manual import TOPICS, Row, usages
from kb.oneline import one_line
from kb.vault import find_vault

_MOST = 60
_EVERYWHERE = ("--vault", "--help")
_OPTION = re.compile(r"--?[a-z][\w-]*")  # "-o, --output FILE" -> "-o", "--output"
_LISTED = re.compile(r"[\w-]+(?=,|\.$| or )|(?<= or )[\w-]+")  # "bash, zsh or fish." -> "bash", "zsh", "fish"
_TITLES = "SELECT title AS name FROM note"
_TAGS = "SELECT DISTINCT value AS name FROM note, json_each(note.tags)"
_TOPICS = "SELECT DISTINCT value AS name FROM note, json_each(note.topics)"
_NAMES = {"TAG": _TAGS, "TOPIC": f"{_TOPICS} UNION {_TITLES}", "WORDS": f"{_TOPICS} UNION {_TITLES}"} | dict.fromkeys(
    ("ID", "NOTE", "LINE", "QUESTION"), _TITLES
)
"""What stands for a word of a usage, such as NOTE, in the base."""


def complete(words: Sequence[str]) -> list[str]:
    """How the last word could go on, that is begun, behind the words before it."""
    *before, begun = words or [""]
    named = [place for word, place in pairwise(before) if word == "--vault"]
    named += [word.partition("=")[2] for word in before if word.startswith("--vault=")]
    commands = usages()
    typed = [word for word, last in zip(before, ["", *before], strict=False) if last != "--vault"]
    usage = commands.get(next((word for word in typed if word in commands), ""))
    if before[-1:] == ["--vault"]:
        return []
    if usage is None:
        return _begin_so(begun, [*commands, *_EVERYWHERE, "--json", "--version"])
    options = {name: row for row in usage["Options"] for name in _OPTION.findall(row[0])}
    if begun.startswith("-"):
        return _begin_so(begun, [*options, *_EVERYWHERE])
    if usage is commands.get("help"):
        return _begin_so(begun, [*TOPICS, *commands])
    taken = options.get(before[-1]) if _value(options.get(before[-1])) else None
    wanted = [taken] if taken else usage.get("Arguments", [])
    return [
        each for row in wanted for each in _words(row, begun, lambda: find_vault(Path(named[-1]) if named else None))
    ]


def _value(option: Row | None) -> str:
    """What an option takes: "FILE", or nothing."""
    return _OPTION.sub("", option[0]).strip(" ,/") if option else ""


def _words(row: Row, begun: str, vault: Callable[[], Path]) -> list[str]:
    """What can stand for an argument, or for the value of an option."""
    name = _value(row)
    if name.strip("[]{}") in ("SHELL", "FORMAT"):
        return _begin_so(begun, _LISTED.findall(row[1]))
    queries = [_NAMES[word] for word in re.findall(r"\w+", name.upper()) if word in _NAMES]
    try:
        return _in_base(vault(), queries[0], begun) if queries else []
    except (KbError, OSError, sqlite3.Error):
        return []  # no base, or none that can be read now


def _in_base(vault: Path, query: str, begun: str) -> list[str]:
    path = base_folder(vault) / BASE
    if not has_database(path):
        return []
    like = "".join(f"\\{letter}" if letter in "\\%_" else letter for letter in begun)
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=0.05)) as base:
        sql = f"SELECT name FROM ({query}) WHERE name LIKE ? ESCAPE '\\' ORDER BY name LIMIT ?"
        return [one_line(str(row[0])) for row in base.execute(sql, (f"{like}%", _MOST))]


def _begin_so(begun: str, names: Sequence[str]) -> list[str]:
    return [name for name in dict.fromkeys(names) if name.startswith(begun)]
