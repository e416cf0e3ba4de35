"""Where a vault is: the folder that a person named, or the one that holds kb.toml or .kb/."""

from pathlib import Path

from kb.errors import NotAVault
from kb.files import from_home

FILE = "kb.toml"
FOLDER = ".kb"


def find_vault(named: Path | None, here: Path | None = None) -> Path:
    """The folder named, else the nearest one upwards that holds kb.toml or .kb/, else here."""
    if named is not None:
        folder = from_home(named)
        if not folder.exists():
            raise NotAVault(named, "there is no such folder")
        if not folder.is_dir():
            raise NotAVault(named, "this is a file, not a folder of notes")
        return folder.resolve()
    start = (here or Path.cwd()).resolve()
    return next((folder for folder in (start, *start.parents) if is_vault(folder)), start)


def is_vault(folder: Path) -> bool:
    """Whether somebody made a folder a vault."""
    return (folder / FILE).is_file() or (folder / FOLDER).is_dir()
