"""The way in (sync): the folder compared with the base, and what is new taken in (`ingest/update.py`). Mostly nothing has
changed, so what reads and embeds is loaded only where it is needed."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.changes import Plan, Progress, Synced, is_idle, plan
from ingest.mirror import mirror
from ingest.person_verdicts import is_new
from ingest.scan import Seen
from ingest.temporary_files import sweep
from kb.catalogue import files
from kb.folder import BASE, LOCK, REBUILT, base_folder, clear_strangers, has_database, made_folder, remove_database
from kb.lock import writing
from kb.settings import Settings
from kb.store import Store, foreign_errors, open_copy, open_store, replace_base

if TYPE_CHECKING:
    from ingest.model_claims import Outlook
    from kb.replies import Budget

READER = "22"
"""Raised whenever the same file would be read otherwise; a base that was read otherwise is made anew."""


def sync(
    vault: Path,
    settings: Settings,
    *,
    rebuild: bool = False,
    progress: Progress | None = None,
    patience: float = 10.0,
    budget: "Budget | None" = None,
) -> Synced:
    """Bring the base up to date with the folder. Without a budget no language model is asked, whatever is set."""
    began = time.monotonic()
    say = progress or (lambda doing, done, of: None)
    folder = made_folder(vault)
    if rebuild:
        clear_strangers(folder)
    with writing(folder / LOCK, patience), foreign_errors(folder):
        remarks = mirror(vault, settings, say, anew=rebuild)
        remove_database(folder / REBUILT)
        beside = rebuilt(vault, settings, say) if rebuild or not reads_alike(vault) else None
        with open_store(vault) as store:
            begin(store)
            wanted = beside or plan(store, settings)
            if sweep(store.vault, wanted.leftovers):
                wanted = plan(store, settings)
            if wanted.touched:
                with store.transaction() as sql:
                    sql.executemany("UPDATE file SET size = ?, stamp = ? WHERE path = ?", wanted.touched)
            asks = wanted.heard is not None and budget is not None
            if asks or is_new(store) or not is_idle(store, settings, wanted):
                from ingest.update import update  # all that reads notes or embeds

                update(store, settings, wanted, say, budget)
            done = wanted.synced
            count(store, wanted)
    done.remarks += remarks
    done.seconds = round(time.monotonic() - began, 3)
    return done


def reads_alike(vault: Path) -> bool:
    """Whether this version reads notes as the one did that made the base; if not, the base is made anew."""
    if not has_database(base_folder(vault) / BASE):
        return True
    with open_store(vault) as store:
        return store.meta("reader") == READER


def begin(store: Store) -> None:
    """Mark a base that was never synced as one that is not whole yet."""
    if not store.meta("reader"):
        with store.transaction():
            store.set_meta("unfinished", 1)
            store.set_meta("reader", READER)


def rebuilt(vault: Path, settings: Settings, say: Progress) -> Plan:
    """Make the base anew beside the one that answers, and put it in its place once it is whole."""
    from ingest.update import to_claims

    folder = base_folder(vault)
    try:
        with open_store(vault, name=REBUILT) as store:
            begin(store)
            wanted = plan(store, settings)
            to_claims(store, settings, wanted, say)
            # What SQLite keeps beside the file goes into it, since the file alone is renamed.
            store.sql.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        replace_base(folder)
    except BaseException:
        remove_database(folder / REBUILT)
        raise
    wanted.is_read = True
    return wanted


def count(store: Store, wanted: Plan) -> None:
    """What the base holds now; what failed, whenever that was; what was remarked on files read this time."""
    done, before = wanted.synced, wanted.before
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


def dry_run(vault: Path, settings: Settings, progress: Progress | None = None) -> "tuple[Synced, Outlook]":
    """`kb sync --dry-run`: what a sync would do, and what it would ask of a language model, on a copy in memory."""
    from ingest.model_claims import Outlook, outlook
    from ingest.update import to_claims

    store = open_copy(vault)
    if store.meta("reader") != READER:
        store.close()
        store = open_copy(vault, empty=True)
    with store:
        wanted = plan(store, settings)
        if not is_idle(store, settings, wanted):
            # Whoever embeds here is not asked either.
            say = progress or (lambda doing, done, of: None)
            from kb.embed import is_own

            to_claims(store, settings if is_own(settings.embed) else Settings(), wanted, say)
        count(store, wanted)
        return wanted.synced, outlook(store, wanted.heard) if wanted.heard else Outlook()
