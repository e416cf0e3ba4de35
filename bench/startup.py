"""How long a shell waits for a completion, and a person for help: whole processes, beside a Python that does nothing.

`python bench/startup.py VAULT [ROUNDS]`; the vault is synced first. Rounds are interleaved, so that a busy machine is busy for all.
"""

import resource
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from timed import kb

ASKED = {
    "python -c pass": ["-c", "pass"],
    "kb --help": ["-m", "kb", "--help"],
    "kb ask --help": ["-m", "kb", "ask", "--help"],
    "complete a command": ["-m", "kb", "complete", "te"],
    "complete an option": ["-m", "kb", "complete", "ask", "--li"],
    "complete a title": ["-m", "kb", "complete", "show", "D"],
}


def once(words: list[str], here: Path) -> tuple[float, float]:
    """Seconds on the wall, and of a processor."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, *words], cwd=here, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.perf_counter() - began, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    vault, rounds = Path(sys.argv[1]).resolve(), int(sys.argv[2]) if len(sys.argv) > 2 else 21
    kb(vault, "sync")
    taken = [{name: once(words, vault) for name, words in ASKED.items()} for _ in range(rounds)]
    print("| what | wall, ms | processor, ms | times python -c pass |\n|---|---|---|---|")
    for name in ASKED:
        wall, busy = (median(each[name][at] for each in taken) * 1000 for at in (0, 1))
        ratio = median(each[name][1] / each["python -c pass"][1] for each in taken)
        print(f"| {name} | {wall:.0f} | {busy:.0f} | {ratio:.1f} |")


if __name__ == "__main__":
    main()
