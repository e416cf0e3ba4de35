"""What of the base bears on a question: by words, by nearness, then along the graph, fused.

Each channel gives a note a score between 0 and 1, the best note having 1; the sum is weighted below.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from kb.embed import Embedding, open_embedding
from kb.errors import Unavailable
from kb.quantised import unit
from kb.settings import Settings
from kb.store import Store
from qa.graph import walk
from qa.nearest import Floats, Index, Ints, Rows, means
from qa.scope import Scope
from qa.words import Asked, Words

CHANNELS = ("words", "nearness", "graph")

BEST, MEAN, GRAPH = 0.6, 0.6, 0.8
"""What the nearest claim, the mean of a note's claims, and the graph weigh, where bm25 of the note weighs 1.

SciFact, nDCG@10 of words and nearness: 0.711 with 0.5 each, 0.716 so, 0.710 with 0.7; it has no graph. For the
graph, 120 pages of a garden of 750 notes, each asked by its title with the page left out, mean of the four
measures of `kb eval`: words 0.171, nearness 0.186, graph 0.195, fused 0.208 (0.3), 0.213 (0.8), 0.217 (1.2).
The six lines of the sample vault, the same mean: 0.510, 0.534, 0.555, fused 0.558."""
OWNER = 0.3
"""What the score of its note adds to a claim's, where its own words and its nearness weigh 1 each."""
SECOND_HAND = 0.5
"""What the score of a line or a post is worth: they speak of what notes hold."""
SEEDS = 15
"""Notes from which the graph is entered."""
INDEX_FROM = 300_000
"""Claims from which a warm process asks Chroma: comparing all of them takes 15 ms there, Chroma about 3."""
_WIDE = 300
"""Notes looked at by each channel."""
_LONG = 200
"""Claims of one note that make its mean."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, best first."""

    notes: tuple[tuple[str, float], ...]
    """Note ids and scores."""
    claims: tuple[tuple[str, float], ...]
    """Claim ids and scores."""
    nearness: float
    """Cosine of the question with its best claim."""
    covered: float
    """Share of the question's words, by rarity, that single notes hold: the mean of the best two."""


class Near(NamedTuple):
    """What nearness found: cosines by claim, by note's best claim and by note's mean."""

    claims: dict[int, float]
    owners: dict[int, int]
    best: dict[int, float]
    mean: dict[int, float]
    top: float


Scores = dict[int, float]


class Retriever:
    """Finds in one open base, and keeps what it has read for the next question."""

    def __init__(self, store: Store, settings: Settings, embedding: Embedding | None = None) -> None:
        self.store = store
        self.settings = settings
        self.trouble: Unavailable | None = None
        """Why there is no nearness, when there is none."""
        self._embedding = embedding
        self._index = Index(store, settings)
        self._rows: Rows | None = None
        self._words: Words | None = None
        self._titles: dict[int, Floats] = {}
        self._view: tuple[int, int] | None = None
        self._own_changes = 0
        """Rows written to temporary tables, which change nothing."""
        self._is_warm = False

    def find(
        self,
        question: str,
        *,
        notes: int = 40,
        claims: int = 150,
        without: Collection[str] = (),
        channels: Collection[str] = CHANNELS,
    ) -> Found:
        """The notes and claims that bear on a question; `without` are notes to treat as if they were not there.

        The graph alone still starts from what words and nearness found, and ranks by the walk only.
        """
        words = self._in_step()
        before = self.store.sql.total_changes
        try:
            return self._found(words, question, notes, claims, without, channels)
        finally:
            self._own_changes += self.store.sql.total_changes - before

    def _found(
        self,
        words: Words,
        question: str,
        notes: int,
        claims: int,
        without: Collection[str],
        channels: Collection[str],
    ) -> Found:
        asked = words.asked(question)
        if not asked.terms:
            return Found((), (), 0.0, 0.0)
        scope = Scope(self.store, without)
        alone = set(channels) == {"graph"}
        by_words = words.claims(asked, 4 * claims) if alone or "words" in channels else {}
        owners = scope.owners(by_words)
        by_words = {claim: score for claim, score in by_words.items() if claim in owners}
        of_notes = words.notes(asked, _WIDE) if alone or "words" in channels else {}
        of_notes = {note: score for note, score in of_notes.items() if note not in scope.notes}
        near = Near({}, {}, {}, {}, 0.0)
        if alone or "nearness" in channels:
            near = self._near(question, asked, scope, by_words, {*of_notes, *owners.values()}, claims)
        scores = _sum((of_notes, 1.0), (near.best, BEST), (near.mean, MEAN))
        if "graph" in channels:
            seeds = {note: scores[note] for note in sorted(scores, key=lambda note: (-scores[note], note))[:SEEDS]}
            walked = walk(scope, seeds, list(by_words)[:60])
            scores = walked if alone else _sum((scores, max(scores.values(), default=0.0)), (walked, GRAPH))
        ranked, names = self._ranked(scope, scores)
        claim_scores = self._claims(by_words, near, owners | near.owners, scores)
        chosen = sorted(claim_scores, key=lambda claim: (-claim_scores[claim], claim))[:claims]
        ids = dict(scope.by_id("SELECT id, name FROM claim WHERE id IN", chosen))
        return Found(
            tuple((names[note], scores[note]) for note in ranked[:notes]),
            tuple((ids[claim], claim_scores[claim]) for claim in chosen if claim in ids),
            near.top,
            self._covered(scope, asked, ranked[:8]),
        )

    def close(self) -> None:
        """Let go of Chroma, if it was asked."""
        self._index.close()

    def _in_step(self) -> Words:
        """Notice what another process, or this one, wrote since the last question."""
        sql = self.store.sql
        written = sql.total_changes - self._own_changes
        view = (int(sql.execute("PRAGMA data_version").fetchone()[0]), written)
        if self._words is None or view != self._view:
            self._words = Words(self.store, getattr(self._embedding, "is_word", None))
            self._titles = {}
            if self._rows is not None and self._embedding is not None:
                self._rows = self._read(self._embedding)
            self._view = view
        return self._words

    def _read(self, embedding: Embedding) -> Rows:
        """The claims' vectors, those known already kept unless another embedding made them."""
        if self._rows is None or self._rows.made_by != embedding.name:
            self._rows = Rows(embedding.dimensions, embedding.name)
        self._rows.read(self.store)
        return self._rows

    def _near(
        self, question: str, asked: Asked, scope: Scope, claims: Collection[int], notes: Collection[int], most: int
    ) -> Near:
        nothing = Near({}, {}, {}, {}, 0.0)
        try:
            if self._embedding is None:
                self._embedding = open_embedding(self.settings.embed, self.store.vault, self.settings.offline)
            vector = _vector(self._embedding, question, asked)
        except Unavailable as why:
            self.trouble = why
            return nothing
        if self.store.meta("embed") != self._embedding.name:
            return nothing
        rows = self._rows or self._read(self._embedding)
        if not len(rows.claims) or not vector.any():
            return nothing
        cosines = self._cosines(rows, vector, notes)
        if scope.files:
            cosines[np.isin(rows.files, list(scope.files)) | np.isin(rows.notes, list(scope.notes))] = -2
        names, order, starts = rows.grouped()
        best = np.maximum.reduceat(cosines[order], starts)
        wanted = np.isin(names, list(notes))
        wanted[_highest(best, _WIDE)] = True
        wanted &= (best > -2) & (names > 0)
        at = np.flatnonzero(wanted)
        if not len(at):
            return nothing
        ends = np.append(starts[1:], len(order))
        groups = [order[starts[i] : ends[i]] for i in at]
        groups = [group[cosines[group] > -2][:_LONG] for group in groups]
        mean = means(rows, groups, self._title_vectors(names[at].tolist())) @ vector
        places = np.union1d(_highest(cosines, 2 * most), rows.places(np.array(list(claims), np.int64)))
        places = places[places >= 0]
        places = places[(cosines[places] > -2) & (rows.notes[places] > 0)]
        known = rows.claims[places].tolist()
        return Near(
            dict(zip(known, cosines[places].tolist(), strict=True)),
            dict(zip(known, rows.notes[places].tolist(), strict=True)),
            dict(zip(names[at].tolist(), best[at].tolist(), strict=True)),
            dict(zip(names[at].tolist(), mean.tolist(), strict=True)),
            max(0.0, float(cosines.max())),
        )

    def _cosines(self, rows: Rows, vector: Floats, notes: Collection[int]) -> Floats:
        """Of every claim; or, by Chroma, of those that could matter, -2 standing for the others."""
        use = self.settings.vectors or (self._is_warm and len(rows.claims) >= INDEX_FROM)
        self._is_warm = True
        near = self._index.claims(vector, _WIDE) if use else None
        if near is None:
            return rows.cosines(vector)
        places = rows.places(near)
        names, order, starts = rows.grouped()
        of = np.union1d(rows.notes[places[places >= 0]], np.array(list(notes), np.int64))
        ends = np.append(starts[1:], len(order))
        chosen: list[Ints] = [order[starts[i] : ends[i]] for i in np.flatnonzero(np.isin(names, of))]
        cosines = np.full(len(rows.claims), -2, np.float32)
        if chosen:
            every = np.concatenate(chosen)
            cosines[every] = rows.cosines(vector, every)
        return cosines

    def _title_vectors(self, notes: list[int]) -> Floats | None:
        """Titles as vectors, made here: the base has none. Left out where making them takes long."""
        assert self._embedding is not None
        if not _is_quick(self._embedding):
            return None
        new = [note for note in notes if note not in self._titles]
        rows = Scope(self.store).by_id("SELECT id, title FROM note WHERE id IN", new)
        vectors = self._embedding.embed([title for _, title in rows])
        self._titles |= {note: vector for (note, _), vector in zip(rows, vectors, strict=True)}
        nothing = np.zeros(self._embedding.dimensions, np.float32)
        return np.stack([self._titles.get(note, nothing) for note in notes])

    def _ranked(self, scope: Scope, scores: Scores) -> tuple[list[int], dict[int, str]]:
        """Notes best first, and their names; what is second-hand loses some of its score."""
        names = {}
        for note, name, kind in scope.by_id("SELECT id, name, kind FROM note WHERE id IN", scores):
            if note not in scope.notes:
                names[note] = name
                if kind in ("line", "post"):
                    scores[note] *= SECOND_HAND
        return sorted(names, key=lambda note: (-scores[note], names[note])), names

    def _claims(self, by_words: Scores, near: Near, owners: dict[int, int], scores: Scores) -> Scores:
        found = _sum((by_words, 1.0), (near.claims, 1.0))
        high = max(scores.values(), default=0.0) or 1.0
        return {claim: score + OWNER * scores.get(owners[claim], 0.0) / high for claim, score in found.items()}

    def _covered(self, scope: Scope, asked: Asked, notes: Collection[int]) -> float:
        """The share of the question's words that one note holds, averaged over the two that hold most.

        Words scattered over many notes are a topic that none of them has: on the gold questions this tells
        answerable from not better (area under the curve 0.86) than what all of them hold together (0.82).
        """
        assert self._words is not None
        texts: dict[int, list[str]] = {note: [] for note in notes}
        for note, text in scope.by_id(
            "SELECT id, title || ' ' || summary || ' ' || aliases FROM note WHERE id IN", notes
        ):
            texts[note].append(text)
        own = "SELECT note.id, claim.text FROM note JOIN claim ON claim.file = note.file AND claim.about IS NULL WHERE note.id IN"
        for note, text in scope.by_id(own, notes):
            texts[note].append(text)
        said = "SELECT note.id, claim.text FROM note JOIN claim ON claim.owner = note.name WHERE note.id IN"
        for note, text in scope.by_id(said, notes):
            texts[note].append(text)
        stems = self._words.stemmer.stems(" ".join(some) for some in texts.values())
        shares = sorted((asked.covered(set(some)) for some in stems), reverse=True)
        return (shares[0] + (shares[1] if len(shares) > 1 else 0.0)) / 2 if shares else 0.0


def _is_quick(embedding: Embedding) -> bool:
    """Whether a few hundred texts more cost nothing, and single words have vectors of their own."""
    return embedding.name.startswith("wordllama")


def _vector(embedding: Embedding, question: str, asked: Asked) -> Floats:
    """The question as a vector. A mean of word vectors gains when rare words count for more: SciFact
    nDCG@10 of the best claim rises from 0.480 to 0.509, of the mean from 0.484 to 0.509."""
    words = [term.word for term in asked.terms if not term.weak]
    if not words or not _is_quick(embedding):
        return np.asarray(embedding.embed([question])[0], np.float32)
    vectors = embedding.embed([question, *words])
    rarity = np.array([asked.rarity(term) for term in asked.terms if not term.weak], np.float32)
    weighted = unit((rarity @ vectors[1:]).reshape(1, -1))
    return np.asarray(unit(vectors[:1] + weighted)[0], np.float32)


def _highest(values: Floats, most: int) -> Ints:
    """The places of the highest values, in no order."""
    if len(values) <= most:
        return np.arange(len(values))
    return np.argpartition(-values, most)[:most]


def _sum(*parts: tuple[Scores, float]) -> Scores:
    """Scores added up, each part scaled so that its best has its weight."""
    total: Scores = {}
    for scores, weight in parts:
        high = max(scores.values(), default=0.0)
        if high > 0:
            for key, score in scores.items():
                total[key] = total.get(key, 0.0) + max(0.0, score) * weight / high
    return total
