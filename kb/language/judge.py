"""The judge: a cross-encoder that says what a claim says of a sentence. One is in the box; a folder can hold another.

Four answers, read as "given that the claim is right": the sentence follows (agrees), cannot be right (denies), goes beyond
what the claim bears out (limits), or is not decided by it (unrelated). bench/train/ made the file in the box.
"""

import json
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from kb.errors import Unavailable
from kb.language.onnx import WEIGHTS, OnnxModel, side_by_side

BOX, SHA256 = "judge.onnx", "c5f1b99399f50f84d19a9523b2b777ebca616c4a988707a1254f242f016786ce"
LABELS = ("agrees", "denies", "limits", "unrelated")
_TOKENS, _MOST_TOKENS = 160, 512
"""Of both sides together: for the judge in the box, and at most for another; the time grows with their square."""
INFERENCE = ("contradiction", "entailment", "neutral")
"""The labels of a model for natural-language inference."""
_NEEDED = "a judge is a folder with model.onnx, tokenizer.json and config.json"
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
    """The judge of the wheel: a classifier of pairs. It is loaded when it is first asked, since most answers are known."""

    threads = 1
    advice = "Install kb again; until then guards alone judge."

    def __init__(self, file: Path = WEIGHTS / BOX, mark: str = SHA256[:8]) -> None:
        self.name = f"judge-box-{mark}"
        self._file, self._folder = file, file.parent
        self._model: OnnxModel | None = None

    def opinions(self, pairs: Sequence[Pair]) -> list[Opinion]:
        if self._model is None and pairs:
            try:
                self._model = OnnxModel(self._file, self._folder / "tokenizer.json", self._limit(), self.threads)
            except Exception:  # onnxruntime and tokenizers each have their own
                raise self._unavailable("no ONNX judge with its tokenizer.json can be read there") from None
        try:
            return side_by_side(lambda pair: self._opinion(*pair), pairs)
        except Exception:
            raise self._unavailable("the judge failed on a pair of sentences") from None

    def _limit(self) -> int:
        return _TOKENS

    def _opinion(self, claim: str, sentence: str) -> Opinion:
        return Opinion(*self._probabilities(claim, sentence).tolist())

    def _probabilities(self, a: str, b: str) -> NDArray[np.float64]:
        """How likely each of the model's labels is, the first text read first."""
        assert self._model is not None
        logits = np.asarray(self._model.run([self._model.output("logits")], [(a, b)])[0][0], np.float64)
        powers = np.exp(logits - logits.max())
        return np.asarray(powers / powers.sum())

    def _unavailable(self, why: str) -> Unavailable:
        return Unavailable(f"{self._folder}: {why}.", self.advice)


class FolderJudge(CrossEncoder):
    """A judge of one's own: a model of three labels, which knows no limits. It reads two sentences in order; both orders are
    asked and the mean is the answer, so that neither side counts for more."""

    threads = 0
    advice = "Put a model for natural-language inference there, or take judge out of kb.toml."

    def __init__(self, folder: Path) -> None:
        """What its files lack is said here, that they are damaged when it is first asked."""
        places = (folder / "model.onnx", folder / "onnx" / "model.onnx")
        super().__init__(next((place for place in places if place.is_file()), places[0]))
        self._folder = folder
        if not folder.is_dir():
            raise self._unavailable(f"there is no such folder, and {_NEEDED}")
        files = (folder / "config.json", folder / "tokenizer.json", self._file)
        for file in files:
            if not file.is_file():
                raise self._unavailable(f"{file.name} is missing; {_NEEDED}")
        try:
            weights = sorted(self._file.parent.glob(f"{self._file.name}*"))  # large models keep theirs beside
            read = [file.read_bytes() for file in files[:2]] + [piece for file in weights for piece in _sampled(file)]
            self._config = {**json.loads(read[0])}
        except (OSError, ValueError, TypeError):
            raise self._unavailable("no ONNX judge with its tokenizer.json can be read there") from None
        self._order = self._labels()
        self.name = f"judge-{folder.name}-{blake2b(b''.join(read)).hexdigest()[:16]}"

    def _opinion(self, claim: str, sentence: str) -> Opinion:
        a, b = sorted((claim, sentence))
        mean = (self._probabilities(a, b) + self._probabilities(b, a)) / 2
        if mean.shape != (len(INFERENCE),) or not np.isfinite(mean).all():
            raise ValueError(mean.shape)
        denies, agrees, unrelated = (round(float(each), 4) for each in mean[self._order])
        return Opinion(agrees, denies, 0.0, unrelated)

    def _labels(self) -> list[int]:
        """Which of the model's outputs is contradiction, which entailment, which neutral."""
        given = self._config.get("id2label")
        named = {str(name).strip().lower(): at for at, name in given.items()} if isinstance(given, dict) else {}
        order = [named.get(label, "") for label in INFERENCE]
        if len(named) != len(INFERENCE) or sorted(order) != ["0", "1", "2"]:
            said = f"names {', '.join(sorted(named))}" if named else "is missing"
            raise self._unavailable(f"id2label of config.json {said}; a judge tells {', '.join(INFERENCE)} apart")
        return [int(at) for at in order]

    def _limit(self) -> int:
        """How many tokens the model has room for."""
        of_tokenizer = (json.loads((self._folder / "tokenizer.json").read_bytes()).get("truncation") or {}).get("max_length")  # fmt: skip
        room = self._config.get("max_position_embeddings")
        if isinstance(room, int) and "roberta" in str(self._config.get("model_type", "")):
            room -= int(self._config.get("pad_token_id") or 0) + 1  # it counts places from behind its padding
        return min(each for each in (of_tokenizer, room, _MOST_TOKENS) if isinstance(each, int) and each > 0)


def _sampled(file: Path) -> Iterator[bytes]:
    """The size of a file and pieces from all over it: two trainings of one model differ in every weight, not in size."""
    size = file.stat().st_size
    yield str(size).encode()
    with file.open("rb") as opened:
        for step in range(64):
            opened.seek(step * max(size // 64, 4096))
            yield opened.read(4096)


def boxed() -> CrossEncoder | None:
    """The judge of the wheel; none where its file is not there."""
    return CrossEncoder() if (WEIGHTS / BOX).is_file() else None
