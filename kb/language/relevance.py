"""How well a sentence answers a question: a cross-encoder in the wheel, which reads the two together (bench/train/relevance.py)."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kb.errors import Unavailable
from kb.language.answering import Fits
from kb.language.onnx import WEIGHTS, OnnxModel, side_by_side
from kb.vectors import Matrix

BOX, SHA256 = "relevance.onnx", "aeae084791198d6a58e1cd004841dcc4a3d3128088e0a3bf3a7d27a32f165794"
_TOKENS = 128
"""Of a question and a text together; a sentence and its title seldom have sixty."""


class Relevance:
    """Scores texts for a question. It is loaded when it is first asked."""

    def __init__(self, file: Path = WEIGHTS / BOX) -> None:
        self._file = file
        self._model: OnnxModel | None = None

    def fits(self, question: str, texts: Sequence[str]) -> Fits:
        """How well each text answers."""
        scores = self.scores([(question, text) for text in texts])
        return Fits(scores[:, 0], scores[:, 1])

    def scores(self, pairs: Sequence[tuple[str, str]]) -> Matrix:
        """For each question and text a row of both odds."""
        try:
            self._model = self._model or OnnxModel(self._file, self._file.with_name("tokenizer.json"), _TOKENS)
            model = self._model
            rows = side_by_side(lambda pair: model.run(["logits"], [pair])[0][0], pairs)
        except Exception:  # onnxruntime and tokenizers each have their own
            raise Unavailable(f"{self._file}: this cannot be read.", "Install kb again.") from None
        return np.array(rows, np.float32).reshape(-1, 2)
