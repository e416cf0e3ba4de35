"""Lists at the door: claims and notes, found by words, narrowed to a scope (--in, --tag, --kind, --since) and printed in one way; and
the one note or draft that a name means."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args

import typer

from ingest.titles import Titles
from kb.catalogue import named
from kb.catalogue import notes as read_notes
from kb.cli import door
from kb.cli.screen import Screen, console
from kb.errors import KbError, NotFound
from kb.files import from_home
from kb.note import Note, NoteKind
from kb.oneline import one_line
from kb.store import Store
from notes.draft import UNNAMED, Draft, draft_of, read_draft
from qa.scope import Scope, Within, narrowed

Words = Annotated[
    list[str] | None, typer.Argument(help="Words to look for; without them, every one.", metavar="[WORDS]")
]
Limit = Annotated[
    int | None, typer.Option(min=1, help="How many to show; else 25 for words, and all without them.", metavar="N")
]
_FOUND = 25
"""Shown for words, where nobody says how many."""
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
NOTE_KINDS: tuple[NoteKind, ...] = get_args(NoteKind)

Folders = Annotated[
    list[str] | None,
    typer.Option("--in", help="Only notes in this folder of the vault; may be repeated.", metavar="FOLDER"),
]
Tags = Annotated[
    list[str] | None, typer.Option("--tag", help="Only notes with this tag; may be repeated.", metavar="TAG")
]
Kinds = Annotated[
    list[str] | None,
    typer.Option("--kind", help=f"Only notes of this kind: {', '.join(NOTE_KINDS)}; may be repeated.", metavar="KIND"),
]
Since = Annotated[str, typer.Option("--since", help="Only notes of this date or later.", metavar="DATE")]
T = TypeVar("T")


def within(
    store: Store, folders: list[str] | None, tags: list[str] | None, kinds: list[str] | None, since: str
) -> Within:
    """What the options say, checked."""
    of_kind = [one_of("--kind", kind, NOTE_KINDS) for kind in kinds or ()]
    return narrowed(store.vault, folders or (), tags or (), of_kind, since)


def one_of(option: str, given: str, known: tuple[str, ...]) -> str:
    """One of a closed list, or the beginning of one."""
    fits = [word for word in known if word.startswith(given.casefold())]
    exact = [word for word in fits if word == given.casefold()] or fits
    if not given or len(exact) != 1:
        raise typer.BadParameter(f"{option}: “{one_line(given, 80)}”; possible: {', '.join(known)}.")
    return exact[0]


def found_by(
    store: Store,
    query: str,
    limit: int | None,
    find: Callable[[Store, str, int], list[str]],
    read: Callable[[Store, Sequence[str] | None], list[T]],
    counts: Callable[[T], bool],
    scope: Scope,
) -> list[T]:
    """What the words find within the scope, so many of them; without words all of it."""
    limit = limit or (_FOUND if query else None)
    names = find(store, query, -1 if scope.is_narrow or limit is None else limit) if query else None
    return [each for each in read(store, names) if counts(each)][:limit]


def print_list(
    found: Sequence[T],
    as_dict: Callable[[T], Any] | None,
    show: Callable[[Screen, T], None],
    word: str,
    query: str,
    scope: Scope,
) -> None:
    """A list as JSON, where it is said how, or entry by entry; of an empty one "No claim in papers speaks of “naps”." """
    if as_dict:
        door.print_json([as_dict(each) for each in found])
        return
    out = console(whole=True)
    for each in found:
        show(out, each)
    where = f" {scope.within}" if scope.is_narrow else ""
    if not found and query:
        out.say(f"No {word}{where} speaks of “{query[:80]}”.")
    elif not found:
        out.say(f"There are no {word}s{where or ' here yet'}.")


def path_named(name: str) -> Path | None:
    """The path that a name is, if it can be one: a title can be longer than a path may be, or hold what none may."""
    try:
        path = from_home(name).resolve()
        path.exists()
    except (OSError, ValueError, RuntimeError):
        return None
    return path


def note_named(store: Store, name: str, what: str = "note", remedy: str = "List them with: kb notes") -> Note:
    """The note that answers to a name."""
    if not name.strip():
        raise typer.BadParameter("There is no name.")
    found = named(store, name)
    if found is None:
        raise NotFound(what, name, remedy)
    return read_notes(store, [found])[0]


def draft_named(store: Store, name: str, path: str = UNNAMED, titles: Titles | None = None) -> Draft:
    """The draft in a file; for - what comes through a pipe, as if it lay at `path`."""
    try:
        if name == "-":
            found = draft_of(store, sys.stdin.buffer.read(), path, titles)
        else:
            found = read_draft(store, from_home(name), titles)
    except (OSError, ValueError, RuntimeError):
        raise NotFound("draft", name, "Name a file that can be read, or - for what comes through a pipe.") from None
    if found is None:
        raise KbError(f"{name}: it cannot be read as a note.", "Name a draft in text, HTML or PDF.")
    return found
