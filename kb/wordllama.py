"""The embedding in the box, WordLlama: the mean of trained word vectors. Its package's files are read and not imported, and each
distinct word is tokenized once: the same result, several times faster."""

import importlib.util
import json
import re
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.errors import Unavailable
from kb.vectors import Matrix, plain, print_of, unit


class WordLlama:
    """The mean of token vectors that someone trained well: `l2_supercat`, 256 dimensions."""

    def __init__(self) -> None:
        from tokenizers import Tokenizer, normalizers

        try:
            root = Path(_package_folder("wordllama"))
            words = (root / "tokenizers" / "l2_supercat_tokenizer_config.json").read_bytes()
            self._table = _mapped(root / "weights" / "l2_supercat_256.safetensors")
            self._tokenizer = Tokenizer.from_buffer(words)
        except Exception:  # absent, cut short, or not what it was: one remedy for all
            raise Unavailable(
                "The built-in embedding, WordLlama, is not installed whole.",
                "Install it again: pip install --force-reinstall wordllama",
            ) from None
        # Its normalizer turns spaces into "▁" and puts one in front; `_words` does so before it splits.
        self._tokenizer.normalizer = normalizers.Sequence([])
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._known: dict[str, list[int]] = {}
        self.dimensions = int(self._table.shape[1])
        sample = self._table[::500].tobytes()  # all of it would cost 20 ms at each start
        self.name = f"wordllama-l2-supercat-{self.dimensions}-{print_of([words, sample])}"

    def embed(self, texts: Sequence[str]) -> Matrix:
        rows = np.zeros((len(texts), self.dimensions), np.float32)
        for start in range(0, len(texts), 2048):
            split = [_words(text) for text in texts[start : start + 2048]]
            if len(self._known) > 200_000:
                self._known = {}
            known = self._known
            new = list({word for words in split for word in words if word not in known})
            found = self._tokenizer.encode_batch_fast(new, add_special_tokens=False)
            known.update((word, each.ids) for word, each in zip(new, found, strict=True))
            tokens = [list(chain.from_iterable(map(known.__getitem__, words))) for words in split]
            self._sum(tokens, rows[start : start + 2048])
        return unit(rows)

    def is_word(self, word: str) -> bool:
        """Whether this is a common word as it stands: a misspelt one falls into pieces."""
        return len(self._tokenizer.encode(f"▁{word}", add_special_tokens=False).ids) == 1

    def _sum(self, tokens: list[list[int]], rows: Matrix) -> None:
        """Add up token vectors; only the rows of the table that occur are turned into float32."""
        flat = np.fromiter(chain.from_iterable(tokens), np.int64)
        used = np.flatnonzero(np.bincount(flat, minlength=len(self._table)))
        table = self._table[used].astype(np.float32)
        place = np.zeros(len(self._table), np.int64)
        place[used] = np.arange(len(used))
        flat = place[flat]
        end = 0
        for row, ids in zip(rows, tokens, strict=True):
            start, end = end, end + len(ids)
            np.add.reduce(table.take(flat[start:end], axis=0), axis=0, out=row)


_WORD = re.compile("▁+[^▁]*")
_SPECIAL = re.compile("(<unk>|</?s>)")


def _words(text: str) -> list[str]:
    """Cut where the tokenizer cannot join: before each run of spaces, and around its special tokens."""
    parts = (part for part in _SPECIAL.split(plain(text).replace(" ", "▁")) if part)
    return [word for part in parts for word in ([part] if _SPECIAL.fullmatch(part) else _WORD.findall("▁" + part))]


def _package_folder(name: str) -> str:
    """Where a package is installed, without importing it."""
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise FileNotFoundError(name)
    return found.submodule_search_locations[0]


def _mapped(path: Path) -> NDArray[np.float16]:
    """The one tensor of a safetensors file, mapped: reading it whole costs 60 ms, a query needs 20 rows."""
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(size))["embedding.weight"]
    begin = 8 + size + header["data_offsets"][0]
    if header["dtype"] != "F16":
        raise ValueError(header["dtype"])
    return np.memmap(path, "<f2", "r", begin, tuple(header["shape"]))
