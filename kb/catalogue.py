"""What the base holds, as facts: notes, claims, links, files. Reads only."""

import json
from collections.abc import Iterable, Iterator, Sequence

from kb.claim import Claim, Quantity
from kb.note import Citation, Note, Source, slug
from kb.problem import Problem
from kb.store import Store, searchable

_CLAIM = (
    "SELECT claim.name, claim.text, coalesce(claim.quote, claim.text), file.path, claim.start, claim.stop, claim.line, claim.sha, "
    "coalesce(claim.owner, claim.about, file.path), claim.role, claim.numbers, claim.page FROM claim JOIN file ON file.id = claim.file"
)
_NOTE = (
    "SELECT note.name, note.title, note.kind, file.path, note.summary, note.aliases, note.sources, note.date, note.topics, "
    "note.tags FROM note LEFT JOIN file ON file.id = note.file"
)


def notes(store: Store, names: Sequence[str] | None = None) -> list[Note]:
    """All notes by path, stubs last; or those named, in the order given."""
    if names is None:
        rows = store.sql.execute(f"{_NOTE} ORDER BY note.file IS NULL, note.name")
        return [_note(row) for row in rows]
    found = {row[0]: _note(row) for row in store.rows(f"{_NOTE} WHERE note.name IN", names)}
    return [found[name] for name in names if name in found]


def claims(store: Store, names: Sequence[str] | None = None) -> list[Claim]:
    """All claims by file and place; or those named, in the order given."""
    rows: Iterable[Sequence[str]]
    if names is None:
        rows = store.sql.execute(f"{_CLAIM} ORDER BY file.path, claim.start, claim.name").fetchall()
        cites = _citations(store, None)
    else:
        rows = store.rows(f"{_CLAIM} WHERE claim.name IN", names)
        cites = _citations(store, names)
    found = {row[0]: _claim(row, cites.get(row[0], ())) for row in rows}
    return list(found.values()) if names is None else [found[name] for name in names if name in found]


def claims_of(store: Store, note: str) -> list[Claim]:
    """A note's own claims, then what other files say in its name."""
    # The owner goes before what a claim is about, that before its file. Each is asked by its own index: asked as one
    # expression, every claim of the base would be read.
    rows = store.sql.execute(
        "SELECT claim.name FROM claim JOIN file ON file.id = claim.file WHERE claim.id IN ("
        "SELECT id FROM claim WHERE owner = ?1 UNION SELECT id FROM claim WHERE about = ?1 AND owner IS NULL UNION "
        "SELECT claim.id FROM claim JOIN file ON file.id = claim.file WHERE path = ?1 AND owner IS NULL AND about IS NULL) "
        "ORDER BY file.path <> ?1, file.path, claim.start",
        (note,),
    )
    return claims(store, [row[0] for row in rows])


def _citations(store: Store, names: Sequence[str] | None) -> dict[str, tuple[str, ...]]:
    if names is None:
        rows: Iterable[tuple[str, ...]] = store.sql.execute(
            "SELECT claim, note FROM mention WHERE claim IS NOT NULL AND note IN (SELECT name FROM note) ORDER BY start"
        )
    else:
        # A mention stands in its claim's file, and files have an index of mentions; claims have none. CROSS keeps
        # SQLite from going through the mentions of every note instead.
        query = (
            "SELECT mention.claim, mention.note FROM claim CROSS JOIN mention ON mention.file = claim.file "
            "AND mention.claim = claim.name CROSS JOIN note ON note.name = mention.note WHERE claim.name IN"
        )
        rows = store.rows(query, names, "ORDER BY mention.start")
    found: dict[str, dict[str, None]] = {}
    for claim, note in rows:
        found.setdefault(claim, {})[note] = None
    return {claim: tuple(cited) for claim, cited in found.items()}


def links_as_written(store: Store) -> dict[str, list[Citation]]:
    """The author's links of each file, in order."""
    rows = store.sql.execute(
        "SELECT file.path, mention.line, target, note FROM mention JOIN file ON file.id = mention.file "
        "ORDER BY file.path, mention.start, mention.stop"
    )
    found: dict[str, list[Citation]] = {}
    for source, line, target, note in rows:
        to = None if note is None or note.startswith("stub:") else note
        found.setdefault(source, []).append(Citation(line=line, target=target, to=to, note=note or ""))
    return found


def cited(store: Store) -> list[tuple[str, str]]:
    """Which note cites which, each pair once."""
    return store.sql.execute(
        "SELECT DISTINCT file.path, mention.note FROM mention JOIN file ON file.id = mention.file JOIN note ON note.name = mention.note "
        "WHERE mention.note <> file.path AND file.state = 'note' UNION "
        "SELECT DISTINCT file.path, claim.owner FROM claim JOIN file ON file.id = claim.file JOIN note ON note.name = claim.owner "
        "ORDER BY 1, 2"
    ).fetchall()


def find_notes(store: Store, query: str, limit: int = -1) -> list[str]:
    """Names of notes by the words of their titles, aliases and summaries; all of them where no limit is given."""
    return _found(store, "note", "bm25(note_words, 3.0, 2.0, 1.0, 0.5)", query, limit)


def find_claims(store: Store, query: str, limit: int = -1) -> list[str]:
    """Ids of claims by their words; all of them where no limit is given."""
    return _found(store, "claim", "bm25(claim_words)", query, limit)


def _found(store: Store, of: str, rank: str, query: str, limit: int) -> list[str]:
    sql = (
        f"SELECT {of}.name FROM {of}_words JOIN {of} ON {of}.id = {of}_words.rowid WHERE {of}_words MATCH ? "
        f"ORDER BY {rank}, {of}.name LIMIT ?"
    )
    words = match_query(query)
    return [row[0] for row in store.sql.execute(sql, (words, limit))] if words else []


def match_query(query: str) -> str:
    """Any of the words, whatever else the text may mean to FTS5."""
    words = dict.fromkeys(word for word in slug(searchable(query[:10_000])).split("-") if word)
    return " OR ".join(f'"{word}"' for word in list(words)[:64])


def named(store: Store, name: str) -> str | None:
    """The note that a person means: by id, path, title, alias or file name."""
    wanted = name.strip()
    row = store.sql.execute("SELECT name FROM note WHERE name = ?1 OR name = 'stub:' || ?1", (wanted,)).fetchone()
    if row:
        return str(row[0])
    key = slug(wanted.removesuffix(".md").rsplit("/", 1)[-1])[:80].rstrip("-")
    rows = store.sql.execute(
        "SELECT note.name FROM name JOIN note ON note.file = name.file WHERE name.key = ? ORDER BY "
        "note.name LIKE '.kb/%', CASE how WHEN 'path' THEN 0 WHEN 'title' THEN 1 ELSE 2 END, length(note.name), note.name",
        (key,),
    ).fetchall()
    if rows:
        return str(next((row[0] for row in rows if row[0].endswith(wanted)), rows[0][0]))
    row = store.sql.execute("SELECT name FROM note WHERE name = ?", (f"stub:{key}",)).fetchone()
    return str(row[0]) if row else None


def files(store: Store, *, remarked: bool = False) -> Iterator[tuple[str, str, list[Problem]]]:
    """Every file there is, or those with a remark: its path, what became of it, and what was remarked."""
    some = "WHERE problems <> '' " if remarked else ""
    for path, state, problems in store.sql.execute(f"SELECT path, state, problems FROM file {some}ORDER BY path"):
        yield path, state, [Problem.model_validate(problem) for problem in json.loads(problems or "[]")]


def works(store: Store) -> dict[str, Source]:
    """The sources that libraries describe, by citekey."""
    rows = store.sql.execute("SELECT key, source FROM work ORDER BY key, source")
    return {key: Source.model_validate_json(source) for key, source in rows}


def _note(row: Sequence[str]) -> Note:
    name, title, kind, path, summary, aliases, sources, date, topics, tags = row
    return Note.model_validate(
        {
            "id": name, "title": title, "kind": kind, "path": path, "summary": summary,
            "aliases": tuple(alias.strip() for alias in aliases.split("\n") if alias.strip()),
            "sources": json.loads(sources), "date": date, "topics": tuple(json.loads(topics)),
            "tags": tuple(json.loads(tags)),
        }
    )  # fmt: skip


def _claim(row: Sequence[str], cites: Iterable[str]) -> Claim:
    name, text, quote, path, start, stop, line, sha, note, role, numbers, page = row
    return Claim.model_validate(
        {
            "id": name, "text": text, "quote": quote, "note": note, "role": role, "citations": tuple(cites),
            "place": {"path": path, "start": start, "end": stop, "line": line, "page": page, "sha": sha},
            "numbers": [Quantity(quantity=what, value=value, unit=unit) for what, value, unit in json.loads(numbers or "[]")],
        }
    )  # fmt: skip
