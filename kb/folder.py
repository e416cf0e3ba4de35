"""The folder `.kb/`: whatever is opened in it is opened here, and never through a symbolic link. A vault can be cloned, and its
`.kb/` with it: links to files of the person's, FIFOs, or a journal that has SQLite delete a file anywhere."""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from shutil import disk_usage, rmtree

from kb.errors import BaseBroken, NotAVault
from kb.files import NOFOLLOW, open_regular, read_regular
from kb.vault import FOLDER

BASE = "base.sqlite3"
REBUILT = "rebuilt.sqlite3"
"""A base that is being made beside the one that answers."""
REPLIES = "replies.sqlite3"
READINGS = "readings.sqlite3"
"""What the models in the box made of texts."""
CHROMA = "chroma"
ZOTERO = "zotero"
"""What is read of a Zotero library, as files that quotes stand in."""
LOCK = "lock"
MARK = "vault"
"""In a folder that a link called `.kb` leads to: the path of the vault whose base it may hold."""
ROOM = 128 * 1024
"""Bytes: SQLite puts 32 KB beside a database as soon as it is opened, Chroma opens one too."""
_BESIDE = ("", "-wal", "-shm", "-journal")
_FILES = (
    LOCK,
    ".gitignore",
    *(f"{name}{end}" for name in (BASE, REBUILT, REPLIES, READINGS) for end in _BESIDE),
)
_SUPER = bytes.fromhex("d9d505f920a163d7")
"""How a journal ends that names another one; SQLite deletes the file of that name when it recovers."""


def base_folder(vault: Path) -> Path:
    """The folder of a vault's base, there or not. A link is followed only where its target names this vault."""
    folder = vault / FOLDER
    if not folder.is_symlink():
        return folder
    target = Path(os.path.realpath(folder))
    if not target.is_relative_to(vault.resolve()) and _names(target, vault):
        return folder
    raise NotAVault(
        folder,
        f"this is a symbolic link to {target}, and nothing there says that it is for the base of this vault",
        f"Delete the link; or, if you made it, write the path of the vault into {target / MARK}",
    )


def _names(target: Path, vault: Path) -> bool:
    """Whether a folder outside says that it is for this vault. Who only sends a vault cannot have written that."""
    try:
        descriptor = open_regular(target / MARK, os.O_RDONLY | NOFOLLOW)
        with os.fdopen(descriptor, "rb") as file:
            return os.fsdecode(file.read(10_000)).strip() == str(vault.resolve())
    except OSError:
        return False


def made_folder(vault: Path) -> Path:
    """The folder of the base, made when it is not there."""
    folder = base_folder(vault)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Made only where nothing stands under that name, be it a link that leads nowhere.
        with suppress(FileExistsError), (folder / ".gitignore").open("x", encoding="utf-8") as file:
            file.write("*\n")
    except FileExistsError:
        raise NotAVault(
            folder, "this is a file, and the base needs a folder of that name", "Move the file away."
        ) from None
    except OSError as why:
        raise unwritable(folder, why) from None
    return folder


def unwritable(folder: Path, why: OSError) -> NotAVault:
    """What is said of a base that cannot be written, with the remedy that helps."""
    remedy = "Free some disk space, then run: kb sync" if is_full(folder) else "Make the folder writable."
    return NotAVault(folder, f"the base cannot be written here ({why.strerror})", remedy)


def is_full(folder: Path) -> bool:
    """Whether the disk has no room left for what SQLite and Chroma write even to be opened."""
    try:
        return disk_usage(folder if folder.exists() else folder.parent).free < ROOM
    except OSError:
        return False


def kind(path: Path) -> str:
    """What stands there, no link followed: "file", "folder", "" for nothing, or what it is, in words."""
    try:
        mode = path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return ""
    for is_it, word in ((stat.S_ISREG, "file"), (stat.S_ISDIR, "folder"), (stat.S_ISLNK, "symbolic link")):
        if is_it(mode):
            return word
    return "FIFO, socket or device"


def has_database(path: Path) -> bool:
    """Whether a SQLite database stands there; raises BaseBroken where opening it would lead elsewhere."""
    for end in _BESIDE:
        beside = path.with_name(f"{path.name}{end}")
        what = kind(beside)
        if what not in ("", "file"):
            raise BaseBroken(beside, f"it is a {what}, where a file should be")
        if end == "-journal" and what and names_another(beside):
            raise BaseBroken(beside, "it names a file elsewhere, which would be deleted")
    return path.exists()


def names_another(journal: Path) -> bool:
    """Whether a journal of SQLite has it delete a file elsewhere."""
    return read_regular(journal).endswith(_SUPER)


def is_plain_tree(folder: Path) -> bool:
    """Whether a folder holds only regular files and folders, all the way down, and no journal of somebody else's."""
    return kind(folder) == "folder" and all(
        kind(path) in ("file", "folder") and not (path.name.endswith("-journal") and names_another(path))
        for path in _below(folder)
    )


def _below(folder: Path) -> Iterator[Path]:
    for here, folders, files in os.walk(folder):
        yield from (Path(here, name) for name in (*folders, *files))


def size_of(folder: Path) -> int:
    """Bytes of all that lies in the folder; a link counts as one."""
    return sum(path.lstat().st_size for path in _below(folder) if kind(path) == "file")


def strangers(folder: Path) -> Iterator[tuple[Path, str]]:
    """What stands under a name of ours and leads elsewhere or is of another kind, and why."""
    for name, wanted in (*((name, "file") for name in _FILES), (CHROMA, "folder")):
        if (what := kind(folder / name)) not in ("", wanted):
            yield folder / name, f"it is a {what}, where a {wanted} should be"
        elif name.endswith("-journal") and what and names_another(folder / name):
            yield folder / name, "it names a file elsewhere, which would be deleted"
        elif name == CHROMA and what and not is_plain_tree(folder / name):
            yield folder / name, "something in it leads elsewhere"


def clear_strangers(folder: Path) -> None:
    """Remove them: a link itself, and not what it leads to."""
    for path, _ in list(strangers(folder)):
        remove(path)


def remove(path: Path) -> None:
    """Remove whatever stands there; `rmtree` follows no link."""
    if kind(path) == "folder":
        rmtree(path)
    else:
        path.unlink(missing_ok=True)


def remove_database(path: Path) -> None:
    """Remove a SQLite database and what SQLite put beside it."""
    for end in _BESIDE:
        remove(path.with_name(f"{path.name}{end}"))
