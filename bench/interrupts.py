"""Ctrl-C at random instants of a sync that reads in parallel: the exit status, how long it takes, and what is left.

    python bench/interrupts.py [--rounds 200] [--notes 900] [--minutes 20] [--second] [--seed 1]

Each round starts `kb sync --rebuild` in a group of processes of its own, sends SIGINT to the whole group as a terminal does
(with `--second`, once more within 0.3 s), and looks what came of it: the status must be 130 (or 0, where the sync was done
already), it must be gone within 3 s, nothing like a traceback may stand on stderr, and no process of the group may live.
At the end the base must be mended by a plain sync.
"""

import argparse
import contextlib
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.made import make_vault

ROOT = Path(__file__).resolve().parent.parent

SLOWEST = 3.0
"""Seconds from Ctrl-C until everything has ended."""
_GIVEN_UP = 20.0


class Round(NamedTuple):
    """What one Ctrl-C did."""

    after: float
    status: int | None
    seconds: float
    left: int
    said: str

    @property
    def is_clean(self) -> bool:
        """Stopped, or done already; nothing left, nothing but our two lines said."""
        told = "Traceback" in self.said or "Exception ignored" in self.said or "Error" in self.said
        return self.status in (0, 130) and not self.left and not told

    @property
    def is_fine(self) -> bool:
        return self.is_clean and self.seconds <= SLOWEST


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--notes", type=int, default=900)
    parser.add_argument("--minutes", type=float, default=20, help="no round is begun after so many")
    parser.add_argument("--second", action="store_true", help="press it twice")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as folder:
        vault = Path(folder) / "vault"
        make_vault(vault, given.notes, [])
        began = time.monotonic()
        subprocess.run(_command(vault), env=_environment(), capture_output=True, check=True, timeout=300)
        whole = time.monotonic() - began
        print(f"{given.notes} notes, {os.cpu_count()} processors; a whole sync takes {whole:.1f} s")
        rounds = []
        for number in range(given.rounds):
            if time.monotonic() - began > 60 * given.minutes:
                break
            again = chance.uniform(0.0, 0.3) if given.second else None
            # From where Python has started; before that no program can say anything.
            rounds.append(interrupted(vault, chance.uniform(0.1, whole), again))
            if not rounds[-1].is_fine:
                print(f"round {number}: {rounds[-1]}", flush=True)
        report(rounds)
        done = subprocess.run([*_command(vault)[:-1], "--json"], env=_environment(), capture_output=True, timeout=300)
        print(f"a sync after all that: exit {done.returncode}, {json.loads(done.stdout)['notes']} notes")


def interrupted(vault: Path, after: float, again: float | None) -> Round:
    """One sync, and Ctrl-C after so many seconds."""
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(
            _command(vault), env=_environment(), stdout=subprocess.DEVNULL, stderr=said, start_new_session=True,
            preexec_fn=heed,
        )  # fmt: skip
        time.sleep(after)
        _press(child.pid)
        pressed = time.monotonic()
        if again is not None:
            time.sleep(again)
            _press(child.pid)
        status: int | None = None
        with contextlib.suppress(subprocess.TimeoutExpired):
            status = child.wait(_GIVEN_UP)
        # Pressed twice, the first process waits for nobody: the others end when they next write.
        while (left := living(child.pid)) and time.monotonic() - pressed < SLOWEST:
            time.sleep(0.01)
        seconds = time.monotonic() - pressed
        if left or status is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        said.seek(0)
        return Round(after, status, seconds, left, said.read().decode("utf-8", "replace"))


def report(rounds: list[Round]) -> None:
    """The figures of all rounds, in three lines."""
    took = [each.seconds for each in rounds if each.status == 130]
    statuses = sorted({str(each.status) for each in rounds})
    print(f"{len(rounds)} interrupts: {sum(each.is_fine for each in rounds)} fine")
    print("status " + ", ".join(f"{name}: {sum(str(each.status) == name for each in rounds)}" for name in statuses))
    if took:
        print(f"seconds until it ended: median {statistics.median(took):.2f}, slowest {max(took):.2f}")
    print(
        f"processes left: {sum(each.left for each in rounds)}; tracebacks: {sum('Traceback' in each.said for each in rounds)}"
    )


def heed() -> None:
    """In a new process: what a shell puts in the background is told to ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _press(group: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGINT)


def living(group: int) -> int:
    """How many processes of a group still run."""
    count = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                count += int(fields[2]) == group and fields[0] != "Z"
    return count


def _command(vault: Path) -> list[str]:
    return [sys.executable, "-P", "-m", "kb", "--vault", str(vault), "sync", "--rebuild"]


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


if __name__ == "__main__":
    main()
