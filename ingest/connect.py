"""What follows from several files at once (linking): who a link means, which notes are stubs, which claims are linked.

Each step works off what `ingest.file_rows` marked dirty, from the rest of the base alone: the order of files is no matter, and a
crash loses nothing.
"""

import json
from collections.abc import Iterable

from ingest.author_links import OWN
from ingest.link_endpoints import LinkRow, Sides
from ingest.names import SELF, Candidate, choose, is_note_name
from ingest.restatements import restatements
from kb.edges import link_counts
from kb.note import STUB, Source
from kb.store import Store


def to_read_again(store: Store) -> list[str]:
    """Files whose prose asks a question that ends like a title which has come or gone, marked unread until they are."""
    with store.transaction() as sql:
        rows = sql.execute(
            "SELECT DISTINCT file.id, file.path FROM dirty_tail JOIN question USING (tail) JOIN file ON file.id = question.file ORDER BY 2"
        ).fetchall()
        sql.executemany("UPDATE file SET sha = '', stamp = 0 WHERE id = ?", ((row[0],) for row in rows))
        sql.execute("DELETE FROM dirty_tail")
    return [row[1] for row in rows]


def settle(store: Store) -> None:
    """Work off every mark."""
    with store.transaction() as sql:
        keys = _closure(store)
        for key in sorted(keys):
            _settle_key(store, key)
        files = _files_with_statements(store)
        sides = Sides(store)
        for file in files:
            sql.execute("DELETE FROM link WHERE origin = ?", (f"file:{file}",))
            _write(store, f"file:{file}", sides.stated_in(file))
        for (key,) in sql.execute("SELECT key FROM dirty_figure ORDER BY key").fetchall():
            sql.execute("DELETE FROM link WHERE origin = ?", (f"figure:{key}",))
            _write(store, f"figure:{key}", restatements(store, sides, key))
        for table in ("dirty_key", "dirty_tail", "dirty_figure", "dirty_file"):
            sql.execute(f"DELETE FROM {table}")
        # Counting links walks all of them; the idle sync before every question need not do it again.
        store.set_meta("links", sum(count for _, count in link_counts(store)))


def _closure(store: Store) -> set[str]:
    """The dirty keys, and the titles under which a list links to one of them."""
    sql = store.sql
    before = -1
    while before != (before := store.count("dirty_key")):
        sql.execute(
            "INSERT OR IGNORE INTO dirty_key SELECT title_key FROM listed WHERE key IN (SELECT key FROM dirty_key) AND title_key <> '' "
            "UNION SELECT key FROM listed WHERE title_key IN (SELECT key FROM dirty_key) AND key <> ''"
        )
    return {row[0] for row in sql.execute("SELECT key FROM dirty_key")}


def candidates(store: Store, key: str) -> list[Candidate]:
    """The files that answer to a key."""
    rows = store.sql.execute(
        "SELECT file.path, name.how FROM name JOIN file ON file.id = name.file WHERE key = ?", (key,)
    )
    return [Candidate(*row) for row in rows]


def _meaning(store: Store, key: str) -> tuple[str, list[Candidate]]:
    """The key that a key stands for, and the files that answer: a list may call its link's target by a title."""
    seen = [key]
    while not (answers := candidates(store, seen[-1])):
        row = store.sql.execute(
            "SELECT min(key) FROM listed WHERE title_key = ? AND key NOT IN ('', title_key)", (seen[-1],)
        ).fetchone()
        if row[0] is None:
            return seen[-1], []
        if row[0] in seen:
            # Lists that call one another's targets by title go round in a circle; its first name stands for all.
            return min(seen[seen.index(row[0]) :]), []
        seen.append(row[0])
    return seen[-1], answers


def _settle_key(store: Store, key: str) -> None:
    """Resolve every link with this key, and keep or drop the stub it may stand for."""
    sql = store.sql
    stands_for, answers = _meaning(store, key)
    stub = f"{STUB}{stands_for}"
    wanted = False
    mentions = sql.execute(
        "SELECT mention.id, target, form, file.path FROM mention JOIN file ON file.id = mention.file WHERE key = ?",
        (key,),
    ).fetchall()
    for mention, target, form, source in mentions:
        note: str | None
        if key == SELF:
            note = source
        elif answers:
            note = choose(target, form, source, answers)
        else:
            note = stub if form != "embed" and is_note_name(target, form) else None
            wanted = wanted or note is not None
        sql.execute("UPDATE mention SET note = ? WHERE id = ?", (note, mention))
    listed = sql.execute(
        "SELECT file.id, file.path, target, title FROM listed JOIN file ON file.id = listed.file WHERE key = ?", (key,)
    ).fetchall()
    for file, source, target, title in listed:
        owner = choose(target or title, "wikilink" if target else "title", source, answers) if answers else stub
        about = (owner, file, f"{STUB}{key}")
        sql.execute(
            "INSERT OR IGNORE INTO dirty_figure SELECT figure.key FROM figure JOIN claim ON claim.id = figure.claim "
            "WHERE claim.owner IS NOT ? AND claim.file = ? AND claim.about = ?",
            about,
        )
        sql.execute("UPDATE claim SET owner = ? WHERE file = ? AND about = ?", about)
    if (wanted or listed) and not answers and stands_for == key:
        _put_stub(store, key)
    else:
        store.remove_stub(f"{STUB}{key}")


def _put_stub(store: Store, key: str) -> None:
    """A note without a file, called as the lists and links call it."""
    sql = store.sql
    listed = sql.execute("SELECT title, summary FROM listed WHERE key = ? OR title_key = ?", (key, key)).fetchall()
    named = sql.execute(
        "SELECT DISTINCT target, form FROM mention WHERE key = ? AND form <> 'embed'", (key,)
    ).fetchall()
    works = [
        Source.model_validate_json(row[0])
        for row in sql.execute("SELECT DISTINCT source FROM work WHERE key = ? ORDER BY 1", (key,))
    ]
    titles = [(0, title) for title, _ in listed]
    titles += [(1, work.title) for work in works if work.title]
    titles += [(2 if form == "title" or " " in target else 3, _last(target)) for target, form in named]
    titles = sorted({(rank, title) for rank, title in titles if title}) or [(9, key)]
    summary = min(((-len(text), text) for _, text in listed), default=(0, ""))[1]
    sources = f"[{','.join(work.model_dump_json(exclude_defaults=True) for work in works)}]"
    others = tuple(dict.fromkeys(title for _, title in titles if title != titles[0][1]))
    store.put_stub(f"{STUB}{key}", titles[0][1], summary, others, sources)


def _last(target: str) -> str:
    bare = target.split("#", 1)[0] if not target.endswith("?") else target
    return bare.rstrip("/").rsplit("/", 1)[-1].removesuffix(".md")


def _files_with_statements(store: Store) -> list[int]:
    """Files that relate notes, where either the file or one of the notes has changed, under any of its names."""
    sql = store.sql
    files = {row[0] for row in sql.execute("SELECT file FROM dirty_file")}
    sql.execute(
        "INSERT OR IGNORE INTO dirty_key SELECT other.key FROM name JOIN name AS other USING (file) WHERE name.key IN (SELECT key FROM dirty_key)"
    )
    keys = {row[0] for row in sql.execute("SELECT key FROM dirty_key")}
    # A sentence set against what its own note finds: which of it is told by the notes that the sentence names.
    own = "SELECT said.file FROM mention JOIN said ON said.file = mention.file AND said.a = mention.claim"
    for query in (
        "SELECT file FROM said WHERE a_key IN",
        "SELECT file FROM said WHERE b_key IN",
        "SELECT file FROM mention WHERE relation <> 'cites' AND key IN",
        f"{own} WHERE said.b = '{OWN}' AND mention.key IN",
    ):
        files |= {row[0] for row in store.rows(query, sorted(keys))}
    return sorted(files)


def _write(store: Store, origin: str, links: Iterable[LinkRow]) -> None:
    store.sql.executemany(
        "INSERT OR REPLACE INTO link(kind, a, b, method, confidence, evidence, reason, tension, chosen, origin) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        ((*link._replace(evidence=json.dumps(link.evidence, ensure_ascii=False)), origin) for link in links),
    )
