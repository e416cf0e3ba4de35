"""A new note: its title and front matter as the vault's own notes have them, its nearest notes named in a comment."""

from collections import Counter
from contextlib import suppress
from datetime import date
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from ingest.decode import decode
from kb.catalogue import notes as read_notes
from kb.errors import KbError
from kb.files import from_home, read_regular
from kb.note import REPORT, slug
from kb.oneline import one_line
from kb.store import Store
from qa.export.markdown import quoted
from qa.retrieve import Retriever

_NEAR = 6
"""Notes that are named."""
_LEAST = 0.35
"""What such a note must score, where the best one scores 1."""
_READ = 60
"""Notes whose form is looked at."""
_LONGEST = 80


class NewNote(NamedTuple):
    """What was made."""

    path: str
    """Relative to the vault."""
    title: str
    near: tuple[tuple[str, str], ...]
    """Ids and titles of the nearest notes, nearest first."""


class _Layout(NamedTuple):
    """How most notes of a vault begin."""

    has_front_matter: bool
    has_date: bool
    has_heading: bool


def create_note(store: Store, retriever: Retriever, title: str, folder: Path | None = None) -> NewNote:
    """Write a new file for a note of this title. Raises KbError where there is one already."""
    title = one_line(title, 300)
    inside, layout = _usual(store)
    if folder is not None:
        where = (store.vault / from_home(folder)).resolve()
        if not where.is_relative_to(store.vault):
            raise KbError(f"{folder}: this is outside the vault.", "Name a folder of the vault with --in.")
        inside = where.relative_to(store.vault).as_posix()
    path = PurePosixPath(inside) / f"{slug(title)[:_LONGEST].strip('-')}.md"
    file = store.vault / path
    near = _nearest(store, retriever, title)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8", newline="\n") as new:
            new.write(_text(title, layout, near))
    except FileExistsError:
        raise KbError(f"{path}: there is a note of that name already.", "Open it, or ask another question.") from None
    except OSError as why:
        raise KbError(f"{path}: it cannot be written ({why.strerror}).", "Make the folder writable.") from None
    return NewNote(path.as_posix(), title, tuple(near))


def _usual(store: Store) -> tuple[str, _Layout]:
    """The folder where most notes are, and how the newest of them begin."""
    rows = store.sql.execute(
        "SELECT name FROM note WHERE file IS NOT NULL AND kind = 'note' AND name LIKE '%.md' ORDER BY id DESC"
    ).fetchall()
    folders = Counter(str(PurePosixPath(name).parent) for (name,) in rows)
    best = max(folders, key=lambda each: (folders[each], each), default=".")
    found = []
    for name in [name for (name,) in rows if str(PurePosixPath(name).parent) == best][:_READ]:
        with suppress(OSError):
            text = decode(read_regular(store.vault / name)[:4000], name)[0]
            head, _, body = text.partition("\n---") if text.startswith("---") else ("", "", text)
            found.append((bool(head), "\ndate:" in head, "# " in body[:200]))
    front, dated, headed = (2 * sum(each) > len(found) for each in zip(*found, strict=True)) if found else (False,) * 3
    return "" if best == "." else best, _Layout(front, dated, headed or not front)


def _nearest(store: Store, retriever: Retriever, title: str) -> list[tuple[str, str]]:
    found = retriever.find(title, notes=3 * _NEAR, without=retriever.reports()).notes
    scores = dict(found)
    kept = [note for note in read_notes(store, [name for name, _ in found]) if note.path and REPORT not in note.topics]
    high = max(scores.values(), default=0.0)
    return [(note.id, note.title) for note in kept if scores[note.id] >= _LEAST * high][:_NEAR]


def _text(title: str, layout: _Layout, near: list[tuple[str, str]]) -> str:
    fields = [f"title: {quoted(title)}", *([f"date: {date.today().isoformat()}"] if layout.has_date else [])]
    out = ["---", *fields, "---", ""] if layout.has_front_matter else []
    out += [f"# {title}", ""] if layout.has_heading else []
    out += ["", ""]
    if near:
        # A comment is no prose: nothing in it links, nothing of it becomes a claim, and no title ends it.
        listed = [f"{one_line(name)}  ({one_line(note)})".replace("--", "- -") for note, name in near]
        out += ["<!-- Near to it, not linked:", *listed, "-->", ""]
    return "\n".join(out)
