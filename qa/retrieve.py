"""What of the base bears on a question: by words, by nearness, then along the graph, fused.

Each channel gives a note a score between 0 and 1, the best note having 1; the sum is weighted below.
"""

from collections.abc import Collection
from dataclasses import dataclass

from kb.embed import Embedding
from kb.errors import Unavailable
from kb.note import REPORT, known_as, sources_in
from kb.settings import Settings
from kb.store import Store
from qa.graph import walk
from qa.nearness import NOTHING, WIDE, Near, Nearness
from qa.scope import Scope
from qa.synonyms import Synonyms
from qa.words import Asked, Words

CHANNELS = ("words", "nearness", "graph")

BEST, MEAN, GRAPH = 0.6, 0.6, 0.9
"""What the nearest claim, the mean of a note's claims, and the graph weigh, where bm25 of the note weighs 1 and what
the first three find together is scaled to 1 before the graph is added.

SciFact, nDCG@10 of words and nearness: 0.711 with 0.5 each, 0.716 so, 0.710 with 0.7; it has no graph. For the graph,
the mean of the four measures of `kb eval`, on the six lines of the sample vault, and on its 64 gold questions with
the lines left out: words 0.501 and 0.663, nearness 0.539 and 0.635, graph 0.586 and 0.559, fused 0.591 and 0.762
(0.8), 0.592 and 0.761 (so), 0.597 and 0.747 (1.0). Pages of a garden of 750 notes that link to three or more, each
asked by its title with the page left out: words 0.153, nearness 0.166, fused 0.205."""
PHRASE = 0.3
"""What a title adds that asks with the same words side by side, where the best note has 1. Mean of the four measures
on the gold questions with the lines left out: 0.759 without, 0.766 with 0.2, 0.776 so, 0.775 with 0.4. For
titles that are no questions, or words that ask nothing, it does harm: SciFact falls from 0.716 to 0.695."""
OWNER = 0.3
"""What the score of its note adds to a claim's, where its own words and its nearness weigh 1 each."""
SECOND_HAND = 0.5
"""What the score of a line or a post is worth: they speak of what notes hold."""
SEEDS = 15
"""Notes from which the graph is entered."""
_HOLDING = 8
READ = 40
"""Notes, and three times as many claims, whose words are compared with those of the question."""


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
    """Share of the question's words, by rarity, that single notes hold, near words in part: the mean of the best two."""
    unknown: float = 0.0
    """Share of the question's words, by rarity, that nobody in the base wrote."""
    titled: float = 0.0
    """Cosine of the question with the nearest title."""
    lacking: tuple[str, ...] = ()
    """Words of the question that none of the first notes holds or comes near to."""


Scores = dict[int, float]


class Retriever:
    """Finds in one open base, and keeps what it has read for the next question."""

    def __init__(self, store: Store, settings: Settings, embedding: Embedding | None = None) -> None:
        self.store = store
        self.settings = settings
        self._near = Nearness(store, settings, embedding)
        self._words: Words | None = None
        self._synonyms: Synonyms | None = None
        self._view: tuple[int, int] | None = None
        self._reports: list[str] = []
        self._own_changes = 0
        """Rows written to temporary tables, which change nothing."""

    @property
    def trouble(self) -> Unavailable | None:
        """Why there is no nearness, when there is none."""
        return self._near.trouble

    @property
    def embedding(self) -> Embedding | None:
        """What makes its vectors; none before the first question, or where nothing can."""
        return self._near.embedding

    def find(
        self,
        question: str,
        *,
        notes: int = 40,
        claims: int = 150,
        without: Collection[str] = (),
        channels: Collection[str] = CHANNELS,
        brief: bool = False,
    ) -> Found:
        """The notes and claims that bear on a question; `without` are notes to treat as if they were not there.

        `brief` leaves out near words, and what tells how much of the question is covered: half the time.

        The graph alone still starts from what words and nearness found, and ranks by the walk only.
        """
        words = self._in_step()
        before = self.store.sql.total_changes
        try:
            return self._found(words, question, notes, claims, without, channels, brief)
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
        brief: bool,
    ) -> Found:
        asked = words.asked(question)
        if not asked.terms:
            return Found((), (), 0.0, 0.0)
        scope = Scope(self.store, without)
        alone = set(channels) == {"graph"}
        by_words = words.claims(asked, 4 * claims) if alone or "words" in channels else {}
        owners = scope.owners(by_words)
        by_words = {claim: score for claim, score in by_words.items() if claim in owners}
        of_notes = words.notes(asked, WIDE) if alone or "words" in channels else {}
        of_notes = {note: score for note, score in of_notes.items() if note not in scope.notes}
        near = NOTHING
        if alone or "nearness" in channels:
            near = self._near.near(question, asked, scope, by_words, {*of_notes, *owners.values()}, claims)
        if of_notes and near.claims and not brief:
            self._widen(scope, asked, of_notes, by_words, near)
        scores = _of_words_and_nearness(of_notes, near)
        if "words" in channels:
            titled = words.titled(question, WIDE)
            high = max(scores.values(), default=0.0)
            scores = {note: score + PHRASE * high * titled.get(note, 0.0) for note, score in scores.items()}
        if "graph" in channels:
            seeds = {note: scores[note] for note in _best(scores, SEEDS)}
            walked = walk(scope, seeds, list(by_words)[:60])
            scores = walked if alone else _sum((scores, 1.0), (walked, GRAPH * max(walked.values(), default=0.0)))
        ranked, names = self._ranked(scope, scores)
        claim_scores = self._claims(by_words, near, owners | near.owners, scores)
        chosen = _best(claim_scores, claims)
        ids = dict(scope.by_id("SELECT id, name FROM claim WHERE id IN", chosen))
        holds, lacking = ({}, []) if brief else self._holds(scope, asked, ranked[:_HOLDING])
        shares = sorted(holds.values(), reverse=True)
        return Found(
            tuple((names[note], scores[note]) for note in ranked[:notes]),
            tuple((ids[claim], claim_scores[claim]) for claim in chosen if claim in ids),
            near.top,
            (shares[0] + (shares[1] if len(shares) > 1 else 0.0)) / 2 if shares else 0.0,
            asked.unknown(),
            near.titled,
            tuple(lacking),
        )

    def reports(self) -> list[str]:
        """Saved reports of ours, which repeat what others say."""
        self._in_step()
        return self._reports

    def close(self) -> None:
        """Let go of Chroma, if it was asked."""
        self._near.close()

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
            self._synonyms = Synonyms(self._words, self._near.words)
            self._near.forget()
            self._view = view
        return self._words

    def _widen(self, scope: Scope, asked: Asked, notes: Scores, claims: Scores, near: Near) -> None:
        """Give notes what they gain by words near in meaning to those asked for."""
        assert self._synonyms is not None
        texts = [
            f"{title} {summary}"
            for title, summary in scope.by_id(
                "SELECT title, summary FROM note WHERE id IN", _best(_of_words_and_nearness(notes, near), READ)
            )
        ]
        best = _best(_sum((claims, 1.0), (near.claims, 1.0)), 3 * READ)
        texts += [text for (text,) in scope.by_id("SELECT text FROM claim WHERE id IN", best)]
        for note, score in self._synonyms.notes(asked, texts, WIDE).items():
            if note not in scope.notes:
                notes[note] = notes.get(note, 0.0) + score

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

    def _holds(self, scope: Scope, asked: Asked, notes: Collection[int]) -> tuple[dict[int, float], list[str]]:
        """The share of the question's words that each of some notes holds, and the words that none does.

        Words scattered over many notes are a topic that none of them has: on the gold questions this tells
        answerable from not better (area under the curve 0.86) than what all of them hold together (0.82).
        """
        assert self._synonyms is not None
        texts: dict[int, list[str]] = {note: [] for note in notes}
        for note, text, sources in scope.by_id(
            "SELECT id, title || ' ' || summary || ' ' || aliases, sources FROM note WHERE id IN", notes
        ):
            texts[note] += [text, known_as(sources_in(sources))]
        own = "SELECT note.id, claim.text FROM note JOIN claim ON claim.file = note.file AND claim.about IS NULL WHERE note.id IN"
        for note, text in scope.by_id(own, notes):
            texts[note].append(text)
        said = "SELECT note.id, claim.text FROM note JOIN claim ON claim.owner = note.name WHERE note.id IN"
        for note, text in scope.by_id(said, notes):
            texts[note].append(text)
        shares, lacking = self._synonyms.shares(asked, [" ".join(some) for some in texts.values()])
        return dict(zip(texts, shares, strict=False)), lacking


def _sum(*parts: tuple[Scores, float]) -> Scores:
    """Scores added up, each part scaled so that its best has its weight."""
    total: Scores = {}
    for scores, weight in parts:
        high = max(scores.values(), default=0.0)
        if high > 0:
            for key, score in scores.items():
                total[key] = total.get(key, 0.0) + max(0.0, score) * weight / high
    return total


def _of_words_and_nearness(notes: Scores, near: Near) -> Scores:
    return _sum((notes, 1.0), (near.best, BEST), (near.mean, MEAN))


def _best(scores: Scores, most: int) -> list[int]:
    """The keys of the highest scores, best first."""
    return sorted(scores, key=lambda key: (-scores[key], key))[:most]
