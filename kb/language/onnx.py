"""Models that are run here (ONNX, by onnxruntime), each with its tokenizer.json."""

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from kb.vectors import plain

# onnxruntime reports to its maker unless told otherwise before its first import, ours or chromadb's.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

WEIGHTS = Path(__file__).with_name("weights")
"""The models of the wheel."""
_AT_ONCE = 2
"""Calls made side by side: onnxruntime lets go of the interpreter."""
T = TypeVar("T")
R = TypeVar("R")


class OnnxModel:
    """A session and its tokenizer; what cannot be read raises errors of their own."""

    def __init__(self, file: Path, words: Path, limit: int, threads: int = 1) -> None:
        self._tokenizer = tokenizer(words, limit)
        self._session = session(file, threads)
        self._inputs = {each.name: np.int32 if each.type == "tensor(int32)" else np.int64 for each in self._session.get_inputs()}  # fmt: skip
        self._outputs = [each.name for each in self._session.get_outputs()]

    def output(self, wanted: str) -> str:
        """That output, or the first where there is none of the name."""
        return wanted if wanted in self._outputs else self._outputs[0]

    def run(self, outputs: Sequence[str], given: Sequence[str] | Sequence[tuple[str, str]]) -> list[np.ndarray]:
        """Outputs for texts or pairs of texts, and last which of their tokens are no padding."""
        found = self._tokenizer.encode_batch(
            [plain(each) if isinstance(each, str) else tuple(map(plain, each)) for each in given]
        )
        mask = [each.attention_mask for each in found]
        feeds = {
            "input_ids": [each.ids for each in found],
            "attention_mask": mask,
            "token_type_ids": [each.type_ids for each in found],
        }
        made = self._session.run(outputs, {name: np.array(feeds[name], kind) for name, kind in self._inputs.items()})
        return [*made, np.array(mask)]


def tokenizer(file: Path, limit: int) -> Any:
    """The tokenizer of a model, which cuts texts at so many tokens."""
    from tokenizers import Tokenizer

    read = Tokenizer.from_file(str(file))
    padding = read.padding or {}
    read.enable_truncation(limit)
    read.enable_padding(pad_id=padding.get("pad_id", 0), pad_token=padding.get("pad_token", "[PAD]"))
    return read


def session(model: Path, threads: int = 1) -> Any:
    """A model run by onnxruntime: a second thread spins, and gains little.

    Products of bytes are summed without overflow on old processors as on new ones, so that all read alike (without, a claim's
    vector has a cosine of 0.990 with the published model's, on a processor without VNNI; with it 0.992)."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level, options.intra_op_num_threads = 4, threads
    options.add_session_config_entry("session.x64quantprecision", "1")
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def side_by_side(work: Callable[[T], R], given: Iterable[T]) -> list[R]:
    """What becomes of each, two at a time. A model in the box is given one text or pair each: its activations are quantised
    over all that comes at once, so that a result would depend on its neighbours (cosine 0.984)."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(work, given))
