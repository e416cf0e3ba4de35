"""What the reader made of texts, kept by content in a file of its own: deleting it has them read again, no more."""

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

import numpy as np

from kb.errors import Unavailable
from kb.language.encoder import Encoder, boxed
from kb.quantised import packed, unpacked
from kb.settings import Settings
from kb.vectorised import Matrix

FILE = "readings.sqlite3"
_TABLE = "CREATE TABLE IF NOT EXISTS reading (key BLOB PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID"
_PATIENCE = 0.2
"""Seconds to wait for another writer: what is not kept is read again."""
_MOST = 1_000_000_000
"""Bytes kept, about two million texts; with more, all are forgotten and read again as they are needed."""


class Readings:
    """Vectors of texts, made where they are not known yet."""

    def __init__(self, encoder: Encoder, folder: Path | None = None) -> None:
        """`folder` is that of the base; without one, nothing outlives this."""
        self.encoder = encoder
        self._known: dict[bytes, bytes] = {}
        self._sql: sqlite3.Connection | None = None
        if folder is not None:
            try:
                self._sql = _opened(folder / FILE)
            except sqlite3.OperationalError:  # locked, or not to be written
                self._sql = None
            except sqlite3.DatabaseError:  # damaged: it can be made again
                with suppress(OSError, sqlite3.Error):
                    (folder / FILE).unlink(missing_ok=True)
                    self._sql = _opened(folder / FILE)

    def of(self, texts: Sequence[str]) -> Matrix:
        """One row for each text, of length one."""
        keys = [self._key(text) for text in texts]
        self._look_up([key for key in dict.fromkeys(keys) if key not in self._known])
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        if new:
            self._keep(dict(zip(new, _rows(self.encoder.embed(list(new.values()))), strict=True)))
        return unpacked(b"".join(self._known[key] for key in keys), len(keys)) if keys else _nothing(self.encoder)

    def lacking(self, texts: Sequence[str]) -> list[str]:
        """Those that have not been read yet."""
        keys = {self._key(text): text for text in texts}
        self._look_up([key for key in keys if key not in self._known])
        return [text for key, text in keys.items() if key not in self._known]

    def close(self) -> None:
        """Let go of the file."""
        if self._sql is not None:
            self._sql.close()

    def _key(self, text: str) -> bytes:
        return blake2b(f"{self.encoder.name}\n{text}".encode("utf-8", "surrogatepass"), digest_size=12).digest()

    def _look_up(self, keys: Sequence[bytes]) -> None:
        for start in range(0, len(keys) if self._sql else 0, 500):
            some = keys[start : start + 500]
            marks = ",".join("?" * len(some))
            with suppress(sqlite3.Error):
                assert self._sql is not None
                self._known.update(
                    self._sql.execute(f"SELECT key, data FROM reading WHERE key IN ({marks})", some).fetchall()
                )

    def _keep(self, rows: dict[bytes, bytes]) -> None:
        self._known |= rows
        if self._sql is not None:
            with suppress(sqlite3.Error), self._sql:
                self._sql.executemany("INSERT OR IGNORE INTO reading VALUES (?, ?)", rows.items())


def open_readings(settings: Settings, folder: Path) -> Readings | None:
    """The reader in the box and what it has read, where the vault wants it and it is whole."""
    if settings.embed != "reader":
        return None
    try:
        return Readings(boxed(), folder)
    except Unavailable:
        return None


def _rows(matrix: Matrix) -> list[bytes]:
    return [packed(row[None]) for row in matrix]


def _nothing(encoder: Encoder) -> Matrix:
    return np.zeros((0, encoder.dimensions), np.float32)


def _opened(path: Path) -> sqlite3.Connection:
    sql = sqlite3.connect(path, timeout=_PATIENCE, check_same_thread=False)
    try:
        sql.execute("PRAGMA journal_mode = WAL")
        sql.execute("PRAGMA synchronous = OFF")
        sql.execute(_TABLE)
        if path.stat().st_size > _MOST:
            sql.execute("DELETE FROM reading")
        sql.execute("SELECT key, data FROM reading LIMIT 1").fetchone()
    except BaseException:
        sql.close()
        raise
    return sql
