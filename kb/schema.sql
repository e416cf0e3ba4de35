-- The tables of the base: see schema.py. A statement ends with its line; what is within one does not.
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE file (
    id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL UNIQUE, size INTEGER NOT NULL, stamp INTEGER NOT NULL,
    sha TEXT NOT NULL, state TEXT NOT NULL, problems TEXT NOT NULL DEFAULT ''
);
CREATE TABLE note (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, file INTEGER UNIQUE REFERENCES file(id) ON DELETE CASCADE,
    title TEXT NOT NULL, kind TEXT NOT NULL, summary TEXT NOT NULL, date TEXT NOT NULL,
    aliases TEXT NOT NULL, sources TEXT NOT NULL, topics TEXT NOT NULL, next_lines TEXT NOT NULL,
    tags TEXT NOT NULL DEFAULT '[]'
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
    passage INTEGER NOT NULL REFERENCES passage(id) ON DELETE CASCADE, page INTEGER
);
CREATE INDEX claim_sha ON claim(sha);
CREATE INDEX claim_file ON claim(file);
CREATE INDEX claim_passage ON claim(passage);
CREATE INDEX claim_about ON claim(about) WHERE about IS NOT NULL;
CREATE INDEX claim_owner ON claim(owner) WHERE owner IS NOT NULL;
CREATE TABLE vector (
    file INTEGER PRIMARY KEY REFERENCES file(id) ON DELETE CASCADE, rows INTEGER NOT NULL, data BLOB NOT NULL,
    title BLOB NOT NULL
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
    confidence REAL NOT NULL, evidence TEXT NOT NULL, reason TEXT NOT NULL,
    tension TEXT NOT NULL DEFAULT '', chosen REAL NOT NULL DEFAULT 1, PRIMARY KEY (origin, kind, a, b)
) WITHOUT ROWID;
CREATE INDEX link_a ON link(a);
CREATE INDEX link_b ON link(b);
CREATE TABLE dirty_key (key TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE dirty_tail (tail TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE dirty_figure (key TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE dirty_file (file INTEGER PRIMARY KEY);
CREATE TABLE passage_gone (id INTEGER PRIMARY KEY);
CREATE TRIGGER passage_leaves AFTER DELETE ON passage BEGIN INSERT OR IGNORE INTO passage_gone VALUES (old.id); END;
CREATE VIRTUAL TABLE claim_words USING fts5(text, content='', tokenize="porter unicode61 remove_diacritics 2");
CREATE VIRTUAL TABLE note_words USING fts5(title, aliases, summary, body, content='', tokenize="porter unicode61 remove_diacritics 2");
CREATE TABLE verdict (
    a TEXT NOT NULL, b TEXT NOT NULL, verdict TEXT NOT NULL, relation TEXT NOT NULL, tension TEXT NOT NULL, says TEXT NOT NULL,
    PRIMARY KEY (a, b)
) WITHOUT ROWID;
CREATE TABLE heard (
    file INTEGER PRIMARY KEY REFERENCES file(id) ON DELETE CASCADE, mark TEXT NOT NULL, waits INTEGER NOT NULL
);
