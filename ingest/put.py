"""One file's reading into the store, whole, in the transaction of its caller.

Whatever other files may have to be looked at again because of it is marked dirty in the same transaction.
"""

import json
from dataclasses import dataclass

from ingest.extract import Extract
from ingest.names import key_of, names_of, target_key
from ingest.page import Page
from ingest.restate import figure_key, is_telling
from ingest.scan import Seen
from ingest.stance import Said
from ingest.titles import is_known_by_sight, tail
from kb.problem import Problem
from kb.store import Store


@dataclass(frozen=True, slots=True)
class Entry:
    """All that is to be kept of one file."""

    seen: Seen
    sha: str
    page: Page | None
    extract: Extract | None
    said: tuple[Said, ...] = ()
    questions: tuple[str, ...] = ()
    """Tails of the questions in its prose: new titles with such a tail make it worth reading again."""
    problems: tuple[Problem, ...] = ()
    skipped: bool = False


def put(store: Store, entry: Entry, vectors: bytes, stamp: int) -> None:
    """Replace what the base holds of this file."""
    sql = store.sql
    remove(store, entry.seen.path)
    page, found = entry.page, entry.extract
    state = "skipped" if entry.skipped else "failed" if page is None else "library" if page.works else "note"
    file: int = sql.execute(
        "INSERT INTO file(path, size, stamp, sha, state, problems) VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
        (entry.seen.path, entry.seen.size, stamp, entry.sha, state, _problems(entry.problems)),
    ).fetchone()[0]
    if page is None or found is None:
        name = entry.seen.path.rstrip("/").rsplit("/", 1)[-1]
        _names(store, file, {(key_of(name), "file")})
        return
    note = page.note
    for work in page.works:
        sql.execute(
            "INSERT INTO work VALUES (?, ?, ?)",
            (file, key_of(work.citekey), work.model_dump_json(exclude_defaults=True)),
        )
        _dirty(store, "dirty_key", [key_of(work.citekey)])
    if page.works:
        return
    sources = "[" + ",".join(source.model_dump_json(exclude_defaults=True) for source in note.sources) + "]"
    rest: dict[str, object] = {
        "date": note.date, "aliases": note.aliases, "sources": sources, "topics": note.topics, "next_lines": page.next_lines,
    }  # fmt: skip
    store.put_note(note.id, file, note.kind, note.title, note.summary, rest)
    _names(store, file, set(names_of(note)))
    titles = {note.title, *note.aliases, *(entry.title for entry in page.listed if not entry.inferred)}
    known = [(tail(title), title, file) for title in titles if is_known_by_sight(title)]
    sql.executemany("INSERT OR IGNORE INTO title VALUES (?, ?, ?)", known)
    _dirty(store, "dirty_tail", [row[0] for row in known])
    sql.executemany("INSERT OR IGNORE INTO question VALUES (?, ?)", ((name, file) for name in entry.questions))
    _claims(store, file, note.id, found, vectors)
    _links(store, file, page, found, entry.said)
    sql.execute("INSERT OR IGNORE INTO dirty_file VALUES (?)", (file,))


def _claims(store: Store, file: int, own: str, found: Extract, vectors: bytes) -> None:
    sql = store.sql
    passage_of: dict[str, int] = {}
    for passage in found.passages:
        row = sql.execute(
            "INSERT INTO passage(file, start, stop, line) VALUES (?, ?, ?, ?) RETURNING id",
            (file, passage.start, passage.end, passage.line),
        ).fetchone()
        passage_of |= dict.fromkeys(passage.claims, row[0])
    store.put_claims(file, found.claims, passage_of, own)
    if found.claims:
        sql.execute("INSERT INTO vector VALUES (?, ?, ?)", (file, len(found.claims), vectors))
    figures = {
        (figure_key(number), claim.id) for claim in found.claims for number in claim.numbers if is_telling(number)
    }
    sql.executemany("INSERT OR IGNORE INTO figure SELECT ?, id FROM claim WHERE name = ?", figures)
    _dirty(store, "dirty_figure", [key for key, _ in figures])


def _links(store: Store, file: int, page: Page, found: Extract, said: tuple[Said, ...]) -> None:
    sql = store.sql
    sql.executemany(
        "INSERT INTO mention(file, key, target, form, relation, inverse, line, start, stop, claim) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (file, r.key, r.target, r.form, r.relation, r.inverse, r.line, r.start, r.end, r.claim)
            for r in found.references
        ),
    )
    listed = [
        (file, target_key(entry.target or entry.title), entry.target, entry.title, key_of(entry.title), entry.summary)
        for entry in page.listed
    ]
    sql.executemany(
        "INSERT INTO listed(file, key, target, title, title_key, summary) VALUES (?, ?, ?, ?, ?, ?)", listed
    )
    sql.executemany(
        "INSERT INTO said(file, relation, confidence, a, a_key, b, b_key, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        ((file, s.relation, s.confidence, s.a, s.a_key, s.b, s.b_key, s.reason) for s in said),
    )
    _dirty(store, "dirty_key", [r.key for r in found.references] + [key for row in listed for key in (row[1], row[4])])


def remove(store: Store, path: str) -> None:
    """Take a file and all that came of it out of the base."""
    sql = store.sql
    row = sql.execute("SELECT id FROM file WHERE path = ?", (path,)).fetchone()
    if row is None:
        return
    file = row[0]
    sql.execute(
        "INSERT OR IGNORE INTO dirty_key SELECT key FROM name WHERE file = ?1 UNION SELECT key FROM mention WHERE file = ?1 "
        "UNION SELECT key FROM listed WHERE file = ?1 UNION SELECT title_key FROM listed WHERE file = ?1 "
        "UNION SELECT key FROM work WHERE file = ?1",
        (file,),
    )
    sql.execute("INSERT OR IGNORE INTO dirty_tail SELECT tail FROM title WHERE file = ?", (file,))
    sql.execute(
        "INSERT OR IGNORE INTO dirty_figure SELECT figure.key FROM figure JOIN claim ON claim.id = figure.claim WHERE claim.file = ?",
        (file,),
    )
    sql.execute("DELETE FROM link WHERE origin = ?", (f"file:{file}",))
    claims = sql.execute("SELECT id, text FROM claim WHERE file = ?", (file,)).fetchall()
    notes = sql.execute("SELECT id, title, aliases, summary FROM note WHERE file = ?", (file,)).fetchall()
    store.forget_words(claims, notes)
    sql.execute("DELETE FROM file WHERE id = ?", (file,))


def _names(store: Store, file: int, names: set[tuple[str, str]]) -> None:
    store.sql.executemany(
        "INSERT OR IGNORE INTO name VALUES (?, ?, ?)", ((key, file, how) for key, how in names if key)
    )
    _dirty(store, "dirty_key", [key for key, _ in names])


def _dirty(store: Store, table: str, keys: list[str]) -> None:
    store.sql.executemany(f"INSERT OR IGNORE INTO {table} VALUES (?)", ((key,) for key in keys if key))


def _problems(problems: tuple[Problem, ...]) -> str:
    return (
        json.dumps([problem.model_dump(exclude_defaults=True) for problem in problems], ensure_ascii=False)
        if problems
        else ""
    )
