"""The options that narrow a command to a scope: --in FOLDER, --tag TAG, --kind KIND, --since DATE."""

from datetime import date
from posixpath import normpath
from typing import Annotated

import typer

from kb.errors import KbError
from kb.oneline import one_line
from kb.store import Store
from qa.scope import Within

NOTE_KINDS = ("note", "line", "post", "paper", "stub")

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


class NoFolder(KbError):
    """A folder that is not in the vault."""

    status = 2

    def __init__(self, given: str) -> None:
        super().__init__(
            f"--in: there is no folder “{one_line(given, 200)}” in the vault.",
            "Name one as the paths of kb notes begin: --in papers/2024",
        )


def within(
    store: Store, folders: list[str] | None, tags: list[str] | None, kinds: list[str] | None, since: str
) -> Within:
    """What the options say, checked."""
    return Within(
        tuple(_folder(store, folder) for folder in folders or ()),
        tuple(_tag(tag) for tag in tags or ()),
        tuple(one_of("--kind", kind, NOTE_KINDS) for kind in kinds or ()),
        date_of(since),
    )


def one_of(option: str, given: str, known: tuple[str, ...]) -> str:
    """One of a closed list, or the beginning of one."""
    fits = [word for word in known if word.startswith(given.casefold())]
    exact = [word for word in fits if word == given.casefold()] or fits
    if not given or len(exact) != 1:
        raise typer.BadParameter(f"{option}: “{one_line(given, 80)}”; possible: {', '.join(known)}.")
    return exact[0]


def date_of(given: str) -> str:
    """A date as notes have it; a year or a month stands for its first day."""
    if not given:
        return ""
    parts = given.split("-")
    try:
        if [len(part) for part in parts] != [4, 2, 2][: len(parts)] or not "".join(parts).isdecimal():
            raise ValueError
        date(*(int(part) for part in [*parts, "01", "01"][:3]))
    except ValueError:
        raise typer.BadParameter(
            f"--since: “{one_line(given, 80)}” is no date; write it like 2026-03-01, 2026-03 or 2026."
        ) from None
    return given


def _folder(store: Store, given: str) -> str:
    folder = normpath(given.strip().replace("\\", "/")) if given.strip() else ""
    if folder.startswith("/"):
        folder = normpath(folder.removeprefix(f"{store.vault}/") if f"{folder}/" != f"{store.vault}/" else ".")
    known = folder == "." or (store.vault / folder).is_dir()
    if not folder or folder.split("/")[0] in ("..", "") or not known:
        raise NoFolder(given)
    return folder


def _tag(given: str) -> str:
    tag = given.strip().lstrip("#").strip("/")
    if not tag:
        raise typer.BadParameter(f"--tag: “{one_line(given, 80)}” is no tag; write it like ml, or ml/rl.")
    return tag
