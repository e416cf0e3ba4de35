"""How well the judge in the box tells which way a sentence answers a yes-or-no question, beside labels.

    python bench/stances.py --vault garden=DIR --vault swyxio=DIR ...

Sixty questions over nine public vaults with 307 sentences of their notes, by a hand without the code: each says yes, no, that it depends, or, though it
stands near, nothing (bench/labels/yes_no.jsonl; README.md there says where the vaults are from). Each sentence is read beside the question as a statement.
Whoever wants answers to count their voices has to tell yes from no here.
"""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.judge import area
from kb.language.judge import boxed
from kb.language.verdict import verdicts
from kb.readable import as_read
from qa.question import read_question

LABELS = Path(__file__).parent / "labels" / "yes_no.jsonl"
BARS = (0.5, 0.7, 0.9)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vault", action="append", required=True, help="NAME=DIR")
    vaults = dict(each.split("=", 1) for each in parser.parse_args().vault)
    pairs, said = [], []
    for row in map(json.loads, LABELS.read_text("utf-8").splitlines()):
        if row["vault"] in vaults:
            statement = next(iter(read_question(row["q"]).presupposes), row["q"])
            for place in row["sentences"]:
                text = (Path(vaults[row["vault"]]) / place["path"]).read_text("utf-8")
                pairs.append((as_read(text[place["start"] : place["end"]]), statement))
                said.append(place["says"])
    told = np.array(said)
    found = verdicts(pairs, boxed())
    odds = np.array([each.agrees - each.denies for each in found])
    sided = np.isin(told, ["yes", "no"])
    print(f"{len(told)} sentences: {dict(Counter(said))}")
    print(f"yes told from no: area {area(odds[sided], told[sided] == 'yes'):.2f}")
    for bar in BARS:
        votes = {"yes": [each.agrees >= bar for each in found], "no": [each.denies >= bar for each in found]}
        right = ", ".join(f"{way} {int((told[cast] == way).sum())} of {sum(cast)}" for way, cast in votes.items())
        print(f"votes cast from {bar}, right: {right}")


if __name__ == "__main__":
    main()
