"""Sentence encoders: a folder with an ONNX model and its tokenizer, run by onnxruntime.

The one in the box is all-MiniLM-L6-v2 as int8 (NOTICE says whose weights these are; bench/train/ made the file).
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from kb.errors import Unavailable
from kb.vectors import Matrix, plain, print_of, unit

# onnxruntime reports to its maker unless told otherwise before its first import, ours or chromadb's.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

WEIGHTS = Path(__file__).with_name("weights")
BOX, SHA256 = "reader.onnx", "48d42d94db8a6281d948f5762ebb1b9b88ae57f1f59f4d6cbd9ef2d4abe8de5d"
"""The sentence encoder of the wheel."""
STATES = "states"
"""What it also gives: what it makes of each token two layers before its end."""
_TOKENS = 256
_BATCH = 16
"""Texts at a time, of about one length: more are no faster."""
_AT_ONCE = 2
"""Batches read side by side: onnxruntime lets go of the interpreter."""
_ALONE = 1
"""With the box one at a time: its activations are quantised over all that comes at once, so that a text's vector would
depend on its neighbours (cosine 0.984). It costs a sixth of the speed."""


class Encoder:
    """A sentence model: mean over its tokens, if it has not done that itself."""

    def __init__(self, model: Path, label: str, limit: int = _TOKENS, mark: str = "", batch: int = _BATCH) -> None:
        """`mark` is what its files are known by; they are read to find out where nobody says."""
        from tokenizers import Tokenizer

        folder, self._batch = model.parent, batch
        try:
            self._session = session(model)
            words = (folder / "tokenizer.json").read_bytes()
            self._tokenizer = Tokenizer.from_buffer(words)
            padding = self._tokenizer.padding or {}
            self._tokenizer.enable_truncation(limit)
            self._tokenizer.enable_padding(pad_id=padding.get("pad_id", 0), pad_token=padding.get("pad_token", "[PAD]"))
            self._inputs = {given.name for given in self._session.get_inputs()}
            outputs = [given.name for given in self._session.get_outputs()]
            self._output = "sentence_embedding" if "sentence_embedding" in outputs else outputs[0]
            self.dimensions = int(self._run(["a"]).shape[1])
        except Exception:  # onnxruntime and tokenizers each have their own
            raise Unavailable(
                f"{folder}: no ONNX sentence model with its tokenizer.json can be read there.",
                "Fetch both files again, or choose another embedding.",
            ) from None
        weights = sorted(folder.glob(f"{model.name}*"))  # large models keep theirs in model.onnx_data
        mark = mark or print_of([words, *(file.read_bytes() for file in weights)])
        self.name = f"onnx-{label}-{self.dimensions}-{mark}"

    def embed(self, texts: Sequence[str]) -> Matrix:
        """One row for each text: float32, length one; zero for a text without words."""
        rows = np.zeros((len(texts), self.dimensions), np.float32)
        given = [(at, text) for at, text in enumerate(map(plain, texts)) if text]
        given.sort(key=lambda pair: len(pair[1]))  # texts of one length need little padding
        batches = [given[start : start + self._batch] for start in range(0, len(given), self._batch)]
        try:
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                made = pool.map(lambda batch: self._run([text for _, text in batch]), batches)
                for batch, read in zip(batches, made, strict=True):
                    rows[[at for at, _ in batch]] = read
        except Exception:
            raise Unavailable(
                "The ONNX embedding model failed on a text.", "Choose another embedding in kb.toml."
            ) from None
        return unit(rows)

    def ends(self, text: str) -> list[Matrix]:
        """Of one text a vector of length one, and the states that another end can go on from."""
        vector, states = self._session.run([self._output, STATES], self._feeds([plain(text)])[0])
        return [unit(vector), states]

    def _run(self, texts: list[str]) -> Matrix:
        feeds, mask = self._feeds(texts)
        out: Matrix = np.asarray(self._session.run([self._output], feeds)[0], np.float32)
        if out.ndim == 3:
            out = np.einsum("nsd,ns->nd", out, mask.astype(np.float32))
        return out

    def _feeds(self, texts: list[str]) -> tuple[dict[str, "np.ndarray"], "np.ndarray"]:
        found = self._tokenizer.encode_batch(texts)
        mask = np.array([each.attention_mask for each in found], np.int64)
        feeds = {
            "input_ids": np.array([each.ids for each in found], np.int64),
            "attention_mask": mask,
            "token_type_ids": np.array([each.type_ids for each in found], np.int64),
        }
        return {name: feeds[name] for name in self._inputs}, mask


def session(model: Path, threads: int = 1) -> Any:
    """A model run by onnxruntime: a second thread spins, and gains little.

    Products of bytes are summed without overflow on old processors as on new ones, so that all read alike (without, a claim's
    vector has a cosine of 0.990 with the published model's, on a processor without VNNI; with it 0.992)."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level, options.intra_op_num_threads = 4, threads
    options.add_session_config_entry("session.x64quantprecision", "1")
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def boxed() -> Encoder:
    """The encoder in the box."""
    return Encoder(WEIGHTS / BOX, "minilm", mark=SHA256[:8], batch=_ALONE)
