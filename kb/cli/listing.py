"""Lists at the door: claims, notes and tensions, found by words, narrowed and printed in one way."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Protocol, TypeVar

import typer
from rich.console import Console
from rich.text import Text

from kb.claim import Claim
from kb.cli import door
from kb.cli.screen import console, indented, place, quoted
from kb.oneline import one_line
from kb.store import Store
from qa.scope import Scope

Words = Annotated[
    list[str] | None,
    typer.Argument(help="Words to look for; without them, every one.", metavar="[WORDS]", show_default=False),
]
Limit = Annotated[
    int | None,
    typer.Option(
        min=1, help="How many to show; else 25 for words, and all without them.", metavar="N", show_default=False
    ),
]
_FOUND = 25
"""Shown for words, where nobody says how many."""
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as one JSON list.")]
T = TypeVar("T")


class Find(Protocol):
    """The names that some words find, best first."""

    def __call__(self, store: Store, query: str, limit: int = -1) -> list[str]: ...


def found_by(
    store: Store,
    words: list[str] | None,
    limit: int | None,
    find: Find,
    read: Callable[[Store, Sequence[str] | None], list[T]],
    counts: Callable[[T], bool],
    scope: Scope,
) -> list[T]:
    """What the words find within the scope, so many of them; without words all of it."""
    query = " ".join(words or ()).strip()
    if not query:
        return [each for each in read(store, None) if counts(each)][:limit]
    limit = limit or _FOUND
    names = find(store, query) if scope.is_narrow else find(store, query, limit)
    return [each for each in read(store, names) if counts(each)][:limit]


def nothing_found(word: str, words: list[str] | None, scope: Scope) -> str:
    """What is said of an empty list: "No claim in papers speaks of “naps”." """
    where = f" {scope.within}" if scope.is_narrow else ""
    query = " ".join(words or ()).strip()
    if query:
        return f"No {word}{where} speaks of “{query[:80]}”."
    return f"There are no {word}s{where}." if where else f"There are no {word}s here yet."


def print_list(
    found: Sequence[T],
    as_json: bool,
    as_dict: Callable[[T], Any],
    show: Callable[[Console, T], None],
    nothing: str,
) -> None:
    """A list as JSON, or entry by entry."""
    if as_json:
        door.print_json([as_dict(each) for each in found])
        return

    out = console(whole=True)
    for each in found:
        show(out, each)
    if not found:
        print_line(out, nothing)


def print_line(out: Console, told: str, style: str = "") -> None:
    """A sentence of ours, in which words of notes may stand."""
    out.print(Text(one_line(told, 400), style=style))


def print_claim(out: Console, claim: Claim, vault: object, by: int = 2, *, named: bool = False) -> None:
    """A quote, and below it where it stands; `named` tells its role and id as well."""
    out.print(indented(quoted(claim.quote), by) if by else quoted(claim.quote))
    where = Text(" " * (by + 2)) + place(claim.place.path, claim.place.line, str(vault), claim.place.page)
    out.print(Text.assemble(where, f"  {claim.role}  ", (claim.id, "dim")) if named else where, soft_wrap=True)
