"""The base as the editor server asks it: one thread with the base open, kept warm, answering in the order of the questions.

A base that is being rebuilt is empty at first, and everything in a draft would look broken. So what was open is read on
until the writer is done. Whatever goes wrong with the base is told once in the log and answered with nothing; the base is
opened again at the next question.
"""

import logging
import re
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from lsprotocol import types

from kb.errors import BadSettings, BaseLocked, KbError
from kb.folder import BASE
from kb.lock import writing
from kb.note import Note
from kb.settings import Settings, load_settings
from kb.store import foreign_errors, open_store
from kb.vault import FOLDER

if TYPE_CHECKING:
    from notes.draft import Draft
    from qa.retrieve import Found

T = TypeVar("T")
log = logging.getLogger("kb")
_DRAFTS = 8
"""Drafts kept as they were read: somebody writes in few at a time."""
_SEARCHES = 16
"""Searches kept: every letter typed into a link asks the same again."""
Identity = tuple[int, int]


class Refused(Exception):
    """What an editor asked for cannot be done, in words for the person."""


class OpenBase:
    """One state of one base, and what was read from it."""

    def __init__(self, vault: Path, beside: "OpenBase | None" = None) -> None:
        """`beside` is another one, whose embedding is used as well: it only reads what it once loaded."""
        # Imported by the thread that asks: meanwhile the editor is answered.
        from notes.suggest import Suggester
        from qa.retrieve import Retriever

        self.vault = vault
        try:
            settings = load_settings(vault)
        except BadSettings:
            # Told by whoever runs `kb`; links and checks go on with the defaults.
            settings = Settings()
        self.store = open_store(vault, create=False)
        self.retriever: Retriever = Retriever(self.store, settings, beside.retriever.embedding if beside else None)
        self.suggester = Suggester(self.store, settings, self.retriever)
        self.checker = self.suggester.checker
        self.draft = lru_cache(_DRAFTS)(self._draft)
        self.search = lru_cache(_SEARCHES)(self._search)
        self._version = 0

    def refresh(self) -> None:
        """Forget what another process has made untrue."""
        from notes.draft import known_titles

        version = self.store.sql.execute("PRAGMA data_version").fetchone()[0]
        if version != self._version:
            self._version = version
            self.draft.cache_clear()
            self.search.cache_clear()
            self.checker.refresh()
            self._titles = known_titles(self.store)

    def close(self) -> None:
        for each in (self.suggester, self.retriever, self.store):
            with suppress(Exception):  # what is broken cannot always be closed
                each.close()

    def note(self, name: str) -> Note | None:
        return self.checker.index.note(name)

    def title(self, name: str) -> str:
        return self.checker.index.title(name)

    def path(self, name: str) -> str:
        """The file of a note; empty for a stub and for what is not there."""
        found = self.note(name)
        return (found.path or "") if found else ""

    def target(self, note: Note, source: str) -> str:
        """What a wikilink in `source` has to name so that it means this note: in the vault's manner, else what is sure."""
        if note.path is None:
            return " ".join(re.split(r"[\[\]|#^\s]+", note.title)).strip()
        return self.checker.style.target(note.id, note.title, source) or note.id

    def _draft(self, uri: str, text: str) -> "Draft | None":
        """A text at an address, read as a note; read once for each text."""
        from notes.draft import draft_of
        from notes.lsp.addresses import path_in

        return draft_of(self.store, text, path_in(self.vault, uri), self._titles)

    def _search(self, words: str, own: str) -> "Found":
        """What bears on some words, by words and by nearness; the walk along links is left to whoever has time.

        Measured at 10,000 notes, median: 91 ms with the walk, 62 ms without it, less still where it is brief.
        """
        without = [own] if self.note(own) else []
        return self.retriever.find(words, notes=24, claims=16, without=without, channels=("words", "nearness"))


class BaseWorker:
    """Jobs for the base of one vault, one after the other, in a thread."""

    def __init__(self, vault: Path, beside: "BaseWorker | None" = None) -> None:
        self._vault, self._beside = vault, beside
        self._base: OpenBase | None = None
        self._identity: Identity | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="base")
        self._warned = ""

    def ask(self, job: Callable[[OpenBase], T], otherwise: T) -> "Future[T]":
        """Have something done with the base; `otherwise` where there is none, or where it fails."""
        return self._thread.submit(self._do, job, otherwise)

    def close(self) -> None:
        """Leave what waits undone."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _do(self, job: Callable[[OpenBase], T], otherwise: T) -> T:
        try:
            with foreign_errors(self._vault / FOLDER):
                base = self._opened()
                done = job(base) if base is not None else otherwise
        except Refused:
            raise
        except KbError as why:
            self._warn(f"{why.message} {why.remedy}")
            self._let_go()
            return otherwise
        except Exception:
            log.exception("kb made a mistake of its own")
            self._let_go()
            return otherwise
        self._warned = ""
        return done

    def _opened(self) -> OpenBase | None:
        """The base as it is now; the old one while another is being written; none where there is none."""
        there = None
        with suppress(OSError):
            status = (self._vault / FOLDER / BASE).lstat()
            # An empty file is one that somebody else is about to fill.
            there = (status.st_dev, status.st_ino) if status.st_size else None
        if there is not None and there != self._identity and not (self._base and self._is_being_written()):
            self._let_go()
            self._base = OpenBase(self._vault, self._beside._base if self._beside else None)
            self._identity = there
        if self._base is not None:
            self._base.refresh()
        return self._base

    def _let_go(self) -> None:
        if self._base is not None:
            self._base.close()
        self._base = self._identity = None

    def _is_being_written(self) -> bool:
        try:
            with writing(self._vault / FOLDER / "lock", patience=0.0):
                return False
        except KbError as why:
            return isinstance(why, BaseLocked)

    def _warn(self, message: str) -> None:
        if message != self._warned:
            log.warning(message)
        self._warned = message


def location(base: OpenBase, path: str, line: int = 1) -> types.Location:
    """A line of a file of the vault."""
    at = types.Position(max(0, line - 1), 0)
    return types.Location((base.vault / path).as_uri(), types.Range(at, at))


def warm(base: OpenBase) -> None:
    """Read what the first question would wait for."""
    base.search("what these notes are about", "")
