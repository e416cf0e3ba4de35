"""Links of a draft that lead nowhere, or to several notes alike."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import unquote

from ingest.connect import candidates
from ingest.names import is_note_name, target_key, tied
from kb.note import STUB
from kb.store import Store
from notes.draft import Draft, Pointer

_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//|#|\^", re.I)
_TEMPLATE = re.compile(r"\{\{|<%|\$\{")
_CHECKED = ("wikilink", "embed", "markdown", "citekey", "field")


class Lost(NamedTuple):
    """A link that cannot be followed as it stands."""

    pointer: Pointer
    code: Literal["broken-link", "ambiguous-link"]
    message: str
    hint: str


def lost_links(store: Store, draft: Draft) -> Iterator[Lost]:
    """In the order of the draft. What was never meant as a note, an address or a template, is left alone."""
    works = {row[0].casefold() for row in store.sql.execute("SELECT DISTINCT key FROM work")}
    for pointer in draft.pointers:
        target = pointer.target.strip()
        if pointer.form not in _CHECKED or not target or _ELSEWHERE.match(target) or _TEMPLATE.search(target):
            continue
        if pointer.among:
            yield from _ambiguous(store, draft, pointer)
        elif not pointer.to or pointer.to.startswith(STUB):
            yield from _broken(store, draft, pointer, works)


def _ambiguous(store: Store, draft: Draft, pointer: Pointer) -> Iterator[Lost]:
    paths = tied(pointer.target, pointer.form, draft.path, candidates(store, target_key(pointer.target)))
    if paths:
        shown = ", ".join(paths[:3]) + (" …" if len(paths) > 3 else "")
        message = f"“{pointer.target}” could be {len(paths)} notes: {shown}."
        yield Lost(pointer, "ambiguous-link", message, f"Write the path; as it stands it leads to {pointer.to}.")


def _broken(store: Store, draft: Draft, pointer: Pointer, works: set[str]) -> Iterator[Lost]:
    target = pointer.target
    if pointer.form == "citekey":
        # Where no library lies beside the notes, keys are somebody else's to know.
        if works and target.casefold() not in works:
            message = f"No note and no entry of a library has the key “{target}”."
            yield Lost(pointer, "broken-link", message, "Mend the key, or add it to a library beside the notes.")
    elif not is_note_name(target, pointer.form):
        if not _is_there(store, draft, target):
            yield Lost(pointer, "broken-link", f"There is no file “{target}”.", "Mend the path, or add the file.")
    elif _is_there(store, draft, target):
        return
    elif cited := _citing(store, draft, pointer.to):
        others = f"{cited} other {'file' if cited == 1 else 'files'}"
        message = f"“{target}” is not written yet; {others} cite it too."
        yield Lost(
            pointer, "broken-link", message, "Nothing, if you mean to write it: the link heals when the file appears."
        )
    else:
        yield Lost(pointer, "broken-link", f"No note answers to “{target}”.", "Mend the name, or write the note.")


def _citing(store: Store, draft: Draft, stub: str) -> int:
    """How many other files cite a note that is not written."""
    query = (
        "SELECT count(DISTINCT file.path) FROM mention JOIN file ON file.id = mention.file WHERE note = ? AND path <> ?"
    )
    return int(store.sql.execute(query, (stub, draft.path)).fetchone()[0]) if stub else 0


def _is_there(store: Store, draft: Draft, target: str) -> bool:
    """Whether a picture, a table or a folder lies where the link says, or anywhere in the vault by its name."""
    bare = unquote(target).split("#", 1)[0].split("?", 1)[0].replace("\\", "/").strip()
    if not bare or "\0" in bare:
        return True
    home = Path(draft.path)
    folder = home.parent if home.is_absolute() else store.vault / home.parent
    try:
        if any((root / bare.lstrip("/")).exists() for root in (folder, store.vault)):
            return True
    except OSError:
        return True
    row = store.sql.execute(
        "SELECT 1 FROM file WHERE path = ?1 OR substr(path, -length(?1) - 1) = '/' || ?1 LIMIT 1",
        (bare.rsplit("/", 1)[-1],),
    )
    return row.fetchone() is not None
