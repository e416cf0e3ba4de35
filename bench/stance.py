"""How well the stance of a claim is told by rule.

    python bench/stance.py ../shared/data/scifact [--split dev] [--wrong 10]

First the contradictions of SciFact: each claim against the sentences that its annotators gave as evidence, ranked by how
likely the rule thinks a contradiction. The abstracts come as plain text here and were numbered by another splitter, so
of the sentence with that number and its two neighbours the one nearest to the claim counts. Then how fast sentences are
read, and the verdicts on the premises of the gold questions, from the statements as a reader would put them.
"""

import argparse
import json
import re
import shutil
import tempfile
import time
import tomllib
from collections import Counter
from pathlib import Path

import numpy as np

from ingest.effects import effects
from ingest.meeting import pairs
from ingest.opposition import apart, likelihood
from ingest.pipeline import sync
from ingest.quantities import quantities
from ingest.sentences import sentences
from kb.language.stems import stem
from kb.settings import Settings
from kb.store import open_store
from qa.ask import Asker

ROOT = Path(__file__).parent.parent
_HEADING = re.compile(r"^(?:[A-Z][A-Z ,/]{5,}|Conclusions and Relevance|CONCLUSIONS?|RESULTS):?\s+(?=[A-Z])")
_WORD = re.compile(r"[a-z0-9]{3,}")
_RECALLS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scifact", type=Path)
    parser.add_argument("--split", default="dev")
    parser.add_argument("--wrong", type=int, default=0, help="show so many supports that rank as contradictions")
    given = parser.parse_args()
    abstracts = {row["_id"]: row["text"] for row in map(json.loads, (given.scifact / "corpus.jsonl").open())}
    contradictions(given.scifact / f"claims_{given.split}.jsonl", abstracts, given.wrong)
    speed(abstracts)
    premises(bool(given.wrong))


def contradictions(path: Path, abstracts: dict[str, str], wrong: int) -> None:
    rows = [(likely(claim, given), label, claim, given) for claim, label, given in evidence(path, abstracts)]
    rows.sort(key=lambda row: -row[0])
    wanted = np.array([label == "CONTRADICT" for _, label, _, _ in rows])
    hits = np.cumsum(wanted)
    print(f"{path.stem}: {len(rows)} claims with evidence, {wanted.mean():.2f} of them contradicted")
    print("recall  precision  at strength")
    for recall in _RECALLS:
        at = int(np.searchsorted(hits, recall * wanted.sum()))
        print(f"{recall:6.1f}  {hits[at] / (at + 1):9.2f}  {rows[at][0]:11.2f}")
    for strength, _, claim, given in [row for row in rows if row[1] == "SUPPORT"][:wrong]:
        print(f"- {strength:.2f} {claim}\n    {' / '.join(given)[:300]}")


def evidence(path: Path, abstracts: dict[str, str]) -> list[tuple[str, str, list[str]]]:
    found = []
    for row in map(json.loads, path.open()):
        about = {stem(word) for word in _WORD.findall(row["claim"].lower())}
        for document, sets in row["evidence"].items():
            text = abstracts[document]
            parts = [text[start:stop] for start, stop in sentences(text)]
            held = [len(about & {stem(word) for word in _WORD.findall(part.lower())}) for part in parts]
            for each in sets:
                near = [
                    max((j for j in (i, i - 1, i + 1) if 0 <= j < len(parts)), key=lambda j: held[j], default=-1)
                    for i in each["sentences"]
                ]
                found.append((row["claim"], each["label"], [_HEADING.sub("", parts[i]) for i in near]))
    return found


def likely(claim: str, given: list[str]) -> float:
    """Over all sentences of one set of evidence."""
    met = [pair for sentence in given for pair in pairs(claim, sentence)]
    clash = max((pair for pair in met if pair.turn < 0), key=lambda pair: -pair.turn * pair.strength, default=None)
    accord = max((pair for pair in met if pair.turn > 0), key=lambda pair: pair.turn * pair.strength, default=None)
    return likelihood(clash, accord, bool(apart(quantities(claim), quantities(" ".join(given)))))


def speed(abstracts: dict[str, str]) -> None:
    lines = [text[start:stop] for text in list(abstracts.values())[:700] for start, stop in sentences(text)][:5000]
    effects.cache_clear()
    began = time.perf_counter()
    for line in lines:
        effects(line)
    print(f"{len(lines)} sentences read in {(time.perf_counter() - began) / len(lines) * 1e3:.2f} ms each")


def premises(verbose: bool) -> None:
    gold = tomllib.loads((ROOT / "tests" / "gold" / "questions.toml").read_text())["premise"]
    with tempfile.TemporaryDirectory() as folder:
        vault = Path(folder) / "vault"
        shutil.copytree(ROOT / "examples" / "vault", vault, ignore=shutil.ignore_patterns(".kb"))
        sync(vault, Settings())
        with open_store(vault) as store:
            asker = Asker(store, Settings())
            got = [(entry, asker.premise(entry["premise"])) for entry in gold]
    counted = Counter((entry["verdict"], premise.verdict) for entry, premise in got)
    print(f"premises: {sum(n for (want, have), n in counted.items() if want == have)}/{len(gold)}")
    for (want, have), count in sorted(counted.items()):
        print(f"    {want:12} -> {have:12} {count}")
    if verbose:
        for entry, premise in got:
            print(f"? {entry['premise']}  {premise.verdict}; wanted {entry['verdict']}")


if __name__ == "__main__":
    main()
