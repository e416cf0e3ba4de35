"""The judge in the box: a cross-encoder that says what a claim says of a sentence.

Four answers, read as "given that the claim is right": the sentence follows (agrees), cannot be right (denies), goes beyond
what the claim bears out (limits), or is not decided by it (unrelated). bench/train/ made the file.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from kb.errors import Unavailable
from kb.language.encoder import WEIGHTS, session
from kb.vectors import plain

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

BOX, SHA256 = "judge.onnx", "c5f1b99399f50f84d19a9523b2b777ebca616c4a988707a1254f242f016786ce"
_TOKENS = 160
_AT_ONCE = 2
LABELS = ("agrees", "denies", "limits", "unrelated")
Row = NDArray[np.float64]
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
    """The judge of the wheel: a classifier of pairs, run by onnxruntime. It is loaded when it is first asked, since most answers are known."""

    threads = 1
    advice = "Install kb again; until then guards alone judge."

    def __init__(self, model: Path = WEIGHTS / BOX, mark: str = SHA256[:8]) -> None:
        self.name = f"judge-box-{mark}"
        self._model, self._folder = model, model.parent
        self._session: Any = None
        self._tokenizer: Any = None

    def opinions(self, pairs: Sequence[Pair]) -> list[Opinion]:
        if self._session is None and pairs:
            try:
                self._load()
            except Exception:  # onnxruntime and tokenizers each have their own
                raise self._unavailable("no ONNX judge with its tokenizer.json can be read there") from None
        try:
            # Each alone, on two processors: what is quantised together would depend on its neighbours.
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                return list(pool.map(lambda pair: self._opinion(*pair), pairs))
        except Exception:
            raise self._unavailable("the judge failed on a pair of sentences") from None

    def _load(self) -> None:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        tokenizer.enable_truncation(
            self._limit((tokenizer.truncation or {}).get("max_length")), strategy="longest_first"
        )
        tokenizer.no_padding()
        made = session(self._model, self.threads)
        self._inputs = {each.name: np.int32 if each.type == "tensor(int32)" else np.int64 for each in made.get_inputs()}
        self._session, self._tokenizer = made, tokenizer

    def _limit(self, of_tokenizer: object) -> int:
        return _TOKENS

    def _opinion(self, claim: str, sentence: str) -> Opinion:
        return Opinion(*self._probabilities(claim, sentence).tolist())

    def _probabilities(self, a: str, b: str) -> Row:
        """How likely each of the model's labels is, the first text read first."""
        found = self._tokenizer.encode(plain(a), plain(b))
        feeds = {"input_ids": found.ids, "attention_mask": found.attention_mask, "token_type_ids": found.type_ids}
        outputs = [each.name for each in self._session.get_outputs()]
        wanted = "logits" if "logits" in outputs else outputs[0]
        given = {name: np.array([feeds[name]], kind) for name, kind in self._inputs.items()}
        logits = np.asarray(self._session.run([wanted], given)[0][0], np.float64)
        powers: Row = np.exp(logits - logits.max())
        return np.asarray(powers / powers.sum())

    def _unavailable(self, why: str) -> Unavailable:
        return Unavailable(f"{self._folder}: {why}.", self.advice)


def boxed() -> CrossEncoder | None:
    """The judge of the wheel; none where its file is not there."""
    return CrossEncoder() if (WEIGHTS / BOX).is_file() else None
