"""Is the base sound? Every quote against its file, the tables, the word index, Chroma against the store."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ingest import passages
from ingest.intact import changed_quotes
from ingest.pipeline import sync
from kb.catalogue import claims
from kb.errors import BaseBroken
from kb.settings import Settings
from kb.store import Store, foreign_errors, open_store


@dataclass(slots=True)
class Check:
    """One question asked of the base, and what was found."""

    name: str
    checked: int = 0
    problems: list[str] = field(default_factory=list)


def examine(vault: Path, settings: Settings) -> list[Check]:
    """Ask everything, change nothing. Files edited since the last sync are no fault of the base."""
    try:
        with open_store(vault, create=False) as store, foreign_errors(store.folder):
            return [ask(store, settings) for ask in _QUESTIONS]
    except BaseBroken as why:
        return [Check("the file can be opened", 1, [why.message])]


def mend(vault: Path, settings: Settings) -> list[Check]:
    """Mend what `examine` finds: Chroma alone where only Chroma is off, else the whole base from the notes."""
    found = examine(vault, settings)
    damaged = {check.name for check in found if check.problems}
    if damaged - {"Chroma holds the passages"}:
        sync(vault, settings, rebuild=True)
    elif damaged:
        with open_store(vault) as store:
            passages.catch_up(store, settings, now=True, afresh=True)
    return examine(vault, settings)


def _tables(store: Store, settings: Settings) -> Check:
    check = Check(
        "the tables hang together", sum(store.count(table) for table in ("file", "note", "claim", "mention", "link"))
    )
    answer = store.sql.execute("PRAGMA integrity_check(20)").fetchall()
    check.problems += [row[0] for row in answer if row[0] != "ok"]
    check.problems += [
        f"{row[0]} row {row[1]} points to a {row[2]} that is not there"
        for row in store.sql.execute("PRAGMA foreign_key_check")
    ]
    short = store.sql.execute(
        "SELECT path FROM file JOIN vector ON vector.file = file.id WHERE rows <> (SELECT count(*) FROM claim WHERE claim.file = file.id) "
        "UNION SELECT path FROM file WHERE EXISTS (SELECT 1 FROM claim WHERE file = file.id) AND id NOT IN (SELECT file FROM vector)"
    )
    check.problems += [f"{path}: its claims and its vectors differ in number" for (path,) in short]
    return check


def _quotes(store: Store, settings: Settings) -> Check:
    found = claims(store)
    changed = changed_quotes(store.vault, found)
    return Check(
        "every quote stands in its file", len(found), [f"{p.path}:{p.line}: {p.message}" for p in changed.values()]
    )


def _words(store: Store, settings: Settings) -> Check:
    check = Check("the word index answers", 2)
    for table, of in (("claim_words", "claim"), ("note_words", "note")):
        try:
            store.sql.execute(f"INSERT INTO {table}({table}) VALUES ('integrity-check')")
        except sqlite3.DatabaseError as why:
            check.problems.append(f"the index of {of}s: {why}")
        indexed = store.sql.execute(f"SELECT count(*) FROM {table}_docsize").fetchone()[0]
        if indexed != store.count(of):
            check.problems.append(f"the index knows {indexed:,} {of}s, the base {store.count(of):,}")
    return check


def _chroma(store: Store, settings: Settings) -> Check:
    from kb.vectors import Passages, VectorsUnavailable

    check = Check("Chroma holds the passages", store.count("passage"))
    if settings.offline and settings.vectors:
        return Check("Chroma holds the passages (not asked: offline)")
    high = int(store.meta("chroma_high", "-1"))
    if high < 0:
        check.problems += ["it has not been built yet"] if check.checked else []
        return check
    try:
        held = Passages(passages.place(store, settings), store.meta("base"), int(store.meta("chroma_generation")))
    except VectorsUnavailable as why:
        check.problems.append(why.message)
        return check
    try:
        wanted = store.sql.execute("SELECT count(*) FROM passage WHERE id <= ?", (high,)).fetchone()[0]
        waiting = store.sql.execute("SELECT count(*) FROM passage_gone WHERE id <= ?", (high,)).fetchone()[0]
        if held.count() != wanted + waiting:
            check.problems.append(f"it holds {held.count():,} passages, and {wanted + waiting:,} were put in")
        check.problems += _astray(store, held, high)
    finally:
        held.close()
    return check


def _astray(store: Store, held: object, high: int) -> list[str]:
    """A few passages, looked up by their own vectors, must find themselves."""
    lost = []
    rows = store.sql.execute(
        "SELECT DISTINCT file FROM passage WHERE id <= ? ORDER BY id % 97, id LIMIT 20", (high,)
    ).fetchall()
    for (file,) in rows:
        found = passages.file_passages(store, file)
        if found is None or not np.any(found[1][0]):
            continue
        nearest = held.nearest(found[1][0], 5)  # type: ignore[attr-defined]
        if int(found[0][0]) <= high and nearest and nearest[0][1] < 0.99:
            lost.append(f"passage {int(found[0][0])} is not found by its own vector")
    return lost


_QUESTIONS: tuple[Callable[[Store, Settings], Check], ...] = (_tables, _quotes, _words, _chroma)
