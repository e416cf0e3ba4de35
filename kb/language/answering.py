"""How well a text answers a question: the reader's other end.

The reader's last two layers twice: as published they give what a text means, trained on questions and the sentences that
answer them (bench/train/answers.py) they give what it answers. Each text is read once, and questions are compared with that.
"""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kb.language.encoder import WEIGHTS, Encoder, session
from kb.vectors import Matrix

BOX, SHA256 = "answers.onnx", "bff6ae4db0d4c66c9cf7b80053fb2cd839e9d9dea86756aafa836df6c3fce11d"
_AT_ONCE = 2
_QUESTION, _TEXT = np.array([0]), np.array([1])


class Fits(NamedTuple):
    """Of each of some texts the odds (their logarithm) that it could open an answer to a question, and that it belongs in one."""

    opens: NDArray[np.float32]
    belongs: NDArray[np.float32]


class Answering:
    """Reads texts for what they mean and what they answer, and questions for what they ask."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self.name = f"{encoder.name}-{SHA256[:8]}"
        self._session: Any = None
        self._lock = threading.Lock()

    def read(self, texts: Sequence[str]) -> Matrix:
        """One row for each text: what it means, then what it answers."""
        with ThreadPoolExecutor(
            _AT_ONCE
        ) as pool:  # each alone: what is quantised together would depend on its neighbours
            rows = list(pool.map(lambda text: self._run(text, _TEXT, "vector")[0], texts))
        return np.array(rows, np.float32)

    def fits(self, question: str, rows: Matrix) -> Fits:
        """How well texts that have been read answer a question."""
        asked = self._run(question, _QUESTION, "asked")
        scores = rows @ asked[:, :-1].T + asked[:, -1]
        return Fits(scores[:, 0], scores[:, 1])

    def _run(self, text: str, part: NDArray[np.int64], result: str) -> Matrix:
        plain, states = self.encoder.ends(text)
        return np.asarray(self._loaded().run([result], {"states": states, "plain": plain, "part": part})[0], np.float32)

    def _loaded(self) -> Any:
        with self._lock:
            if self._session is None:
                self._session = session(WEIGHTS / BOX)
            return self._session
