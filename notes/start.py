"""A note begun: its title and front matter as the vault's own notes have them, its nearest notes named in a comment."""

from collections import Counter
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
from qa.retrieve import Retriever

_NEAR = 6
"""Notes that are named."""
_LEAST = 0.35
"""What such a note must score, where the best one scores 1."""
_READ = 60
"""Notes whose form is looked at."""
_LONGEST = 80


class Begun(NamedTuple):
    """What was made."""

    path: str
    """Relative to the vault."""
    title: str
    near: tuple[tuple[str, str], ...]
    """Ids and titles of the nearest notes, nearest first."""


def begin(store: Store, retriever: Retriever, title: str, folder: Path | None = None) -> Begun:
    """Write a new file for a note of this title. Raises KbError where there is one already."""
    title = one_line(title, 300)
    inside, form = _manner(store)
    if folder is not None:
        where = (store.vault / from_home(folder)).resolve()
        if not where.is_relative_to(store.vault):
            raise KbError(f"{folder}: this is outside the vault.", "Name a folder of the vault with --in.")
        inside = where.relative_to(store.vault).as_posix()
    name = slug(title)[:_LONGEST].strip("-")
    path = PurePosixPath(inside) / f"{name}.md"
    file = store.vault / path
    near = _nearest(store, retriever, title)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8", newline="\n") as new:
            new.write(_text(title, form, near))
    except FileExistsError:
        raise KbError(f"{path}: there is a note of that name already.", "Open it, or ask another question.") from None
    except OSError as why:
        raise KbError(f"{path}: it cannot be written ({why.strerror}).", "Make the folder writable.") from None
    return Begun(path.as_posix(), title, tuple(near))


def _manner(store: Store) -> tuple[str, tuple[bool, bool, bool]]:
    """The folder where most notes are; and whether they open with front matter, have a date in it, and a heading."""
    rows = store.sql.execute(
        "SELECT name, date FROM note WHERE file IS NOT NULL AND kind = 'note' AND name LIKE '%.md' ORDER BY id DESC"
    ).fetchall()
    folders = Counter(str(PurePosixPath(name).parent) for name, _ in rows)
    best = max(folders, key=lambda each: (folders[each], each), default=".")
    texts = []
    for name, _ in [row for row in rows if str(PurePosixPath(row[0]).parent) == best][:_READ]:
        try:
            texts.append(decode(read_regular(store.vault / name)[:4000], name)[0])
        except OSError:
            continue
    fronts = [text.startswith("---") for text in texts]
    dates = ["\ndate:" in text.split("\n---", 1)[0] for text in texts]
    heads = [
        "# " in (text.split("\n---", 1)[-1] if front else text)[:200] for text, front in zip(texts, fronts, strict=True)
    ]
    front, dated, headed = (2 * sum(each) > len(texts) for each in (fronts, dates, heads))
    return "" if best == "." else best, (front, dated, headed or not front)


def _nearest(store: Store, retriever: Retriever, title: str) -> list[tuple[str, str]]:
    found = retriever.find(title, notes=3 * _NEAR, without=retriever.reports()).notes
    scores = dict(found)
    kept = [note for note in read_notes(store, [name for name, _ in found]) if note.path and REPORT not in note.topics]
    high = max(scores.values(), default=0.0)
    return [(note.id, note.title) for note in kept if scores[note.id] >= _LEAST * high][:_NEAR]


def _text(title: str, form: tuple[bool, bool, bool], near: list[tuple[str, str]]) -> str:
    front, dated, headed = form
    out = []
    if front:
        escaped = title.replace("\\", "\\\\").replace('"', '\\"')
        out += ["---", f'title: "{escaped}"', *([f"date: {date.today().isoformat()}"] if dated else []), "---", ""]
    if headed:
        out += [f"# {title}", ""]
    out += ["", ""]
    if near:
        # A comment is no prose: nothing in it links, and nothing of it becomes a claim.
        out += [
            "<!-- Near to it, not linked:",
            *(f"{_quiet(name)}  ({_quiet(note)})" for note, name in near),
            "-->",
            "",
        ]
    return "\n".join(out)


def _quiet(text: str) -> str:
    """Nothing in a title ends the comment."""
    return one_line(text).replace("--", "- -")
