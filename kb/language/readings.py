"""What the reader made of texts: what each means and what it answers, made where it is not known yet, and kept by content."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from kb.errors import Unavailable
from kb.language.answering import Answering, Fits
from kb.language.disk_cache import DiskCache, key_of
from kb.language.encoder import Encoder, boxed
from kb.settings import Settings
from kb.vectors import Matrix, packed, unpacked


class Readings:
    """Vectors of texts, and how well they answer a question."""

    def __init__(self, encoder: Encoder, folder: Path | None = None) -> None:
        """`folder` is that of the base; without one, nothing outlives this."""
        self.encoder = encoder
        self._answering = Answering(encoder)
        self._cache = DiskCache("reading", folder)

    def of(self, texts: Sequence[str]) -> Matrix:
        """What each text means: a row of length one, or of zeros for one without words."""
        return self._rows(self.encoder.name, texts, self.encoder.embed)

    def fits(self, question: str, texts: Sequence[str]) -> Fits:
        """How well each text answers a question."""
        answers = self.answers(texts)
        return self._answering.fits(question, np.hstack([self.of(texts), answers]))

    def answers(self, texts: Sequence[str]) -> Matrix:
        """What each text answers, likewise; what it means is read with it."""
        return self._rows(self._answering.name, texts, self._both)

    def _both(self, texts: list[str]) -> Matrix:
        means, answers = np.hsplit(self._answering.read(texts), 2)
        self._keep(self.encoder.name, texts, means)
        return answers

    def _rows(self, by: str, texts: Sequence[str], read: Callable[[list[str]], Matrix]) -> Matrix:
        keys = [key_of(by, text) for text in texts]
        known = self._cache.known(keys)
        new = list({key: text for key, text in zip(keys, texts, strict=True) if key not in known}.values())
        if new:
            self._keep(by, new, read(new))
        if not keys:
            return np.zeros((0, self.encoder.dimensions), np.float32)
        return unpacked(b"".join(self._cache.known(keys)[key] for key in keys), len(keys))

    def _keep(self, by: str, texts: Sequence[str], rows: Matrix) -> None:
        self._cache.keep({key_of(by, text): packed(row[None]) for text, row in zip(texts, rows, strict=True)})

    def lacking(self, texts: Sequence[str]) -> list[str]:
        """Those of which it is not known yet what they answer."""
        keys = {key_of(self._answering.name, text): text for text in texts}
        known = self._cache.known(list(keys))
        return [text for key, text in keys.items() if key not in known]

    def close(self) -> None:
        """Let go of the file."""
        self._cache.close()


def open_readings(settings: Settings, folder: Path) -> Readings | None:
    """The reader in the box and what it has read, where the vault wants it and it is whole."""
    if settings.embed != "reader":
        return None
    try:
        return Readings(boxed(), folder)
    except Unavailable:
        return None
