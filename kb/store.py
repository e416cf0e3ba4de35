"""SQLite: the truth of the base. WAL, foreign keys, whole files in one transaction; writers hold `kb.lock`. Full-text tables are
contentless and fed from here, because the words they hold are not quite the text: see `searchable`."""

import re
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from json import JSONDecodeError
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kb.errors import BaseBroken, BaseLocked, KbError, NotAVault
from kb.folder import BASE, REBUILT, base_folder, has_database, is_full, kind, made_folder, remove
from kb.problem import Problem
from kb.schema import is_newer, prepare
from kb.vault import FOLDER

UNFINISHED = Problem(
    code="unfinished", message="The base is not whole: a sync is at work, or was cut off, so notes may be missing here.",
    path=f"{FOLDER}/{BASE}", hint="Wait for it, or run: kb sync",
)  # fmt: skip
"""What is said with whatever is read from a base that is not whole."""
NoteWords = tuple[int, str, str, str, str]
"""A note's row, and its title, aliases, summary and the quotes of its own claims, as the word index has them."""
_DAMAGE = (
    "fts5 file format", "malformed", "not a database", "corrupt", "no such table", "no such column", "encrypted",
    "duplicate column name", "has no column named", "already exists", "Could not decode to UTF-8",
)  # fmt: skip
_CJK = re.compile(r"([\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])")


def searchable(text: str) -> str:
    """What the word index is given: scripts that do not part their words are parted by character."""
    text = text.replace("\x00", " ")
    return text if text.isascii() else _CJK.sub(r" \1 ", text)


class Store:
    """An open base."""

    def __init__(self, connection: sqlite3.Connection, folder: Path, read_only: bool = False) -> None:
        self.sql = connection
        self.folder = folder
        self.vault = folder.parent
        self.read_only = read_only

    def close(self) -> None:
        self.sql.close()

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of it or none of it."""
        with foreign_errors(self.folder):
            self.sql.execute("BEGIN IMMEDIATE")
            try:
                yield self.sql
            except BaseException:
                if self.sql.in_transaction:
                    self.sql.execute("ROLLBACK")
                raise
            self.sql.execute("COMMIT")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """One state of the base for all that is read within, whatever other processes write meanwhile."""
        if self.sql.in_transaction:
            yield
            return
        self.sql.execute("BEGIN")
        try:
            yield
        finally:
            if self.sql.in_transaction:
                self.sql.execute("COMMIT")  # of temporary tables alone

    def meta(self, key: str, default: str = "") -> str:
        row = self.sql.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else default

    def set_meta(self, key: str, value: object) -> None:
        self.sql.execute(
            "INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", (key, str(value))
        )

    @property
    def is_whole(self) -> bool:
        """Whether a sync has been through with it; while one is at work, or once one was cut off, it is not."""
        return bool(self.meta("reader")) and not self.meta("unfinished")

    def count(self, table: str) -> int:
        return int(self.sql.execute(f"SELECT count(*) FROM {table}").fetchone()[0])

    def rows(self, query: str, values: Collection[int] | Collection[str], order: str = "") -> list[Any]:
        """The rows of a query that ends in IN, for any number of ids or names; in order within each 500 of them."""
        given, found = list(values), []
        for at in range(0, len(given), 500):
            some = given[at : at + 500]
            found += self.sql.execute(f"{query} ({','.join('?' * len(some))}) {order}", some).fetchall()
        return found

    def forget_words(self, claims: Iterable[tuple[int, str]], notes: Iterable[NoteWords]) -> None:
        """Take texts out of the word index; it holds no copy, so it must be told what it was given."""
        self.sql.executemany(
            "INSERT INTO claim_words(claim_words, rowid, text) VALUES ('delete', ?, ?)",
            ((row, searchable(text)) for row, text in claims),
        )
        self.sql.executemany(
            "INSERT INTO note_words(note_words, rowid, title, aliases, summary, body) VALUES ('delete', ?, ?, ?, ?, ?)",
            ((row, *map(searchable, texts)) for row, *texts in notes),
        )

    def learn_words(self, claims: Iterable[tuple[int, str]], notes: Iterable[NoteWords]) -> None:
        """Put texts into the word index."""
        self.sql.executemany(
            "INSERT INTO claim_words(rowid, text) VALUES (?, ?)", ((row, searchable(text)) for row, text in claims)
        )
        self.sql.executemany(
            "INSERT INTO note_words(rowid, title, aliases, summary, body) VALUES (?, ?, ?, ?, ?)",
            ((row, *map(searchable, texts)) for row, *texts in notes),
        )

    def remove_stub(self, name: str) -> None:
        """A note without a file, and its words."""
        rows = self.sql.execute("SELECT id, title, aliases, summary, '' FROM note WHERE name = ?", (name,)).fetchall()
        self.forget_words((), rows)
        self.sql.execute("DELETE FROM note WHERE name = ?", (name,))

    def put_stub(self, name: str, title: str, summary: str, aliases: Iterable[str], sources: str) -> None:
        """A note without a file, and its words, in place of what stood under that name."""
        self.remove_stub(name)
        others = "\n".join(aliases)
        row = self.sql.execute(
            "INSERT INTO note(name, file, title, kind, summary, date, aliases, sources, topics, next_lines) "
            "VALUES (?, NULL, ?, 'stub', ?, '', ?, ?, '[]', '[]') RETURNING id",
            (name, title, summary, others, sources),
        ).fetchone()
        self.learn_words((), [(row[0], title, others, summary, "")])


@contextmanager
def foreign_errors(folder: Path) -> Iterator[None]:
    """What SQLite says, in our words; the one place where it is translated."""
    try:
        yield
    except sqlite3.DatabaseError as why:
        ours = translated(why, folder)
        if ours is None:
            raise
        raise ours from why
    except (UnicodeDecodeError, JSONDecodeError, ValidationError) as why:
        # What we put in can be read: these bytes are not those that were written, in a text or in SQLite's own words.
        raise BaseBroken(folder / BASE, f"what it holds is no text of ours: {type(why).__name__}") from why


def translated(why: sqlite3.DatabaseError, folder: Path) -> KbError | None:
    """The error of ours that a SQLite error means; none where the mistake is in our own SQL."""
    text = str(why)
    if "full" in text or "disk I/O" in text or ("unable to open" in text and is_full(folder)):
        return NotAVault(folder, f"the base could not be written ({text})", "Free some disk space, then run: kb sync")
    if "readonly" in text or "unable to open" in text:
        return NotAVault(
            folder, "the base cannot be written here", "Make the folder writable, or copy the notes elsewhere."
        )
    if "locked" in text or "busy" in text:
        return BaseLocked("another process")
    damaged = isinstance(why, sqlite3.IntegrityError) or any(word in text for word in _DAMAGE)
    return BaseBroken(folder / BASE, text) if damaged or type(why) is sqlite3.DatabaseError else None


def open_store(vault: Path, *, create: bool = True, name: str = BASE) -> Store:
    """The base of a vault, made when it is not there yet. A base that cannot be written is opened to be read."""
    folder = base_folder(vault)
    path = folder / name
    if not has_database(path):
        if not create:
            raise NotAVault(vault, "there is no base here yet", "Make one with: kb sync")
        made_folder(vault)
    with foreign_errors(folder):
        try:
            connection = _connect(path)
            read_only = False
        except sqlite3.OperationalError as why:
            if "readonly" not in str(why) and "unable to open" not in str(why):
                raise
            connection = _to_read(path, "&immutable=1")
            connection.execute("SELECT count(*) FROM meta")
            read_only = True
        if is_newer(connection):
            connection.close()
            raise BaseBroken(path, "it was made by a later version of kb")
        return Store(connection, folder, read_only)


def replace_base(folder: Path) -> None:
    """Put a base made beside into the place of the one there; who has that one open reads on in it."""
    base = folder / BASE
    with suppress(KbError, sqlite3.Error, UnicodeDecodeError):
        # What stands beside the old base goes into it first, so that it is whole on its own until the new one is there.
        if has_database(base):
            with closing(sqlite3.connect(base, timeout=1.0)) as old:
                old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for end in ("-wal", "-shm", "-journal"):
        # A log left here would be taken for the new base's own.
        remove(base.with_name(f"{BASE}{end}"))
    if kind(base) == "folder":
        remove(base)
    (folder / REBUILT).replace(base)


def open_copy(vault: Path, *, empty: bool = False) -> Store:
    """The base of a vault in memory, to try something on; nothing is written, and without a base it is an empty one."""
    folder = base_folder(vault)
    path = folder / BASE
    if empty or not has_database(path):
        return Store(_connect(":memory:"), folder)
    copy = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    # A base that nobody has open is read without the two files that SQLite would put beside it.
    mode = "" if path.with_name(f"{BASE}-wal").exists() else "&immutable=1"
    with foreign_errors(folder), closing(_to_read(path, mode)) as base:
        base.backup(copy)
        if is_newer(copy):
            raise BaseBroken(path, "it was made by a later version of kb")
        prepare(copy)
        copy.execute("PRAGMA foreign_keys = ON")
    return Store(copy, folder)


def _to_read(path: Path, mode: str) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode=ro{mode}"
    return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)


def _connect(path: Path | str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=30.0, isolation_level=None, check_same_thread=False)
    try:
        # Larger pages waste less of the room behind each file's vectors; it binds only a base not made yet.
        connection.execute("PRAGMA page_size = 8192")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA cache_size = -65536")
        connection.execute("PRAGMA temp_store = MEMORY")
        # Somebody else may have made the base: what stands in its schema may call nothing outside it.
        connection.execute("PRAGMA trusted_schema = OFF")
        if not is_newer(connection):
            prepare(connection)
        connection.execute("PRAGMA foreign_keys = ON")
    except BaseException:
        connection.close()
        raise
    return connection
