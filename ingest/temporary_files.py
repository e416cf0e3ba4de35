"""Temporary files beside a note: what is written there before it takes the note's place, and swept after a crash."""

import os
import re
import stat
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from ingest.decode import KNOWN

SUFFIX = ".new"
_NAME = re.compile(r"\.(.+)\.[a-z0-9_]{8}\.new", re.DOTALL)  # ".note.md.x1_9abcd.new" -> note.md
_LIVES = 3_600
"""Seconds; what is being written now takes far less than a second."""


def temporary_beside(file: Path) -> IO[bytes]:
    """A new file in the same folder, to be renamed to `file` once it is whole."""
    return tempfile.NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.", suffix=SUFFIX, delete=False)


@contextmanager
def written_beside(file: Path, data: bytes, mode: int = 0o644) -> Iterator[Path]:
    """The whole of a new file, to be put in the place of `file`; gone where it is not."""
    made: Path | None = None
    try:
        with temporary_beside(file) as new:
            made = Path(new.name)
            new.write(data)
            new.flush()
            os.fsync(new.fileno())
        made.chmod(stat.S_IMODE(mode))
        yield made
    finally:
        if made is not None:
            made.unlink(missing_ok=True)


def sweep(vault: Path, paths: Iterable[str]) -> bool:
    """Delete temporary files that a kill left; whether there were any."""
    swept = False
    for path in paths:
        if _is_left_over(vault / path):
            with suppress(OSError):  # it does no harm
                (vault / path).unlink()
                swept = True
    return swept


def _is_left_over(file: Path) -> bool:
    """Whether the file is ours beyond doubt: by its name, its owner, the note beside it, and its age."""
    named = _NAME.fullmatch(file.name)
    if named is None or os.path.splitext(named[1])[1].casefold() not in KNOWN:  # noqa: PTH122 - as in the scan
        return False
    try:
        status = file.lstat()
        beside = file.with_name(named[1]).lstat()
    except OSError:
        return False
    mine = not hasattr(os, "getuid") or status.st_uid == os.getuid()
    both = stat.S_ISREG(status.st_mode) and stat.S_ISREG(beside.st_mode)
    return mine and both and time.time() - status.st_mtime > _LIVES
