"""What every embedding does to its texts and to its rows."""

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]

LONGEST = 32_768
"""Characters of one text that count: more would change a mean of word vectors little, and take hours."""


def plain(text: str) -> str:
    """What of a text is embedded; half a surrogate pair is something that no tokenizer takes."""
    text = text[:LONGEST]
    if text.isspace():
        return ""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def unit(rows: Matrix) -> Matrix:
    """Rows of length one; of zeros where there was nothing, or nothing finite."""
    rows[~np.isfinite(rows).all(axis=1)] = 0
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    rows /= np.where(length == 0, 1, length)
    return rows


def print_of(parts: Iterable[bytes]) -> str:
    """By which a model is known: the same bytes, the same vectors."""
    digest = blake2b(digest_size=4)
    for part in parts:
        digest.update(part)
    return digest.hexdigest()
