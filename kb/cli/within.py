"""The options that narrow a command to a scope: --in FOLDER, --tag TAG, --kind KIND, --since DATE."""

from typing import Annotated, get_args

import typer

from kb.note import NoteKind
from kb.oneline import one_line
from kb.store import Store
from qa.scope import Within, narrowed

NOTE_KINDS: tuple[NoteKind, ...] = get_args(NoteKind)

Folders = Annotated[
    list[str] | None,
    typer.Option(
        "--in", help="Only notes in this folder of the vault; may be repeated.", metavar="FOLDER", show_default=False
    ),
]
Tags = Annotated[
    list[str] | None,
    typer.Option("--tag", help="Only notes with this tag; may be repeated.", metavar="TAG", show_default=False),
]
Kinds = Annotated[
    list[str] | None,
    typer.Option(
        "--kind",
        help=f"Only notes of this kind: {', '.join(NOTE_KINDS)}; may be repeated.",
        metavar="KIND",
        show_default=False,
    ),
]
Since = Annotated[str, typer.Option("--since", help="Only notes of this date or later.", metavar="DATE")]


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
