"""How long a sync takes, beside the least that it could take, in one run.

    python bench/sync.py [--notes 1000 10000] [--scifact DIR] [--rounds 3]

The floor is what no design of this kind can avoid: reading and hashing the bytes, and Chroma taking in as
many vectors as the base has passages. Every figure is a whole process, timed from outside; the median of
the rounds is printed, and ratios are taken within a round. Vaults are made in a temporary folder.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.made import make_vault, read_abstracts, write
from bench.timed import kb, timed

FLOOR = """
import sys, hashlib, os
from pathlib import Path
vault, passages, dimensions, where = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
for folder, _, names in os.walk(vault):
    if ".kb" not in folder:
        for name in names:
            hashlib.blake2b(Path(folder, name).read_bytes(), digest_size=16).hexdigest()
import numpy as np
from kb.chroma import fresh
index = fresh(where, "floor", 1)
rows = np.random.default_rng(1).standard_normal((passages, dimensions)).astype("float32")
rows /= np.linalg.norm(rows, axis=1, keepdims=True)
for start in range(0, passages, 20000):
    stop = min(passages, start + 20000)
    index.add(range(start, stop), rows[start:stop])
index.close()
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notes", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--scifact", type=Path, default=Path("../shared/data/scifact"))
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    abstracts = read_abstracts(given.scifact)
    print(
        f"{os.cpu_count()} processors; {'SciFact abstracts' if abstracts else 'made-up text'}; median of {given.rounds} rounds"
    )
    for size in given.notes:
        with tempfile.TemporaryDirectory() as folder:
            vault = Path(folder) / "vault"
            text = make_vault(vault, size, abstracts)
            report(vault, size, text, 1 if size > 20_000 else given.rounds)
    if abstracts:
        with tempfile.TemporaryDirectory() as folder:
            vault = Path(folder) / "scifact"
            vault.mkdir()
            write(vault / "kb.toml", "")
            text = sum(
                write(vault / f"{number}.md", f"# {title}\n\n{body}\n")
                for number, (title, body) in enumerate(abstracts)
            )
            report(vault, len(abstracts), text, given.rounds, "SciFact, one note an abstract")


def report(vault: Path, size: int, text: int, rounds: int, name: str = "") -> None:
    print(f"\n{name or 'vault'}: {size:,} notes, {text / 1e6:.1f} MB of text")
    full, floor, idle, one = [], [], [], []
    for number in range(rounds):
        seconds, peak, done = kb(vault, "sync", "--rebuild", "--json")
        full.append(seconds)
        passages = json.loads(done)["claims"] and passages_in(vault)
        with tempfile.TemporaryDirectory() as where:
            floor.append(timed([sys.executable, "-c", FLOOR, str(vault), str(passages), "256", where])[0])
        kb(vault, "sync")  # a vault made a moment ago is hashed once more
        time.sleep(2.1)
        kb(vault, "sync")
        idle.append(kb(vault, "sync")[0])
        path = sorted(vault.rglob("*.md"))[number * 7 % size]
        path.write_text(path.read_text() + f"\nOne more sentence about reward number {number} was written here.\n")
        one.append(kb(vault, "sync")[0])
    ratios = [a / b for a, b in zip(full, floor, strict=True)]
    base = sum(path.stat().st_size for path in (vault / ".kb").rglob("*") if path.is_file())
    chroma = sum(path.stat().st_size for path in (vault / ".kb" / "chroma").rglob("*") if path.is_file())
    counts = json.loads(done)
    print(
        f"  full sync          {statistics.median(full):8.2f} s   {counts['claims']:,} claims, {passages:,} passages, {counts['links']:,} links"
    )
    print(f"  floor              {statistics.median(floor):8.2f} s   full/floor {statistics.median(ratios):.2f}")
    print(f"  nothing to do      {statistics.median(idle):8.2f} s")
    print(f"  one note edited    {statistics.median(one):8.2f} s")
    print(f"  peak memory        {peak:8.0f} MB")
    print(
        f"  base               {base / 1e6:8.1f} MB  {base / text:.1f} times the text, of which Chroma {chroma / text:.1f}"
    )
    helps = [timed([sys.executable, "-m", "kb", "--help"])[0] for _ in range(5)]
    print(f"  kb --help          {statistics.median(helps):8.2f} s")


def passages_in(vault: Path) -> int:
    import sqlite3

    with sqlite3.connect(vault / ".kb" / "base.sqlite3") as base:
        return int(base.execute("SELECT count(*) FROM passage").fetchone()[0])


if __name__ == "__main__":
    main()
