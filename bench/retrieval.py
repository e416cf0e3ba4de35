"""How good retrieval is, set by set, beside BM25 and beside its own parts, with bootstrap intervals.

    python bench/retrieval.py [--scifact DIR] [--vault NAME=DIR[=STRIP] ...] [--most 150]

Sets: SciFact's test claims (nDCG@10, recall@100); the gold questions of the sample vault with its lines left out and those
lines by their titles (R-precision); and of every vault the titles of notes that link to three or more others (recall@10)
and sentences that hold a link (reciprocal rank of the note linked, the page left out). Nothing in the ranking was fitted
to any of them. Each vault is copied and synced in a temporary folder.
"""

import argparse
import json
import math
import random
import shutil
import statistics
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ingest.pipeline import sync
from kb.settings import Settings
from kb.store import Store, open_store
from notes.draft import known_titles, read_draft
from qa.retrieve import CHANNELS, Retriever

ROOT = Path(__file__).resolve().parent.parent
WAYS = {
    "BM25": ("words",),
    "nearness": ("nearness",),
    "quick": ("words", "nearness"),
    "read again": ("words", "nearness", "reader"),
    "all": CHANNELS,
}
Measure = Callable[[Sequence[str], set[str]], float]


class Asked(NamedTuple):
    """A question and the notes that should come back."""

    text: str
    gold: set[str]
    without: tuple[str, ...] = ()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scifact", type=Path)
    parser.add_argument("--vault", action="append", default=[], metavar="NAME=DIR", help="more vaults")
    parser.add_argument("--most", type=int, default=150, help="questions of each set")
    given = parser.parse_args()
    print(f"{'':34}{'n':>5}  " + "".join(f"{way:>22}" for way in WAYS))
    with opened(ROOT / "examples" / "vault") as store:
        lines = tuple(row[0] for row in store.sql.execute("SELECT name FROM note WHERE kind = 'line'"))
        report(store, "gold questions, R-precision", gold(lines), r_precision, given.most)
        report(store, "lines of the sample, R-precision", list(titles(store, "line")), r_precision, given.most)
    if given.scifact:
        with opened(given.scifact, make_vault) as store:
            queries = [
                Asked(text, {f"{name}.md" for name in found}) for text, found in read_queries(given.scifact).values()
            ]
            report(store, "SciFact, nDCG@10", queries, ndcg, 2 * given.most, 10)
            report(store, "SciFact, recall@100", queries, recall, 2 * given.most, 100)
    for each in given.vault:
        name, _, folder = each.partition("=")
        with opened(Path(folder)) as store:
            report(store, f"{name}: title to links, recall@10", list(titles(store)), recall, given.most, 10)
            report(store, f"{name}: sentence to link, MRR", list(sentences(store)), reciprocal, given.most, 50)


def report(store: Store, name: str, asked: Sequence[Asked], measure: Measure, most: int, deep: int = 40) -> None:
    """One line of the table: each way's mean, and where the middle 95 % of 1,000 resampled means lie."""
    retriever = Retriever(store, Settings())
    chosen = random.Random(3).sample(list(asked), min(most, len(asked)))
    cells = []
    for channels in WAYS.values():
        found = [
            measure(
                [
                    note
                    for note, _ in retriever.find(each.text, notes=deep, without=each.without, channels=channels).notes
                ],
                each.gold,
            )
            for each in chosen
        ]
        means = np.random.default_rng(5).choice(found, (1000, len(found))).mean(axis=1)
        low, high = np.quantile(means, (0.025, 0.975))
        cells.append(f"{statistics.fmean(found):8.3f} [{low:.3f},{high:.3f}]")
    retriever.close()
    print(f"{name:34}{len(chosen):5}  " + "".join(f"{cell:>22}" for cell in cells), flush=True)


class opened:  # noqa: N801
    """A copy of a vault, synced."""

    def __init__(self, folder: Path, make: Callable[[Path, Path], int] | None = None) -> None:
        self._folder, self._make = folder, make

    def __enter__(self) -> Store:
        self._passing = tempfile.TemporaryDirectory()
        vault = Path(self._passing.name).resolve() / "vault"
        if self._make:
            vault.mkdir()
            self._make(vault, self._folder)
        else:
            shutil.copytree(self._folder, vault, ignore=shutil.ignore_patterns(".kb"))
        for path in (vault, *vault.rglob("*")):
            path.chmod(0o755)
        sync(vault, Settings())
        self._store = open_store(vault, create=False)
        return self._store

    def __exit__(self, *exception: object) -> None:
        self._store.close()
        self._passing.cleanup()


def gold(lines: tuple[str, ...]) -> list[Asked]:
    """The gold questions, the lines left out."""
    known = tomllib.loads((ROOT / "tests" / "gold" / "questions.toml").read_text("utf-8"))["answerable"]
    return [Asked(each["question"], set(each["notes"]), lines) for each in known]


def titles(store: Store, kind: str = "") -> Iterator[Asked]:
    """Notes by their titles: what they link to should come back."""
    files = {row[0] for row in store.sql.execute("SELECT name FROM note WHERE file IS NOT NULL")}
    rows = store.sql.execute(
        "SELECT note.name, note.title, group_concat(DISTINCT mention.note) FROM note JOIN mention ON mention.file = note.file "
        "WHERE mention.note IS NOT NULL AND (?1 = '' OR note.kind = ?1) GROUP BY note.id ORDER BY note.name",
        (kind,),
    ).fetchall()
    for name, title, cited in rows:
        wanted = (set(cited.split(",")) & files) - {name}
        if len(wanted) >= 3:
            yield Asked(title, wanted, (name,))


def sentences(store: Store) -> Iterator[Asked]:
    """Sentences that hold a link, as a reader sees them; the note linked should come back."""
    from bench.links import stripped

    known = known_titles(store)
    files = {row[0] for row in store.sql.execute("SELECT name FROM note WHERE file IS NOT NULL")}
    for (path,) in store.sql.execute("SELECT path FROM file WHERE state = 'note' ORDER BY path").fetchall():
        draft = read_draft(store, store.vault / path, known)
        if draft is None:
            continue
        text, links = stripped(draft, files)
        for each in links[:3]:
            begin = max(text.rfind(mark, 0, each.at) for mark in (". ", "\n", "? ", "! ")) + 1
            ends = [at for mark in (". ", "\n") if (at := text.find(mark, each.at)) > 0]
            sentence = text[begin : min(ends, default=len(text))].strip()
            if len(sentence.split()) >= 5:
                yield Asked(sentence, {each.note}, (path,))


def r_precision(ranked: Sequence[str], wanted: set[str]) -> float:
    return len(set(ranked[: len(wanted)]) & wanted) / len(wanted)


def recall(ranked: Sequence[str], wanted: set[str]) -> float:
    return len(set(ranked) & wanted) / min(len(wanted), len(ranked) or 1)


def reciprocal(ranked: Sequence[str], wanted: set[str]) -> float:
    return next((1 / place for place, note in enumerate(ranked, 1) if note in wanted), 0.0)


def ndcg(ranked: Sequence[str], wanted: set[str]) -> float:
    """Normalised discounted cumulative gain of a ranking; SciFact's grades are all 1."""
    gain = sum(1 / math.log2(place + 2) for place, name in enumerate(ranked) if name in wanted)
    return gain / sum(1 / math.log2(place + 2) for place in range(min(len(wanted), len(ranked) or 1)))


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
