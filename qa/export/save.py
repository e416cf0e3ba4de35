"""A report written whole or not at all, and never over a file that somebody changed since."""

import os
import re
from pathlib import Path

from ingest.temporary_files import temporary_beside
from kb.claim import fingerprint
from kb.errors import KbError
from kb.files import read_regular

_MARK = re.compile(r"<!-- kb ([0-9a-f]{16}) -->\n?\Z")


class ReportInTheWay(KbError):
    """The file is there, and it is not as kb wrote it."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path}: this file is not as kb wrote it, so it was left alone.", "Name another file, or say --force."
        )


class ReportUnwritable(KbError):
    """The file cannot be written."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"{path}: the report could not be written ({why}).", "Name a file in a folder that can be written."
        )


def save(path: Path, text: str, *, force: bool = False) -> None:
    """Write the report, marked so that a later change by hand is noticed."""
    if path.is_dir():
        raise ReportUnwritable(path, "this is a folder")
    if not force and path.exists() and not is_as_written(path):
        raise ReportInTheWay(path)
    marked = f"{text.rstrip()}\n\n<!-- kb {fingerprint(text.rstrip())} -->\n"
    made: Path | None = None
    try:
        with temporary_beside(path) as file:
            made = Path(file.name)
            file.write(marked.encode())
            file.flush()
            os.fsync(file.fileno())
        made.chmod(0o644)
        made.replace(path)
        made = None
    except OSError as why:
        raise ReportUnwritable(path, why.strerror or str(why)) from None
    finally:
        if made is not None:
            made.unlink(missing_ok=True)


def is_as_written(path: Path) -> bool:
    """Whether the file is a report of ours that nobody has touched."""
    try:
        text = read_regular(path).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    mark = _MARK.search(text)
    return mark is not None and fingerprint(text[: mark.start()].rstrip()) == mark[1]
