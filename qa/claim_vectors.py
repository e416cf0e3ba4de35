"""Vectors of claims, all of a base in memory: compared exactly (cosine), or those that Chroma's passages point at.

Vectors stay the signed bytes that they are in the base, so 700,000 claims are 180 MB in memory, and reading
them is most of what a one-shot process pays.
"""

from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from itertools import chain
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

    def __init__(self, store: Store, dimensions: int) -> None:
        self.claims, self.files, self.data = _stored(store, dimensions)
        self.names, self.titles = _titles(store, dimensions)
        """Files that have a title, ascending, and its vector."""
        self.lengths, self._titled = self._measured()
        self.notes: Ints = np.zeros(len(self.files), np.int64)
        """The note that each speaks for: its file's, or the one whose summary it is."""
        self.named: Ints = np.zeros(len(self.names), np.int64)
        """The note of each file in `names`."""
        self._lent: NDArray[np.bool_] = np.zeros(len(self.files), np.bool_)
        """Which are about another note than that of their file."""
        self._attribute(store)

    def _measured(self) -> tuple[Floats, Floats]:
        """Length of each row, and its cosine with the title of its file."""
        lengths, titled = np.ones(len(self.data), np.float32), np.zeros(len(self.data), np.float32)
        at, fits = found_in(self.names, self.files)
        for start in range(0, len(self.data), _CHUNK):
            here = slice(start, start + _CHUNK)
            part = self.data[here].astype(np.float32)
            length = np.sqrt(np.einsum("ij,ij->i", part, part))
            lengths[here] = np.where(length == 0, 1, length)
            if len(self.titles):
                beside = np.einsum("ij,ij->i", part, self.titles[at[here]]) / lengths[here]
                titled[here] = np.where(fits[here], beside, 0)
        return lengths, titled

    def _attribute(self, store: Store) -> None:
        of = _ints(store.sql.execute("SELECT file, id FROM note WHERE file IS NOT NULL ORDER BY file"), 2)
        for notes, files in ((self.notes, self.files), (self.named, self.names)):
            at, fits = found_in(of[:, 0], files)
            notes[fits] = of[at[fits], 1]
        lent = _ints(
            store.sql.execute(
                "SELECT claim.id, note.id FROM claim JOIN note ON note.name = coalesce(claim.owner, claim.about) "
                "WHERE claim.about IS NOT NULL ORDER BY +claim.id"  # without the sign every claim is read to spare a sort
            ),
            2,
        )
        at, fits = found_in(self.claims, lent[:, 0])
        self.notes[at[fits]] = lent[fits, 1]
        self._lent[at[fits]] = True

    def places(self, claims: Ints) -> Ints:
        """Where claims stand in the columns; -1 for those that do not."""
        at, fits = found_in(self.claims, claims)
        return np.where(fits, at, -1)

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
        if not len(titles):
            return cosines
        at, fits = found_in(self.names, self.files)
        own = fits & ~self._lent
        added = TITLE * titles[at]
        length = np.sqrt(1 + TITLE**2 + 2 * TITLE * self._titled).clip(min=0.1)
        return np.where(own, (cosines + added) / length, cosines).astype(np.float32)

    @cached_property
    def grouped(self) -> tuple[Ints, Ints, Ints]:
        """Notes in order, the places of their claims one note after the other, and where each note's begin."""
        order = np.argsort(self.notes, kind="stable")
        names, starts = np.unique(self.notes[order], return_index=True)
        return names, order, starts


def _stored(store: Store, wide: int) -> tuple[Ints, Ints, NDArray[np.int8]]:
    """Claims in the order of their ids, the file of each and its vector; without those of a file whose vectors are not whole."""
    sql = store.sql
    blobs = {
        file: blob
        for file, rows, blob in sql.execute("SELECT file, rows, data FROM vector")
        if len(blob) == rows * wide
    }
    spans = _ints(sql.execute("SELECT file, count(*) FROM claim GROUP BY file ORDER BY file"), 2)
    whole = [file for file, count in spans.tolist() if len(blobs.get(file, b"")) == count * wide]
    of = _ints(sql.execute("SELECT id, file FROM claim ORDER BY file, id"), 2)
    of = of[np.isin(of[:, 1], whole)]
    data = np.frombuffer(b"".join(blobs[file] for file in whole), np.int8).reshape(-1, wide)
    order = np.argsort(of[:, 0], kind="stable")
    in_order = bool((np.diff(of[:, 0]) > 0).all())
    return (of[:, 0], of[:, 1], data) if in_order else (of[order, 0], of[order, 1], data[order])


def _titles(store: Store, wide: int) -> tuple[Ints, NDArray[np.floating[Any]]]:
    rows = store.sql.execute("SELECT file, title FROM vector WHERE length(title) = ? ORDER BY file", (wide,)).fetchall()
    found = np.frombuffer(b"".join(title for _, title in rows), np.int8).reshape(-1, wide)
    titles: NDArray[np.floating[Any]] = unit(found.astype(np.float32))
    if len(rows) > _MANY:
        titles = titles.astype(np.float16)
    return np.array([file for file, _ in rows], np.int64), titles


def found_in(known: Ints, wanted: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """Where each stands among those known, which ascend, and whether it does."""
    at = np.searchsorted(known, wanted).clip(max=max(0, len(known) - 1))
    return at, known[at] == wanted if len(known) else np.zeros(len(wanted), np.bool_)


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
