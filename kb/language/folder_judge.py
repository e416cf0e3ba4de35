"""A judge of one's own: a cross-encoder for natural-language inference (contradiction, entailment, neutral) in a folder.

Such a model reads two sentences in order; both orders are asked and the mean is the answer, so that neither side counts for
more. Nothing is fetched, and nothing loaded before the first question, since a sync whose answers are all known needs only the name.
"""

import json
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

import numpy as np

from kb.language.judge import CrossEncoder, Opinion

LABELS = ("contradiction", "entailment", "neutral")
_TOKENS = 512
"""Of both sides together, where the model has room for more: the time grows with their square."""
_NEEDED = "a judge is a folder with model.onnx, tokenizer.json and config.json"


class FolderJudge(CrossEncoder):
    """A model of three labels as a judge of four: it knows no limits."""

    threads = 0
    advice = "Put a model for natural-language inference there, or take judge out of kb.toml."

    def __init__(self, folder: Path) -> None:
        """What its files lack is said here, that they are damaged when it is first asked."""
        places = (folder / "model.onnx", folder / "onnx" / "model.onnx")
        super().__init__(next((place for place in places if place.is_file()), places[0]))
        self._folder = folder
        if not folder.is_dir():
            raise self._unavailable(f"there is no such folder, and {_NEEDED}")
        files = (folder / "config.json", folder / "tokenizer.json", self._model)
        for file in files:
            if not file.is_file():
                raise self._unavailable(f"{file.name} is missing; {_NEEDED}")
        try:
            weights = sorted(self._model.parent.glob(f"{self._model.name}*"))  # large models keep theirs beside
            read = [file.read_bytes() for file in files[:2]] + [piece for file in weights for piece in _sampled(file)]
            self._config = {**json.loads(read[0])}
        except (OSError, ValueError, TypeError):
            raise self._unavailable("no ONNX judge with its tokenizer.json can be read there") from None
        self._order = self._labels()
        self.name = f"judge-{folder.name}-{blake2b(b''.join(read)).hexdigest()[:16]}"

    def _opinion(self, claim: str, sentence: str) -> Opinion:
        a, b = sorted((claim, sentence))
        mean = (self._probabilities(a, b) + self._probabilities(b, a)) / 2
        if mean.shape != (len(LABELS),) or not np.isfinite(mean).all():
            raise ValueError(mean.shape)
        denies, agrees, unrelated = (round(float(each), 4) for each in mean[self._order])
        return Opinion(agrees, denies, 0.0, unrelated)

    def _labels(self) -> list[int]:
        """Which of the model's outputs is contradiction, which entailment, which neutral."""
        given = self._config.get("id2label")
        named = {str(name).strip().lower(): at for at, name in given.items()} if isinstance(given, dict) else {}
        order = [named.get(label, "") for label in LABELS]
        if len(named) != len(LABELS) or sorted(order) != ["0", "1", "2"]:
            said = f"names {', '.join(sorted(named))}" if named else "is missing"
            raise self._unavailable(f"id2label of config.json {said}; a judge tells {', '.join(LABELS)} apart")
        return [int(at) for at in order]

    def _limit(self, of_tokenizer: object) -> int:
        """How many tokens the model has room for."""
        room = self._config.get("max_position_embeddings")
        if isinstance(room, int) and "roberta" in str(self._config.get("model_type", "")):
            room -= int(self._config.get("pad_token_id") or 0) + 1  # it counts places from behind its padding
        return min(each for each in (of_tokenizer, room, _TOKENS) if isinstance(each, int) and each > 0)


def _sampled(file: Path) -> Iterator[bytes]:
    """The size of a file and pieces from all over it: two trainings of one model differ in every weight, not in size."""
    size = file.stat().st_size
    yield str(size).encode()
    with file.open("rb") as opened:
        for step in range(64):
            opened.seek(step * max(size // 64, 4096))
            yield opened.read(4096)
