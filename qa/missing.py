"""Which words of a question no note speaks of, nor of anything near."""

import re
from collections.abc import Callable, Sequence

from qa.claim_vectors import Floats
from qa.terms import STOP
from qa.words import Asked, Words

LIKE = 0.35
"""Cosine from which a word holds something of another: nothing here, all of it at 1."""
_HALF = 0.3
"""What a text must hold of a word for it not to be missing there."""
_WORD = re.compile(r"[^\W\d_]{3,30}")  # "one-shot RLVR" -> one, shot, RLVR


class Missing:
    """Compares a question's words with what the notes found say."""

    def __init__(self, words: Words, vectors: Callable[[Sequence[str]], Floats | None]) -> None:
        self._words = words
        self._vectors = vectors

    def of(self, asked: Asked, texts: Sequence[str]) -> tuple[str, ...]:
        """The words that none of the texts holds or comes near to."""
        terms = [term for term in asked.terms if not term.weak]
        if not terms or not texts:
            return ()
        stems = {stem for mine in self._words.stemmer.stems(texts) for stem in mine}
        missing = [term.word for term in terms if term.stem not in stems]
        said = sorted({word for text in texts for word in _WORD.findall(text.lower())} - STOP) if missing else []
        of_missing, of_said = self._vectors(missing), self._vectors(said)
        if of_missing is None or of_said is None:
            return tuple(missing)
        held = ((of_missing @ of_said.T - LIKE) / (1 - LIKE)).max(axis=1)
        return tuple(word for word, most in zip(missing, held, strict=True) if most < _HALF)
