"""The head that tells a sentence which states something from one which only announces it, on the reader's vectors.

    python bench/train/assertions.py [--write]

Logistic regression by Newton's method, so there is no seed, on the 1,120 sentences of states.jsonl. It prints the area under the
curve on held-out fifths, and on 120 sentences of bench/labels/states.jsonl that are trained on by nobody; with --write it saves the
weights beside the reader's.
"""

import argparse
import json
from pathlib import Path

import numpy as np

from kb.language.assertion import HEAD
from kb.language.encoder import boxed

_HERE = Path(__file__).parent
_KEPT_APART = _HERE.parent / "labels" / "states.jsonl"
_RIDGE = 3.0
_FOLDS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    write = parser.parse_args().write
    encoder = boxed()
    texts, labels = read(_HERE / "states.jsonl")
    rows = encoder.embed(texts)
    fold = np.arange(len(labels)) % _FOLDS
    scores = np.zeros(len(labels))
    for held in range(_FOLDS):
        scores[fold == held] = _with_one(rows[fold == held]) @ fitted(rows[fold != held], labels[fold != held])
    apart, truth = read(_KEPT_APART)
    print(f"{len(texts)} sentences; area on held-out fifths {area(scores, labels):.3f}", end="")
    print(f", on {len(apart)} kept apart {area(_with_one(encoder.embed(apart)) @ fitted(rows, labels), truth):.3f}")
    if write:
        np.save(HEAD, fitted(rows, labels).astype(np.float32))
        print(f"written: {HEAD.name}")


def read(path: Path) -> tuple[list[str], np.ndarray]:
    """Sentences, and whether each states something."""
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [line["text"] for line in lines], np.array([float(line["states"]) for line in lines])


def fitted(rows: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Weights and, last, the constant; both classes weigh the same."""
    given = _with_one(rows)
    weight = np.where(labels > 0, 0.5 / labels.mean(), 0.5 / (1 - labels.mean()))
    ridge = _RIDGE * np.eye(given.shape[1])
    ridge[-1, -1] = 1e-6
    found = np.zeros(given.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-given @ found))
        slope = given.T @ (weight * (chance - labels)) + ridge @ found
        curve = (given.T * (weight * chance * (1 - chance))) @ given + ridge
        found = found - np.linalg.solve(curve, slope)
    return found


def area(scores: np.ndarray, labels: np.ndarray) -> float:
    """Share of pairs in which what states something scores higher."""
    return float((scores[labels > 0][:, None] > scores[labels == 0][None]).mean())


def _with_one(rows: np.ndarray) -> np.ndarray:
    return np.hstack([rows, np.ones((len(rows), 1))])


if __name__ == "__main__":
    main()
