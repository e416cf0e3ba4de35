"""Chroma brought in step with the store: one vector for each passage, the mean of its claims. Small changes wait, since loading
Chroma costs more than a sync: until then passages that it lacks are found by exact search."""

from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import numpy as np

from kb.settings import Settings
from kb.store import Store
from kb.vectors import Matrix, unit, unpacked

FEW = 2_000
"""Changes that may wait; or a tenth of the passages, where that is more."""
_PORTION = 20_000


def place(store: Store, settings: Settings) -> str | Path:
    """Where this vault keeps its passages: a folder in the base, or a server."""
    return settings.vectors or store.folder / "chroma"


def behind(store: Store) -> int:
    """How many passages Chroma lacks or has too many; all of them while it holds none of this base."""
    high = int(store.meta("chroma_high", "-1"))
    if high < 0:
        return store.count("passage") + 1
    new = store.sql.execute("SELECT count(*) FROM passage WHERE id > ?", (high,)).fetchone()[0]
    gone = store.sql.execute("SELECT count(*) FROM passage_gone WHERE id <= ?", (high,)).fetchone()[0]
    return int(new + gone)


def catch_up(store: Store, settings: Settings, *, now: bool = False, afresh: bool = False) -> bool:
    """Write to Chroma what it lacks, when that is much or asked for. True if anything was written."""
    from kb.chroma import Passages, VectorsUnavailable, fresh

    if settings.offline and settings.vectors:
        # A server is a socket; what it lacks is found by exact search.
        return False
    waiting, start = behind(store), int(store.meta("chroma_high", "-1"))
    few = not now and start >= 0 and waiting <= max(FEW, store.count("passage") // 10)
    if not afresh and (waiting == 0 or few):
        return False
    base, generation = store.meta("base"), int(store.meta("chroma_generation", "0"))
    where = place(store, settings)
    top = store.sql.execute("SELECT coalesce(max(id), 0) FROM passage").fetchone()[0]
    passages = None
    if not afresh and start >= 0 and store.meta("chroma_where") == str(where):
        with suppress(VectorsUnavailable):
            passages = Passages(where, base, generation)
    if passages is None:
        generation, start = generation + 1, -1
        _remember(store, generation, -1, str(where))
        passages = fresh(where, base, generation)
    with closing(passages):
        gone = [row[0] for row in store.sql.execute("SELECT id FROM passage_gone WHERE id <= ? ORDER BY id", (start,))]
        passages.remove(gone)
        for ids, vectors in vectors_of(store, start):
            passages.add(ids, vectors)
    _remember(store, generation, top, str(where))
    return True


def _remember(store: Store, generation: int, high: int, where: str) -> None:
    with store.transaction() as sql:
        for key, value in (("chroma_generation", generation), ("chroma_high", high), ("chroma_where", where)):
            store.set_meta(key, value)
        store.set_meta("chroma_view", int(store.meta("chroma_view", "0")) + 1)
        sql.execute("DELETE FROM passage_gone WHERE id <= ?1 OR ?1 < 0", (high,))


def vectors_of(store: Store, above: int) -> Iterator[tuple[list[int], Matrix]]:
    """Passages with a higher id than this and their vectors, by the thousand."""
    ids: list[int] = []
    rows: list[Matrix] = []
    files = store.sql.execute("SELECT DISTINCT file FROM passage WHERE id > ? ORDER BY file", (above,)).fetchall()
    for (file,) in files:
        found = file_passages(store, file)
        if found is None:
            continue
        numbers, vectors = found
        keep = numbers > above
        ids += numbers[keep].tolist()
        rows.append(vectors[keep])
        if len(ids) >= _PORTION:
            yield ids, np.concatenate(rows)
            ids, rows = [], []
    if ids:
        yield ids, np.concatenate(rows)


def file_passages(store: Store, file: int) -> tuple["np.ndarray[tuple[int], np.dtype[np.int64]]", Matrix] | None:
    """Ids and vectors of the passages of one file."""
    data = store.sql.execute("SELECT rows, data FROM vector WHERE file = ?", (file,)).fetchone()
    of = [row[0] for row in store.sql.execute("SELECT passage FROM claim WHERE file = ? ORDER BY id", (file,))]
    if not data or not of or data[0] != len(of):
        return None
    numbers, index = np.unique(np.array(of, np.int64), return_inverse=True)
    sums = np.zeros((len(numbers), len(data[1]) // data[0]), np.float32)
    np.add.at(sums, index, unpacked(data[1], data[0]))
    return numbers, unit(sums)
