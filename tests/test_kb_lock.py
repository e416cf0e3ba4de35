"""One writer at a time, by a lock that the dead do not hold."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kb.errors import BaseLocked
from kb.lock import writing

HOLD = "import sys, time; from pathlib import Path; from kb.lock import writing\nwith writing(Path(sys.argv[1]), 1.0):\n    print('held', flush=True); time.sleep(float(sys.argv[2]))"


@contextmanager
def holder(lock: Path, seconds: float = 60) -> "Iterator[subprocess.Popen[str]]":
    """Another process that holds the lock."""
    child = subprocess.Popen([sys.executable, "-c", HOLD, str(lock), str(seconds)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    try:
        assert child.stdout.readline() == "held\n"
        yield child
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


def test_the_second_writer_is_told_who_the_first_is(tmp_path: Path) -> None:
    with holder(tmp_path / "lock") as first:
        began = time.monotonic()
        with pytest.raises(BaseLocked) as told, writing(tmp_path / "lock", 0.3):
            pass
        assert time.monotonic() - began >= 0.3
        assert f"process {first.pid} " in told.value.message
        assert told.value.remedy


def test_the_second_writer_waits_for_the_first(tmp_path: Path) -> None:
    with holder(tmp_path / "lock", 0.5), writing(tmp_path / "lock", 30):
        pass


@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGTERM])
def test_a_dead_process_holds_nothing(tmp_path: Path, by: signal.Signals) -> None:
    with holder(tmp_path / "lock") as first:
        os.kill(first.pid, by)
        first.wait()
        with writing(tmp_path / "lock", 0.0):
            assert (tmp_path / "lock").read_text().startswith(f"{os.getpid()} ")


def test_the_lock_is_free_after_an_error_inside(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), writing(tmp_path / "lock", 0.0):
        raise ZeroDivisionError
    with writing(tmp_path / "lock", 0.0):
        pass


def test_one_process_cannot_hold_it_twice(tmp_path: Path) -> None:
    with writing(tmp_path / "lock", 0.0), pytest.raises(BaseLocked), writing(tmp_path / "lock", 0.0):
        pass


def test_the_file_stays_since_removing_it_would_let_two_writers_in(tmp_path: Path) -> None:
    with writing(tmp_path / "lock"):
        before = (tmp_path / "lock").stat().st_ino
    with writing(tmp_path / "lock"):
        assert (tmp_path / "lock").stat().st_ino == before


def test_a_shorter_name_leaves_nothing_of_a_longer_one(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("99999 kb sync --with many words\n" * 5)
    with writing(tmp_path / "lock"):
        assert (tmp_path / "lock").read_text().count("\n") == 1


@pytest.mark.parametrize("words", ["two\nlines", "\x1b[31m", "x" * 100_000, "\udcff\udcfe"])
def test_whatever_the_command_line_was_the_lock_can_be_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["kb", words])
    with writing(tmp_path / "lock"):
        pass


def test_a_lock_file_of_rubbish_names_another_process(tmp_path: Path) -> None:
    with holder(tmp_path / "lock"):
        (tmp_path / "lock").write_bytes(b"")
        with pytest.raises(BaseLocked, match="another process"), writing(tmp_path / "lock", 0.0):
            pass
        (tmp_path / "lock").write_bytes(b"\xff\x00\x1b[2J\n\n")
        with pytest.raises(BaseLocked), writing(tmp_path / "lock", 0.0):
            pass
