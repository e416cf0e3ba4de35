"""Ctrl-C (SIGINT): what is told, and the way out that waits for nothing."""

import os
import signal
import sys
from typing import Any

STATUS = 130
STOPPED = ("Stopped.", "What was finished is kept; the rest comes with the next kb sync.")


def end_at_once(*_: object) -> None:
    """Leave now, without a traceback and without child processes; the base survives that as it survives a kill."""
    if "multiprocessing" in sys.modules:
        from multiprocessing import active_children

        for child in active_children():
            child.kill()
    os.write(2, "kb: {}\n    {}\n".format(*STOPPED).encode())
    os._exit(STATUS)


def while_leaving() -> None:
    """From here on a Ctrl-C ends the process at once."""
    signal.signal(signal.SIGINT, end_at_once)


def was_interrupted(why: BaseException | None) -> bool:
    """Whether an error is what became of a Ctrl-C: Python wraps one that comes while a class is made, and a rollback may fail."""
    while why is not None and not isinstance(why, KeyboardInterrupt):
        why = why.__cause__ or why.__context__
    return why is not None


def after_interrupt() -> None:
    """What was being unwound when Ctrl-C came a second time is left half done, and may complain when it is freed: unheard."""
    while_leaving()
    sys.unraisablehook = lambda _: None


def unraisable(lost: Any) -> None:
    """For `sys.unraisablehook`: a Ctrl-C within a destructor, which Python would print and forget."""
    if lost.exc_type is KeyboardInterrupt:
        end_at_once()
    sys.__unraisablehook__(lost)
