"""A base that is kept open by a long-lived process, and brought up to date before each question."""

from pathlib import Path

from ingest.pipeline import sync
from kb.errors import BaseLocked, NotAVault
from kb.folder import BASE, base_folder
from kb.settings import Settings
from kb.store import Store, open_store
from qa.ask import Asker

_FIRST, _PATIENCE = 30.0, 2.0
"""Seconds to wait for another process that writes: where there is nothing to read yet, and where there is."""


class KeptBase:
    """One vault, opened at the first question, asked by one thread at a time."""

    store: Store
    asker: Asker

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.folder, self.settings = folder, settings
        self._identity: tuple[int, int] | None = None

    def refresh(self) -> None:
        """Read what has changed, as every command does; what another process writes just now is read as it was."""
        if not self.folder.is_dir():  # a drive that was taken out is not to be made anew
            raise NotAVault(self.folder, "the folder of the notes is not there any more", "Put it back, and ask again.")
        base = base_folder(self.folder) / BASE
        try:
            sync(self.folder, self.settings, patience=_PATIENCE if base.exists() else _FIRST)
        except (BaseLocked, NotAVault):
            if not base.exists():
                raise
        found = base.stat()
        if self._identity != (found.st_dev, found.st_ino):
            self.close()
            self._open()
            self._identity = found.st_dev, found.st_ino

    def _open(self) -> None:
        self.store = open_store(self.folder, create=False)
        self.asker = Asker(self.store, self.settings)

    def close(self) -> None:
        if self._identity is not None:
            self._identity = None
            self.asker.close()
            self.store.close()
