"""A Zotero library as a source: what its reader marked and wrote is his, stands on its page, and opens in Zotero.

The database is made here with the tables that Zotero has, as far as they are read, and never touched by kb.
"""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hostile import STRINGS, unseen
from test_cli_contract import ask, places_hold
from test_ingest_rebuild import contents, flaws, rebuilt

from ingest.pipeline import sync
from kb.addresses import address
from kb.catalogue import claims, notes, works
from kb.settings import Settings, load_settings
from kb.store import open_store

TABLES = """
CREATE TABLE version (schema TEXT PRIMARY KEY, version INT NOT NULL);
CREATE TABLE libraries (libraryID INTEGER PRIMARY KEY, type TEXT NOT NULL, editable INT NOT NULL, filesEditable INT NOT NULL, version INT NOT NULL DEFAULT 0);
CREATE TABLE groups (groupID INTEGER PRIMARY KEY, libraryID INT NOT NULL UNIQUE, name TEXT NOT NULL, description TEXT NOT NULL, version INT NOT NULL);
CREATE TABLE itemTypes (itemTypeID INTEGER PRIMARY KEY, typeName TEXT, templateItemTypeID INT, display INT DEFAULT 1);
CREATE TABLE itemTypesCombined (itemTypeID INT NOT NULL, typeName TEXT NOT NULL, display INT DEFAULT 1 NOT NULL, custom INT NOT NULL, PRIMARY KEY (itemTypeID));
CREATE TABLE fields (fieldID INTEGER PRIMARY KEY, fieldName TEXT, fieldFormatID INT);
CREATE TABLE fieldsCombined (fieldID INT NOT NULL, fieldName TEXT NOT NULL, label TEXT, fieldFormatID INT, custom INT NOT NULL, PRIMARY KEY (fieldID));
CREATE TABLE items (itemID INTEGER PRIMARY KEY, itemTypeID INT NOT NULL, dateAdded TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  dateModified TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, clientDateModified TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  libraryID INT NOT NULL, key TEXT NOT NULL, version INT NOT NULL DEFAULT 0, synced INT NOT NULL DEFAULT 0, UNIQUE (libraryID, key));
CREATE TABLE itemDataValues (valueID INTEGER PRIMARY KEY, value UNIQUE);
CREATE TABLE itemData (itemID INT, fieldID INT, valueID INT, PRIMARY KEY (itemID, fieldID));
CREATE TABLE creatorTypes (creatorTypeID INTEGER PRIMARY KEY, creatorType TEXT);
CREATE TABLE creators (creatorID INTEGER PRIMARY KEY, firstName TEXT, lastName TEXT, fieldMode INT, UNIQUE (lastName, firstName, fieldMode));
CREATE TABLE itemCreators (itemID INT NOT NULL, creatorID INT NOT NULL, creatorTypeID INT NOT NULL DEFAULT 1, orderIndex INT NOT NULL DEFAULT 0,
  PRIMARY KEY (itemID, creatorID, creatorTypeID, orderIndex), UNIQUE (itemID, orderIndex));
CREATE TABLE tags (tagID INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE itemTags (itemID INT NOT NULL, tagID INT NOT NULL, type INT NOT NULL, PRIMARY KEY (itemID, tagID));
CREATE TABLE collections (collectionID INTEGER PRIMARY KEY, collectionName TEXT NOT NULL, parentCollectionID INT DEFAULT NULL,
  clientDateModified TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, libraryID INT NOT NULL, key TEXT NOT NULL, version INT NOT NULL DEFAULT 0, synced INT NOT NULL DEFAULT 0);
CREATE TABLE collectionItems (collectionID INT NOT NULL, itemID INT NOT NULL, orderIndex INT NOT NULL DEFAULT 0, PRIMARY KEY (collectionID, itemID));
CREATE TABLE itemNotes (itemID INTEGER PRIMARY KEY, parentItemID INT, note TEXT, title TEXT);
CREATE TABLE itemAttachments (itemID INTEGER PRIMARY KEY, parentItemID INT, linkMode INT, contentType TEXT, charsetID INT, path TEXT, syncState INT DEFAULT 0,
  storageModTime INT, storageHash TEXT, lastProcessedModificationTime INT);
CREATE TABLE itemAnnotations (itemID INTEGER PRIMARY KEY, parentItemID INT NOT NULL, type INTEGER NOT NULL, authorName TEXT, text TEXT, comment TEXT,
  color TEXT, pageLabel TEXT, sortIndex TEXT NOT NULL, position TEXT NOT NULL, isExternal INT NOT NULL);
CREATE TABLE deletedItems (itemID INTEGER PRIMARY KEY, dateDeleted DEFAULT CURRENT_TIMESTAMP NOT NULL);
"""
TYPES = {1: "annotation", 2: "book", 3: "attachment", 22: "journalArticle", 28: "note"}
FIELDS = {1: "title", 2: "abstractNote", 6: "date", 8: "DOI", 13: "url", 16: "extra", 37: "publicationTitle"}
KEYS = "23456789ABCDEFGHIJKLMNPQRSTUVWXYZ"


class Zotero:
    """A data folder of Zotero, written as the program itself writes it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.sql = sqlite3.connect(folder / "zotero.sqlite", isolation_level=None)
        self.sql.executescript(TABLES)
        self.sql.executemany("INSERT INTO libraries VALUES (?, ?, 1, 1, 0)", [(1, "user"), (2, "group"), (3, "feed")])
        self.sql.execute("INSERT INTO groups VALUES (4711, 2, 'Lab', '', 1)")
        self.sql.executemany("INSERT INTO itemTypesCombined VALUES (?, ?, 1, 0)", TYPES.items())
        self.sql.executemany("INSERT INTO fieldsCombined VALUES (?, ?, NULL, NULL, 0)", FIELDS.items())
        self.sql.executemany("INSERT INTO creatorTypes VALUES (?, ?)", [(1, "author"), (2, "editor")])

    def item(self, kind: str, library: int = 1, **fields: str) -> int:
        number = self.sql.execute("SELECT coalesce(max(itemID), 0) + 1 FROM items").fetchone()[0]
        kinds = {name: each for each, name in TYPES.items()}
        row = (number, kinds[kind], "2026-03-04 05:06:07", library, self.key(number))
        self.sql.execute(
            "INSERT INTO items (itemID, itemTypeID, dateModified, libraryID, key) VALUES (?, ?, ?, ?, ?)", row
        )
        for name, value in fields.items():
            self.set(number, name, value)
        return int(number)

    def set(self, item: int, name: str, value: str) -> None:
        self.sql.execute("INSERT OR IGNORE INTO itemDataValues (value) VALUES (?)", (value,))
        field = {each: number for number, each in FIELDS.items()}[name]
        self.sql.execute(
            "INSERT OR REPLACE INTO itemData SELECT ?, ?, valueID FROM itemDataValues WHERE value = ?",
            (item, field, value),
        )

    def by(self, item: int, *names: tuple[str, str]) -> None:
        for order, (first, last) in enumerate(names):
            made = self.sql.execute(
                "INSERT INTO creators (firstName, lastName, fieldMode) VALUES (?, ?, ?)", (first, last, int(not first))
            )
            self.sql.execute("INSERT INTO itemCreators VALUES (?, ?, 1, ?)", (item, made.lastrowid, order))

    def pdf(self, item: int | None, library: int = 1, path: str = "storage:a.pdf", mode: int = 0, kind: str = "application/pdf") -> int:  # fmt: skip
        number = self.item("attachment", library)
        self.sql.execute("INSERT INTO itemAttachments (itemID, parentItemID, linkMode, contentType, path) VALUES (?, ?, ?, ?, ?)", (number, item, mode, kind, path))  # fmt: skip
        return number

    def store(self, attachment: int, data: bytes, name: str = "a.pdf") -> Path:
        """Put the bytes of an attachment where Zotero keeps them."""
        folder = self.folder / "storage" / self.key(attachment)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
        return folder / name

    def mark(
        self,
        pdf: int,
        page: int,
        text: str | None,
        comment: str | None = None,
        kind: int = 1,
        author: str = "",
        position: str = "",
        external: int = 0,
    ) -> int:
        library = self.sql.execute("SELECT libraryID FROM items WHERE itemID = ?", (pdf,)).fetchone()[0]
        number = self.item("annotation", library)
        where = position or json.dumps({"pageIndex": page - 1, "rects": [[1, 2, 3, 4]]})
        self.sql.execute("INSERT INTO itemAnnotations VALUES (?, ?, ?, ?, ?, ?, '#ffd400', ?, ?, ?, ?)", (number, pdf, kind, author, text, comment, f"e{page}", f"{page:05}|000100|00050", where, external))  # fmt: skip
        return number

    def note(self, html: str, item: int | None = None, title: str = "") -> int:
        number = self.item("note")
        self.sql.execute("INSERT INTO itemNotes VALUES (?, ?, ?, ?)", (number, item, html, title))
        return number

    def tag(self, item: int, *names: str) -> None:
        for name in names:
            self.sql.execute("INSERT OR IGNORE INTO tags (name) VALUES (?)", (name,))
            self.sql.execute("INSERT INTO itemTags SELECT ?, tagID, 0 FROM tags WHERE name = ?", (item, name))

    def collect(self, item: int, name: str, above: int | None = None) -> int:
        made = self.sql.execute(
            "INSERT INTO collections (collectionName, parentCollectionID, libraryID, key) VALUES (?, ?, 1, 'C')",
            (name, above),
        )
        self.sql.execute("INSERT INTO collectionItems VALUES (?, ?, 0)", (made.lastrowid, item))
        return int(made.lastrowid or 0)

    def delete(self, item: int) -> None:
        self.sql.execute("INSERT INTO deletedItems (itemID) VALUES (?)", (item,))

    @staticmethod
    def key(number: int) -> str:
        digits = ""
        for _ in range(8):
            number, at = divmod(number * 7 + 3, len(KEYS))
            digits += KEYS[at]
        return digits


NAPS, DREAMS = "An afternoon nap improved recall of word lists in adults.", "Dreams had no effect on recall at all."


@pytest.fixture
def zotero(tmp_path: Path) -> Iterator[Zotero]:
    made = Zotero(tmp_path / "Zotero")
    with closing(made.sql):
        paper = made.item("journalArticle", title="Naps and memory: a trial", date="2020-05-00 May 2020", DOI="10.1000/NAP.1",
                          abstractNote="We tested naps.", extra="PMID: 1\nCitation Key: smith2020nap", publicationTitle="Sleep")  # fmt: skip
        made.by(paper, ("Ann", "Smith"), ("", "Sleep and Dream Group"))
        made.tag(paper, "memory", "to read")
        made.collect(paper, "Naps", made.collect(paper, "Sleep"))
        pdf = made.pdf(paper)
        made.mark(pdf, 12, DREAMS, "I doubt this: the sample had only eleven sleepers.")
        made.mark(pdf, 3, NAPS)
        made.mark(pdf, 3, None, "The control group slept badly in the laboratory.", kind=2)
        made.note("<div><h2>My view</h2><p>The effect of naps is <b>smaller</b> than the paper claims.</p><ul><li>Adults need less sleep than children do.</li></ul></div>", paper, "My view")  # fmt: skip
        yield made


@pytest.fixture
def vault(tmp_path: Path, zotero: Zotero) -> Path:
    folder = tmp_path / "vault"
    folder.mkdir()
    (folder / "kb.toml").write_text(f"zotero = {json.dumps(str(zotero.folder))}\n")
    (folder / "mine.md").write_text("# Do naps help?\n\nNaps help most people remember words [@smith2020nap].\n")
    return folder


def said(vault: Path) -> dict[str, Any]:
    return {claim["quote"]: claim for claim in ask(vault, "claims", "--json").json}


def test_what_was_marked_is_the_readers_and_opens_in_zotero(vault: Path, zotero: Zotero) -> None:
    (vault / ".kb" / "zotero.copy").mkdir(parents=True)  # as a kill leaves it
    done = ask(vault, "sync", "--json").json
    assert done["failed"] == done["remarks"] == [] and done["skipped"] == 1, "kb.toml alone"
    found = said(vault)
    places_hold(vault, list(found.values()))
    marked, doubt = found[NAPS], found["I doubt this: the sample had only eleven sleepers."]
    assert (marked["role"], marked["page"], marked["text"]) == ("position", 3, f"Highlight of the reader: {NAPS}")
    assert (doubt["role"], doubt["page"]) == ("position", 12) and doubt["text"].startswith(
        f"Comment of the reader on “{DREAMS[:-1]}”: I doubt"
    )
    assert found["The control group slept badly in the laboratory."]["page"] == 3
    assert "The effect of naps is smaller than the paper claims." in found
    opened = ask(vault, "open", doubt["id"], "--print").out.strip()
    key = zotero.key
    assert opened == f"zotero://open-pdf/library/items/{key(2)}?page=12&annotation={key(3)}"
    assert ask(vault, "open", doubt["note"], "--print").out.strip() == f"zotero://select/library/items/{key(1)}"
    (paper,) = [note for note in ask(vault, "notes", "--json").json if note["kind"] == "paper"]
    assert paper["title"] == "Naps and memory: a trial" and paper["summary"] == "We tested naps."
    assert paper["tags"] == ["memory", "to read", "Sleep", "Sleep/Naps"] and paper["date"] == "2026-03-04"
    (source,) = paper["sources"]
    assert (source["citekey"], source["doi"], source["year"]) == ("smith2020nap", "10.1000/nap.1", 2020)
    assert source["authors"] == ["Ann Smith", "Sleep and Dream Group"]
    mine = next(note for note in ask(vault, "notes", "--json").json if note["path"] == "mine.md")
    assert paper["id"] in mine["cites"], "a citation key leads to the paper"
    assert ask(vault, "claims", "--tag", "sleep/naps", "--json").json


def test_an_answer_names_the_page_and_the_work(vault: Path) -> None:
    answer = ask(vault, "ask", "Does an afternoon nap improve recall of words?", "--json").json
    (cited,) = [claim for claim in answer["claims"].values() if claim["quote"] == NAPS]
    assert cited["page"] == 3 and cited["sources"][0]["citekey"] == "smith2020nap"
    page = vault / "answer.html"
    assert ask(vault, "ask", "Does an afternoon nap improve recall of words?", "--report", str(page)).status == 0
    assert "zotero://open-pdf/library/items/" in page.read_text("utf-8")
    report = vault / "answer.md"
    assert ask(vault, "ask", "Does an afternoon nap improve recall of words?", "--report", str(report)).status == 0
    told = report.read_text("utf-8")
    assert "[@smith2020nap]" in told and "[[Naps and memory: a trial]]" in told and ".kb/" not in told
    draft = vault.parent / "draft.md"
    draft.write_text("An afternoon nap improves the recall of word lists in adults.\n")
    assert "[@smith2020nap]" in {link["insert"].strip() for link in ask(vault, "links", str(draft), "--json").json}


def bytes_of(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}


@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_a_library_that_another_process_holds_is_read_and_not_touched(
    vault: Path, zotero: Zotero, journal: str
) -> None:
    zotero.sql.execute(f"PRAGMA journal_mode = {journal}")
    zotero.mark(2, 5, "Short naps restore attention in tired adults.")
    hold = (
        "import sqlite3, sys; sql = sqlite3.connect(sys.argv[1], isolation_level=None); sql.execute('PRAGMA locking_mode = EXCLUSIVE');"
        "sql.execute('BEGIN EXCLUSIVE'); sql.execute(\"UPDATE itemDataValues SET value = 'never said' WHERE value = 'Sleep'\"); print('held', flush=True); input()"
    )
    zotero.sql.close()
    with subprocess.Popen([sys.executable, "-c", hold, str(zotero.folder / "zotero.sqlite")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:  # fmt: skip
        assert other.stdin and other.stdout and other.stdout.readline() == "held\n"
        with (
            pytest.raises(sqlite3.OperationalError),
            closing(sqlite3.connect(zotero.folder / "zotero.sqlite", timeout=0)) as sql,
        ):
            sql.execute("UPDATE items SET version = 1")
        before = bytes_of(zotero.folder)
        assert "Short naps restore attention in tired adults." in said(vault)
        assert bytes_of(zotero.folder) == before
        other.stdin.write("\n")
        other.stdin.close()
    assert not list((vault / ".kb").glob("zotero.copy*")), "the copy is gone"
    assert "never said" not in (vault / ".kb" / "zotero" / "library.json").read_text("utf-8")


def test_after_any_change_the_base_is_what_a_rebuild_makes(vault: Path, zotero: Zotero) -> None:
    settings = load_settings(vault)
    first = sync(vault, settings)
    assert first.added == 4 and sync(vault, settings).added == 0

    def more() -> None:
        other = zotero.item("book", title="Dreams", date="1999")
        zotero.mark(zotero.pdf(other), 7, "Dreams are forgotten within an hour of waking.")

    changes: list[tuple[Callable[[], object], int]] = [
        (lambda: zotero.set(1, "title", "Naps and memory, corrected"), 2),
        (lambda: zotero.mark(2, 4, "Naps of ten minutes are enough for most adults."), 1),
        (more, 0),
        (lambda: zotero.delete(4), 1),
        (lambda: zotero.set(1, "extra", "Citation Key: smith2021"), 1),
        (lambda: zotero.delete(6), 0),
        (lambda: zotero.delete(1), 0),
    ]
    for change, written in changes:
        before = {path.name: path.stat().st_mtime_ns for path in (vault / ".kb" / "zotero").glob("*.zotero")}
        change()
        done = sync(vault, settings)
        assert done.failed == done.remarks == [] and done.added + done.changed + done.removed > 0
        after = {path.name: path.stat().st_mtime_ns for path in (vault / ".kb" / "zotero").glob("*.zotero")}
        assert contents(vault) == rebuilt(vault, settings) and flaws(vault) == []
        assert sum(after.get(name, before[name]) != before[name] for name in before) == written, (
            "the others are left alone"
        )
        assert sync(vault, settings).unchanged and sync(vault, settings).changed == 0
    with open_store(vault) as store:
        assert NAPS not in {claim.quote for claim in claims(store)}, "the item lies in the bin"
    (vault / "kb.toml").write_text("")
    assert sync(vault, Settings()).removed > 0 and not (vault / ".kb" / "zotero").exists()
    assert contents(vault) == rebuilt(vault, Settings())


def test_groups_feeds_pages_of_the_web_and_better_bibtex(vault: Path, zotero: Zotero) -> None:
    shared = zotero.item("journalArticle", library=2, title="Shared naps", date="2018")
    zotero.mark(
        zotero.pdf(shared, 2), 2, None, "The lab never replicated this effect of naps.", 2, author="Bo: the boss"
    )
    fed = zotero.item("journalArticle", library=3, title="News of naps")
    web = zotero.item("book", title="A page")
    zotero.mark(
        zotero.pdf(web), 1, "Web pages have no pages at all, as readers know.", position='{"type": "FragmentSelector"}'
    )
    with closing(sqlite3.connect(zotero.folder / "better-bibtex.sqlite", isolation_level=None)) as keys:
        keys.execute("CREATE TABLE citationkey (itemID, itemKey, libraryID, citationKey, pinned)")
        keys.execute("INSERT INTO citationkey VALUES (?, ?, 2, 'lab2018', 0)", (shared, zotero.key(shared)))
    found = said(vault)
    theirs = found["The lab never replicated this effect of naps."]
    assert theirs["text"].startswith("Comment of the reader, Bo the boss:") and theirs["page"] == 2
    assert address(vault, theirs["path"], theirs["line"]).startswith(
        f"zotero://open-pdf/groups/4711/items/{zotero.key(shared + 1)}?page=2"
    )
    page = found["Web pages have no pages at all, as readers know."]
    assert (
        "page" not in page
        and address(vault, page["path"], page["line"]) == f"zotero://select/library/items/{zotero.key(web)}"
    )
    with open_store(vault) as store:
        assert {"lab2018", "smith2020nap"} <= {work.citekey for work in works(store).values()}
        assert "News of naps" not in {note.title for note in notes(store)} and fed


def test_a_note_of_mine_goes_before_the_library(vault: Path) -> None:
    (vault / "deep" / "er" / "and").mkdir(parents=True)
    (vault / "deep/er/and/paper.md").write_text(
        "---\ncitekey: smith2020nap\n---\n# Naps and memory: a trial\n\nNaps are said to help the memory of adults.\n"
    )
    cites = next(note["cites"] for note in ask(vault, "notes", "--json").json if note["path"] == "mine.md")
    assert cites == ["deep/er/and/paper.md"]


@pytest.mark.parametrize("broken", ["none", "folder", "rubbish", "cut", "empty", "fifo"])
def test_a_library_that_cannot_be_read_is_told_and_what_was_read_stays(
    vault: Path, zotero: Zotero, broken: str
) -> None:
    assert NAPS in said(vault)
    zotero.sql.close()
    file = zotero.folder / "zotero.sqlite"
    data = file.read_bytes()
    file.unlink()
    if broken == "folder":
        file.mkdir()
    elif broken == "fifo":
        os.mkfifo(file)
    elif broken != "none":
        file.write_bytes({"rubbish": b"x" * 5000, "cut": data[: len(data) // 3], "empty": b""}[broken])
    (vault / ".kb" / "zotero.copy").mkdir()  # as a kill leaves it
    done = ask(vault, "sync", "--json").json
    (remark,) = done["remarks"]
    assert remark["code"] == "zotero" and str(zotero.folder) == remark["path"]
    assert NAPS in said(vault)


def test_a_dry_run_says_that_the_library_has_changed_and_writes_nothing(
    vault: Path, zotero: Zotero, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.mirror._SETTLED", 0)  # else what was written a moment ago counts as changed
    sync(vault, load_settings(vault))
    assert ask(vault, "sync", "--dry-run", "--json").json["zotero_changed"] is False
    assert "Zotero" not in ask(vault, "sync", "--dry-run").out
    zotero.item("book", title="One more")
    before = {path: path.read_bytes() for path in (vault / ".kb" / "zotero").iterdir()}
    told = ask(vault, "sync", "--dry-run", "--json").json
    assert told["zotero_changed"] is True and told["added"] == 0
    assert "has changed since it was last read" in ask(vault, "sync", "--dry-run").out
    assert before == {path: path.read_bytes() for path in (vault / ".kb" / "zotero").iterdir()}


def test_the_setting_as_a_table(tmp_path: Path) -> None:
    (tmp_path / "kb.toml").write_text('[zotero]\ndata = "~/Zotero"\n')
    assert load_settings(tmp_path).zotero == "~/Zotero"


def test_hostile_fields_are_words(vault: Path, zotero: Zotero) -> None:
    zotero.sql.execute("BEGIN")
    for number, text in enumerate(STRINGS):
        item = zotero.item(
            "book",
            title=f"Work {number} {text}",
            extra=f"Citation Key: {text}",
            date=text,
            DOI=text,
            url=text,
            abstractNote=text,
        )
        zotero.by(item, (text, f"{number}{text}"))
        zotero.tag(item, f"{number}{text}")
        zotero.mark(zotero.pdf(item), number + 1, f"In study {number} a nap {text} improved recall by {number} points.", f"I doubt nap {number} {text} very much indeed.", author=text)  # fmt: skip
        zotero.note(f"<p>My nap {number} {text} was a very good one for me.</p>", item, text)
    zotero.sql.execute("COMMIT")
    done = ask(vault, "sync", "--json")
    assert done.json["failed"] == [] and done.err == ""
    found = ask(vault, "claims", "--json").json
    places_hold(vault, found)
    assert sum(claim["role"] == "position" for claim in found) > 250
    assert sorted(path.name for path in vault.iterdir()) == [".kb", "kb.toml", "mine.md"]
    for words in (
        ("claims", "--limit", "900"),
        ("notes",),
        ("status", "--files"),
        ("ask", "Does a nap improve recall?"),
    ):
        assert unseen(ask(vault, *words).out) == []
    for claim in found:
        if claim["path"].endswith(".zotero"):
            assert address(vault, claim["path"], claim["line"]).startswith(
                ("zotero://open-pdf/library/items/", "zotero://select/library/items/")
            )
