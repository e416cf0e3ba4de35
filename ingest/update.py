"""The update of a base by a sync, on one screen: files -> pages -> claims -> base -> graph -> Chroma."""

import time
from contextlib import closing
from dataclasses import replace
from itertools import islice

import numpy as np

from ingest import model_claims, passages, person_verdicts
from ingest.changes import Plan, Progress, Synced, is_idle
from ingest.connect import settle, to_read_again
from ingest.file_entries import BATCH, file_entries
from ingest.file_rows import Entry, remove_file, write_files
from ingest.model_replies import read_otherwise
from ingest.scan import Seen, Skipped, settled
from kb.allowed import shown
from kb.chroma import VectorsUnavailable
from kb.embed import Embedding, open_embedding
from kb.problem import Problem
from kb.replies import Budget
from kb.settings import Settings
from kb.store import Store
from kb.vectors import packed


def update(store: Store, settings: Settings, wanted: Plan, say: Progress, budget: Budget | None) -> None:
    """Take in what has changed, and what a model or a person says of it."""
    done = wanted.synced
    idle = is_idle(store, settings, wanted)
    if not idle and not wanted.is_read:
        to_claims(store, settings, wanted, say)
    if wanted.heard and budget is not None:
        remarks, new = _claims_of_model(store, settings, wanted, say, budget)
        done.remarks += remarks
        idle = idle and not new
    if not idle:
        say("passages", 0, 0)
        _to_chroma(store, settings, done)
    if not idle or person_verdicts.is_new(store):
        with store.transaction():
            done.remarks += person_verdicts.take_judgements(store)


def to_claims(store: Store, settings: Settings, wanted: Plan, say: Progress) -> None:
    """From the files to the graph of their claims. Whoever asks meanwhile is told that the base is not whole."""
    store.set_meta("unfinished", 1)
    embedding = open_embedding(settings.embed, store.vault, settings.offline)
    _embed_anew(store, settings, embedding, say)
    _take_in(store, wanted, embedding, say)
    say("connecting", 0, 0)
    settle(store)
    store.set_meta("unfinished", "")


def _claims_of_model(
    store: Store, settings: Settings, wanted: Plan, say: Progress, budget: Budget
) -> tuple[list[Problem], bool]:
    """What a language model calls claims, taken in; the remarks, and whether there was anything new."""
    remarks = model_claims.ask_for_claims(store, settings, wanted.heard, budget, say) if wanted.heard else []
    again: list[Seen | Skipped] = [*read_otherwise(store, wanted.heard, wanted.seen)]
    if again:
        to_claims(store, settings, replace(wanted, to_read=again, gone=[]), say)
    return remarks, bool(again)


def _take_in(store: Store, wanted: Plan, embedding: Embedding, say: Progress) -> None:
    """Remove what is gone, read what is new; then read again what the new titles may have changed."""
    for path in wanted.gone:
        with store.transaction():
            remove_file(store, path)
    to_read: list[Seen | Skipped] = wanted.to_read
    for _ in range(3):
        with closing(file_entries(store, to_read, wanted.heard)) as entries:
            for number, batch in enumerate(iter(lambda: list(islice(entries, BATCH)), [])):
                say("reading", number * BATCH, len(to_read))
                _put(store, batch, embedding)
        to_read = [seen for path in to_read_again(store) if (seen := wanted.seen.get(path))]
        if not to_read:
            break


def _put(store: Store, batch: list[Entry], embedding: Embedding) -> None:
    claims = [entry.extract.claims if entry.extract else () for entry in batch]
    vectors = embedding.embed([claim.text for mine in claims for claim in mine])
    titles = embedding.embed([entry.page.note.title if entry.page else "" for entry in batch])
    parts = np.split(vectors, np.cumsum([len(mine) for mine in claims])[:-1])
    now = time.time_ns()
    rows = [
        (entry, (packed(part), packed(title[None])), settled(entry.seen, now))
        for entry, part, title in zip(batch, parts, titles, strict=True)
    ]
    with store.transaction():
        write_files(store, rows)


def _embed_anew(store: Store, settings: Settings, embedding: Embedding, say: Progress) -> None:
    """Change of embedding: every vector is made again, in one transaction, so that two never mix."""
    if store.meta("embed") == embedding.name:
        store.set_meta("embed_setting", settings.embed)
        return
    files = store.sql.execute("SELECT file FROM vector ORDER BY file").fetchall()
    with store.transaction() as sql:
        for number, (file,) in enumerate(files):
            if number % BATCH == 0:
                say(f"embedding anew with {embedding.name}", number, len(files))
            texts = [row[0] for row in sql.execute("SELECT text FROM claim WHERE file = ? ORDER BY id", (file,))]
            title = sql.execute("SELECT title FROM note WHERE file = ?", (file,)).fetchone()[0]
            *claims, named = embedding.embed([*texts, title])
            data = packed(np.stack(claims)) if claims else b""
            sql.execute(
                "UPDATE vector SET data = ?, rows = ?, title = ? WHERE file = ?",
                (data, len(texts), packed(named[None]), file),
            )
        sql.execute("INSERT OR IGNORE INTO dirty_file SELECT file FROM vector")
        sql.execute("INSERT OR IGNORE INTO dirty_figure SELECT DISTINCT key FROM figure")
        store.set_meta("embed", embedding.name)
        store.set_meta("embed_setting", settings.embed)
        store.set_meta("chroma_high", -1)


def _to_chroma(store: Store, settings: Settings, done: Synced) -> None:
    """A base without Chroma answers as well, more slowly: a failure here is a remark."""
    try:
        passages.catch_up(store, settings)
    except VectorsUnavailable as why:
        path = shown(settings.vectors) if settings.vectors else ".kb/chroma"
        hint = "Answers use exact search until then."
        done.remarks.append(Problem(code="vectors", message=why.message, path=path, hint=hint))
