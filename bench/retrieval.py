"""How good and how fast retrieval is on a collection with known answers, through the product's own retriever.

    python bench/retrieval.py ../shared/data/scifact [--queries 300]

Reads the BEIR layout (corpus.jsonl, queries.jsonl, qrels/test.tsv), writes each abstract as a note into a
temporary vault, syncs it, and asks every test query by each channel alone and by all of them.
"""

import argparse
import json
import math
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ingest.pipeline import sync
from kb.settings import Settings
from kb.store import open_store
from qa.retrieve import CHANNELS, Retriever


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--queries", type=int, default=0, help="ask only the first so many")
    given = parser.parse_args()
    queries = read_queries(given.data)
    if given.queries:
        queries = dict(list(queries.items())[: given.queries])
    with tempfile.TemporaryDirectory() as folder:
        vault = Path(folder)
        count = make_vault(vault, given.data)
        began = time.perf_counter()
        done = sync(vault, Settings())
        print(f"{count:,} notes, {done.claims:,} claims, synced in {time.perf_counter() - began:.1f} s")
        with open_store(vault, create=False) as store:
            began = time.perf_counter()
            retriever = Retriever(store, Settings())
            retriever.find(next(iter(queries.values()))[0])
            print(f"first question, embedding and vectors read: {1000 * (time.perf_counter() - began):.0f} ms")
            print(f"\n{len(queries)} queries   nDCG@10  recall@100   median ms   p95 ms")
            for channels in (*((channel,) for channel in CHANNELS), ("words", "nearness"), CHANNELS):
                report(retriever, queries, channels)


def report(retriever: Retriever, queries: dict[str, tuple[str, dict[str, int]]], channels: tuple[str, ...]) -> None:
    gains, recalls, times = [], [], []
    for text, relevant in queries.values():
        began = time.perf_counter()
        found = retriever.find(text, notes=100, channels=channels)
        times.append(1000 * (time.perf_counter() - began))
        ranked = [name.removesuffix(".md") for name, _ in found.notes]
        gains.append(ndcg(ranked[:10], relevant))
        recalls.append(len(set(ranked) & set(relevant)) / len(relevant))
    name = "fused" if channels == CHANNELS else " + ".join(channels)
    p95 = statistics.quantiles(times, n=20)[-1]
    print(
        f"{name:<18}{statistics.fmean(gains):9.4f}{statistics.fmean(recalls):12.4f}{statistics.median(times):12.1f}{p95:9.1f}"
    )


def ndcg(ranked: list[str], relevant: dict[str, int]) -> float:
    """Normalised discounted cumulative gain of a ranking."""
    gain = sum(relevant.get(name, 0) / math.log2(place + 2) for place, name in enumerate(ranked))
    best = sorted(relevant.values(), reverse=True)[: len(ranked)]
    return gain / (sum(grade / math.log2(place + 2) for place, grade in enumerate(best)) or 1.0)


def read_queries(folder: Path) -> dict[str, tuple[str, dict[str, int]]]:
    """Text and relevant documents of every test query."""
    with (folder / "queries.jsonl").open(encoding="utf-8") as lines:
        texts = {entry["_id"]: entry["text"] for entry in map(json.loads, lines)}
    found: dict[str, tuple[str, dict[str, int]]] = {}
    for line in (folder / "qrels" / "test.tsv").read_text("utf-8").splitlines()[1:]:
        query, document, grade = line.split("\t")
        if int(grade) > 0:
            found.setdefault(query, (texts[query], {}))[1][document] = int(grade)
    return found


def make_vault(vault: Path, folder: Path) -> int:
    """One note for each document."""
    count = 0
    with (folder / "corpus.jsonl").open(encoding="utf-8") as lines:
        for entry in map(json.loads, lines):
            text = f"# {entry['title']}\n\n{entry['text']}\n"
            (vault / f"{entry['_id']}.md").write_text(text, "utf-8")
            count += 1
    return count


if __name__ == "__main__":
    main()
