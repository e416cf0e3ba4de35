"""The folder of a site: written whole beside its place and put there at once, and never over a stranger's files."""

import errno
import json
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from kb.claim import fingerprint
from kb.files import read_regular
from kb.vault import FOLDER
from qa.export.save import InTheWay

_MARK = ".kb-site.json"
"""What kb wrote here, with the hash of each file; it says whose the folder is."""


def _refused(path: Path, why: str, remedy: str) -> InTheWay:
    return InTheWay(path, f"{why}, so no site was written", remedy)


def write_site(folder: Path, pages: Iterable[tuple[str, str]], *, force: bool = False) -> int:
    """Write the pages and tell how many they are. A kill leaves the old site or the new one, whole, in its place or beside it."""
    folder = folder.resolve()
    if not folder.name:
        raise _refused(folder, "this is where all files are", "Name a new or empty folder.")
    new, old = (folder.with_name(f".{folder.name}.kb-{name}") for name in ("new", "old"))
    try:
        if old.is_dir() and not folder.exists():
            old.rename(folder)  # a run that was killed between the two renames below
        check_site(folder, force=force)
        _drop(new)
        new.mkdir(parents=True)
        (new / _MARK).touch()
        written: dict[str, str] = {}
        for name, text in ((".kbignore", "*\n"), *pages):  # in a vault, pages are no notes
            path = new / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            written[name] = fingerprint(text)
        (new / _MARK).write_text(json.dumps({"files": written}, indent=1), encoding="utf-8")
        _drop(old)
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
        _drop(old)
    except OSError as why:
        told = why.strerror or str(why)
        raise _refused(folder, f"the folder cannot be written ({told})", "Name another folder.") from None
    return sum(name.endswith(".html") for name in written)


def check_site(folder: Path, *, force: bool = False) -> None:
    """Refuse the base's own folder, a file, and a folder with anything in it that is not as kb wrote it."""
    folder = folder.resolve()
    if FOLDER in (part.casefold() for part in folder.parts):
        raise _refused(folder, f"this lies in {FOLDER}, which belongs to the base", "Name a folder elsewhere.")
    if folder.exists() and not folder.is_dir():
        raise _refused(folder, "this is a file", "Name a folder.")
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    try:
        known = json.loads(read_regular(folder / _MARK))["files"]
    except (OSError, ValueError, KeyError, TypeError):
        raise _refused(folder, "this holds other files than a site of kb", "Name a new or empty folder.") from None
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if name == _MARK or (path.is_dir() and not path.is_symlink()):
            continue
        if name not in known:
            raise _refused(path, "this file is not kb's", "Move it out of the site, or name another folder.")
        if not force and (path.is_symlink() or fingerprint(path.read_text("utf-8", "replace")) != known[name]):
            raise _refused(path, "this file is not as kb wrote it", "Move it away, or say --force to lose it.")


def _drop(folder: Path) -> None:
    """Remove what an earlier run left beside the site."""
    if folder.exists() and not (folder / _MARK).exists() and any(folder.iterdir()):
        raise OSError(errno.EEXIST, f"{folder.name} beside it is not kb's")
    with suppress(FileNotFoundError):
        shutil.rmtree(folder)
