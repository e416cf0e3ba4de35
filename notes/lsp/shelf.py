"""The base at hand for one thread: opened when first asked, kept warm, and opened anew when another process made another.

A base that is being rebuilt is empty at first, and everything in a draft would look broken. So what was open is read
on until the writer is done.
"""

from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from kb.errors import BadSettings, BaseLocked, KbError
from kb.folder import BASE
from kb.lock import writing
from kb.settings import FOLDER, Settings, load_settings
from kb.store import Store, open_store

if TYPE_CHECKING:
    from ingest.titles import Titles
    from notes.check import Checker
    from notes.draft import Draft
    from notes.lsp.desk import Buffer
    from notes.lsp.names import Names
    from notes.suggest import Suggester
    from qa.retrieve import Found, Retriever

_DRAFTS = 8
"""Drafts kept as they were read: somebody writes in few at a time."""
_ASKED = 16
"""Searches kept: every letter typed into a link asks the same again."""
Identity = tuple[int, int]


class Shelf:
    """One open base and what was read from it."""

    def __init__(self, vault: Path, beside: "Shelf | None" = None) -> None:
        self.vault = vault
        self._beside = beside
        """Another one of the same vault, whose embedding is used as well: it only reads what it once loaded."""
        self._store: Store | None = None
        self._identity: Identity | None = None
        self._view: tuple[object, ...] = ()
        self._settings = Settings()
        self._drafts: OrderedDict[tuple[str, str], Draft | None] = OrderedDict()
        self._asked: OrderedDict[tuple[str, str], Found] = OrderedDict()
        self._retriever: Retriever | None = None
        self._suggester: Suggester | None = None
        self._checker: Checker | None = None
        self._titles: Titles | None = None
        self._names: Names | None = None

    def is_ready(self) -> bool:
        """Whether there is a base to ask; brings what is open in step with it."""
        there = self._there()
        if self._store is not None and there != self._identity and there is not None and not self._is_being_written():
            self.close()
        if self._store is None:
            if there is None:
                return False
            self._open(there)
        assert self._store is not None
        view = (self._identity, self._store.sql.execute("PRAGMA data_version").fetchone()[0])
        if view != self._view:
            self._view, self._titles, self._names = view, None, None
            self._drafts.clear()
            self._asked.clear()
        return True

    def close(self) -> None:
        """Let go of the base; the next question opens it again."""
        for each in (self._suggester, self._checker, self._retriever, self._store):
            if each is not None:
                with suppress(Exception):  # what is broken cannot always be closed
                    each.close()
        self._store = self._retriever = self._suggester = self._checker = self._titles = self._names = None
        self._identity, self._view = None, ()
        self._drafts.clear()
        self._asked.clear()

    @property
    def view(self) -> tuple[object, ...]:
        """Which state of which base this is: what was found in another is not to be used."""
        return self._view

    @property
    def store(self) -> Store:
        assert self._store is not None
        return self._store

    @property
    def retriever(self) -> "Retriever":
        if self._retriever is None:
            from qa.retrieve import Retriever

            other = self._beside._retriever if self._beside else None
            self._retriever = Retriever(self.store, self._settings, other.embedding if other else None)
        return self._retriever

    @property
    def suggester(self) -> "Suggester":
        if self._suggester is None:
            from notes.suggest import Suggester

            self._suggester = Suggester(self.store, self._settings, self.retriever, self.checker)
        return self._suggester

    @property
    def checker(self) -> "Checker":
        if self._checker is None:
            from notes.check import Checker

            self._checker = Checker(self.store, self._settings, self.retriever)
        return self._checker

    @property
    def names(self) -> "Names":
        """What the notes are called."""
        if self._names is None:
            from notes.lsp.names import Names

            self._names = Names(self.store)
        return self._names

    def draft(self, buffer: "Buffer") -> "Draft | None":
        """A buffer, read as a note; read once for each text."""
        return self.draft_of(buffer.uri, buffer.text)

    def draft_of(self, uri: str, text: str) -> "Draft | None":
        """The same for a text that is not open."""
        from notes.draft import draft_of, known_titles
        from notes.lsp.addresses import named_in

        if (uri, text) in self._drafts:
            self._drafts.move_to_end((uri, text))
            return self._drafts[uri, text]
        if self._titles is None:
            self._titles = known_titles(self.store)
        draft = draft_of(self.store, text, named_in(self.vault, uri), self._titles)
        self._drafts[uri, text] = draft
        while len(self._drafts) > _DRAFTS:
            self._drafts.popitem(last=False)
        return draft

    def near(self, words: str, own: str) -> "Found":
        """What bears on some words, by words and by nearness; the walk along links is left to whoever has time.

        Measured at 10,000 notes, median: 91 ms with the walk, 62 ms without it, less still where it is brief.
        """
        if (words, own) in self._asked:
            self._asked.move_to_end((words, own))
            return self._asked[words, own]
        without = [own] if own in self.names.all else []
        found = self.retriever.find(words, notes=24, claims=16, without=without, channels=("words", "nearness"))
        self._asked[words, own] = found
        while len(self._asked) > _ASKED:
            self._asked.popitem(last=False)
        return found

    def warm(self) -> None:
        """Read what the first question would wait for."""
        self.near("what these notes are about", "")

    def _there(self) -> Identity | None:
        try:
            status = (self.vault / FOLDER / BASE).lstat()
        except OSError:
            return None
        return status.st_dev, status.st_ino

    def _is_being_written(self) -> bool:
        try:
            with writing(self.vault / FOLDER / "lock", patience=0.0):
                return False
        except BaseLocked:
            return True
        except KbError:
            return False

    def _open(self, there: Identity) -> None:
        try:
            self._settings = load_settings(self.vault)
        except BadSettings:
            # Told by whoever runs `kb`; links and checks go on with the defaults.
            self._settings = Settings()
        self._store, self._identity = open_store(self.vault, create=False), there
