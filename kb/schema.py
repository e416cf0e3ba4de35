"""The tables of the base, as numbered migrations.

Everything that comes from one file hangs off its row in `file`, so a file leaves the base whole. What
depends on several files (who a link means, which notes are stubs, which claims are linked) is worked out
from these rows by `ingest.connect`; the `dirty_*` tables say what is still to be worked out, and survive
a crash with the rows that made it necessary.
"""

import sqlite3
from collections.abc import Iterator

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE file (
        id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL UNIQUE, size INTEGER NOT NULL, stamp INTEGER NOT NULL,
        sha TEXT NOT NULL, state TEXT NOT NULL, problems TEXT NOT NULL DEFAULT ''
    );
    CREATE TABLE note (
        id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, file INTEGER UNIQUE REFERENCES file(id) ON DELETE CASCADE,
        title TEXT NOT NULL, kind TEXT NOT NULL, summary TEXT NOT NULL, date TEXT NOT NULL,
        aliases TEXT NOT NULL, sources TEXT NOT NULL, topics TEXT NOT NULL, next_lines TEXT NOT NULL
    );
    CREATE TABLE name (
        key TEXT NOT NULL, file INTEGER NOT NULL REFERENCES file(id) ON DELETE CASCADE, how TEXT NOT NULL,
        PRIMARY KEY (key, file, how)
    ) WITHOUT ROWID;
    CREATE INDEX name_file ON name(file);
    CREATE TABLE title (
        tail TEXT NOT NULL, title TEXT NOT NULL, file INTEGER NOT NULL REFERENCES file(id) ON DELETE CASCADE,
        PRIMARY KEY (tail, title, file)
    ) WITHOUT ROWID;
    CREATE INDEX title_file ON title(file);
    CREATE TABLE question (
        tail TEXT NOT NULL, file INTEGER NOT NULL REFERENCES file(id) ON DELETE CASCADE, PRIMARY KEY (tail, file)
    ) WITHOUT ROWID;
    CREATE INDEX question_file ON question(file);
    CREATE TABLE passage (
        id INTEGER PRIMARY KEY AUTOINCREMENT, file INTEGER NOT NULL REFERENCES file(id) ON DELETE CASCADE,
        start INTEGER NOT NULL, stop INTEGER NOT NULL, line INTEGER NOT NULL
    );
    CREATE INDEX passage_file ON passage(file);
    CREATE TABLE claim (
        id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE,
        file INTEGER NOT NULL REFERENCES file(id) ON DELETE CASCADE, about TEXT, owner TEXT,
        start INTEGER NOT NULL, stop INTEGER NOT NULL, line INTEGER NOT NULL, sha TEXT NOT NULL,
        text TEXT NOT NULL, quote TEXT, role TEXT NOT NULL, numbers TEXT NOT NULL,
        passage INTEGER NOT NULL REFERENCES passage(id) ON DELETE CASCADE
    );
    CREATE INDEX claim_file ON claim(file);
    CREATE INDEX claim_passage ON claim(passage);
    CREATE INDEX claim_about ON claim(about) WHERE about IS NOT NULL;
    CREATE INDEX claim_owner ON claim(owner) WHERE owner IS NOT NULL;
    CREATE TABLE vector (
        file INTEGER PRIMARY KEY REFERENCES file(id) ON DELETE CASCADE, rows INTEGER NOT NULL, data BLOB NOT NULL
    );
    CREATE TABLE mention (
        id INTEGER PRIMARY KEY, file INTEGER NOT NULL REFERENCES file(id) ON DELETE CASCADE, key TEXT NOT NULL,
        target TEXT NOT NULL, form TEXT NOT NULL, relation TEXT NOT NULL, inverse INTEGER NOT NULL,
        line INTEGER NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL, claim TEXT, note TEXT
    );
    CREATE INDEX mention_file ON mention(file);
    CREATE INDEX mention_key ON mention(key);
    CREATE INDEX mention_note ON mention(note);
    CREATE TABLE listed (
        file INTEGER NOT NULL REFERENCES file(id) ON DELETE CASCADE, key TEXT NOT NULL, target TEXT NOT NULL,
        title TEXT NOT NULL, title_key TEXT NOT NULL, summary TEXT NOT NULL
    );
    CREATE INDEX listed_file ON listed(file);
    CREATE INDEX listed_title ON listed(title_key);
    CREATE INDEX listed_key ON listed(key);
    CREATE TABLE work (
        file INTEGER NOT NULL REFERENCES file(id) ON DELETE CASCADE, key TEXT NOT NULL, source TEXT NOT NULL
    );
    CREATE INDEX work_key ON work(key);
    CREATE INDEX work_file ON work(file);
    CREATE TABLE said (
        file INTEGER NOT NULL REFERENCES file(id) ON DELETE CASCADE, relation TEXT NOT NULL, confidence REAL NOT NULL,
        a TEXT NOT NULL, a_key TEXT NOT NULL, b TEXT NOT NULL, b_key TEXT NOT NULL, reason TEXT NOT NULL
    );
    CREATE INDEX said_file ON said(file);
    CREATE INDEX said_a ON said(a_key);
    CREATE INDEX said_b ON said(b_key);
    CREATE TABLE figure (
        key TEXT NOT NULL, claim INTEGER NOT NULL REFERENCES claim(id) ON DELETE CASCADE, PRIMARY KEY (key, claim)
    ) WITHOUT ROWID;
    CREATE INDEX figure_claim ON figure(claim);
    CREATE TABLE link (
        origin TEXT NOT NULL, kind TEXT NOT NULL, a TEXT NOT NULL, b TEXT NOT NULL, method TEXT NOT NULL,
        confidence REAL NOT NULL, evidence TEXT NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (origin, kind, a, b)
    ) WITHOUT ROWID;
    CREATE INDEX link_a ON link(a);
    CREATE INDEX link_b ON link(b);
    CREATE TABLE dirty_key (key TEXT PRIMARY KEY) WITHOUT ROWID;
    CREATE TABLE dirty_tail (tail TEXT PRIMARY KEY) WITHOUT ROWID;
    CREATE TABLE dirty_figure (key TEXT PRIMARY KEY) WITHOUT ROWID;
    CREATE TABLE dirty_file (file INTEGER PRIMARY KEY);
    CREATE TABLE passage_gone (id INTEGER PRIMARY KEY);
    CREATE TRIGGER passage_leaves AFTER DELETE ON passage BEGIN
        INSERT OR IGNORE INTO passage_gone VALUES (old.id);
    END;
    CREATE VIRTUAL TABLE claim_words USING fts5(text, content='', tokenize="porter unicode61 remove_diacritics 2");
    CREATE VIRTUAL TABLE note_words USING fts5(title, aliases, summary, body, content='', tokenize="porter unicode61 remove_diacritics 2");
    """,
    """
    ALTER TABLE link ADD COLUMN tension TEXT NOT NULL DEFAULT '';
    CREATE INDEX claim_sha ON claim(sha);
    CREATE TABLE subject (
        key TEXT NOT NULL, claim INTEGER NOT NULL REFERENCES claim(id) ON DELETE CASCADE, PRIMARY KEY (key, claim)
    ) WITHOUT ROWID;
    CREATE INDEX subject_claim ON subject(claim);
    CREATE TABLE dirty_subject (key TEXT PRIMARY KEY) WITHOUT ROWID;
    CREATE TABLE verdict (
        a TEXT NOT NULL, b TEXT NOT NULL, verdict TEXT NOT NULL, relation TEXT NOT NULL, tension TEXT NOT NULL, says TEXT NOT NULL,
        PRIMARY KEY (a, b)
    ) WITHOUT ROWID;
    CREATE TABLE opinion (
        key TEXT PRIMARY KEY, contradiction REAL NOT NULL, entailment REAL NOT NULL, neutral REAL NOT NULL
    ) WITHOUT ROWID;
    """,
    "ALTER TABLE link ADD COLUMN chosen REAL NOT NULL DEFAULT 1;",
    """
    CREATE TABLE heard (
        file INTEGER PRIMARY KEY REFERENCES file(id) ON DELETE CASCADE, mark TEXT NOT NULL, waits INTEGER NOT NULL
    );
    """,
    "ALTER TABLE vector ADD COLUMN title BLOB NOT NULL DEFAULT x'';",
    # Tensions were once looked for among all claims of a vault. Without a count the next sync counts the links again.
    """
    DROP TABLE subject;
    DROP TABLE dirty_subject;
    DROP TABLE opinion;
    DELETE FROM link WHERE origin = 'judge' OR origin LIKE 'subject:%';
    DELETE FROM meta WHERE key IN ('judge', 'judge_waits', 'links');
    """,
    "ALTER TABLE note ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';",
    "ALTER TABLE claim ADD COLUMN page INTEGER;",
)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a base to this version, one migration a transaction."""
    while connection.execute("PRAGMA user_version").fetchone()[0] < len(MIGRATIONS):
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Read again: another process may have been here while this one waited.
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version < len(MIGRATIONS):
                for statement in _statements(MIGRATIONS[version]):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {version + 1}")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


def _statements(script: str) -> Iterator[str]:
    """`executescript` would commit first; a trigger holds semicolons of its own."""
    statement = ""
    for piece in script.split(";"):
        statement += f"{piece};"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def is_newer(connection: sqlite3.Connection) -> bool:
    """Whether a later version of kb made this base."""
    return bool(connection.execute("PRAGMA user_version").fetchone()[0] > len(MIGRATIONS))
