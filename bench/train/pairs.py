"""The pairs that the judge learns from: those written for it (bench/train/pairs/), and public ones."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from kb.language.judge import LABELS

WRITTEN = Path(__file__).with_name("pairs")
_LETTERS = {label[0]: label for label in LABELS}
_PUBLIC = {"entails": "agrees", "contradicts": "denies", "neutral": "unrelated"}


class Pair(NamedTuple):
    """What a claim says of a sentence."""

    claim: str
    sentence: str
    label: int
    is_public: bool = False


def label(name: str) -> int:
    """Its place among the labels."""
    return LABELS.index(name)


def written(folder: Path = WRITTEN) -> list[Pair]:
    """All that was written: a claim with its sentences by kind, a statement with claims, a group of claims with drafts."""
    return [pair for path in sorted(folder.glob("*.jsonl")) for pair in _read(path)]


def _read(path: Path) -> Iterator[Pair]:
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        if "statement" in row:
            for claim, letter in zip(row["claims"], row["y"], strict=True):
                yield Pair(claim, row["statement"], label(_LETTERS[letter]))
        elif "sentences" in row:
            for sentence, letters in zip(row["sentences"], row["y"], strict=True):
                for claim, letter in zip(row["claims"], letters, strict=True):
                    yield Pair(claim, sentence, label(_LETTERS[letter]))
        else:
            for kind, sentence in row["kinds"].items():
                yield Pair(row["claim"], sentence, label(_LETTERS[kind[0]]))


def public(path: Path) -> list[Pair]:
    """Pairs of public sets (see README.md for sources and licences)."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [Pair(row["premise"], row["hypothesis"], label(_PUBLIC[row["label"]]), True) for row in rows]
