"""Whether a sentence asserts something, or only announces, places or praises it: a head on the reader's vectors.

"Sleep raises recall by a fifth" can answer a question; "The effect of sleep on recall is examined" cannot, however near it comes.
bench/train/assertions.py made the weights.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from kb.language.onnx import WEIGHTS

HEAD = WEIGHTS / "assertion.npy"


@cache
def _weights() -> NDArray[np.float32]:
    try:
        return np.asarray(np.load(HEAD, allow_pickle=False), np.float32)
    except (OSError, ValueError):
        return np.zeros(0, np.float32)


def assertions(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """How likely each of these vectors of the reader is of a sentence that asserts something; one where nothing can tell."""
    weights = _weights()
    if not len(rows) or rows.shape[1] != len(weights) - 1:
        return np.ones(len(rows), np.float32)
    return np.asarray(1 / (1 + np.exp(-(rows @ weights[:-1] + weights[-1]))), np.float32)
