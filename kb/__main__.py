"""`kb`, and `python -m kb`: the door is opened, gone through and closed, with Ctrl-C understood all the while."""

import atexit
import os
import signal
import sys

from kb.interrupt import STATUS, end_at_once, unraisable, was_interrupted, while_leaving


def main() -> None:
    """Run a command; whatever goes wrong is told in two lines."""
    sys.unraisablehook = unraisable
    # When threads are done, Python gives Ctrl-C back to the system, which would end us with another status.
    atexit.register(signal.signal, signal.SIGINT, signal.SIG_IGN)
    try:
        if sys.argv[1:2] == ["complete"]:
            return _complete(sys.argv[2:])
        from kb.cli import app, door

        status = door.run(app)
        while_leaving()
    except BaseException as why:
        if was_interrupted(why):
            end_at_once()
        raise
    if status == STATUS:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)  # what is being torn down was interrupted; it is not asked once more
    sys.exit(status)


def _complete(words: list[str]) -> None:
    """What a shell asks between two keys."""
    from kb.completion import complete

    sys.stdout.buffer.write("".join(f"{each}\n" for each in complete(words)).encode("utf-8", "replace"))


if __name__ == "__main__":
    main()
