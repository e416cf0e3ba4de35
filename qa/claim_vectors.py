"""Vectors of claims, all of a base in memory: compared exactly (cosine), or those that Chroma's passages point at.

Vectors stay the signed bytes that they are in the base, so 700,000 claims are 180 MB in memory, and reading
them is most of what a one-shot process pays. A long-lived one keeps them, and after a sync reads only the
files that came since: file ids are never used twice.
"""

from collections.abc import Iterator
from contextlib import suppress
from itertools import chain, compress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.errors import Unavailable
from kb.settings import Settings
from kb.store import Store
from kb.vectors import unit

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]

_MANY = 50_000
"""Titles kept as half floats from here on."""
TITLE = 0.5
"""What its note's title weighs in a claim's vector, where the claim weighs 1."""
_TEXTS = 32
"""Texts compared with every claim at a time: 9 MB with 70,000 claims."""
_CHUNK = 512
"""ClaimVectors turned into floats at a time. The buffer stays in the cache: 5 ms for 100,000 rows of 256. From 2,048 on
BLAS uses threads, and on a busy machine waits for them: 35 to 1,165 ms for 700,000 rows, with 512 always 35."""


class ClaimVectors:
    """The claims of the base as columns, in the order of their ids."""

    def __init__(self, dimensions: int, made_by: str) -> None:
        self.made_by = made_by
        """Name of the embedding."""
        self.claims: Ints = np.zeros(0, np.int64)
        self.files: Ints = np.zeros(0, np.int64)
        self.notes: Ints = np.zeros(0, np.int64)
        """The note that each speaks for: its file's, or the one whose summary it is."""
        self.data: NDArray[np.int8] = np.zeros((0, dimensions), np.int8)
        self.lengths: Floats = np.zeros(0, np.float32)
        self.titled: Floats = np.zeros(0, np.float32)
        """Cosine of each with the title of its file."""
        self.names: Ints = np.zeros(0, np.int64)
        """Files that have a title, ascending, and its vector."""
        self.named: Ints = np.zeros(0, np.int64)
        """The note of each of these files."""
        self.titles: NDArray[np.floating[Any]] = np.zeros((0, dimensions), np.float32)
        self._lent: NDArray[np.bool_] = np.zeros(0, np.bool_)
        """Which are about another note than that of their file."""
        self._by_note: tuple[Ints, Ints, Ints] | None = None

    def read(self, store: Store) -> None:
        """Bring the columns in step with the base."""
        sql = store.sql
        spans = _ints(sql.execute("SELECT file, min(id), count(*), max(id) FROM claim GROUP BY file ORDER BY file"), 4)
        known = np.unique(self.files)
        kept = np.isin(self.files, spans[:, 0])
        if not kept.all():
            self._keep(np.flatnonzero(kept))
        self._read_titles(store)
        new = spans[~np.isin(spans[:, 0], known)]
        if len(new):
            self._append(store, new)
        self._attribute(store)
        self._by_note = None

    def _append(self, store: Store, spans: Ints) -> None:
        wide = self.data.shape[1]
        stored = store.sql.execute("SELECT file, rows, data FROM vector WHERE file >= ?", (int(spans[0, 0]),))
        blobs: dict[int, bytes] = {file: blob for file, rows, blob in stored if len(blob) == rows * wide}
        data = [blobs.get(file, b"") for file in spans[:, 0].tolist()]
        whole = np.fromiter(map(len, data), np.int64, len(data)) == spans[:, 2] * wide
        file, low, count, high = spans[whole].T
        starts = np.cumsum(count) - count
        new = np.repeat(low - starts, count) + np.arange(count.sum())
        for at in np.flatnonzero(high - low + 1 != count):  # other claims came between
            ids = store.sql.execute("SELECT id FROM claim WHERE file = ? ORDER BY id", (int(file[at]),))
            new[starts[at] : starts[at] + count[at]] = _ints(ids, 1)[:, 0]
        claims, files = [self.claims, new], [self.files, np.repeat(file, count)]
        added = np.frombuffer(b"".join(compress(data, whole)), np.int8).reshape(-1, wide)
        self.claims, self.files = np.concatenate(claims), np.concatenate(files)
        self.data = np.concatenate([self.data, added]) if len(self.data) else added
        lengths, titled = self._measured(added, files[1])
        self.lengths, self.titled = np.concatenate([self.lengths, lengths]), np.concatenate([self.titled, titled])
        if (np.diff(self.claims) < 0).any():
            self._keep(np.argsort(self.claims, kind="stable"))

    def _keep(self, places: Ints) -> None:
        self.claims, self.files, self.data = self.claims[places], self.files[places], self.data[places]
        self.lengths, self.titled = self.lengths[places], self.titled[places]

    def _read_titles(self, store: Store) -> None:
        wide = self.data.shape[1]
        found = store.sql.execute("SELECT file, title FROM vector WHERE length(title) = ? ORDER BY file", (wide,))
        rows = found.fetchall()
        self.names = np.array([file for file, _ in rows], np.int64)
        found_titles = np.frombuffer(b"".join(title for _, title in rows), np.int8).reshape(-1, wide)
        self.titles = unit(found_titles.astype(np.float32)).astype(np.float16 if len(rows) > _MANY else np.float32)

    def _measured(self, data: NDArray[np.int8], files: Ints) -> tuple[Floats, Floats]:
        """Length of each row, and its cosine with the title of its file."""
        lengths, titled = np.ones(len(data), np.float32), np.zeros(len(data), np.float32)
        titles = self.titles
        at = np.searchsorted(self.names, files).clip(max=max(0, len(self.names) - 1))
        for start in range(0, len(data), _CHUNK):
            here = slice(start, start + _CHUNK)
            part = data[here].astype(np.float32)
            length = np.sqrt(np.einsum("ij,ij->i", part, part))
            lengths[here] = np.where(length == 0, 1, length)
            if len(titles):
                beside = np.einsum("ij,ij->i", part, titles[at[here]]) / lengths[here]
                titled[here] = np.where(self.names[at[here]] == files[here], beside, 0)
        return lengths, titled

    def _attribute(self, store: Store) -> None:
        of = _ints(store.sql.execute("SELECT file, id FROM note WHERE file IS NOT NULL ORDER BY file"), 2)
        if not len(of):
            self.notes = np.zeros(len(self.files), np.int64)
            self._lent = np.ones(len(self.files), np.bool_)
            self.named = np.zeros(len(self.names), np.int64)
            return
        at = np.searchsorted(of[:, 0], self.files).clip(max=len(of) - 1)
        self.notes = np.where(of[at, 0] == self.files, of[at, 1], 0)
        at = np.searchsorted(of[:, 0], self.names).clip(max=len(of) - 1)
        self.named = np.where(of[at, 0] == self.names, of[at, 1], 0)
        lent = _ints(
            store.sql.execute(
                "SELECT claim.id, note.id FROM claim JOIN note ON note.name = coalesce(claim.owner, claim.about) "
                "WHERE claim.about IS NOT NULL ORDER BY +claim.id"  # without the sign every claim is read to spare a sort
            ),
            2,
        )
        here = self.places(lent[:, 0])
        self.notes[here[here >= 0]] = lent[here >= 0, 1]
        self._lent = np.zeros(len(self.files), np.bool_)
        self._lent[here[here >= 0]] = True

    def places(self, claims: Ints) -> Ints:
        """Where claims stand in the columns; -1 for those that do not."""
        if not len(self.claims):
            return np.full(len(claims), -1, np.int64)
        at = np.searchsorted(self.claims, claims).clip(max=len(self.claims) - 1)
        return np.where(self.claims[at] == claims, at, -1)

    def cosines(self, vector: Floats, places: Ints | None = None) -> Floats:
        """Cosine of a unit vector with every claim, or with those in these places."""
        if places is not None:
            products = self.data[places].astype(np.float32) @ vector
            return np.asarray(products / self.lengths[places], np.float32)
        products = np.empty(len(self.data), np.float32)
        buffer = np.empty((_CHUNK, self.data.shape[1]), np.float32)
        for start in range(0, len(self.data), _CHUNK):
            part = self.data[start : start + _CHUNK]
            buffer[: len(part)] = part
            np.dot(buffer[: len(part)], vector, out=products[start : start + len(part)])
        return np.asarray(products / self.lengths, np.float32)

    def each_cosines(self, vectors: Floats) -> Iterator[Floats]:
        """The same for many vectors, one after the other: the bytes are turned into floats once for some of them."""
        for first in range(0, len(vectors), _TEXTS):
            some = vectors[first : first + _TEXTS]
            rows = np.empty((len(some), len(self.data)), np.float32)
            for start in range(0, len(self.data), _CHUNK):
                part = self.data[start : start + _CHUNK].astype(np.float32)
                for row, vector in zip(rows, some, strict=True):
                    np.dot(part, vector, out=row[start : start + len(part)])
            rows /= self.lengths
            yield from rows

    def title_cosines(self, vector: Floats) -> Floats:
        """Cosine of a unit vector with the title of each file in `names`."""
        products = np.empty(len(self.titles), np.float32)
        for start in range(0, len(self.titles), _CHUNK):
            np.dot(self.titles[start : start + _CHUNK].astype(np.float32), vector, out=products[start : start + _CHUNK])
        return products

    def in_context(self, cosines: Floats, titles: Floats) -> Floats:
        """The cosine of each claim once half its title is added to it: a claim alone knows nothing of its subject."""
        at = np.searchsorted(self.names, self.files).clip(max=max(0, len(self.names) - 1))
        own = ~self._lent & (self.names[at] == self.files) if len(self.names) else np.zeros(len(self.files), np.bool_)
        added = TITLE * titles[at] if len(titles) else np.zeros(len(self.files), np.float32)
        length = np.sqrt(1 + TITLE**2 + 2 * TITLE * self.titled).clip(min=0.1)
        return np.where(own, (cosines + added) / length, cosines).astype(np.float32)

    def grouped(self) -> tuple[Ints, Ints, Ints]:
        """Notes in order, the places of their claims one note after the other, and where each note's begin."""
        if self._by_note is None:
            order = np.argsort(self.notes, kind="stable")
            names, starts = np.unique(self.notes[order], return_index=True)
            self._by_note = names, order, starts
        return self._by_note


def _ints(rows: Any, columns: int) -> Ints:
    return np.fromiter(chain.from_iterable(rows), np.int64).reshape(-1, columns)


class PassageIndex:
    """Chroma's passages, kept open, as far as they are there and up to date."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._settings = store, settings
        self._passages: Any = None
        self._view = ""

    def claims(self, vector: Floats, k: int) -> Ints | None:
        """Claims of the nearest passages and of all that Chroma lacks; none when it cannot be asked."""
        from ingest.passages import place
        from kb.chroma import Passages, VectorsUnavailable

        store = self._store
        high = int(store.meta("chroma_high", "-1"))
        if self._settings.offline and self._settings.vectors:
            return None
        where = place(store, self._settings)
        view = f"{store.meta('chroma_view')} {where}"
        if high < 0 or store.meta("chroma_where") != str(where):
            return None
        try:
            if view != self._view:
                self.close()
                self._passages = Passages(where, store.meta("base"), int(store.meta("chroma_generation", "0")))
                self._view = view
            near = [number for number, _ in self._passages.nearest(vector, k)]
        except VectorsUnavailable:
            self._view = ""
            return None
        marks = ",".join("?" * len(near))
        # Not with OR, nor in order: SQLite would read every claim to spare itself the sorting.
        query = f"SELECT id FROM claim WHERE passage IN ({marks}) UNION ALL SELECT id FROM claim WHERE passage > ?"
        return np.unique(_ints(store.sql.execute(query, (*near, high)), 1)[:, 0])

    def close(self) -> None:
        """Let go of Chroma's files."""
        if self._passages is not None:
            with suppress(Unavailable):
                self._passages.close()
            self._passages = None
