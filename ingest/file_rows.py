"""Rows of the base for a file that was read: each file whole, a table at a time, in the transaction of the caller.
Whatever other files may have to be looked at again because of one is marked dirty in the same transaction."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ingest.author_links import AuthorLink
from ingest.extract import Extract
from ingest.names import key_of, listed_as, names_of, target_key
from ingest.page import Page
from ingest.restatements import figure_key, is_telling
from ingest.scan import Seen
from ingest.titles import is_known_by_sight, tail
from kb.note import REPORT, Source, known_as, sources_in
from kb.problem import Problem
from kb.store import NoteWords, Store

Row = tuple[object, ...]
Vectors = tuple[bytes, bytes]
"""Of the claims of a file, in their order, and of its title."""


class Entry(NamedTuple):
    """All that is to be kept of one file."""

    seen: Seen
    sha: str
    page: Page | None
    extract: Extract | None
    said: tuple[AuthorLink, ...] = ()
    questions: tuple[str, ...] = ()
    """Tails of the questions in its prose: new titles with such a tail make it worth reading again."""
    problems: tuple[Problem, ...] = ()
    skipped: bool = False
    heard: tuple[str, int] | None = None
    """With which reply of a language model it was read, and how many calls about it wait; none where none is wanted."""


def write_files(store: Store, entries: Iterable[tuple[Entry, Vectors, int]]) -> None:
    """Replace what the base holds of these files; with each come its vectors and its stamp."""
    rows = _Rows(store)
    for entry, vectors, stamp in entries:
        rows.collect(entry, vectors, stamp, delete_rows(store, entry.seen.path))
    rows.write()


@dataclass(slots=True)
class _Rows:
    """What is to be written, by table."""

    store: Store
    tables: dict[str, list[Row]] = field(default_factory=dict)
    claim_words: list[tuple[int, str]] = field(default_factory=list)
    note_words: list[NoteWords] = field(default_factory=list)
    next_id: dict[str, int] = field(default_factory=dict)

    def add(self, table: str, *values: object) -> None:
        self.tables.setdefault(table, []).append(values)

    def number(self, table: str) -> int:
        """The next id of a table; ids are never used twice, so that Chroma cannot mistake one for another."""
        if table not in self.next_id:
            sql = self.store.sql
            row = sql.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
            self.next_id[table] = row[0] + 1 if row else 1
        self.next_id[table] += 1
        return self.next_id[table] - 1

    def dirty(self, table: str, keys: Iterable[object]) -> None:
        self.tables.setdefault(table, []).extend((key,) for key in keys if key)

    def collect(self, entry: Entry, vectors: Vectors, stamp: int, titles_before: set[tuple[str, str]]) -> None:
        """One file; a title that it had before and keeps makes no other file worth reading again."""
        page, found, path = entry.page, entry.extract, entry.seen.path
        titles = set[tuple[str, str]]()
        state = "skipped" if entry.skipped else "failed" if page is None else "library" if page.works else "note"
        file = self.number("file")
        problems = [problem.model_dump(exclude_defaults=True) for problem in entry.problems]
        self.add("file", file, path, entry.seen.size, stamp, entry.sha, state, _json(problems) if problems else "")
        if page is None or found is None:
            if not path.endswith("/"):
                self._names(file, {(key_of(path.rsplit("/", 1)[-1]), "file")})
        elif page.works:
            for work in page.works:
                self.add("work", file, key_of(work.citekey), work.model_dump_json(exclude_defaults=True))
            self.dirty("dirty_key", {key_of(work.citekey) for work in page.works})
        else:
            titles = self._note(file, page, found, entry.questions)
            if entry.heard:
                self.add("heard", file, *entry.heard)
            self._claims(file, page.note.id, found, vectors, REPORT in page.note.topics)
            self._links(file, page, found, entry.said)
            self.add("dirty_file", file)
        self.dirty("dirty_tail", (end for end, _ in titles ^ titles_before))

    def _note(self, file: int, page: Page, found: Extract, questions: Sequence[str]) -> set[tuple[str, str]]:
        """The note and its names; the titles that it can be told by, each with its tail."""
        note = page.note
        number = self.number("note")
        aliases = "\n".join(note.aliases)
        sources = f"[{','.join(source.model_dump_json(exclude_defaults=True) for source in note.sources)}]"
        self.add(
            "note", number, note.id, file, note.title, note.kind, note.summary, note.date, aliases, sources,
            _json(note.topics), _json([*page.next_lines, *found.asked]), _json(note.tags),
        )  # fmt: skip
        own = (claim.quote for claim in found.claims if claim.note == note.id)
        self.note_words.append((number, note.title, aliases, note.summary, body_of(own, note.sources)))
        self._names(file, set(names_of(note)))
        titles = {note.title, *note.aliases, *(entry.title for entry in page.listed if not entry.inferred)}
        known = {(tail(title), title) for title in titles if is_known_by_sight(title)}
        for end, title in sorted(known):
            self.add("title", end, title, file)
        for end in questions:
            self.add("question", end, file)
        return known

    def _claims(self, file: int, own: str, found: Extract, vectors: Vectors, repeats: bool) -> None:
        passage_of: dict[str, int] = {}
        for passage in found.passages:
            number = self.number("passage")
            self.add("passage", number, file, passage.start, passage.end, passage.line)
            passage_of |= dict.fromkeys(passage.claims, number)
        for claim in found.claims:
            number, place = self.number("claim"), claim.place
            numbers = _json([(n.quantity, n.value, n.unit) for n in claim.numbers]) if claim.numbers else ""
            self.add(
                "claim", number, claim.id, file, None if claim.note == own else claim.note, None, place.start, place.end,
                place.line, place.sha, claim.text, None if claim.quote == claim.text else claim.quote, claim.role, numbers,
                passage_of[claim.id], place.page,
            )  # fmt: skip
            self.claim_words.append((number, claim.text))
            figures = {figure_key(quantity) for quantity in claim.numbers if is_telling(quantity) and not repeats}
            for figure in figures:
                self.add("figure", figure, number)
            self.dirty("dirty_figure", figures)
        self.add("vector", file, len(found.claims), *vectors)

    def _links(self, file: int, page: Page, found: Extract, said: tuple[AuthorLink, ...]) -> None:
        for r in found.references:
            place = (r.line, r.start, r.end, r.claim)
            self.add("mention", None, file, r.key, r.target, r.form, r.relation, r.inverse, *place, None)
            self.dirty("dirty_key", (r.key,))
        for entry in page.listed:
            key, title_key = target_key(listed_as(entry.target, entry.title)), key_of(entry.title)
            self.add("listed", file, key, entry.target, entry.title, title_key, entry.summary)
            self.dirty("dirty_key", (key, title_key))
        for s in said:
            self.add("said", file, s.relation, s.confidence, s.a, s.a_key, s.b, s.b_key, s.reason)

    def _names(self, file: int, names: set[tuple[str, str]]) -> None:
        for key, how in names:
            if key:
                self.add("name", key, file, how)
        self.dirty("dirty_key", {key for key, _ in names})

    def write(self) -> None:
        """Parents before children; a name or a mark may be there already."""
        first = ("file", "note", "passage", "claim")
        for table in (*first, *(name for name in self.tables if name not in first)):
            if rows := self.tables.get(table):
                marks = ",".join("?" * len(rows[0]))
                self.store.sql.executemany(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", rows)
        self.store.learn_words(self.claim_words, self.note_words)


def remove_file(store: Store, path: str) -> None:
    """A file has gone: so have its titles."""
    gone = delete_rows(store, path)
    store.sql.executemany("INSERT OR IGNORE INTO dirty_tail VALUES (?)", ((end,) for end, _ in gone))


def delete_rows(store: Store, path: str) -> set[tuple[str, str]]:
    """Take a file and all that came of it out of the base; the titles it had are for the caller to mark."""
    sql = store.sql
    row = sql.execute("SELECT id FROM file WHERE path = ?", (path,)).fetchone()
    if row is None:
        return set()
    file = row[0]
    sql.execute(
        "INSERT OR IGNORE INTO dirty_key SELECT key FROM name WHERE file = ?1 UNION SELECT key FROM mention WHERE file = ?1 "
        "UNION SELECT key FROM listed WHERE file = ?1 UNION SELECT title_key FROM listed WHERE file = ?1 "
        "UNION SELECT key FROM work WHERE file = ?1",
        (file,),
    )
    titles = set(sql.execute("SELECT tail, title FROM title WHERE file = ?", (file,)).fetchall())
    sql.execute(
        "INSERT OR IGNORE INTO dirty_figure SELECT figure.key FROM figure JOIN claim ON claim.id = figure.claim WHERE claim.file = ?",
        (file,),
    )
    sql.execute("DELETE FROM link WHERE origin = ?", (f"file:{file}",))
    claims = sql.execute("SELECT id, text FROM claim WHERE file = ?", (file,)).fetchall()
    quotes = sql.execute(
        "SELECT coalesce(quote, text) FROM claim WHERE file = ? AND about IS NULL ORDER BY id", (file,)
    )
    own = [row[0] for row in quotes]
    rows = sql.execute("SELECT id, title, aliases, summary, sources FROM note WHERE file = ?", (file,)).fetchall()
    notes = [(*words, body_of(own, sources_in(sources))) for *words, sources in rows]
    store.forget_words(claims, notes)
    sql.execute("DELETE FROM file WHERE id = ?", (file,))
    return titles


def body_of(quotes: Iterable[str], sources: Iterable[Source]) -> str:
    """What the word index knows of a note besides its title, aliases and summary: its claims, and whose work it is on."""
    return "\n".join((*quotes, known_as(tuple(sources))))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
