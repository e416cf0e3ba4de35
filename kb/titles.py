"""Titles of notes for completion: read straight from the base, without bringing it up to date, in the time between two keys."""

import sqlite3
from contextlib import closing
from pathlib import Path

from kb.folder import BASE, base_folder, has_database

_MOST = 60


def titles_like(vault: Path, begun: str) -> list[str]:
    """Titles that begin so, whatever the case; none where there is no base, or none that can be read."""
    path = base_folder(vault) / BASE
    like = "".join(f"\\{letter}" if letter in "\\%_" else letter for letter in begun)
    try:
        if not has_database(path):
            return []
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=0.05)) as base:
            rows = base.execute(
                "SELECT title FROM note WHERE title LIKE ? ESCAPE '\\' ORDER BY title LIMIT ?", (f"{like}%", _MOST)
            )
            return [str(row[0]) for row in rows]
    except sqlite3.Error:
        return []
