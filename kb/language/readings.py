"""What the reader made of texts: what each means and what it answers, made where it is not known yet, and kept by content."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from kb.errors import Unavailable
from kb.language.answering import Answering, Fits
from kb.language.disk_cache import DiskCache, key_of
from kb.language.encoder import Encoder, boxed
from kb.language.relevance import Relevance
from kb.settings import Settings
from kb.vectors import Matrix, packed, unpacked

_TOGETHER = 24
"""Texts read together with a question: each takes as long as reading one anew."""


class Readings:
    """Vectors of texts, and how well they answer a question."""

    def __init__(self, encoder: Encoder, folder: Path | None = None) -> None:
        """`folder` is that of the base; without one, nothing outlives this."""
        self.encoder = encoder
        self._answering = Answering(encoder)
        self._relevance = Relevance()
        self._cache = DiskCache("reading", folder)

    def of(self, texts: Sequence[str]) -> Matrix:
        """What each text means: a row of length one, or of zeros for one without words."""
        return self._rows(self.encoder.name, texts, self.encoder.embed)

    def fits(self, question: str, texts: Sequence[str]) -> Fits:
        """How well each text answers a question."""
        answers = self.answers(texts)
        return self._answering.fits(question, np.hstack([self.of(texts), answers]))

    def surer(self, question: str, texts: Sequence[str], fits: Fits) -> Fits:
        """How well the texts answer, the likeliest read together with the question as well: what the two make of a text differs, and their mean is
        righter than either. Nothing of that can be kept."""
        opens, belongs = fits.opens.copy(), fits.belongs.copy()
        likely = np.argsort(-opens - belongs, kind="stable")[:_TOGETHER]
        together = self._relevance.fits(question, [texts[at] for at in likely])
        opens[likely] = (opens[likely] + together.opens) / 2
        belongs[likely] = (belongs[likely] + together.belongs) / 2
        return Fits(opens, belongs)

    def answers(self, texts: Sequence[str]) -> Matrix:
        """What each text answers, likewise; what it means is read with it."""
        return self._rows(self._answering.name, texts, self._both)

    def _both(self, texts: list[str]) -> Matrix:
        means, answers = np.hsplit(self._answering.read(texts), 2)
        self._cache.keep(dict(zip(_keys(self.encoder.name, texts), _packed(means), strict=True)))
        return answers

    def _rows(self, by: str, texts: Sequence[str], read: Callable[[list[str]], Matrix]) -> Matrix:
        if not texts:
            return np.zeros((0, self.encoder.dimensions), np.float32)
        rows = self._cache.made(_keys(by, texts), texts, lambda new: _packed(read(new)))
        return unpacked(b"".join(rows), len(texts))

    def lacking(self, texts: Sequence[str]) -> list[str]:
        """Those of which it is not known yet what they answer."""
        keys = dict(zip(_keys(self._answering.name, texts), texts, strict=True))
        known = self._cache.known(list(keys))
        return [text for key, text in keys.items() if key not in known]

    def close(self) -> None:
        """Let go of the file."""
        self._cache.close()


def _keys(by: str, texts: Sequence[str]) -> list[bytes]:
    return [key_of(by, text) for text in texts]


def _packed(rows: Matrix) -> list[bytes]:
    return [packed(row[None]) for row in rows]


def open_readings(settings: Settings, folder: Path) -> Readings | None:
    """The reader in the box and what it has read, where the vault wants it and it is whole."""
    if settings.embed != "reader":
        return None
    try:
        return Readings(boxed(), folder)
    except Unavailable:
        return None
