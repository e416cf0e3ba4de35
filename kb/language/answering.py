"""How well a text answers a question: the reader's other end.

The reader's last two layers twice: as published they give what a text means, trained on questions and the sentences that
answer them (bench/train/answers.py) they give what it answers. Each text is read once, and questions are compared with that.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kb.errors import Unavailable
from kb.language.encoder import Encoder
from kb.language.onnx import WEIGHTS, session, side_by_side
from kb.vectors import Matrix, plain

BOX, SHA256 = "answers.onnx", "b70845bb81c4ba60d9b3b2bd66e50c8ce1bb113c41f16c81ff83e5f2ff070658"


class Fits(NamedTuple):
    """Of each of some texts the odds (their logarithm) that it could open an answer to a question, and that it belongs in one."""

    opens: NDArray[np.float32]
    belongs: NDArray[np.float32]


class Answering:
    """Reads texts for what they mean and what they answer, and questions for what they ask."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self.name = f"{encoder.name}-answers-{SHA256[:8]}"
        try:
            self._session = session(WEIGHTS / BOX)
        except Exception:  # onnxruntime has its own
            raise Unavailable(f"{WEIGHTS / BOX}: this cannot be read.", "Install kb again.") from None
        self._asked: tuple[str, Matrix] | None = None

    def read(self, texts: Sequence[str]) -> Matrix:
        """One row for each text: what it means, then what it answers; zeros for one without words."""
        rows = np.zeros((len(texts), 2 * self.encoder.dimensions), np.float32)
        given = [at for at, text in enumerate(texts) if plain(text)]
        if given:
            rows[given] = np.vstack(side_by_side(lambda at: self._run(texts[at], 1, "vector"), given))
        return rows

    def fits(self, question: str, rows: Matrix) -> Fits:
        """How well texts that have been read answer a question; one question is asked of many."""
        if self._asked is None or self._asked[0] != question:
            self._asked = question, self._run(question, 0, "asked")
        asked = self._asked[1]
        scores = rows @ asked[:, :-1].T + asked[:, -1]
        return Fits(scores[:, 0], scores[:, 1])

    def _run(self, text: str, part: int, result: str) -> Matrix:
        try:
            vector, states = self.encoder.ends(text)
            given = {"states": states, "plain": vector, "part": np.array([part])}
            return np.asarray(self._session.run([result], given)[0], np.float32)
        except Exception:
            raise Unavailable(
                "The reader in the box failed on a text.", "Choose another embedding in kb.toml."
            ) from None
