"""Changes since the last sync: the folder compared with the base. All that a sync with nothing to do needs."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ingest.integrity import content_hash
from ingest.model_replies import ModelReplies, read_otherwise, replies_of
from ingest.scan import Seen, Skipped, settled, walk
from ingest.temporary_files import SUFFIX
from kb.files import read_regular
from kb.problem import Problem
from kb.settings import Settings
from kb.store import Store

Progress = Callable[[str, int, int], None]
"""What is being done, how many are done, how many there are."""


@dataclass(slots=True)
class Synced:
    """Counts of files, problems, and the size of the base."""

    added: int = 0
    changed: int = 0
    moved: int = 0
    removed: int = 0
    unchanged: int = 0
    skipped: int = 0
    failed: list[Problem] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)
    notes: int = 0
    claims: int = 0
    links: int = 0
    seconds: float = 0.0

    @property
    def touched(self) -> int:
        return self.added + self.changed + self.moved + self.removed


@dataclass(slots=True)
class Plan:
    """What a sync has to do."""

    synced: Synced
    seen: dict[str, Seen]
    to_read: list[Seen | Skipped]
    gone: list[str]
    touched: list[tuple[int, int, str]]
    """New size and stamp of files whose content is as it was read: only times changed, or it was read in the middle of an edit."""

    before: set[str]
    """Files that the base held as notes."""

    leftovers: list[str] = field(default_factory=list)

    heard: ModelReplies | None = None

    is_read: bool = False
    """Whether the base was made of it already, as a rebuilt one is."""

    @property
    def is_idle(self) -> bool:
        return not (self.to_read or self.gone)


def plan(store: Store, settings: Settings) -> Plan:
    """Compare the folder with the base. Where size and times agree the bytes are not read."""
    done = Synced()
    rows = store.sql.execute("SELECT path, size, stamp, sha, state, problems FROM file").fetchall()
    # What was skipped or could not be read has no hash: its times say nothing of what is to be done with it now.
    stamps = {row[0]: (row[1], row[2]) for row in rows if row[3]}
    was = {row[0]: (row[3], row[4], row[5]) for row in rows}
    found = Plan(done, {}, [], [], [], {path for path, entry in was.items() if entry[1] != "skipped"})
    new: list[tuple[Seen, str]] = []
    present: set[str] = set()
    now = time.time_ns()
    for item in walk(store.vault, settings):
        path = item.problem.path if isinstance(item, Skipped) else item.path
        present.add(path)
        known, before = path in found.before, was.get(path)
        if isinstance(item, Skipped):
            done.skipped += 1
            found.leftovers += [path] if path.endswith(SUFFIX) else []
            if before is None or known or item.problem.message not in before[2]:
                found.to_read.append(item)
                done.removed += known
            continue
        found.seen[path] = item
        if stamps.get(path) == (item.size, item.stamp):
            done.unchanged += 1
            continue
        sha = _sha(store.vault / path)
        if before is not None and before[0] == sha and (sha or before[1] == "failed"):
            found.touched.append((item.size, settled(item, now), path))
            done.unchanged += 1
            continue
        found.to_read.append(item)
        done.changed += known
        new += [] if known else [(item, sha)]
    found.gone = sorted(path for path in was if path not in present)
    found.heard = replies_of(store, settings)
    again = {item.path for item in found.to_read if isinstance(item, Seen)}
    found.to_read += [item for item in read_otherwise(store, found.heard, found.seen) if item.path not in again]
    _tell_moves(found, new, was)
    return found


def _tell_moves(found: Plan, new: list[tuple[Seen, str]], was: dict[str, tuple[str, str, str]]) -> None:
    """A file that went and one that came with the same content is one that moved."""
    left = Counter(was[path][0] for path in found.gone if was[path][1] != "skipped")
    for _, sha in new:
        moved = left[sha] > 0
        left[sha] -= moved
        found.synced.moved += moved
        found.synced.added += not moved
    found.synced.removed += left.total()


def _sha(path: Path) -> str:
    try:
        return content_hash(read_regular(path))
    except OSError:
        return ""


def is_idle(store: Store, settings: Settings, wanted: Plan) -> bool:
    """Whether no file has changed, and nothing was left half done."""
    marks = ("dirty_key", "dirty_tail", "dirty_figure", "dirty_file")
    marked = any(store.sql.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() for table in marks)
    return wanted.is_idle and store.meta("embed_setting") == settings.embed and not marked
