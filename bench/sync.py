"""How long a sync takes, beside the least that it could take, in one run.

    python bench/sync.py [--notes 1000 10000] [--scifact DIR] [--rounds 3]

The floor is what no design of this kind can avoid: reading and hashing the bytes, and Chroma taking in as
many vectors as the base has passages. Every figure is a whole process, timed from outside; the median of
the rounds is printed, and ratios are taken within a round. Vaults are made in a temporary folder.
"""

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FLOOR = """
import sys, hashlib, os
from pathlib import Path
vault, passages, dimensions, where = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
for folder, _, names in os.walk(vault):
    if ".kb" not in folder:
        for name in names:
            hashlib.blake2b(Path(folder, name).read_bytes(), digest_size=16).hexdigest()
import numpy as np
from kb.vectors import fresh
index = fresh(where, "floor", 1)
rows = np.random.default_rng(1).standard_normal((passages, dimensions)).astype("float32")
rows /= np.linalg.norm(rows, axis=1, keepdims=True)
for start in range(0, passages, 20000):
    stop = min(passages, start + 20000)
    index.add(range(start, stop), rows[start:stop])
index.close()
"""
WORDS = (
    "model training data reward learning accuracy reasoning student teacher sample gradient policy example prompt chain thought "
    "selection quality distribution problem answer verification entropy benchmark base instruction capability transfer scale loss"
).split()


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
            text = sum(
                write(vault / f"{number}.md", f"# {title}\n\n{body}\n")
                for number, (title, body) in enumerate(abstracts)
            )
            report(vault, len(abstracts), text, given.rounds, "SciFact, one note an abstract")


def report(vault: Path, size: int, text: int, rounds: int, name: str = "") -> None:
    print(f"\n{name or 'vault'}: {size:,} notes, {text / 1e6:.1f} MB of text")
    full, floor, idle, one = [], [], [], []
    for number in range(rounds):
        seconds, peak, done = kb(vault, "sync", "--rebuild")
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


def kb(vault: Path, *arguments: str) -> tuple[float, float, str]:
    return timed([sys.executable, "-m", "kb", "--vault", str(vault), *arguments, "--json"])


def timed(command: list[str]) -> tuple[float, float, str]:
    """Seconds, peak memory in MB of the largest process, and what was printed."""
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        printed = child.stdout.read() if child.stdout else b""
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{command[2:5]} ended with {child.returncode}")
    assert isinstance(usage, resource.struct_rusage)
    return time.perf_counter() - began, usage.ru_maxrss / 1024, printed.decode()


def passages_in(vault: Path) -> int:
    import sqlite3

    with sqlite3.connect(vault / ".kb" / "base.sqlite3") as base:
        return int(base.execute("SELECT count(*) FROM passage").fetchone()[0])


def read_abstracts(folder: Path) -> list[tuple[str, str]]:
    try:
        with (folder / "corpus.jsonl").open() as lines:
            return [(entry["title"], entry["text"]) for entry in map(json.loads, lines)]
    except OSError:
        return []


def make_vault(vault: Path, size: int, abstracts: list[tuple[str, str]]) -> int:
    """Notes of 60 to 300 words with front matter, sections, two to five links, and an essay in forty that cites ten."""
    chance = random.Random(7)
    total = 0
    for number in range(size):
        title, sentences = material(chance, number, abstracts)
        links = [f"[[n{chance.randrange(size):06d}]]" for _ in range(chance.randint(2, 5))]
        half = len(sentences) // 2
        if number % 40 == 39:
            cited = [
                f"{sentence.rstrip('.')} [[n{chance.randrange(size):06d}|What does note {k} show?]]."
                for k, sentence in enumerate(sentences)
            ]
            text = f"# {title}\n\nThis explores {title.lower()}\n\n{' '.join(cited[:half])}\n\nBut {' '.join(cited[half:])}\n"
        else:
            text = (
                f'---\ntitle: "{title}"\ndate: 2024-03-{number % 28 + 1:02d}\ntopics: [{chance.choice(WORDS)}]\n---\n\n## Findings\n\n'
                f"{' '.join(sentences[:half])}\n\n## Limitations\n\n- {sentences[half]}\n{chr(10).join('- ' + s for s in sentences[half + 1 :])}\n\n"
                f"See also: {', '.join(links)}\n"
            )
        total += write(vault / f"{number // 500:03d}" / f"n{number:06d}.md", text)
    return total


def material(chance: random.Random, number: int, abstracts: list[tuple[str, str]]) -> tuple[str, list[str]]:
    if abstracts:
        title, body = abstracts[number % len(abstracts)]
        sentences = [s.strip() + "." for s in body.split(". ") if len(s) > 20]
        if number >= len(abstracts):
            sentences += [s.strip() + "." for s in chance.choice(abstracts)[1].split(". ") if len(s) > 20]
            chance.shuffle(sentences)
        sentences = sentences[: chance.randint(4, 12)]
        title = f"{title.rstrip('.').replace(chr(34), '')} ({number})"
    else:
        title = f"Does {chance.choice(WORDS)} change {chance.choice(WORDS)} {number}?"
        sentences = [
            f"The {' '.join(chance.choices(WORDS, k=chance.randint(8, 22)))} rose to {chance.random() * 100:.1f}%."
            for _ in range(chance.randint(4, 12))
        ]
    return title, sentences if len(sentences) > 3 else [
        *sentences,
        *(["Nothing more was said about it in this paper."] * 4),
    ]


def write(path: Path, text: str) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.write_bytes(text.encode())


if __name__ == "__main__":
    main()
