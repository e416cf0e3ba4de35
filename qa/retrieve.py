"""What of the base bears on a question: by words, by nearness, then along the graph, fused.

The weights were chosen by measurement (`bench/retrieval.py`, `kb eval`); see the comments beside them.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from kb.embed import Embedding, open_embedding
from kb.errors import Unavailable
from kb.settings import Settings
from kb.store import Store
from qa.graph import Graph
from qa.nearest import Floats, Ints, Rows, mean_cosines
from qa.words import Asked, Words

CHANNELS = ("words", "nearness", "graph")
SECOND_HAND = 0.5
"""What the score of a line or a post is worth: they speak of what notes hold."""


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
    """Share of the question's content words, rare ones counting for more, that the best few claims and notes hold."""


NOTHING = Found((), (), 0.0, 0.0)


class Retriever:
    """Answers `find` from one open base; keeps what it has read for the next question."""

    def __init__(self, store: Store, settings: Settings, embedding: Embedding | None = None) -> None:
        self.store = store
        self.settings = settings
        self.trouble: Unavailable | None = None
        """Why there is no nearness, when there is none."""
        self._embedding = embedding
        self._rows: Rows | None = None
        self._words: Words | None = None
        self._graph = Graph(store)
        self._view: tuple[int, int] | None = None

    def find(
        self,
        question: str,
        *,
        notes: int = 40,
        claims: int = 150,
        without: Collection[str] = (),
        channels: Collection[str] = CHANNELS,
    ) -> Found:
        """The notes and claims that bear on a question."""
        if not question.strip():
            return NOTHING
        self._refresh()
        assert self._words is not None
        asked = self._words.asked(question)
        seen = _Seen(self, asked, question, without)
        return seen.fused(notes, claims, channels)

    def _refresh(self) -> None:
        """Notice what another process, or this one, wrote since the last question."""
        sql = self.store.sql
        view = (int(sql.execute("PRAGMA data_version").fetchone()[0]), sql.total_changes)
        if view != self._view:
            self._words = Words(self.store)
            if self._rows is not None:
                self._rows.read(self.store)
            self._view = view

    def vector(self, question: str) -> tuple[Rows, Floats] | None:
        """The claims' vectors and the question's; none when the embedding cannot be had."""
        try:
            if self._embedding is None:
                self._embedding = open_embedding(self.settings.embed, self.store.vault, self.settings.offline)
            vector = self._embedding.embed([question])[0]
        except Unavailable as why:
            self.trouble = why
            return None
        if self._rows is None:
            self._rows = Rows(len(vector))
            self._rows.read(self.store)
        return (self._rows, vector) if vector.any() and len(self._rows.claims) else None


class _Seen:
    """One question on its way through the channels."""

    def __init__(self, of: Retriever, asked: Asked, question: str, without: Collection[str]) -> None:
        self.of, self.asked, self.question = of, asked, question
        self.sql = of.store.sql
        self.left_out = self._files(without)
        self.gone = self._only_through(self.left_out)
        """Notes that exist only through the files left out, and those files' own."""

    def fused(self, notes: int, claims: int, channels: Collection[str]) -> Found:
        claim_scores: dict[int, float] = {}
        note_words: dict[int, float] = {}
        words = self.of._words
        assert words is not None
        match = self.asked.match()
        claim_words = dict(words.claims(match, 1000))
        owners = self._owners(claim_words)
        claim_words = {claim: score for claim, score in claim_words.items() if claim in owners}
        note_words = {note: score for note, score in words.notes(match, 400) if note not in self.gone}
        best_claim_words: dict[int, float] = {}
        for claim, score in claim_words.items():
            note = owners[claim]
            best_claim_words[note] = max(best_claim_words.get(note, 0.0), score)
        near = self.of.vector(self.question)
        cosine: dict[int, float] = {}
        best: dict[int, float] = {}
        mean: dict[int, float] = {}
        nearness = 0.0
        if near is not None:
            rows, vector = near
            sims = rows.cosines(vector)
            if self.left_out:
                sims[np.isin(rows.files, list(self.left_out))] = -1
            nearness = float(sims.max(initial=0.0))
            names, order, starts = rows.grouped()
            tops = np.maximum.reduceat(sims[order], starts)
            if self.gone:
                tops[np.isin(names, list(self.gone))] = -1
            wanted = np.zeros(len(names), bool)
            wanted[np.argsort(-tops)[:400]] = True
            wanted |= np.isin(names, list({*note_words, *best_claim_words}))
            wanted &= (tops > -1) & (names > 0)
            ends = np.append(starts[1:], len(order))
            at = np.flatnonzero(wanted)
            groups = [self._kept(order[starts[i] : ends[i]], sims) for i in at]
            means = mean_cosines(rows, groups, vector)
            best = dict(zip(names[at].tolist(), tops[at].tolist(), strict=True))
            mean = dict(zip(names[at].tolist(), means.tolist(), strict=True))
            top = np.argsort(-sims)[: claims * 2]
            both = np.union1d(top, rows.places(np.array(list(claim_words), np.int64)))
            both = both[(both >= 0)]
            both = both[sims[both] > -1]
            cosine = dict(zip(rows.claims[both].tolist(), sims[both].tolist(), strict=True))
            owners |= dict(zip(rows.claims[both].tolist(), rows.notes[both].tolist(), strict=True))
        self.features = (note_words, best_claim_words, best, mean)
        scores: dict[int, float] = {}
        if "words" in channels or channels == ("graph",):
            _add(scores, _scaled(note_words), 1.0)
            _add(scores, _scaled(best_claim_words), 0.5)
        if "nearness" in channels or channels == ("graph",):
            _add(scores, _scaled(best), 0.5)
            _add(scores, _scaled(mean), 0.5)
        kinds = self._kinds(scores)
        seeds = dict(sorted(scores.items(), key=lambda item: -item[1])[:15])
        if "graph" in channels:
            top_claims = sorted(claim_words, key=lambda claim: -claim_words[claim])[:60]
            walked = self.of._graph.walk(seeds, top_claims, self.left_out)
            walked = {note: score for note, score in walked.items() if note not in self.gone}
            self.walked = walked
            if tuple(channels) == ("graph",):
                scores = dict(walked)
            else:
                _add(scores, _scaled(walked), 0.3)
        kinds = self._kinds(scores)
        for note in scores:
            if kinds.get(note, ("", ""))[1] in ("line", "post"):
                scores[note] *= SECOND_HAND
        ranked = sorted((note for note in scores if note in kinds), key=lambda note: (-scores[note], kinds[note][0]))
        high = max(scores.values(), default=1.0) or 1.0
        a, b = _scaled(claim_words), _scaled(cosine)
        for claim in {*a, *b}:
            score = a.get(claim, 0.0) * ("words" in channels) + b.get(claim, 0.0) * ("nearness" in channels)
            if owners.get(claim) in scores:
                claim_scores[claim] = score + 0.3 * scores[owners[claim]] / high
        chosen = sorted(claim_scores, key=lambda claim: (-claim_scores[claim], claim))[:claims]
        names_of = self._names("claim", chosen)
        return Found(
            tuple((kinds[note][0], scores[note]) for note in ranked[:notes]),
            tuple((names_of[claim], claim_scores[claim]) for claim in chosen),
            nearness,
            self._covered(chosen[:12], ranked[:5]),
        )

    def _kept(self, places: Ints, sims: Floats) -> Ints:
        return places[sims[places] > -1] if self.left_out else places

    def _files(self, without: Collection[str]) -> set[int]:
        rows = (self.sql.execute("SELECT id FROM file WHERE path = ?", (path,)).fetchone() for path in without)
        return {row[0] for row in rows if row}

    def _only_through(self, files: set[int]) -> set[int]:
        """Notes of which nothing is left without these files."""
        gone: set[int] = set()
        for file in files:
            gone |= {row[0] for row in self.sql.execute("SELECT id FROM note WHERE file = ?", (file,))}
            spoken = self.sql.execute(
                "SELECT DISTINCT note.id, note.name FROM note JOIN (SELECT owner AS name FROM claim WHERE file = ?1 UNION "
                "SELECT note FROM mention WHERE file = ?1) USING (name) WHERE note.file IS NULL",
                (file,),
            ).fetchall()
            for note, name in spoken:
                others = self.sql.execute("SELECT DISTINCT file FROM claim WHERE owner = ?", (name,)).fetchall()
                if not any(row[0] not in files for row in others):
                    gone.add(note)
        return gone

    def _owners(self, claims: Collection[int]) -> dict[int, int]:
        """The note that each claim speaks for; claims that are left out are not there."""
        found = {}
        for row, file, note in self._in_hundreds(
            "SELECT claim.id, claim.file, note.id FROM claim JOIN file ON file.id = claim.file "
            "JOIN note ON note.name = coalesce(claim.owner, claim.about, file.path) WHERE claim.id IN ",
            claims,
        ):
            if file not in self.left_out and note not in self.gone:
                found[row] = note
        return found

    def _kinds(self, notes: Collection[int]) -> dict[int, tuple[str, str]]:
        rows = self._in_hundreds("SELECT id, name, kind FROM note WHERE id IN ", notes)
        return {note: (name, kind) for note, name, kind in rows if note not in self.gone}

    def _names(self, table: str, ids: Collection[int]) -> dict[int, str]:
        return dict(self._in_hundreds(f"SELECT id, name FROM {table} WHERE id IN ", ids))

    def _in_hundreds(self, query: str, values: Collection[int]) -> list[tuple]:
        given, found = list(values), []
        for at in range(0, len(given), 500):
            some = given[at : at + 500]
            found += self.sql.execute(f"{query}({','.join('?' * len(some))})", some).fetchall()
        return found

    def _covered(self, claims: Collection[int], notes: Collection[int]) -> float:
        assert self.of._words is not None
        texts = [row[1] for row in self._in_hundreds("SELECT id, text FROM claim WHERE id IN ", claims)]
        texts += [
            row[1]
            for row in self._in_hundreds(
                "SELECT id, title || ' ' || summary || ' ' || aliases FROM note WHERE id IN ", notes
            )
        ]
        held = {stem for stems in self.of._words.stemmer.stems(texts) for stem in stems}
        weights = [(self.asked.rarity(term), term.stem in held) for term in self.asked.terms]
        total = sum(weight for weight, _ in weights)
        return sum(weight for weight, there in weights if there) / total if total else 0.0


def _scaled(scores: dict[int, float]) -> dict[int, float]:
    high = max(scores.values(), default=0.0)
    return {key: score / high for key, score in scores.items()} if high > 0 else {}


def _add(scores: dict[int, float], more: dict[int, float], weight: float) -> None:
    for key, score in more.items():
        scores[key] = scores.get(key, 0.0) + weight * score
