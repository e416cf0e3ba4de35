"""The whole way in, on one screen: files -> pages -> claims -> base -> graph -> Chroma."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from ingest import asking, eliciting, judged, judging, passages
from ingest.connect import settle, to_read_again
from ingest.gather import Plan, plan, understood
from ingest.heard import read_otherwise
from ingest.put import Entry, put, take_out
from ingest.scan import Seen, Skipped, settled
from ingest.synced import Synced
from kb.catalogue import files
from kb.embed import Embedding, open_embedding
from kb.lock import writing
from kb.problem import Problem
from kb.quantised import packed
from kb.settings import FOLDER, Settings
from kb.spent import Budget
from kb.store import BASE, Store, foreign_errors, made_folder, open_copy, open_store
from kb.vectors import VectorsUnavailable

READER = "8"
"""Raised whenever the same file would be read otherwise; a base that was read otherwise is made anew."""
BATCH = 200
"""Files to one transaction: each is whole in it, and the cost of a commit is shared."""

Progress = Callable[[str, int, int], None]
"""What is being done, how many are done, how many there are."""


def sync(
    vault: Path,
    settings: Settings,
    *,
    rebuild: bool = False,
    progress: Progress | None = None,
    patience: float = 10.0,
    budget: Budget | None = None,
) -> Synced:
    """Bring the base up to date with the folder. Without a budget no language model is asked, whatever is set."""
    began = time.monotonic()
    say = progress or (lambda doing, done, of: None)
    folder = made_folder(vault)
    with writing(folder / "lock", patience), foreign_errors(folder):
        if rebuild:
            discard(vault)
        if not reads_alike(vault):
            discard(vault)
        with open_store(vault) as store:
            store.set_meta("reader", READER)
            wanted = plan(store, settings)
            done = wanted.synced
            idle = _is_idle(store, settings, wanted)
            if not idle:
                _to_claims(store, settings, wanted, say)
            if wanted.heard and budget is not None:
                remarks, new = _elicit(store, settings, wanted, say, budget)
                done.remarks += remarks
                idle = idle and not new
                if any(remark.code == eliciting.CODE for remark in remarks):
                    budget = None  # a model that just failed is not waited for once more
            if not idle:
                say("passages", 0, 0)
                _to_chroma(store, settings, done)
            done.remarks += _judge(store, settings, say, budget)
            if not idle or judged.is_new(store):
                with store.transaction():
                    done.remarks += judged.take_judgements(store)
            _count(store, done, wanted)
    done.seconds = round(time.monotonic() - began, 3)
    return done


def rehearse(vault: Path, settings: Settings, progress: Progress | None = None) -> tuple[Synced, asking.Outlook]:
    """What a sync would do, and what it would ask of a language model: done on a copy in memory, and let go."""
    say = progress or (lambda doing, done, of: None)
    store = open_copy(vault)
    if store.meta("reader") != READER:
        store.close()
        store = open_copy(vault, empty=True)
    with store:
        wanted = plan(store, settings)
        if not _is_idle(store, settings, wanted):
            _to_claims(store, settings, wanted, say)
        _count(store, wanted.synced, wanted)
        pairs = judging.candidates(store) if asking.asks_model(settings) else ()
        outlook = asking.outlook(store, settings, pairs)
        return wanted.synced, outlook.with_notes(*eliciting.outlook(store, wanted.heard)) if wanted.heard else outlook


def _is_idle(store: Store, settings: Settings, wanted: Plan) -> bool:
    return wanted.is_idle and store.meta("embed_setting") == settings.embed and not _unsettled(store)


def _to_claims(store: Store, settings: Settings, wanted: Plan, say: Progress) -> None:
    """From the files to the graph of their claims."""
    judging.unsettle(store)
    embedding = open_embedding(settings.embed, store.vault, settings.offline)
    _embed_anew(store, settings, embedding, say)
    _take_in(store, wanted, embedding, say)
    say("connecting", 0, 0)
    settle(store)


def _elicit(
    store: Store, settings: Settings, wanted: Plan, say: Progress, budget: Budget
) -> tuple[list[Problem], bool]:
    """What a language model calls claims, taken in; the remarks, and whether there was anything new."""
    remarks = eliciting.elicit(store, settings, wanted.heard, budget, say) if wanted.heard else []
    again: list[Seen | Skipped] = [*read_otherwise(store, wanted.heard, wanted.seen)]
    if again:
        _to_claims(store, settings, replace(wanted, to_read=again, gone=[], touched=[]), say)
    return remarks, bool(again)


def _judge(store: Store, settings: Settings, say: Progress, budget: Budget | None) -> list[Problem]:
    """What the judge of this vault says, where it has not been said yet."""
    if asking.asks_model(settings):
        if asking.is_asked(store, settings, budget is not None):
            return []
        return asking.ask_candidates(store, settings, judging.candidates(store), say, budget)
    if judging.is_settled(store, settings):
        return []
    return judging.judge_candidates(store, settings, judging.candidates(store), say)


def reads_alike(vault: Path) -> bool:
    """Whether this version reads notes as the one did that made the base; if not, the base is made anew."""
    if not (vault / FOLDER / BASE).exists():
        return True
    with open_store(vault) as store:
        return store.meta("reader") == READER


def _take_in(store: Store, wanted: Plan, embedding: Embedding, say: Progress) -> None:
    """Remove what is gone, read what is new; then read again what the new titles may have changed."""
    for path in wanted.gone:
        with store.transaction():
            take_out(store, path)
    with store.transaction() as sql:
        sql.executemany("UPDATE file SET stamp = ? WHERE path = ?", wanted.touched)
    to_read: list[Seen | Skipped] = wanted.to_read
    for _ in range(3):
        entries = understood(store, to_read, wanted.heard)
        for number, batch in enumerate(_batches(entries)):
            say("reading", number * BATCH, len(to_read))
            _put(store, batch, embedding)
        to_read = [seen for path in to_read_again(store) if (seen := wanted.seen.get(path))]
        if not to_read:
            break


def _put(store: Store, batch: list[Entry], embedding: Embedding) -> None:
    texts = [claim.text for entry in batch if entry.extract for claim in entry.extract.claims]
    vectors = embedding.embed(texts)
    now = time.time_ns()
    rows = []
    at = 0
    for entry in batch:
        count = len(entry.extract.claims) if entry.extract else 0
        rows.append((entry, packed(vectors[at : at + count]) if count else b"", settled(entry.seen, now)))
        at += count
    with store.transaction():
        put(store, rows)


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
            sql.execute(
                "UPDATE vector SET data = ?, rows = ? WHERE file = ?",
                (packed(embedding.embed(texts)), len(texts), file),
            )
        sql.execute("INSERT OR IGNORE INTO dirty_file SELECT file FROM vector")
        sql.execute("INSERT OR IGNORE INTO dirty_figure SELECT DISTINCT key FROM figure")
        sql.execute("INSERT OR IGNORE INTO dirty_subject SELECT DISTINCT key FROM subject")
        store.set_meta("embed", embedding.name)
        store.set_meta("embed_setting", settings.embed)
        store.set_meta("chroma_high", -1)


def _to_chroma(store: Store, settings: Settings, done: Synced) -> None:
    """A base without Chroma answers as well, more slowly: a failure here is a remark."""
    try:
        passages.catch_up(store, settings)
    except VectorsUnavailable as why:
        done.remarks.append(
            Problem(
                code="vectors",
                message=why.message,
                path=str(settings.vectors or ".kb/chroma"),
                hint="Answers use exact search until then.",
            )
        )


def discard(vault: Path) -> None:
    """Delete the base of a vault, and nothing else of it."""
    for suffix in ("", "-wal", "-shm"):
        (vault / FOLDER / f"{BASE}{suffix}").unlink(missing_ok=True)


def _unsettled(store: Store) -> bool:
    marks = ("dirty_key", "dirty_tail", "dirty_figure", "dirty_subject", "dirty_file")
    return any(store.sql.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() for table in marks)


def _count(store: Store, done: Synced, wanted: Plan) -> None:
    """What the base holds now; what failed, whenever that was; what was remarked on files read this time."""
    before = wanted.before
    read = {item.path for item in wanted.to_read if isinstance(item, Seen)}
    for path, state, problems in files(store, remarked=True):
        if state == "failed":
            done.failed += problems
        elif state == "skipped" and path in read:
            # Only its content showed that it is no note.
            done.skipped += 1
            done.added -= path not in before
            done.changed -= path in before
        elif state != "skipped" and path in read:
            done.remarks += [problem for problem in problems if problem.code != "empty"]
    done.notes, done.claims = store.count("note"), store.count("claim")
    done.links = int(store.meta("links", "0"))


def _batches(entries: Iterator[Entry]) -> Iterator[list[Entry]]:
    while batch := list(islice(entries, BATCH)):
        yield batch
