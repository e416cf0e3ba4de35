"""Is the base sound? Every quote against its file, the tables, the word index, Chroma against the store."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from ingest import passages
from ingest.integrity import changed_quotes
from ingest.pipeline import sync
from kb.catalogue import claims, files, notes
from kb.edges import links
from kb.errors import BaseBroken, BaseLocked, KbError, NotAVault
from kb.folder import CHROMA, base_folder, clear_strangers, is_full, kind, strangers
from kb.settings import Settings
from kb.store import UNFINISHED, Store, foreign_errors, open_store, translated


@dataclass(slots=True)
class Check:
    """One question asked of the base, and what was found."""

    name: str
    checked: int = 0
    problems: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    """What is no damage: a thing not made yet, or not asked for."""


Question = Callable[[Check, Store, Settings], None]


def examine(vault: Path, settings: Settings) -> list[Check]:
    """Ask everything, change nothing. Files edited since the last sync are no fault of the base."""
    try:
        with open_store(vault, create=False) as store, foreign_errors(store.folder):
            return [_asked(name, ask, store, settings) for name, ask in _QUESTIONS.items()]
    except BaseBroken as why:
        return [Check("the file can be opened", 1, [why.message])]


def _asked(name: str, ask: Question, store: Store, settings: Settings) -> Check:
    """One check. Bytes of a damaged base may be anything, and so may what reading them raises: it is what was looked for."""
    check = Check(name)
    try:
        with foreign_errors(store.folder):
            ask(check, store, settings)
    except BaseBroken as why:
        check.problems.append(why.message)
    except KbError:
        raise  # locked, or the disk: nothing was found out
    except Exception as why:
        check.problems.append(f"what it holds cannot be read ({type(why).__name__})")
    return check


def mend(vault: Path, settings: Settings) -> list[Check]:
    """Mend what `examine` finds: Chroma alone where only Chroma is off, else the whole base from the notes."""
    found = examine(vault, settings)
    damaged = {check.name for check in found if check.problems}
    clear_strangers(base_folder(vault))
    if damaged - {CHROMA_HOLDS}:
        sync(vault, settings, rebuild=True)
    elif damaged or any(check.name == CHROMA_HOLDS and check.remarks for check in found):
        with open_store(vault) as store:
            if not store.read_only:
                passages.catch_up(store, settings, now=True, afresh=bool(damaged))
    return examine(vault, settings)


def _tables(check: Check, store: Store, settings: Settings) -> None:
    check.checked = sum(store.count(table) for table in ("file", "note", "claim", "mention", "link"))
    # Chroma's folder is asked about below, and mended alone.
    check.problems += [f"{path}: {why}" for path, why in strangers(store.folder) if path.name != CHROMA]
    if not store.is_whole:
        check.remarks.append(f"{UNFINISHED.message} {UNFINISHED.hint}")
    answer = store.sql.execute("PRAGMA integrity_check(20)").fetchall()
    check.problems += [row[0] for row in answer if row[0] != "ok"]
    check.problems += [
        f"{row[0]} row {row[1]} points to a {row[2]} that is not there"
        for row in store.sql.execute("PRAGMA foreign_key_check")
    ]
    for facts in (notes, files, links):  # whatever cannot be read as what it was written as is damage
        for _ in facts(store):
            pass
    short = store.sql.execute(
        "SELECT path FROM file JOIN vector ON vector.file = file.id WHERE rows <> (SELECT count(*) FROM claim WHERE claim.file = file.id) "
        "UNION SELECT path FROM file WHERE EXISTS (SELECT 1 FROM claim WHERE file = file.id) AND id NOT IN (SELECT file FROM vector)"
    )
    check.problems += [f"{path}: its claims and its vectors differ in number" for (path,) in short]


def _quotes(check: Check, store: Store, settings: Settings) -> None:
    found = claims(store)
    check.checked = len(found)
    check.problems += [f"{p.path}:{p.line}: {p.message}" for p in changed_quotes(store.vault, found).values()]


def _words(check: Check, store: Store, settings: Settings) -> None:
    check.checked = 2
    for table, of in (("claim_words", "claim"), ("note_words", "note")):
        if not store.read_only:  # the index is asked by writing to it
            try:
                store.sql.execute(f"INSERT INTO {table}({table}) VALUES ('integrity-check')")
            except sqlite3.DatabaseError as why:
                if isinstance(translated(why, store.folder), NotAVault | BaseLocked):
                    raise
                check.problems.append(f"the index of {of}s: {why}")
        indexed = store.sql.execute(f"SELECT count(*) FROM {table}_docsize").fetchone()[0]
        if indexed != store.count(of):
            check.problems.append(f"the index knows {indexed:,} {of}s, the base {store.count(of):,}")


def _chroma(check: Check, store: Store, settings: Settings) -> None:
    from kb.chroma import Passages, VectorsUnavailable

    if settings.offline and settings.vectors:
        check.remarks.append("not asked: offline")
        return
    check.checked = store.count("passage")
    high = int(store.meta("chroma_high", "-1"))
    where = passages.place(store, settings)
    if isinstance(where, Path) and kind(where) not in ("", "folder"):
        check.problems.append(f"{where}: it is a {kind(where)}, where a folder should be")
        return
    if high < 0:
        check.remarks += ["not built yet; until then answers use exact search"] if check.checked else []
        return
    if isinstance(where, Path) and (store.read_only or is_full(where)):
        check.remarks.append("not asked: Chroma opens only a folder that can be written; answers use exact search")
        return
    try:
        with closing(Passages(where, store.meta("base"), int(store.meta("chroma_generation")))) as held:
            wanted = store.sql.execute("SELECT count(*) FROM passage WHERE id <= ?", (high,)).fetchone()[0]
            waiting = store.sql.execute("SELECT count(*) FROM passage_gone WHERE id <= ?", (high,)).fetchone()[0]
            if held.count() != wanted + waiting:
                check.problems.append(f"it holds {held.count():,} passages, and {wanted + waiting:,} were put in")
    except VectorsUnavailable as why:
        check.problems.append(why.message)


CHROMA_HOLDS = "Chroma holds the passages"
_QUESTIONS: dict[str, Question] = {
    "the tables hang together": _tables,
    "every quote stands in its file": _quotes,
    "the word index answers": _words,
    CHROMA_HOLDS: _chroma,
}
