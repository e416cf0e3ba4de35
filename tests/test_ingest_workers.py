"""`ingest/workers.py`, and Ctrl-C in a sync that reads in parallel: in processes of their own, which may fork."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import transcript

sys.path.insert(0, str(transcript.ROOT))
from bench.interrupts import heed, interrupted, living

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="files are read in parallel on Linux only")

SETUP = """
import multiprocessing, os, signal, sys, time
from ingest.workers import side_by_side
def slow(number):
    time.sleep(60 if number > 8 else 0)
    return number
"""


def script(text: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-P", "-c", SETUP + text], capture_output=True, text=True, timeout=60,
        env={**os.environ, "PYTHONPATH": str(transcript.ROOT)},
    )  # fmt: skip


@pytest.mark.parametrize(("workers", "share"), [(1, 3), (2, 1), (3, 7), (4, 100)])
def test_it_is_a_map_in_order(workers: int, share: int) -> None:
    done = script(
        f"print([*side_by_side(lambda n: n * n, range(30), {workers}, {share})] == [n * n for n in range(30)])"
    )
    assert (done.stdout, done.stderr) == ("True\n", "")


def test_nothing_is_left_when_the_rest_is_not_wanted() -> None:
    done = script(
        "made = side_by_side(slow, range(100), 2, 4)\nprint(next(made), len(multiprocessing.active_children()))\n"
        "made.close()\nprint(multiprocessing.active_children())"
    )
    assert (done.stdout, done.stderr) == ("0 2\n[]\n", "")


def test_what_goes_wrong_in_another_process_is_raised_here_and_one_that_died_is_named() -> None:
    done = script(
        "try:\n    [*side_by_side(lambda n: 1 // (n - 3), range(9), 2, 2)]\nexcept ZeroDivisionError:\n    print('raised')"
    )
    assert (done.stdout, done.stderr) == ("raised\n", "")
    done = script(
        "from kb.errors import KbError\ntry:\n    [*side_by_side(lambda n: os._exit(9), range(9), 2, 2)]\nexcept KbError as why:\n    print(why.message)"
    )
    assert (done.stdout, done.stderr) == ("A process that was reading notes was ended from outside.\n", "")


@pytest.mark.parametrize("signals", [[signal.SIGINT], [signal.SIGINT] * 2, [signal.SIGKILL]])
def test_the_processes_end_with_the_one_that_started_them(signals: list[signal.Signals]) -> None:
    """Ctrl-C goes to all of them; a kill to the first only, and the others end when they write."""
    text = "quick = lambda n: (time.sleep(0.05), n)\nprint('ready', flush=True)\nfor _ in side_by_side(quick, range(9000), 2, 4): pass\n"
    child = subprocess.Popen(
        [sys.executable, "-P", "-c", f"{SETUP}from kb.__main__ import main\nimport kb.cli.door\ndef run(app):\n    "
         + text.replace("\n", "\n    ") + "\nkb.cli.door.run = run\nmain()\n"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(transcript.ROOT)}, start_new_session=True, preexec_fn=heed,
    )  # fmt: skip
    assert child.stdout is not None
    child.stdout.readline()
    while living(child.pid) < 3:
        time.sleep(0.01)
    for each in signals:
        (os.kill if each == signal.SIGKILL else os.killpg)(child.pid, each)
    _, said = child.communicate(timeout=60)
    assert child.returncode == (130 if signal.SIGINT in signals else -signal.SIGKILL)
    assert b"Traceback" not in said
    for _ in range(1000):
        if not living(child.pid):
            break
        time.sleep(0.01)
    assert not living(child.pid)


HALF_DONE = """
    def held():
        try:
            yield
        finally:
            raise ValueError("closed already")
    mine = held()
    next(mine)
    raise KeyboardInterrupt
"""
WRAPPED = """
    class Field:
        def __set_name__(self, owner, name):
            raise KeyboardInterrupt
    class Made:
        field = Field()
"""
ROLLED_BACK = """
    try:
        raise KeyboardInterrupt
    finally:
        raise OSError("cannot be rolled back")
"""


@pytest.mark.parametrize("body", [HALF_DONE, WRAPPED, ROLLED_BACK])
def test_an_interrupt_is_told_as_one_whatever_becomes_of_it(body: str) -> None:
    done = script(f"import kb.cli\nfrom kb.__main__ import main\ndef app(**_):{body}\nkb.cli.app = app\nmain()")
    assert (done.returncode, done.stderr.count("\n"), "Stopped." in done.stderr) == (130, 2, True), done.stderr


@pytest.mark.parametrize("again", [None, 0.01])
def test_ctrl_c_at_random_instants_of_a_parallel_sync(tmp_path: Path, again: float | None) -> None:
    for number in range(500):
        text = f"# Note {number}\n\n" + f"Walls of kind {number} last longer in dry air than in the rain. " * 8
        (tmp_path / f"{number}.md").write_text(text, encoding="utf-8")
    chance = random.Random(3)
    for _ in range(3):
        done = interrupted(tmp_path, chance.uniform(0.2, 2.5), again)
        assert done.is_clean, done
