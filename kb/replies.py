"""Replies of a language model, kept so that nothing is paid for twice (a cache); and the budget of tokens that may be spent.

Replies are kept by content, in a file of their own: they survive `kb sync --rebuild`, and deleting the file does no
more than have everything asked again.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from kb.claim import hash_of
from kb.errors import BaseBroken
from kb.folder import REPLIES, has_database, remove_database
from kb.problem import Problem

FILE = REPLIES
_TABLE = (
    "CREATE TABLE IF NOT EXISTS reply (key TEXT PRIMARY KEY, model TEXT NOT NULL, text TEXT NOT NULL, "
    "sent INTEGER NOT NULL, got INTEGER NOT NULL, at TEXT NOT NULL) WITHOUT ROWID"
)


class StoredReply(NamedTuple):
    """One reply."""

    key: str
    text: str
    sent: int = 0
    got: int = 0


class Budget:
    """Tokens that may be spent; none named is no limit."""

    def __init__(self, tokens: int | None = None) -> None:
        self.tokens = tokens
        self.spent = 0

    def allows(self, tokens: int) -> bool:
        """Whether a call of about so many tokens still fits."""
        return self.tokens is None or self.spent + tokens <= self.tokens

    def stopped(self, what: str) -> Problem:
        """The remark on what was left undone."""
        return Problem(
            code="budget", message=f"The budget of {self.tokens:,} tokens is spent ({self.spent:,}): {what}.",
            path="kb.toml", hint="What was answered is kept. Go on with: kb sync --budget N",
        )  # fmt: skip


def reply_key(*parts: str) -> str:
    """Under which a reply is kept: a hash of all that it depends on."""
    return hash_of(*parts, size=16).hex()


class Replies:
    """The file of replies; where it cannot be written, what is learnt lasts as long as this does."""

    def __init__(self, folder: Path) -> None:
        self._sql = _opened(folder / FILE)

    def known(self, keys: Iterable[str]) -> dict[str, str]:
        """The replies there are under these keys."""
        return _known(self._sql, keys)

    def keep(self, model: str, replies: Iterable[StoredReply]) -> None:
        """Remember replies, all of them or none."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        rows = [(each.key, model, each.text, each.sent, each.got, now) for each in replies]
        try:
            self._put(rows)
        except sqlite3.OperationalError:  # not to be written, or the disk is full
            known = self._sql.execute("SELECT key, model, text, sent, got, at FROM reply").fetchall()
            self._sql.close()
            self._sql = _connected(":memory:")
            self._put([*known, *rows])

    def _put(self, rows: Sequence[tuple[str, str, str, int, int, str]]) -> None:
        with self._sql:
            self._sql.executemany("INSERT OR REPLACE INTO reply VALUES (?, ?, ?, ?, ?, ?)", rows)

    def close(self) -> None:
        self._sql.close()


def known_replies(folder: Path, keys: Iterable[str]) -> dict[str, str]:
    """The same, without making or changing anything."""
    path = folder / FILE
    try:
        if not has_database(path):
            return {}
        sql = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=30.0)
        try:
            return _known(sql, keys)
        finally:
            sql.close()
    except (sqlite3.DatabaseError, BaseBroken):
        return {}


def _opened(path: Path) -> sqlite3.Connection:
    """The file, begun anew where it is damaged; memory, where it cannot be had."""
    try:
        has_database(path)
        return _connected(path)
    except (sqlite3.OperationalError, BaseBroken):
        pass  # locked, or not to be written, or leading elsewhere: what it holds is worth money, and stays
    except sqlite3.DatabaseError:
        with suppress(OSError, sqlite3.DatabaseError):
            remove_database(path)
            return _connected(path)
    return _connected(":memory:")


def _connected(path: Path | str) -> sqlite3.Connection:
    sql = sqlite3.connect(path, timeout=30.0, check_same_thread=False)
    try:
        sql.execute(_TABLE)
        sql.execute("SELECT key, model, text, sent, got, at FROM reply LIMIT 1").fetchone()
    except BaseException:
        sql.close()
        raise
    return sql


def _known(sql: sqlite3.Connection, keys: Iterable[str]) -> dict[str, str]:
    given = list(keys)
    found: dict[str, str] = {}
    for start in range(0, len(given), 500):
        some = given[start : start + 500]
        marks = ",".join("?" * len(some))
        found.update(sql.execute(f"SELECT key, text FROM reply WHERE key IN ({marks})", some).fetchall())
    return found
