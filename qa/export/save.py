"""A report written whole or not at all, and never over a file that somebody changed since."""

import re
from pathlib import Path

from ingest.temporary_files import written_beside
from kb.claim import fingerprint
from kb.errors import KbError
from kb.files import read_regular

_MARK = re.compile(
    r"(?:<!-- |% )kb ([0-9a-f]{16})(?: -->)?\n?\Z"
)  # "<!-- kb 0123456789abcdef -->", "% kb 01..." in BibTeX


class InTheWay(KbError):
    """A file or a folder stands where something is to be written, or what is there cannot be written."""

    def __init__(self, path: Path, why: str, remedy: str) -> None:
        super().__init__(f"{path}: {why}.", remedy)


def save(path: Path, text: str, *, force: bool = False) -> None:
    """Write the report, marked so that a later change by hand is noticed."""
    check_free(path, force=force)
    mark = f"kb {fingerprint(text.rstrip())}"
    write_whole(path, f"{text.rstrip()}\n\n{f'% {mark}' if path.suffix == '.bib' else f'<!-- {mark} -->'}\n")


def write_whole(path: Path, text: str | bytes) -> None:
    """Write a file beside its place and put it there at once."""
    try:
        with written_beside(path, text.encode() if isinstance(text, str) else text) as made:
            made.replace(path)
    except OSError as why:
        raise _unwritable(path, why.strerror or str(why)) from None


def check_free(path: Path, *, force: bool = False) -> None:
    """Refuse a folder, and a file that is not as kb wrote it. A library is never written over, whatever is forced."""
    if path.is_dir():
        raise _unwritable(path, "this is a folder")
    is_library = path.suffix == ".bib"
    if (is_library or not force) and path.exists() and not is_as_written(path):
        remedy = "Name the report otherwise: its bibliography is called as it is."
        remedy = remedy if is_library else "Name another file, or say --force."
        raise InTheWay(path, "this file is not as kb wrote it, so it was left alone", remedy)


def _unwritable(path: Path, why: str) -> InTheWay:
    return InTheWay(path, f"this could not be written ({why})", "Name a file in a folder that can be written.")


def is_as_written(path: Path) -> bool:
    """Whether the file is a report of ours that nobody has touched."""
    try:
        text = read_regular(path).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    mark = _MARK.search(text)
    return mark is not None and fingerprint(text[: mark.start()].rstrip()) == mark[1]
