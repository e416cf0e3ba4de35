"""What the reader made of texts: what each means and what it answers, made where it is not known yet, and kept by content."""

from collections.abc import Sequence
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
        """What each text means: a row of length one."""
        return self._read(texts)[:, : self.encoder.dimensions]

    def fits(self, question: str, texts: Sequence[str]) -> Fits:
        """How well each text answers a question."""
        return self._answering.fits(question, self._read(texts))

    def _read(self, texts: Sequence[str]) -> Matrix:
        keys = [key_of(self._answering.name, text) for text in texts]
        known = self._cache.known(keys)
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if new:
            rows = self._answering.read(list(new.values()))
            self._cache.keep({key: packed(row.reshape(2, -1)) for key, row in zip(new, rows, strict=True)})
        if not keys:
            return np.zeros((0, 2 * self.encoder.dimensions), np.float32)
        ends = unpacked(b"".join(self._cache.known(keys)[key] for key in keys), 2 * len(keys))
        return ends.reshape(len(keys), -1)

    def lacking(self, texts: Sequence[str]) -> list[str]:
        """Those that have not been read yet."""
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
