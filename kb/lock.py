"""One writer at a time. The operating system drops the lock of a process that dies."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kb.errors import BaseBroken, BaseLocked
from kb.files import NOFOLLOW, open_regular
from kb.folder import kind, unwritable

if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int) -> bool:
        try:
            os.lseek(descriptor, 1 << 20, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _take(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


@contextmanager
def writing(path: Path, patience: float = 10.0) -> Iterator[None]:
    """Hold the base for writing; wait a moment for another writer, then say who it is."""
    try:
        descriptor = open_regular(path, os.O_RDWR | os.O_CREAT | NOFOLLOW)
    except OSError as why:
        if (what := kind(path)) not in ("", "file"):
            raise BaseBroken(path, f"it is a {what}, where a file should be") from None
        raise unwritable(path.parent, why) from None
    try:
        until = time.monotonic() + patience
        while not _take(descriptor):
            if time.monotonic() >= until:
                raise BaseLocked(_holder(path))
            time.sleep(0.05)
        os.lseek(descriptor, 0, os.SEEK_SET)
        holder = f"{os.getpid()} {' '.join(map(os.path.basename, sys.argv[:1]))} {' '.join(sys.argv[1:3])}\n"
        with suppress(OSError):  # on a full disk the lock holds as well without a name in it
            os.ftruncate(descriptor, 0)
            os.write(descriptor, holder.encode(errors="replace"))
        yield
    finally:
        # Closing drops the lock; the file stays, since removing it would let two writers in.
        os.close(descriptor)


def _holder(path: Path) -> str:
    try:
        with os.fdopen(open_regular(path, os.O_RDONLY | NOFOLLOW), encoding="utf-8", errors="replace") as file:
            pid, _, command = file.read(10_000).strip().partition(" ")
    except OSError:
        return "another process"
    return f"process {pid} ({command.strip()})" if pid else "another process"
