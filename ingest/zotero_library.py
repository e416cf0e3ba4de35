"""A Zotero library as its database has it: items, creators, collections, tags, citation keys, annotations and notes. Zotero keeps
the database locked while it runs, so a copy is read, which is removed afterwards."""

import json
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NamedTuple

from kb.files import open_regular
from kb.folder import names_another, remove

DATABASE, CITEKEYS = "zotero.sqlite", "better-bibtex.sqlite"
_BESIDE = ("", "-wal", "-journal")
_KINDS = {1: "highlight", 2: "comment", 3: "comment", 4: "comment", 5: "highlight", 6: "comment"}
"""Types of annotation: highlight, note, image, ink, underline, text. Of a picture there is the comment alone."""
_CSL = {
    "journalArticle": "article-journal", "magazineArticle": "article-magazine", "newspaperArticle": "article-newspaper", "book": "book",
    "bookSection": "chapter", "conferencePaper": "paper-conference", "thesis": "thesis", "report": "report", "webpage": "webpage",
    "blogPost": "post-weblog", "preprint": "article", "dataset": "dataset",
}  # fmt: skip
"""Types of items as CSL has them; all others are documents."""
_EXTRA_KEY = re.compile(r"^[ \t]*citation[ -]?key[ \t]*:[ \t]*(\S+)", re.I | re.M)  # "Citation Key: smith2020"


class Item(NamedTuple):
    """A work of the library."""

    key: str
    library: str
    """Where its address lies: "library", or "groups/12"."""
    csl: dict[str, Any]
    abstract: str = ""
    tags: tuple[str, ...] = ()
    """Its tags, and its collections with those that they lie in: "Sleep/Naps"."""


class Annotation(NamedTuple):
    """What the reader marked in an attachment, and what he wrote beside it."""

    key: str
    kind: str
    text: str
    comment: str
    author: str
    """In a shared library, who."""
    page: int
    """Counted from 1; 0 where the attachment has no pages."""
    date: str


class Attachment(NamedTuple):
    """A file of the library that has been annotated, or is a PDF."""

    key: str
    item: Item
    """The work; of a file that stands alone, the file itself."""
    annotations: tuple[Annotation, ...]
    pdf: str
    """Where the PDF lies in the data folder; nothing for another file, or for one that is only linked."""
    has_marks_of_pdf: bool
    """Whether Zotero has read the annotations that lie in the PDF itself."""


class Written(NamedTuple):
    """A note that was written in Zotero, on an item or alone."""

    key: str
    library: str
    item: Item | None
    title: str
    html: str
    date: str


class Library(NamedTuple):
    """All that is read of one database."""

    items: list[Item]
    attachments: list[Attachment]
    notes: list[Written]


class NotZotero(Exception):
    """The files are not, or not now, a database of Zotero."""


def read_library(folder: Path, room: Path) -> Library:
    """The library in a data folder of Zotero; `room` is a folder for the copy, removed again."""
    try:
        remove(room)  # a run that was killed
        room.mkdir()
        with closing(_copied(folder / DATABASE, room)) as sql:
            citekeys: Mapping[tuple[int, str], str] = {}
            with suppress(OSError, sqlite3.Error), closing(_copied(folder / CITEKEYS, room)) as keys:
                rows = keys.execute("SELECT libraryID, itemKey, citationKey FROM citationkey")
                citekeys = {(library, key): citekey for library, key, citekey in rows}
            return _Reader(sql, citekeys).library()
    except (OSError, sqlite3.Error, UnicodeError) as why:
        raise NotZotero(getattr(why, "strerror", None) or str(why)) from None
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _copied(database: Path, room: Path) -> sqlite3.Connection:
    """A copy of a database, opened. Where it was written to meanwhile it is copied again."""
    copy = room / database.name
    for _ in range(3):
        before = list(stamps(database.parent, (database.name,)))
        for end in _BESIDE:
            there, here = (path.with_name(path.name + end) for path in (database, copy))
            here.unlink(missing_ok=True)
            if there.is_file() or not end:
                with os.fdopen(open_regular(there), "rb") as bytes_of, here.open("xb") as copied:
                    shutil.copyfileobj(bytes_of, copied, 1 << 20)
        if before == list(stamps(database.parent, (database.name,))):
            break
    else:
        raise OSError("it is being written to")
    journal = copy.with_name(f"{copy.name}-journal")
    if journal.exists() and names_another(journal):
        raise OSError("its journal names a file elsewhere")
    sql = sqlite3.connect(copy)
    sql.text_factory = lambda data: data.decode("utf-8", "replace")
    sql.execute("PRAGMA query_only = 1")
    return sql


def stamps(folder: Path, names: tuple[str, ...] = (DATABASE, CITEKEYS)) -> Iterator[tuple[str, int, int, int]]:
    """Name, size and times of each file that the library is read from, that of its last change at the end: its fingerprint."""
    for name in (f"{name}{end}" for name in names for end in _BESIDE):
        with suppress(OSError):
            status = (folder / name).stat()
            yield name, status.st_size, status.st_mtime_ns, status.st_ctime_ns


class _Reader:
    """Asks one database, table by table; ids of rows are those of items."""

    def __init__(self, sql: sqlite3.Connection, citekeys: Mapping[tuple[int, str], str]) -> None:
        self.sql = sql
        self.citekeys = citekeys
        self.tables = {row[0] for row in sql.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")}
        self.gone = {row[0] for row in sql.execute("SELECT itemID FROM deletedItems")}

    def library(self) -> Library:
        groups = dict(self.sql.execute("SELECT libraryID, groupID FROM groups")) if "groups" in self.tables else {}
        feeds = {row[0] for row in self.sql.execute("SELECT libraryID FROM libraries WHERE type = 'feed'")}
        types = "itemTypesCombined" if "itemTypesCombined" in self.tables else "itemTypes"
        rows = {
            row[0]: row[1:]
            for row in self.sql.execute(
                f"SELECT itemID, key, libraryID, typeName, substr(dateModified, 1, 10) FROM items JOIN {types} USING (itemTypeID)"
            )
            if row[0] not in self.gone and row[2] not in feeds
        }
        place = {item: f"groups/{groups[row[1]]}" if row[1] in groups else "library" for item, row in rows.items()}
        fields, people, tags = self._fields(), self._creators(), self._tags()

        def alone(item: int) -> Item:
            key, library, kind, _ = rows[item]
            return self._item(
                key, library, kind, place[item], fields.get(item, {}), people.get(item, []), tags.get(item, ())
            )

        items = {item: alone(item) for item, row in rows.items() if row[2] not in ("attachment", "note", "annotation")}
        files = {
            item: (items.get(above or 0) or (None if above else alone(item)), _stored(rows[item][0], *rest))
            for item, above, *rest in self.sql.execute("SELECT itemID, parentItemID, linkMode, contentType, path FROM itemAttachments")
            if item in rows
        }  # fmt: skip
        marks: dict[int, list[tuple[tuple[Any, ...], Annotation]]] = {}
        external = set[int]()
        for item, attachment, order, annotation, is_external in self._annotations(rows):
            marks.setdefault(attachment, []).append(((annotation.page, order, item), annotation))
            external.update([attachment] if is_external else ())
        attachments = [
            Attachment(rows[number][0], work, tuple(each for _, each in sorted(marks.get(number, ()), key=lambda mark: mark[0])), pdf, number in external)
            for number, (work, pdf) in files.items()
            if work and (pdf or number in marks)
        ]  # fmt: skip
        notes = [
            Written(
                rows[number][0], place[number], items.get(above or 0), title or "", html or "", rows[number][3] or ""
            )
            for number, above, title, html in self.sql.execute(
                "SELECT itemID, parentItemID, title, note FROM itemNotes"
            )
            if number in rows and (above is None or above in items)
        ]
        by_key = sorted(items.values(), key=lambda item: (item.library, item.key))
        return Library(by_key, attachments, notes)

    def _item(
        self, key: str, library: int, kind: str, place: str, fields: Mapping[str, str], people: list[dict[str, str]], tags: tuple[str, ...]
    ) -> Item:  # fmt: skip
        extra = fields.get("extra", "")
        found = _EXTRA_KEY.search(extra)
        citekey = fields.get("citationKey") or (found[1] if found else "") or self.citekeys.get((library, key), "")
        csl: dict[str, Any] = {
            "id": citekey or key, "type": _CSL.get(kind, "document"), "title": fields.get("title", ""), "author": people,
            "issued": {"raw": fields.get("date", "")}, "DOI": fields.get("DOI", ""), "URL": fields.get("url", ""),
            "container-title": fields.get("publicationTitle", ""), "number": fields.get("archiveID", ""), "note": extra,
        }  # fmt: skip
        return Item(
            key, place, {name: value for name, value in csl.items() if value}, fields.get("abstractNote", ""), tags
        )

    def _fields(self) -> dict[int, dict[str, str]]:
        names = "fieldsCombined" if "fieldsCombined" in self.tables else "fields"
        rows = self.sql.execute(
            "SELECT itemID, json_group_object(fieldName, CAST(value AS TEXT)) FROM itemData JOIN itemDataValues USING (valueID) "
            f"JOIN {names} USING (fieldID) GROUP BY itemID"
        )
        return {item: json.loads(said) for item, said in rows}

    def _creators(self) -> dict[int, list[dict[str, str]]]:
        """The authors of each item, else whoever else is named first; an institution is one name."""
        found: dict[int, dict[str, list[dict[str, str]]]] = {}
        for item, kind, first, last, mode in self.sql.execute(
            "SELECT itemID, creatorType, firstName, lastName, fieldMode FROM itemCreators JOIN creators USING (creatorID) "
            "JOIN creatorTypes USING (creatorTypeID) ORDER BY itemID, orderIndex"
        ):
            name = {"literal": last or ""} if mode == 1 or not first else {"given": first, "family": last or ""}
            found.setdefault(item, {}).setdefault(kind, []).append(name)
        return {item: kinds.get("author") or next(iter(kinds.values())) for item, kinds in found.items()}

    def _tags(self) -> dict[int, tuple[str, ...]]:
        found: dict[int, list[str]] = {}
        for item, name in self.sql.execute("SELECT itemID, name FROM itemTags JOIN tags USING (tagID) ORDER BY name"):
            found.setdefault(item, []).append(name)
        rows = self.sql.execute("SELECT collectionID, collectionName, parentCollectionID FROM collections").fetchall()
        collections = {number: (name, above) for number, name, above in rows}
        for item, number in self.sql.execute("SELECT itemID, collectionID FROM collectionItems ORDER BY collectionID"):
            path: list[str] = []
            while number in collections and len(path) < len(collections):  # none lies in itself
                name, number = collections[number]
                path.insert(0, name.replace("/", " "))
            found.setdefault(item, []).append("/".join(path))
        return {item: tuple(filter(None, names)) for item, names in found.items()}

    def _annotations(self, rows: Mapping[int, tuple[Any, ...]]) -> Iterator[tuple[int, int, str, Annotation, bool]]:
        if "itemAnnotations" not in self.tables:
            return
        for item, attachment, kind, author, text, comment, order, position, external in self.sql.execute(
            "SELECT itemID, parentItemID, type, authorName, text, comment, sortIndex, position, isExternal FROM itemAnnotations"
        ):
            if item in rows and kind in _KINDS:
                found = Annotation(rows[item][0], _KINDS[kind], text or "", comment or "", author or "", _page(position), rows[item][3] or "")  # fmt: skip
                yield item, attachment, str(order or ""), found, bool(external)


def _stored(key: str, mode: object, kind: object, path: object) -> str:
    """Where a PDF lies that was imported or saved from the web ("storage:a.pdf"): a name in its own folder, and no way out."""
    name = str(path or "").removeprefix("storage:")
    is_pdf = mode in (0, 1) and kind == "application/pdf" and path != name
    is_name = name not in ("", ".", "..") and not set("/\\\0") & set(name) and key.isalnum()
    return f"storage/{key}/{name}" if is_pdf and is_name else ""


def _page(position: object) -> int:
    """The page that an annotation lies on: {"pageIndex": 3, "rects": [...]} is on page 4; in a web page it lies on none."""
    try:
        found = json.loads(str(position))["pageIndex"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return 0
    return found + 1 if isinstance(found, int) and 0 <= found < 100_000 else 0
