"""How long a question takes, cold and warm, beside a short script that only retrieves, in one run.

    python bench/ask.py [--notes 1000 10000] [--keep DIR] [--scifact DIR] [--rounds 3] [--cold 5] [--warm 120]

Cold is a whole process, `python -m kb --vault V ask Q`, from its start to the last byte of the answer as text,
looking first whether notes changed. Warm is `Asker.ask`, and within it `Retriever.find` alone, in one process
that keeps the base open. Beside both, question by question, runs `bench/script.py`: about 30 lines with
llama-index and a Chroma collection of the same notes and the same embedding, which lists the ten nearest notes
and does nothing else (see there). Medians and 95th percentiles are printed, the ratio of the cold times taken
question by question, how many answers were silent (those take less), and whether `kb ask` imported llama_index.

What is measured is in the file cache: every process has run once before. Vaults are made in a temporary
folder, or once in that of --keep: 100,000 notes take minutes to read in.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.made import Abstracts, make_vault, questions, read_abstracts
from bench.timed import kb, timed

SCRIPT = Path(__file__).with_name("script.py")
T = TypeVar("T")
BUILD = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from bench.script import build
folder = Path(sys.argv[2])
build(folder / "script", sorted((folder / "vault").rglob("*.md")))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notes", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--keep", type=Path, help="where vaults and indexes are kept for the next time")
    parser.add_argument("--scifact", type=Path, default=Path("../shared/data/scifact"))
    parser.add_argument("--rounds", type=int, default=3, help="times that each cold question is asked")
    parser.add_argument("--cold", type=int, default=5, help="questions asked cold")
    parser.add_argument("--warm", type=int, default=120, help="questions asked warm")
    given = parser.parse_args()
    abstracts = read_abstracts(given.scifact)
    print(
        f"{os.cpu_count()} processors; {'SciFact abstracts' if abstracts else 'made-up text'}; "
        f"{given.cold} questions cold, {given.rounds} times each; {given.warm} warm"
    )
    for size in given.notes:
        with tempfile.TemporaryDirectory() as passing:
            folder = (given.keep or Path(passing)) / str(size)
            asked = questions(size, abstracts, max(given.warm, given.cold))
            prepare(folder, size, abstracts)
            print(f"\n{size:,} notes, {claims_in(folder / 'vault'):,} claims{'median':>23}{'p95':>12}")
            report_cold(folder, asked[: given.cold] * given.rounds)
            report_warm(folder, asked[: given.warm])
            report_imports(folder / "vault", asked[0])


def prepare(folder: Path, size: int, abstracts: Abstracts) -> None:
    """The vault with its base, and the index of the script, unless they are there."""
    vault = folder / "vault"
    if not (folder / "made").exists():
        make_vault(vault, size, abstracts)
        kb(vault, "sync")
        time.sleep(2.1)
        (folder / "made").touch()
    kb(vault, "sync")  # a vault made a moment ago is hashed once more
    # In a process of its own: one that wrote a collection keeps more of it in memory.
    timed([sys.executable, "-c", BUILD, str(SCRIPT.parent.parent), str(folder)])


def report_cold(folder: Path, asked: Sequence[str]) -> None:
    vault, index = folder / "vault", folder / "script"
    ours, theirs = [], []
    for number, question in enumerate([asked[0], *asked]):
        one = kb(vault, "ask", question)[0]
        other = timed([sys.executable, str(SCRIPT), str(index), question])[0]
        if number:  # the first of each brings files into the cache
            ours.append(one)
            theirs.append(other)
    line("cold: kb ask", ours, 1, "s")
    line("cold: the script", theirs, 1, "s")
    ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
    print(f"  {'cold: kb ask / the script':<34}{ratio:9.2f}")


def report_warm(folder: Path, asked: Sequence[str]) -> None:
    from bench.script import NearestNotes
    from kb.settings import Settings
    from kb.store import open_store
    from qa.ask import Asker

    script = NearestNotes(folder / "script")
    with open_store(folder / "vault", create=False) as store:
        asker = Asker(store, Settings())
        whole, found, theirs, silent = [], [], [], 0
        asker.ask("What was read before the first question?")
        script.retrieve("What was read before the first question?")
        for question in asked:
            seconds, answer = clocked(lambda question=question: asker.ask(question))
            whole.append(seconds)
            silent += answer.coverage == "silent"
            found.append(clocked(lambda question=question: asker.retriever.find(question))[0])
            theirs.append(clocked(lambda question=question: script.retrieve(question))[0])
        asker.retriever.close()
    line("warm: Asker.ask", whole, 1000, "ms")
    line("warm: Retriever.find", found, 1000, "ms")
    line("warm: the script", theirs, 1000, "ms")
    print(f"  {'answers that were silent':<34}{silent:9} of {len(asked)}")


def report_imports(vault: Path, question: str) -> None:
    """Ask Python itself what it imported."""
    command = [sys.executable, "-X", "importtime", "-m", "kb", "--vault", str(vault), "ask", question]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    names = {row.rpartition("|")[2].strip() for row in done.stderr.splitlines() if row.startswith("import time:")}
    heavy = {name for name in names if name.split(".")[0] == "llama_index"}
    print(f"  {'llama_index imported by kb ask':<34}{'yes' if heavy else 'no':>9} among {len(names)} modules")


def clocked(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds, and the result."""
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def line(name: str, seconds: Sequence[float], scale: int, unit: str) -> None:
    p95 = statistics.quantiles(seconds, n=20, method="inclusive")[-1]
    digits = 2 if scale == 1 else 1
    print(f"  {name:<34}{scale * statistics.median(seconds):9.{digits}f} {unit:<2}{scale * p95:9.{digits}f} {unit}")


def claims_in(vault: Path) -> int:
    from kb.store import open_store

    with open_store(vault, create=False) as store:
        return store.count("claim")


if __name__ == "__main__":
    main()
