"""Words near in meaning to those asked for: who asks for one problem finds a single example.

Nothing is gathered beforehand, and no list of synonyms is kept: the words of what was found first are compared
with those of the question by their vectors, and notes that have the neighbour but not the word are looked up. An
embedding that has no quick vectors for single words leaves everything as the words alone make it.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from qa.nearest import Floats
from qa.terms import STOP, Term
from qa.words import Asked, Words

NEAR, WORTH, MOST = 0.35, 0.9, 5
"""How near a word must be, what it is worth as a share of its cosine, and how many may stand in for one.

Words and nearness without and with: SciFact nDCG@10 0.716 and 0.718, recall@100 0.934 and 0.941; mean of the four
measures of `kb eval` on the six sample lines 0.544 and 0.551, the 64 gold questions 0.692 and 0.699, pages of the
garden (see `qa.retrieve`) 0.172 and 0.178. Between 0.3 and 0.4, and with 3 to 10 words, little changes; the sum of the
stand-ins instead of the best one costs SciFact 0.01."""
LIKE = 0.35
"""Cosine from which a word holds something of another: nothing here, all of it at 1."""
_HALF = 0.3
"""What a text must hold of a word for it not to be missing there."""
POSTINGS = 5_000
"""Entries of the word index that all neighbours together may cost."""
_KEPT = 50_000
"""Words whose stems are kept."""
_WORD = re.compile(r"[^\W\d_]{3,30}")


class Neighbour(NamedTuple):
    """A word of the base, and the one of the question that it may stand in for."""

    term: Term
    word: str
    worth: float


class Synonyms:
    """Finds notes by words that nobody asked for."""

    def __init__(self, words: Words, vectors: Callable[[Sequence[str]], Floats | None]) -> None:
        self._words = words
        self._vectors = vectors
        self._stems: dict[str, str] = {}

    def notes(self, asked: Asked, texts: Iterable[str], limit: int) -> dict[int, float]:
        """Notes and what they gain in bm25; `texts` are what was found first."""
        gained: dict[int, dict[str, float]] = {}
        for near in self._neighbours(asked, texts):
            for note, score in self._words.instead(near.word, near.term, limit).items():
                of = gained.setdefault(note, {})
                of[near.term.stem] = max(of.get(near.term.stem, 0.0), near.worth * score)
        return {note: sum(by_term.values()) for note, by_term in gained.items()}

    def shares(self, asked: Asked, texts: Sequence[str]) -> tuple[list[float], list[str]]:
        """The share of the question's words, by rarity, that each text holds, a near word in part; and the words that
        none of them holds or comes near to."""
        terms = [term for term in asked.terms if not term.weak]
        rarity = np.array([asked.rarity(term) for term in terms])
        if not terms or not texts or not rarity.sum():
            return [], []
        held = np.array(
            [[float(term.held(set(stems))) for term in terms] for stems in self._words.stemmer.stems(texts)]
        )
        said = [sorted(set(_WORD.findall(text.lower())) - STOP) for text in texts]
        place = {word: at for at, word in enumerate(sorted({word for words in said for word in words}))}
        of_terms, of_said = self._vectors([term.word for term in terms]), self._vectors(list(place))
        if of_terms is not None and of_said is not None:
            likeness = ((of_terms @ of_said.T - LIKE) / (1 - LIKE)).clip(0, 1)
            for row, words in zip(held, said, strict=True):
                if words:
                    row[:] = np.maximum(row, likeness[:, [place[word] for word in words]].max(axis=1))
        lacking = [term.word for term, most in zip(terms, held.max(axis=0), strict=True) if most < _HALF]
        return [float(share) for share in held @ rarity / rarity.sum()], lacking

    def _neighbours(self, asked: Asked, texts: Iterable[str]) -> list[Neighbour]:
        terms = [term for term in asked.terms if not term.weak]
        known = self._known(texts)
        if not terms or not known:
            return []
        of_terms, of_known = self._vectors([term.word for term in terms]), self._vectors(list(known.values()))
        if of_terms is None or of_known is None:
            return []
        cosines, stems = of_terms @ of_known.T, list(known)
        found = []
        for term, row in zip(terms, cosines, strict=True):
            close = np.flatnonzero(row >= NEAR).tolist()
            close.sort(key=lambda at: -row[at])
            for at in [at for at in close if stems[at] != term.stem][:MOST]:
                count = self._words.vocabulary.count(stems[at])
                if count:
                    # A rare word in place of a common one says no more than the common one would.
                    fair = min(1.0, asked.rarity(term) / asked.rarity(Term("", "", count))) if term.count else 1.0
                    found.append(
                        (float(row[at]), count, Neighbour(term, known[stems[at]], WORTH * float(row[at]) * fair))
                    )
        left, chosen = POSTINGS, []
        for _, count, near in sorted(found, key=lambda each: -each[0]):
            if count <= left:
                left -= count
                chosen.append(near)
        return chosen

    def _known(self, texts: Iterable[str]) -> dict[str, str]:
        """The words of some texts, one for each stem."""
        words = sorted({word for text in texts for word in _WORD.findall(text.lower())} - STOP)
        if len(self._stems) > _KEPT:
            self._stems = {}
        new = [word for word in words if word not in self._stems]
        for word, stems in zip(new, self._words.stemmer.stems(new), strict=True):
            self._stems[word] = stems[0] if len(stems) == 1 else ""
        found: dict[str, str] = {}
        for word in sorted(words, key=len):
            if self._stems[word]:
                found.setdefault(self._stems[word], word)
        return found
