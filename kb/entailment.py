"""Whether one sentence denies or follows from another, by a local model: a cross-encoder in a folder.

Such a model reads two sentences in order; here both orders are asked and the mean is the answer, so that neither
side counts for more. Nothing is fetched. The model is loaded by the first question, since a sync whose answers are
all known needs only its name. Whatever goes wrong leaves here as `Unavailable`.
"""

import json
import os
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kb.errors import Unavailable

# onnxruntime reports to its maker unless told otherwise before its first import.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

LABELS = ("contradiction", "entailment", "neutral")
LONGEST = 8_000
"""Characters of one side that are looked at: more than any model has room for."""
_TOKENS = 512
"""Of both sides together, where the model has room for more: the time grows with their square."""
_ADVICE = "Put a model for natural-language inference there, or take judge out of kb.toml."
_NEEDED = "a judge is a folder with model.onnx, tokenizer.json and config.json"

Pair = tuple[str, str]
Row = NDArray[np.float64]


class Verdict(NamedTuple):
    """How likely each of the three is; they sum to one."""

    contradiction: float
    entailment: float
    neutral: float


class CrossEncoder:
    """A sequence classifier with three labels, run by onnxruntime."""

    def __init__(self, folder: Path) -> None:
        """What its files lack is said here, that they are damaged when it is first asked."""
        self._folder = folder
        if not folder.is_dir():
            raise Unavailable(f"{folder}: there is no such folder, and {_NEEDED}.", _ADVICE)
        places = (folder / "model.onnx", folder / "onnx" / "model.onnx")
        self._model = next((place for place in places if place.is_file()), places[0])
        for file in (self._model, folder / "tokenizer.json", folder / "config.json"):
            if not file.is_file():
                raise Unavailable(f"{folder}: {file.name} is missing; {_NEEDED}.", _ADVICE)
        try:
            told = (folder / "config.json").read_bytes()
            words = (folder / "tokenizer.json").read_bytes()
            weights = sorted(self._model.parent.glob(f"{self._model.name}*"))  # large models keep theirs beside
            seen = blake2b(b"".join([told, words, *(piece for file in weights for piece in _sampled(file))]))
            self._config = _object(told)
        except (OSError, ValueError):
            raise self._unreadable() from None
        self._order = self._labels()
        self._session: Any = None
        self._tokenizer: Any = None
        self.name = f"judge-{folder.name}-{seen.hexdigest()[:16]}"
        """Changes whenever the verdicts would."""

    def judge(self, pairs: Sequence[Pair]) -> list[Verdict]:
        """One verdict for each pair, whichever side comes first."""
        if pairs:
            self._load()
        return [self._verdict(*sorted(pair)) for pair in pairs]

    def _verdict(self, a: str, b: str) -> Verdict:
        try:
            mean = (self._probabilities(a, b) + self._probabilities(b, a)) / 2
        except Exception:  # onnxruntime and tokenizers each have their own
            raise Unavailable(f"{self._folder}: the judge failed on a pair of sentences.", _ADVICE) from None
        return Verdict(*(round(float(each), 4) for each in mean))

    def _load(self) -> None:
        if self._session is not None:
            return
        try:
            import onnxruntime
            from tokenizers import Tokenizer

            tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
            limit = self._limit((tokenizer.truncation or {}).get("max_length"))
            tokenizer.no_padding()
            tokenizer.enable_truncation(limit, strategy="longest_first")
            options = onnxruntime.SessionOptions()
            options.log_severity_level = 4
            session = onnxruntime.InferenceSession(str(self._model), options, providers=["CPUExecutionProvider"])
            self._inputs = {
                given.name: np.int32 if given.type == "tensor(int32)" else np.int64 for given in session.get_inputs()
            }
            outputs = [given.name for given in session.get_outputs()]
            self._output = "logits" if "logits" in outputs else outputs[0]
        except Exception:  # absent, cut short, or not what it was
            raise self._unreadable() from None
        self._session, self._tokenizer = session, tokenizer

    def _probabilities(self, a: str, b: str) -> Row:
        """In the order of `LABELS`. One pair at a time: what is quantised together would depend on its neighbours."""
        found = self._tokenizer.encode(_plain(a), _plain(b))
        feeds = {"input_ids": found.ids, "attention_mask": found.attention_mask, "token_type_ids": found.type_ids}
        given = {name: np.array([feeds[name]], kind) for name, kind in self._inputs.items()}
        logits = np.asarray(self._session.run([self._output], given)[0], np.float64)
        if logits.shape != (1, len(LABELS)) or not np.isfinite(logits).all():
            raise ValueError(logits.shape)
        powers: Row = np.exp(logits[0] - logits.max())
        return np.asarray((powers / powers.sum())[self._order], np.float64)

    def _labels(self) -> list[int]:
        """Which of the model's outputs is contradiction, which entailment, which neutral."""
        given = self._config.get("id2label")
        named = {str(name).strip().lower(): at for at, name in given.items()} if isinstance(given, dict) else {}
        order = [named.get(label, "") for label in LABELS]
        if len(named) != len(LABELS) or sorted(order) != ["0", "1", "2"]:
            said = f"names {', '.join(sorted(named))}" if named else "is missing"
            raise Unavailable(
                f"{self._folder / 'config.json'}: id2label {said}; a judge tells {', '.join(LABELS)} apart.", _ADVICE
            )
        return [int(at) for at in order]

    def _limit(self, of_tokenizer: object) -> int:
        """How many tokens the model has room for."""
        room = self._config.get("max_position_embeddings")
        if isinstance(room, int) and "roberta" in str(self._config.get("model_type", "")):
            room -= int(self._config.get("pad_token_id") or 0) + 1  # it counts places from behind its padding
        return min(each for each in (of_tokenizer, room, _TOKENS) if isinstance(each, int) and each > 0)

    def _unreadable(self) -> Unavailable:
        return Unavailable(f"{self._folder}: no ONNX judge with its tokenizer.json can be read there.", _ADVICE)


def _plain(text: str) -> str:
    """Half a surrogate pair is something that no tokenizer takes."""
    return text[:LONGEST].encode("utf-8", "replace").decode()


def _object(told: bytes) -> dict[str, Any]:
    found = json.loads(told)
    if not isinstance(found, dict):
        raise ValueError(type(found))
    return found


def _sampled(file: Path) -> Iterator[bytes]:
    """The size of a file and pieces from all over it: two trainings of one model differ in every weight, not in size."""
    size = file.stat().st_size
    yield str(size).encode()
    with file.open("rb") as opened:
        for step in range(64):
            opened.seek(step * max(size // 64, 4096))
            yield opened.read(4096)
