"""Claims and notes by words: FTS5's bm25 with Lucene's idf.

FTS5 weighs a word that more than half of the texts hold with nothing; in a folder on one topic these are the words that
matter. So each word is asked for alone, and its score is scaled from the one idf to the other.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from math import log

import numpy as np

from kb.store import Store, searchable
from qa.claim_vectors import Floats, Ints
from qa.scope import Scope
from qa.terms import STOP, Stemmer, Term, Vocabulary, content_words

POSTINGS = 60_000
"""Entries of the word index that one question may walk through: common words are left out first."""
_FLOOR = 1e-6
"""FTS5's least idf."""
LIKE = 0.35
"""Cosine from which a word holds something of another: nothing here, all of it at 1."""
_HALF = 0.3
"""What a text must hold of a word for it not to be missing there."""
_WORD = re.compile(r"[^\W\d_]{3,30}")  # "one-shot RLVR" -> one, shot, RLVR


class Words:
    """The word index of a base, asked."""

    def __init__(self, store: Store, is_word: Callable[[str], bool] | None = None) -> None:
        self.store = store
        self.is_word = is_word or (lambda word: False)
        self.stemmer = Stemmer(store)
        self.vocabulary = Vocabulary(store)
        self.total = store.count("claim")
        self._notes = store.count("note")

    def asked(self, question: str) -> Sequence[Term]:
        """The terms of a question; a misspelt word as the base spells it."""
        words, strong = content_words(question)
        terms: dict[str, Term] = {}
        for word, stems in zip(words, self.stemmer.stems(words), strict=True):
            for stem in stems[:1]:
                terms.setdefault(stem, self._term(word, stem, weak=not strong))
        return tuple(terms.values())

    def _term(self, word: str, stem: str, weak: bool) -> Term:
        count = self.vocabulary.count(stem)
        if count or weak:
            return Term(word, stem, word, count, weak)
        # A word that is one, and that nobody here wrote, is what the notes lack; only others can be misspelt.
        other = None if self.is_word(word) else self.vocabulary.like(stem)
        return Term(word, other, other, self.vocabulary.count(other)) if other else Term(word, stem, word)

    def claims(self, asked: Sequence[Term], limit: int, scope: Scope) -> tuple[dict[int, float], dict[int, int]]:
        """Rows of claims that count and their bm25, best first; and the note of each."""
        rows, scores = self._scored("claim_words", self.total, asked)
        best = np.argsort(-scores, kind="stable")
        found: dict[int, float] = {}
        owners: dict[int, int] = {}
        for at in range(0, len(best), limit):
            some = best[at : at + limit]
            owners |= scope.owners(rows[some].tolist())
            found |= {
                row: score
                for row, score in zip(rows[some].tolist(), scores[some].tolist(), strict=True)
                if row in owners
            }
            if len(found) >= limit or not scope.is_narrow:
                break
        return found, owners

    def notes(self, asked: Sequence[Term], notes: Ints) -> Floats:
        """The bm25 of each of these notes, whose ids ascend: title, aliases, summary and body weigh the same."""
        found = np.zeros(len(notes), np.float32)
        rows, scores = self._scored("note_words", self._notes, asked)
        at = np.searchsorted(notes, rows)
        known = at < len(notes)
        known[known] = notes[at[known]] == rows[known]
        found[at[known]] = scores[known]
        return found

    def _scored(self, table: str, total: int, asked: Sequence[Term]) -> tuple[Ints, Floats]:
        query = f"SELECT rowid, -bm25({table}) FROM {table} WHERE {table} MATCH ?"
        rows: list[Ints] = []
        scores: list[Floats] = []
        for term in self._affordable(asked, total):
            form = '"' + searchable(term.form).replace('"', "") + '"'
            found = np.array(self.store.sql.execute(query, (form,)).fetchall(), np.float64)
            if len(found):
                count = len(found)
                fts = max(_FLOOR, log((total - count + 0.5) / (count + 0.5)) if count < total else 0.0)
                lucene = log(1 + (total - count + 0.5) / (count + 0.5)) if count <= total else 0.0
                rows.append(found[:, 0].astype(np.int64))
                scores.append((found[:, 1] * (lucene / fts)).astype(np.float32))
        if not rows:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        names, of = np.unique(np.concatenate(rows), return_inverse=True)
        return names, np.bincount(of, np.concatenate(scores), len(names)).astype(np.float32)

    def _affordable(self, asked: Sequence[Term], total: int) -> Iterator[Term]:
        """The terms from the rarest on, as long as they cost little; a word stands in no more texts than there are."""
        left = POSTINGS
        for number, term in enumerate(sorted((each for each in asked if each.count), key=lambda each: each.count)):
            left -= min(total, term.count)
            if left < 0 and number:
                return
            yield term

    def missing(
        self, asked: Sequence[Term], texts: Sequence[str], vectors: Callable[[Sequence[str]], Floats | None]
    ) -> tuple[str, ...]:
        """The words of a question that none of the texts holds or comes near to."""
        stems = {stem for mine in self.stemmer.stems(texts) for stem in mine}
        missing = [term.word for term in asked if not term.weak and term.stem not in stems]
        if not missing or not texts:
            return ()
        said = sorted({word for text in texts for word in _WORD.findall(text.lower())} - STOP)
        of_missing, of_said = vectors(missing), vectors(said)
        if of_missing is None or of_said is None:
            return tuple(missing)
        held = ((of_missing @ of_said.T - LIKE) / (1 - LIKE)).max(axis=1)
        return tuple(word for word, most in zip(missing, held, strict=True) if most < _HALF)
