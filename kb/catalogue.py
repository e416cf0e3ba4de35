"""What the base holds, as facts: notes, claims, links, files. Reads only."""

import json
from collections.abc import Iterable, Iterator, Sequence

from kb.claim import Claim, Place, Quantity
from kb.link import Link
from kb.note import Citation, Note, Source, slug
from kb.problem import Problem
from kb.store import Store, searchable

_CLAIM = (
    "SELECT claim.name, claim.text, coalesce(claim.quote, claim.text), file.path, claim.start, claim.stop, claim.line, claim.sha, "
    "coalesce(claim.owner, claim.about, file.path), claim.role, claim.numbers FROM claim JOIN file ON file.id = claim.file"
)
_NOTE = (
    "SELECT note.name, note.title, note.kind, file.path, note.summary, note.aliases, note.sources, note.date, note.topics, "
    "note.next_lines FROM note LEFT JOIN file ON file.id = note.file"
)


def notes(store: Store, names: Sequence[str] | None = None) -> list[Note]:
    """All notes by path, stubs last; or those named, in the order given."""
    if names is None:
        rows = store.sql.execute(f"{_NOTE} ORDER BY note.file IS NULL, note.name")
        return [_note(row) for row in rows]
    found = {row[0]: _note(row) for row in _by_name(store, _NOTE, "note.name", names)}
    return [found[name] for name in names if name in found]


def claims(store: Store, names: Sequence[str] | None = None) -> list[Claim]:
    """All claims by file and place; or those named, in the order given."""
    rows: Iterable[Sequence[str]]
    if names is None:
        rows = store.sql.execute(f"{_CLAIM} ORDER BY file.path, claim.start, claim.name").fetchall()
        cites = _citations(store, None)
    else:
        rows = _by_name(store, _CLAIM, "claim.name", names)
        cites = _citations(store, names)
    found = {row[0]: _claim(row, cites.get(row[0], ())) for row in rows}
    return list(found.values()) if names is None else [found[name] for name in names if name in found]


def claims_of(store: Store, note: str) -> list[Claim]:
    """A note's own claims, then what other files say in its name."""
    rows = store.sql.execute(
        "SELECT claim.name FROM claim JOIN file ON file.id = claim.file "
        "WHERE coalesce(claim.owner, claim.about, file.path) = ? ORDER BY file.path <> ?, file.path, claim.start",
        (note, note),
    )
    return claims(store, [row[0] for row in rows])


def _citations(store: Store, names: Sequence[str] | None) -> dict[str, tuple[str, ...]]:
    query = "SELECT claim, note FROM mention WHERE claim IS NOT NULL AND note IS NOT NULL AND note IN (SELECT name FROM note)"
    rows = (
        store.sql.execute(f"{query} ORDER BY start") if names is None else _by_name(store, query, "claim", names, "AND")
    )
    found: dict[str, dict[str, None]] = {}
    for claim, note in rows:
        found.setdefault(claim, {})[note] = None
    return {claim: tuple(cited) for claim, cited in found.items()}


def links_as_written(store: Store, path: str | None = None) -> dict[str, list[Citation]]:
    """The author's links of each file, in order."""
    rows = store.sql.execute(
        "SELECT file.path, mention.line, target, note FROM mention JOIN file ON file.id = mention.file "
        + ("WHERE file.path = ? " if path is not None else "")
        + "ORDER BY file.path, mention.start, mention.stop",
        (path,) if path is not None else (),
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


def links(store: Store, *ends: str) -> list[Link]:
    """Links of the graph, all of them or those that touch one of these claims or notes; surest first."""
    query = "SELECT kind, a, b, method, confidence, evidence, reason FROM link"
    rows = store.sql.execute(query).fetchall() if not ends else [
        row for end in ends for row in store.sql.execute(f"{query} WHERE a = ?1 OR b = ?1", (end,))
    ]  # fmt: skip
    best: dict[tuple[str, str, str], Link] = {}
    for kind, a, b, method, confidence, evidence, reason in rows:
        places = tuple(Place.model_validate(place) for place in json.loads(evidence))
        link = Link(kind=kind, a=a, b=b, method=method, confidence=confidence, evidence=places, reason=reason)
        if (kind, a, b) not in best or _rank(link) < _rank(best[kind, a, b]):
            best[kind, a, b] = link
    return sorted(best.values(), key=lambda link: (-link.confidence, link.kind, link.a, link.b))


def _rank(link: Link) -> tuple[float, str, str]:
    """Of two authors who say the same, the surer one is quoted, else always the same one."""
    return -link.confidence, link.reason, str(link.evidence)


def link_counts(store: Store) -> list[tuple[str, int]]:
    """How many links of each kind, and by whom; what two files state alike is one link."""
    cites = store.sql.execute("SELECT count(*) FROM mention WHERE note IN (SELECT name FROM note)").fetchone()[0]
    rows = store.sql.execute(
        "SELECT kind || ' (' || method || ')', count(DISTINCT a || ' ' || b) FROM link GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return [("cites (author)", cites), *rows]


def find_notes(store: Store, query: str, limit: int) -> list[str]:
    """Names of notes by the words of their titles, aliases and summaries."""
    words = match_query(query)
    if not words:
        return []
    rows = store.sql.execute(
        "SELECT note.name FROM note_words JOIN note ON note.id = note_words.rowid WHERE note_words MATCH ? "
        "ORDER BY bm25(note_words, 3.0, 2.0, 1.0, 0.5), note.name LIMIT ?",
        (words, limit),
    )
    return [row[0] for row in rows]


def find_claims(store: Store, query: str, limit: int) -> list[str]:
    """Ids of claims by their words."""
    words = match_query(query)
    if not words:
        return []
    rows = store.sql.execute(
        "SELECT claim.name FROM claim_words JOIN claim ON claim.id = claim_words.rowid WHERE claim_words MATCH ? "
        "ORDER BY bm25(claim_words), claim.name LIMIT ?",
        (words, limit),
    )
    return [row[0] for row in rows]


def match_query(query: str, most: int = 64) -> str:
    """Any of the words, whatever else the text may mean to FTS5."""
    words = dict.fromkeys(word for word in slug(searchable(query[:10_000])).split("-") if word)
    return " OR ".join(f'"{word}"' for word in list(words)[:most])


def named(store: Store, name: str) -> str | None:
    """The note that a person means: by id, path, title, alias or file name."""
    wanted = name.strip()
    row = store.sql.execute("SELECT name FROM note WHERE name = ?1 OR name = 'stub:' || ?1", (wanted,)).fetchone()
    if row:
        return str(row[0])
    key = slug(wanted.removesuffix(".md").rsplit("/", 1)[-1])[:80].rstrip("-")
    rows = store.sql.execute(
        "SELECT note.name FROM name JOIN note ON note.file = name.file WHERE name.key = ? ORDER BY "
        "CASE how WHEN 'path' THEN 0 WHEN 'title' THEN 1 ELSE 2 END, length(note.name), note.name",
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


def _by_name(
    store: Store, query: str, column: str, names: Sequence[str], joiner: str = "WHERE"
) -> Iterator[tuple[str, ...]]:
    order = " ORDER BY start" if joiner == "AND" else ""
    for at in range(0, len(names), 500):
        some = names[at : at + 500]
        yield from store.sql.execute(f"{query} {joiner} {column} IN ({','.join('?' * len(some))}){order}", some)


def _note(row: Sequence[str]) -> Note:
    name, title, kind, path, summary, aliases, sources, date, topics, _ = row
    return Note.model_validate(
        {
            "id": name, "title": title, "kind": kind, "path": path, "summary": summary,
            "aliases": tuple(alias.strip() for alias in aliases.split("\n") if alias.strip()),
            "sources": json.loads(sources), "date": date, "topics": tuple(json.loads(topics)),
        }
    )  # fmt: skip


def _claim(row: Sequence[str], cites: Iterable[str]) -> Claim:
    name, text, quote, path, start, stop, line, sha, note, role, numbers = row
    return Claim.model_validate(
        {
            "id": name, "text": text, "quote": quote, "note": note, "role": role, "citations": tuple(cites),
            "place": {"path": path, "start": start, "end": stop, "line": line, "sha": sha},
            "numbers": [Quantity(quantity=what, value=value, unit=unit) for what, value, unit in json.loads(numbers or "[]")],
        }
    )  # fmt: skip
