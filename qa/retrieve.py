"""What of the base bears on a question: by words, by nearness, read again by the reader, then along the graph.

One ranking for questions, links, completion and lists. No weight in it was fitted: words and nearness are standardised
over the notes and added, what the reader makes of the first notes is added likewise, and links are a bonus.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from kb.embed import Embedding
from kb.language.readings import Readings, open_readings
from kb.note import REPORT, SYNTHESES, known_as, sources_in
from kb.settings import Settings
from kb.store import Store
from qa import rerank
from qa.claim_vectors import ClaimVectors, Floats, Ints
from qa.graph import walk
from qa.rerank import mixed_scores, standardised
from qa.scope import EVERYTHING, Scope, Within
from qa.terms import Term
from qa.vector_search import VectorHits, VectorSearch
from qa.words import Words

CHANNELS = ("words", "nearness", "reader", "graph")
GRAPH = 0.4
"""What the walk along links adds, where the best note has 1."""
SECOND_HAND = 0.5
"""What the score of a line or a post that cites others is worth: it speaks of what notes hold."""
OWNER = 0.3
"""What the score of its note adds to a claim's, where its own words and its nearness weigh 1 each."""
LEADS = 0.5
"""Share of the best note's score that a note needs to be what was asked for, and not only near it."""
SEEDS = 15
"""Notes from which the graph is entered."""
_LEAST = 1e-3
_HOLDING = 8
"""Notes that are asked whether they hold the question's words."""

_LACKING = 8
"""Words that the reader is asked about, whether they lead away from the notes."""

Scores = dict[int, float]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, best first."""

    notes: tuple[tuple[str, float], ...]
    """Note ids and scores."""
    claims: tuple[tuple[str, float], ...]
    """Claim ids and scores."""
    nearness: float = 0.0
    """Cosine of the question with its best claim."""
    read: float | None = None
    """Cosine of the question with the note nearest to it, as the reader sees it; none where there is no reader."""
    near: Mapping[str, float] = field(default_factory=dict)
    """That of each note that was read."""
    lacking: tuple[tuple[str, float], ...] = ()
    """Words of the question that none of the first notes holds or comes near to, and how far each takes the question
    from them; that furthest first."""
    unused: frozenset[str] = frozenset()
    """Words of the question that stand in no note at all."""


class Retriever:
    """Finds in one open base, and keeps what it has read for the next question."""

    def __init__(self, store: Store, settings: Settings, embedding: Embedding | None = None) -> None:
        self.store = store
        self.settings = settings
        self._near = VectorSearch(store, settings, embedding)
        self._words: Words | None = None
        self._view: tuple[int, int] | None = None
        self._reports: list[str] = []
        self._scope: tuple[object, Scope] | None = None
        self._ids: Ints = np.zeros(0, np.int64)
        self._own_changes = 0
        """Rows written to temporary tables, which change nothing."""

    @property
    def embedding(self) -> Embedding | None:
        """What makes its vectors; none before the first question, or where nothing can."""
        return self._near.embedding

    @cached_property
    def readings(self) -> Readings | None:
        """What the reader has read; none where it is not wanted, or cannot be had."""
        return open_readings(self.settings, self.store.folder)

    def find(
        self,
        question: str,
        *,
        notes: int = 40,
        claims: int = 150,
        without: Collection[str] = (),
        within: Within = EVERYTHING,
        channels: Collection[str] = CHANNELS,
    ) -> Found:
        """The notes and claims that bear on a question; `without` are notes to treat as if they were not there, and so are
        all that are not `within`."""
        words, scope = self._in_step(), self.scope(without, within)
        before = (
            self.store.sql.total_changes
        )  # the scope is known: what is written from here on are our own temporary rows
        try:
            asked = words.asked(question)
            if not asked or not len(self._ids):
                return Found((), ())
            return self._found(words, asked, question, notes, claims, scope, channels)
        finally:
            self._own_changes += self.store.sql.total_changes - before

    def _found(
        self,
        words: Words,
        asked: Sequence[Term],
        question: str,
        notes: int,
        claims: int,
        scope: Scope,
        channels: Collection[str],
    ) -> Found:
        counted = ~np.isin(self._ids, list(scope.notes))
        by_words, owners = words.claims(asked, 4 * claims, scope)
        bm25 = words.notes(asked, self._ids)
        near = self._near.near(question, self._ids, scope, by_words, self._ids[bm25 > 0], claims)
        owners |= near.owners if near else {}
        claim_scores = _sum(by_words, near.claims if near else {})
        scores = self._mixed(bm25, near, counted, channels)
        read = None
        if "reader" in channels and self.readings is not None:
            read = self._read(question, scores, claim_scores, owners)
            scores = _reordered(scores, read)
        if "graph" in channels:
            seeds = {note: scores[note] for note in _best(scores, SEEDS) if scores[note] > 0}
            for note, score in walk(scope, seeds, list(by_words)[:60]).items():
                scores[note] = max(0.0, scores.get(note, 0.0)) + GRAPH * score
        ranked, names = self._ranked(scope, scores, notes)
        high = max(scores.values(), default=0.0) or 1.0
        claim_scores = {
            claim: score + OWNER * max(0.0, scores.get(owners[claim], 0.0)) / high
            for claim, score in claim_scores.items()
        }
        chosen = _best(claim_scores, claims)
        ids = dict(self.store.rows("SELECT id, name FROM claim WHERE id IN", chosen))
        is_asked = not all(term.weak for term in asked)
        lacking = words.missing(asked, self._said(ranked[:_HOLDING]), self._near.words)
        pull = read.pulls_away(lacking[:_LACKING]) if read else dict.fromkeys(lacking, 0.0)
        return Found(
            tuple((names[note], scores[note]) for note in ranked),
            tuple((ids[claim], claim_scores[claim]) for claim in chosen if claim in ids),
            near.top if near and is_asked else 0.0,
            (read.top if is_asked else 0.0) if read else None,
            {names[note]: cosine for note, cosine in read.notes.items() if note in names} if read else {},
            tuple(sorted(pull.items(), key=lambda each: -each[1])),
            frozenset(term.word for term in asked if not term.count),
        )

    def scope(self, without: Collection[str] = (), within: Within = EVERYTHING) -> Scope:
        """What counts for a question; kept for the searches that one question makes."""
        self._in_step()
        key = (frozenset(without), within)
        if self._scope is None or self._scope[0] != key:
            self._scope = (key, Scope(self.store, without, within))
        return self._scope[1]

    def reports(self) -> list[str]:
        """Saved reports of ours, which repeat what others say."""
        self._in_step()
        return self._reports

    def vectors(self, texts: Sequence[str]) -> Floats | None:
        """Texts as vectors that can be compared with those of the base; none where there are none."""
        return self._near.vectors(texts)

    def claim_vectors(self) -> ClaimVectors:
        """The vectors of all claims, once some text was turned into one."""
        self._in_step()
        return self._near.rows()

    def close(self) -> None:
        """Let go of Chroma and of what the reader has read, if they were asked."""
        self._near.close()
        if readings := self.__dict__.get("readings"):
            readings.close()

    def _in_step(self) -> Words:
        """Notice what another process, or this one, wrote since the last question."""
        sql = self.store.sql
        written = sql.total_changes - self._own_changes
        view = (int(sql.execute("PRAGMA data_version").fetchone()[0]), written)
        if self._words is None or view != self._view:
            self._words = Words(self.store, getattr(self._near.embedding, "is_word", None))
            self._reports = [
                row[0] for row in sql.execute("SELECT name FROM note WHERE topics LIKE ?", (f'%"{REPORT}"%',))
            ]
            self._ids = np.array(sql.execute("SELECT id FROM note ORDER BY id").fetchall(), np.int64).reshape(-1)
            self._near.forget()
            self._scope = None
            self._view = view
        return self._words

    def _mixed(self, bm25: Floats, near: VectorHits | None, counted: "np.ndarray", channels: Collection[str]) -> Scores:
        """Words and nearness, each standardised over the notes, added and scaled: the best has 1, the mean 0."""
        parts = [
            standardised(np.where(counted, values, np.nan))
            for name, values in (("words", bm25), ("nearness", near.notes if near else None))
            if name in channels and values is not None
        ]
        total = np.sum(parts, axis=0) if parts else np.zeros(len(bm25))
        high = float(total.max(initial=0.0))
        if high <= 0:  # one note, or all alike
            total, high = np.where(np.isfinite(near.notes), 1.0, 0.0) if near and "nearness" in channels else total, 1.0
        # What has a word of the question is found, be it below the mean.
        total = np.where(bm25 > 0, np.maximum(total / high, _LEAST), total / high)
        some = np.flatnonzero(counted & (total > 0))
        return dict(zip(self._ids[some].tolist(), total[some].tolist(), strict=True))

    def _read(self, question: str, scores: Scores, claims: Scores, owners: Mapping[int, int]) -> rerank.Read:
        """The first notes and the best claims of each, read again."""
        first = _best(scores, rerank.NOTES)
        best: dict[int, list[int]] = {note: [] for note in first}
        for claim in _best(claims, len(claims)):
            mine = best.get(owners[claim])
            if mine is not None and len(mine) < rerank.CLAIMS:
                mine.append(claim)
        wanted = [claim for mine in best.values() for claim in mine]
        said = dict(self.store.rows("SELECT id, text FROM claim WHERE id IN", wanted))
        titles = dict(self.store.rows("SELECT id, title FROM note WHERE id IN", first))
        texts = {note: rerank.Note(titles[note], [said[claim] for claim in best[note]]) for note in first}
        assert self.readings is not None
        return rerank.Read(self.readings, question, texts)

    def _ranked(self, scope: Scope, scores: Scores, most: int) -> tuple[list[int], dict[int, str]]:
        """Notes best first, and their names; what is second-hand loses half of its score."""
        likely = _best(scores, 4 * most)
        known = self.store.rows("SELECT id, name, kind, file FROM note WHERE id IN", likely)
        told = [file for _, _, kind, file in known if kind in SYNTHESES]
        citing = {row[0] for row in self.store.rows("SELECT DISTINCT file FROM mention WHERE file IN", told)}
        names = {note: name for note, name, _, _ in known if note not in scope.notes}
        for note, _, kind, file in known:
            if kind in SYNTHESES and file in citing:
                scores[note] *= SECOND_HAND
        return sorted(names, key=lambda note: (-scores[note], names[note]))[:most], names

    def _said(self, notes: Sequence[int]) -> list[str]:
        """All that some notes say, a text for each."""
        texts: dict[int, list[str]] = {note: [] for note in notes}
        for note, text, sources in self.store.rows(
            "SELECT id, title || ' ' || summary || ' ' || aliases, sources FROM note WHERE id IN", notes
        ):
            texts[note] += [text, known_as(sources_in(sources))]
        own = "SELECT note.id, claim.text FROM note JOIN claim ON claim.file = note.file AND claim.about IS NULL WHERE note.id IN"
        said = "SELECT note.id, claim.text FROM note JOIN claim ON claim.owner = note.name WHERE note.id IN"
        for query in (own, said):
            for note, text in self.store.rows(query, notes):
                texts[note].append(text)
        return [" ".join(some) for some in texts.values()]


def _reordered(scores: Scores, read: rerank.Read) -> Scores:
    """The notes read again in the order of both scores, each standardised; they stay before all others."""
    first = list(read.notes)
    if len(first) < 2:
        return scores
    before = np.array([scores[note] for note in first], np.float32)
    new = mixed_scores(before, np.array([read.notes[note] for note in first], np.float32), float(before.min()))
    return scores | dict(zip(first, new.tolist(), strict=True))


def _sum(*parts: Scores) -> Scores:
    """Scores added up, each part scaled so that its best has 1."""
    total: Scores = {}
    for scores in parts:
        high = max(scores.values(), default=0.0)
        if high > 0:
            for key, score in scores.items():
                total[key] = total.get(key, 0.0) + max(0.0, score) / high
    return total


def _best(scores: Scores, most: int) -> list[int]:
    """The keys of the highest scores, best first."""
    return sorted(scores, key=lambda key: (-scores[key], key))[:most]
