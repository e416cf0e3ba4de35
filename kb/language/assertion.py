"""Whether a sentence asserts something, or only announces, places or praises it: a head on the reader's vectors.

"Sleep raises recall by a fifth" can answer a question; "The effect of sleep on recall is examined" cannot, however near it comes.
bench/train/assertions.py made the weights.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from kb.language.encoder import WEIGHTS

HEAD = WEIGHTS / "assertion.npy"


@lru_cache(1)
def _weights() -> NDArray[np.float32] | None:
    try:
        found = np.load(HEAD, allow_pickle=False)
    except (OSError, ValueError):
        return None
    return np.asarray(found, np.float32)


def assertions(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """How likely each of these vectors of the reader is of a sentence that asserts something; one where nothing can tell."""
    weights = _weights()
    if weights is None or not len(rows) or rows.shape[1] != len(weights) - 1:
        return np.ones(len(rows), np.float32)
    return np.asarray(1 / (1 + np.exp(-(rows @ weights[:-1] + weights[-1]))), np.float32)
