"""The judge in the box: a cross-encoder that says what a claim says of a sentence.

Four answers, read as "given that the claim is right": the sentence follows (agrees), cannot be right (denies), goes beyond
what the claim bears out (limits), or is not decided by it (unrelated). bench/train/ made the file.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np

from kb.errors import Unavailable
from kb.language.encoder import WEIGHTS
from kb.vectors import plain

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

BOX, SHA256 = "judge.onnx", "c5f1b99399f50f84d19a9523b2b777ebca616c4a988707a1254f242f016786ce"
_TOKENS = 160
LABELS = ("agrees", "denies", "limits", "unrelated")
Pair = tuple[str, str]
"""A claim and a sentence."""


class Opinion(NamedTuple):
    """How likely each of the four is; they sum to one."""

    agrees: float
    denies: float
    limits: float
    unrelated: float


class Judge(Protocol):
    """What the rest of the house knows about such a model."""

    @property
    def name(self) -> str:
        """Changes whenever the opinions would."""

    def opinions(self, pairs: Sequence[Pair]) -> list[Opinion]:
        """One for each claim and sentence, in that order."""


class CrossEncoder:
    """A classifier of pairs, run by onnxruntime."""

    def __init__(self, model: Path = WEIGHTS / BOX, mark: str = SHA256[:8]) -> None:
        self.name = f"judge-box-{mark}"
        self._model = model
        self._session: Any = None
        self._tokenizer: Any = None

    def _load(self) -> None:
        """When it is first asked: many questions need no judge, and most answers of one are known."""
        import onnxruntime
        from tokenizers import Tokenizer

        try:
            options = onnxruntime.SessionOptions()
            options.log_severity_level = 4
            options.intra_op_num_threads = 1
            self._tokenizer = Tokenizer.from_file(str(self._model.with_name("tokenizer.json")))
            self._tokenizer.enable_truncation(_TOKENS, strategy="longest_first")
            self._tokenizer.no_padding()
            self._session = onnxruntime.InferenceSession(str(self._model), options, providers=["CPUExecutionProvider"])
        except Exception:  # onnxruntime and tokenizers each have their own
            raise Unavailable(
                f"{self._model}: the judge cannot be read there.", "Install kb again; until then rules alone judge."
            ) from None

    def opinions(self, pairs: Sequence[Pair]) -> list[Opinion]:
        if self._session is None:
            self._load()
        # One at a time: what is quantised together would depend on its neighbours.
        return [self._opinion(*pair) for pair in pairs]

    def _opinion(self, claim: str, sentence: str) -> Opinion:
        found: Any = self._tokenizer.encode(plain(claim), plain(sentence))
        feeds = {
            "input_ids": np.array([found.ids], np.int64),
            "attention_mask": np.array([found.attention_mask], np.int64),
            "token_type_ids": np.array([found.type_ids], np.int64),
        }
        logits = np.asarray(self._session.run(["logits"], feeds)[0][0], np.float64)
        powers = np.exp(logits - logits.max())
        return Opinion(*(powers / powers.sum()).tolist())


class Inference:
    """A judge of three labels, a model for natural-language inference in a folder, as one of four."""

    def __init__(self, folder: Path) -> None:
        from kb import entailment

        self._model = entailment.CrossEncoder(folder)
        self.name = self._model.name

    def opinions(self, pairs: Sequence[Pair]) -> list[Opinion]:
        return [
            Opinion(each.entailment, each.contradiction, 0.0, each.neutral) for each in self._model.judge(list(pairs))
        ]


def boxed() -> CrossEncoder | None:
    """The judge of the wheel; none where its file is not there."""
    return CrossEncoder() if (WEIGHTS / BOX).is_file() else None
