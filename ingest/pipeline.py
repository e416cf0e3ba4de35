"""The way in: the folder compared with the base, and what is new taken in (`ingest/intake.py`).

Every command that answers from the base comes through here first, mostly to find that nothing has changed: so what reads,
embeds and judges is loaded only where it is needed.
"""

import time
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.changes import Plan, Progress, is_idle, plan
from ingest.judged import is_new
from ingest.judges import is_judged
from ingest.scan import Seen
from ingest.synced import Synced
from kb.catalogue import files
from kb.lock import writing
from kb.settings import FOLDER, Settings
from kb.store import BASE, Store, foreign_errors, made_folder, open_store

if TYPE_CHECKING:
    from kb.spent import Budget

READER = "10"
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
    with writing(folder / "lock", patience), foreign_errors(folder):
        if rebuild:
            discard(vault)
        if not reads_alike(vault):
            discard(vault)
        with open_store(vault) as store:
            store.set_meta("reader", READER)
            wanted = plan(store, settings)
            if wanted.touched:
                with store.transaction() as sql:
                    sql.executemany("UPDATE file SET stamp = ? WHERE path = ?", wanted.touched)
            if not _is_done(store, settings, wanted, budget):
                from ingest.intake import take

                take(store, settings, wanted, say, budget)
            done = wanted.synced
            count(store, wanted)
    done.seconds = round(time.monotonic() - began, 3)
    return done


def _is_done(store: Store, settings: Settings, wanted: Plan, budget: "Budget | None") -> bool:
    """Whether there is nothing to do: then nothing that reads notes, embeds or judges is loaded."""
    if not is_idle(store, settings, wanted) or is_new(store):
        return False
    return is_judged(store, settings, budget is not None) and (wanted.heard is None or budget is None)


def reads_alike(vault: Path) -> bool:
    """Whether this version reads notes as the one did that made the base; if not, the base is made anew."""
    if not (vault / FOLDER / BASE).exists():
        return True
    with open_store(vault) as store:
        return store.meta("reader") == READER


def discard(vault: Path) -> None:
    """Delete the base of a vault, and nothing else of it."""
    for suffix in ("", "-wal", "-shm"):
        (vault / FOLDER / f"{BASE}{suffix}").unlink(missing_ok=True)


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
