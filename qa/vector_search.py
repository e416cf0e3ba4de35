"""Vector search: notes and claims by the cosine of each claim, with its note's title, to the question."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kb.embed import Embedding, open_embedding
from kb.errors import Unavailable
from kb.settings import Settings
from kb.store import Store
from qa.claim_vectors import ClaimVectors, Floats, Ints, PassageIndex, found_in
from qa.rerank import KeptVectors
from qa.scope import Scope

INDEX_FROM = 300_000
"""Claims from which a warm process asks Chroma: comparing all of them takes 15 ms there, Chroma about 3."""
_ONCE = 4
"""Searches that one question may make: whoever asks no more should not wait a second for Chroma to load."""
_WIDE = 300
"""Notes that Chroma is asked for."""
_SAMPLE = 500
"""Notes by which the rest is judged where Chroma was asked."""
TITLE_ALONE = 0.8
"""What the cosine of a title is worth where a note has no claims."""


class VectorHits(NamedTuple):
    """What nearness found."""

    notes: Floats
    """By note, in the order asked for; not a number where nothing is known."""
    claims: dict[int, float]
    """The nearest claims and those named."""
    owners: dict[int, int]
    """The note of each."""
    top: float
    """The cosine of the nearest claim, alone."""


class VectorSearch:
    """The vectors of one open base, asked."""

    def __init__(self, store: Store, settings: Settings, embedding: Embedding | None = None) -> None:
        self.store = store
        self.settings = settings
        self.embedding = embedding
        self._index = PassageIndex(store, settings)
        self._rows: ClaimVectors | None = None
        self._words: KeptVectors | None = None
        self._times = 0

    def close(self) -> None:
        """Let go of Chroma, if it was asked."""
        self._index.close()

    def forget(self) -> None:
        """The base was written to: what was read is read again."""
        self._rows = None

    def words(self, words: Sequence[str]) -> Floats | None:
        """Single words as vectors; none where making them takes long, or where words have no vectors."""
        if self.embedding is None or not self.embedding.name.startswith("wordllama"):
            return None
        self._words = self._words or KeptVectors(self.embedding)
        return self._words.of(words) if words else None

    def vectors(self, texts: Sequence[str]) -> Floats | None:
        """Texts as vectors; none where they cannot be made, or where those of the base were made otherwise."""
        try:
            if self.embedding is None:
                self.embedding = open_embedding(self.settings.embed, self.store.vault, self.settings.offline)
            if self.store.meta("embed") != self.embedding.name:
                return None
            return np.asarray(self.embedding.embed(list(texts)), np.float32)
        except Unavailable:
            return None

    def rows(self) -> ClaimVectors:
        """The claims' vectors, read once for each state of the base."""
        assert self.embedding is not None
        self._rows = self._rows or ClaimVectors(self.store, self.embedding.dimensions)
        return self._rows

    def near(
        self, question: str, notes: Ints, scope: Scope, named: Collection[int], by_words: Ints, most: int
    ) -> VectorHits | None:
        """How near each of these notes is, whose ids ascend, and which claims are nearest; `named` claims are told of
        too, and notes found `by_words` are looked at whatever Chroma says."""
        vectors = self.vectors([question])
        if vectors is None:
            return None
        vector, rows = vectors[0], self.rows()
        if not len(notes) or not vector.any():
            return None
        titles = rows.title_cosines(vector)
        alone = rows.cosines(vector) if scope.is_narrow else self._cosines(rows, vector, by_words)
        if scope.files:
            alone[np.isin(rows.files, list(scope.files)) | np.isin(rows.notes, list(scope.notes))] = -2
        cosines = np.where(alone > -2, rows.in_context(alone, titles), -2)
        known = (cosines > -2) & (rows.notes > 0)
        places = np.union1d(_highest(cosines, 2 * most), rows.places(np.array(list(named), np.int64)))
        places = places[places >= 0]
        places = places[known[places]]
        claims = rows.claims[places].tolist()
        return VectorHits(
            self._of_notes(rows, notes, cosines, known, titles),
            dict(zip(claims, cosines[places].tolist(), strict=True)),
            dict(zip(claims, rows.notes[places].tolist(), strict=True)),
            max(0.0, float(alone.max(initial=0.0))),
        )

    def _of_notes(
        self, rows: ClaimVectors, notes: Ints, cosines: Floats, known: NDArray[np.bool_], titles: Floats
    ) -> Floats:
        """The best claim of each note; of one without claims its title."""
        found = np.full(len(notes), np.nan, np.float32)
        here, fits = found_in(notes, rows.named)
        found[here[fits]] = TITLE_ALONE * titles[fits]
        at, fits = found_in(notes, rows.notes[known])
        best = np.full(len(notes), -2, np.float32)
        np.maximum.at(best, at[fits], cosines[known][fits])
        return np.where(best > -2, best, found)

    def _cosines(self, rows: ClaimVectors, vector: Floats, notes: Ints) -> Floats:
        """Of every claim; or, by Chroma, of those that could matter and some others, -2 standing for the rest."""
        use = self.settings.vectors or (self._times > _ONCE and len(rows.claims) >= INDEX_FROM)
        self._times += 1
        near = self._index.claims(vector, _WIDE) if use else None
        if near is None:
            return rows.cosines(vector)
        places = rows.places(near)
        names, order, starts = rows.grouped
        of = np.union1d(rows.notes[places[places >= 0]], notes)
        of = np.union1d(of, names[:: max(1, len(names) // _SAMPLE)])
        ends = np.append(starts[1:], len(order))
        chosen = [order[starts[i] : ends[i]] for i in np.flatnonzero(np.isin(names, of))]
        every = np.concatenate([*chosen, np.zeros(0, np.int64)])
        cosines = np.full(len(rows.claims), -2, np.float32)
        cosines[every] = rows.cosines(vector, every)
        return cosines


def _highest(values: Floats, most: int) -> Ints:
    """The places of the highest values, in no order."""
    known = np.flatnonzero(values > -2)
    return known if len(known) <= most else known[np.argpartition(-values[known], most)[:most]]
