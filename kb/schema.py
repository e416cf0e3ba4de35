"""The tables of the base (schema). What comes from one file hangs off its row in `file`; what depends on several is worked out by
`ingest.connect`, and the `dirty_*` tables say what still is to be. A base of an earlier version is emptied, to be made anew."""

import secrets
import sqlite3
from pathlib import Path

VERSION = 11
"""Goes up with the tables, and with what the way in makes of a file: a base read otherwise would not be as a clean rebuild has it."""
_TOP = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '%_words_%'"
"""Tables but for those that SQLite keeps for itself and for the word index."""
_TABLES = Path(__file__).with_name("schema.sql").read_text("utf-8")
"""Statements, each ended by its line."""


def prepare(connection: sqlite3.Connection) -> None:
    """Make the tables of this version in one transaction, in place of those of an earlier one."""
    if version_of(connection) == VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        if version_of(connection) != VERSION:  # another process may have been here while this one waited
            for (table,) in connection.execute(_TOP).fetchall():
                connection.execute(f'DROP TABLE "{table}"')
            for statement in _TABLES.split(";\n"):  # `executescript` would commit first
                connection.execute(statement)
            # Who keeps something beside a base (Chroma) tells it from another by this.
            connection.execute("INSERT INTO meta VALUES ('base', ?)", (secrets.token_hex(4),))
            connection.execute(f"PRAGMA user_version = {VERSION}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def version_of(connection: sqlite3.Connection) -> int:
    """Which version of kb made a base; 0 where none did yet."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def is_newer(connection: sqlite3.Connection) -> bool:
    """Whether a later version of kb made this base."""
    return version_of(connection) > VERSION
