"""A cache on disk: what models made of texts, by content. Deleting the file has it made again, no more."""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from kb.claim import hash_of
from kb.errors import BaseBroken
from kb.folder import READINGS, has_database, remove_database

_PATIENCE = 0.2
"""Seconds to wait for another writer: what is not kept is made again."""
_MOST = 1_000_000_000
"""Bytes kept, about two million texts; with more, all are forgotten."""
T = TypeVar("T")


class DiskCache:
    """One table of the cache; where it cannot be read or written, what is made lasts as long as this does."""

    def __init__(self, table: str, folder: Path | None = None, file: str = READINGS) -> None:
        """`folder` is that of the base; without one, nothing outlives this."""
        self._table = table
        self._known: dict[bytes, bytes] = {}
        self._sql = _opened(folder / file, table) if folder is not None else None

    def known(self, keys: Sequence[bytes]) -> Mapping[bytes, bytes]:
        """All that is known, these keys among it where they are."""
        new = [key for key in dict.fromkeys(keys) if key not in self._known]
        for start in range(0, len(new) if self._sql else 0, 500):
            some = new[start : start + 500]
            marks = ",".join("?" * len(some))
            with suppress(sqlite3.Error):
                assert self._sql is not None
                found = self._sql.execute(f"SELECT key, data FROM {self._table} WHERE key IN ({marks})", some)
                self._known.update(found.fetchall())
        return self._known

    def keep(self, rows: Mapping[bytes, bytes]) -> None:
        """Remember these."""
        self._known |= rows
        if self._sql is not None and rows:
            with suppress(sqlite3.Error), self._sql:
                self._sql.executemany(f"INSERT OR REPLACE INTO {self._table} VALUES (?, ?)", rows.items())

    def made(
        self, keys: Sequence[bytes], given: Sequence[T], make: Callable[[list[T]], Iterable[bytes]]
    ) -> list[bytes]:
        """What is kept under each key; of what is not known yet it is made, once, and kept."""
        known = self.known(keys)
        new = {key: each for key, each in zip(keys, given, strict=True) if key not in known}
        if new:
            self.keep(dict(zip(new, make(list(new.values())), strict=True)))
        return [self.known(keys)[key] for key in keys]

    def close(self) -> None:
        """Let go of the file."""
        if self._sql is not None:
            self._sql.close()
            self._sql = None


def key_of(*parts: str) -> bytes:
    """Under which something is kept: a hash of all that it depends on."""
    return hash_of(*parts, size=12)


def _opened(path: Path, table: str) -> sqlite3.Connection | None:
    try:
        has_database(path)
        return _connected(path, table)
    except (sqlite3.OperationalError, BaseBroken):  # locked, not to be written, or leading elsewhere
        return None
    except sqlite3.DatabaseError:  # damaged: it can be made again
        with suppress(OSError, sqlite3.Error):
            remove_database(path)
            return _connected(path, table)
    return None


def _connected(path: Path, table: str) -> sqlite3.Connection:
    sql = sqlite3.connect(path, timeout=_PATIENCE, check_same_thread=False)
    try:
        sql.execute("PRAGMA journal_mode = WAL")
        sql.execute("PRAGMA synchronous = OFF")
        sql.execute(f"CREATE TABLE IF NOT EXISTS {table} (key BLOB PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID")
        if path.stat().st_size > _MOST:
            sql.execute(f"DELETE FROM {table}")
        sql.execute(f"SELECT key, data FROM {table} LIMIT 1").fetchone()
    except BaseException:
        sql.close()
        raise
    return sql
