"""Whole processes, timed from outside."""

import os
import resource
import subprocess
import sys
import time
from pathlib import Path


def kb(vault: Path, *arguments: str) -> tuple[float, float, str]:
    """A command of kb on a vault: seconds, peak memory in MB, and what it printed."""
    return timed([sys.executable, "-m", "kb", "--vault", str(vault), *arguments])


def timed(command: list[str]) -> tuple[float, float, str]:
    """Seconds to the last byte, peak memory in MB of the largest process, and what was printed."""
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        printed = child.stdout.read() if child.stdout else b""
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{command[1:5]} ended with {child.returncode}")
    assert isinstance(usage, resource.struct_rusage)
    return time.perf_counter() - began, usage.ru_maxrss / 1024, printed.decode()
