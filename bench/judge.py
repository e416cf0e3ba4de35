"""How well the judge tells what a claim says of a sentence, beside the guards alone, the best constant and surfaces.

    python bench/judge.py [--half open|locked] [--scifact DIR] [--model FILE]

The labelled pairs (bench/labels/, made by other hands before the judge; README.md there says which half is locked) hold as
many of each label, and every surface as often under each. Intervals are of 1,000 resamples by claim. SciFact's dev claims,
with their evidence sentences, were not trained on. Last, what a reader who sees only the surface of the training pairs
could tell: near 0.5 is as it should be.
"""

import argparse
import json
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.train.pairs import written
from kb.language.closed_class import UNIVERSALS, is_negator
from kb.language.judge import LABELS, CrossEncoder, Judge, boxed
from kb.language.verdict import Verdict, verdicts

ROOT = Path(__file__).resolve().parent
Floats = NDArray[np.float64]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=("open", "locked"), default="open")
    parser.add_argument("--scifact", type=Path)
    parser.add_argument("--model", type=Path, help="another judge.onnx, its tokenizer.json beside it")
    given = parser.parse_args()
    judge = CrossEncoder(given.model, "tried") if given.model else boxed()
    rows = labelled(given.half)
    pairs = [(row["claim"], row["sentence"]) for row in rows]
    wanted = np.array([LABELS.index(row["label"]) for row in rows])
    claims = np.array([row["claim"] for row in rows])
    print(f"{len(rows)} pairs, the {given.half} half; a constant tells {max(np.bincount(wanted)) / len(rows):.2f}")
    print(f"\n{'':16}{'right':>20}{'denies: area':>22}{'found at 2 % false':>20}{'limits: area':>14}")
    report("guards alone", verdicts(pairs, None), wanted, claims)
    if judge is None:
        print("There is no judge in the wheel.")
        return
    began = time.process_time()
    report("guards and judge", verdicts(pairs, judge), wanted, claims)
    print(f"\n{len(pairs) / (time.process_time() - began):.0f} pairs a second of one core")
    by_surface(rows, verdicts(pairs, judge), wanted)
    if given.scifact:
        scifact(given.scifact, judge)
    surface()


def labelled(half: str) -> list[dict[str, str]]:
    """The pairs of one half: every second field."""
    rows = [json.loads(line) for line in (ROOT / "labels" / "pairs.jsonl").read_text("utf-8").splitlines()]
    fields = list(dict.fromkeys(row["field"] for row in rows))
    chosen = set(fields[0 if half == "open" else 1 :: 2])
    return [row for row in rows if row["field"] in chosen]


def report(name: str, found: Sequence[Verdict], wanted: Floats, claims: NDArray[np.str_]) -> None:
    told = np.array([LABELS.index(each.label) for each in found])
    denied = np.array([each.denies for each in found])
    limited = np.array([each.limits for each in found])
    names = np.unique(claims)
    random = np.random.default_rng(5)
    means, areas = [], []
    for _ in range(1_000):
        picked = np.concatenate([np.flatnonzero(claims == each) for each in random.choice(names, len(names))])
        means.append((told[picked] == wanted[picked]).mean())
        areas.append(area(denied[picked], wanted[picked] == 1))
    right, of = (told == wanted).mean(), area(denied, wanted == 1)
    print(
        f"{name:16}{right:8.2f} {_between(means)}{of:10.2f} {_between(areas)}"
        f"{found_at(denied, wanted == 1):20.2f}{area(limited, wanted == 2):14.2f}"
    )


def _between(values: Sequence[float]) -> str:
    low, high = np.quantile(values, (0.025, 0.975))
    return f"[{low:.2f},{high:.2f}]"


def by_surface(rows: Sequence[dict[str, str]], found: Sequence[Verdict], wanted: Floats) -> None:
    print("\nby surface       right   denies: area")
    denied = np.array([each.denies for each in found])
    told = np.array([LABELS.index(each.label) for each in found])
    surfaces = np.array([row["surface"] for row in rows])
    for each in sorted(set(surfaces)):
        mine = surfaces == each
        print(f"  {each:12}{(told == wanted)[mine].mean():8.2f}{area(denied[mine], wanted[mine] == 1):12.2f}")


def scifact(folder: Path, judge: Judge) -> None:
    """Evidence sentences of the dev claims, for and against."""
    with (folder / "corpus.jsonl").open(encoding="utf-8") as lines:
        texts = {str(entry["_id"]): entry["text"] for entry in map(json.loads, lines)}
    pairs, against = [], []
    for line in (folder / "claims_dev.jsonl").read_text("utf-8").splitlines():
        entry = json.loads(line)
        for document, evidence in entry["evidence"].items():
            sentences = re.split(r"(?<=[.!?])\s+", texts[document])
            for each in evidence:
                said = " ".join(sentences[at] for at in each["sentences"][:2] if at < len(sentences))
                if said:
                    pairs.append((said, entry["claim"]))
                    against.append(each["label"] == "CONTRADICT")
    found = verdicts(pairs, judge)
    scores, wanted = np.array([each.denies / (each.denies + each.agrees + 1e-9) for each in found]), np.array(against)
    ranked = wanted[np.argsort(-scores)]
    enough = int(np.argmax(np.cumsum(ranked) >= 0.4 * wanted.sum())) + 1
    print(
        f"\nSciFact dev, {len(pairs)} pairs, {wanted.sum()} against: area {area(scores, wanted):.3f}, "
        f"precision {ranked[:enough].mean():.2f} at recall 0.4"
    )


def surface() -> None:
    """A logistic over surfaces of the written pairs: length, overlap, negations, numbers, quantifiers."""
    pairs = [pair for pair in written() if pair.label in (0, 1)]
    features = np.array([_seen(pair.claim, pair.sentence) for pair in pairs])
    features = (features - features.mean(axis=0)) / (features.std(axis=0) + 1e-9)
    wanted = np.array([pair.label for pair in pairs], float)
    half = np.arange(len(pairs)) % 2 == 0
    weights = np.zeros(features.shape[1])
    for _ in range(300):
        weights += 0.1 * features[half].T @ (wanted[half] - 1 / (1 + np.exp(-features[half] @ weights))) / half.sum()
    print(
        f"\nSurface alone, denies against agrees in the written pairs: area {area(features[~half] @ weights, wanted[~half] == 1):.2f}"
    )


def _seen(claim: str, sentence: str) -> list[float]:
    mine, theirs = (re.findall(r"[\w'’]+", text.lower()) for text in (sentence, claim))
    numbers = [{word for word in words if word[0].isdigit()} for words in (mine, theirs)]
    return [
        len(mine), len(mine) / len(theirs), len({*mine} & {*theirs}) / max(1, len({*mine})), sum(map(is_negator, mine)),
        sum(map(is_negator, theirs)), len(numbers[0]), len(numbers[0] & numbers[1]), sum(word in UNIVERSALS for word in mine),
    ]  # fmt: skip


def area(scores: Floats, is_it: NDArray[np.bool_]) -> float:
    """Area under the curve; ties count half."""
    order = np.argsort(scores, kind="stable")
    ranks = np.empty(len(scores))
    ranks[order] = np.arange(1, len(scores) + 1)
    for value in np.unique(scores):
        same = scores == value
        ranks[same] = ranks[same].mean()
    positive, negative = is_it.sum(), (~is_it).sum()
    return (
        float((ranks[is_it].sum() - positive * (positive + 1) / 2) / (positive * negative))
        if positive and negative
        else 0.5
    )


def found_at(scores: Floats, is_it: NDArray[np.bool_], false: float = 0.02) -> float:
    """The share found where so many of the others are above the bar."""
    return float((scores[is_it] > np.quantile(scores[~is_it], 1 - false)).mean())


if __name__ == "__main__":
    main()
