"""A clerk: one thread with the base at hand, asked by the editor, answering in the order of the questions.

There are two, so that a completion does not wait for the checks of a whole draft. Whatever goes wrong with the base is
told once in the log and answered with nothing; the base is opened again at the next question.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from kb.errors import KbError
from kb.store import foreign_errors
from notes.lsp.shelf import Shelf

T = TypeVar("T")
log = logging.getLogger("kb")


class Refused(Exception):
    """What an editor asked for cannot be done, in words for the person."""


class Clerk:
    """Jobs for one open base, one after the other."""

    def __init__(self, vault: Path, beside: "Clerk | None" = None) -> None:
        self._shelf: Shelf = Shelf(vault, beside._shelf if beside else None)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="clerk")
        self._told = ""

    def ask(self, job: Callable[[Shelf], T], otherwise: T) -> "Future[T]":
        """Have something done with the base; `otherwise` where there is none, or where it fails."""
        return self._thread.submit(self._do, job, otherwise)

    def close(self) -> None:
        """Leave what waits undone."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _do(self, job: Callable[[Shelf], T], otherwise: T) -> T:
        try:
            if not self._is_ready():
                return otherwise
            with foreign_errors(self._shelf.store.folder):
                done = job(self._shelf)
        except Refused:
            raise
        except KbError as why:
            self._tell(f"{why.message} {why.remedy}")
            self._shelf.close()
            return otherwise
        except Exception:
            log.exception("kb made a mistake of its own")
            self._shelf.close()
            return otherwise
        self._told = ""
        return done

    def _is_ready(self) -> bool:
        with foreign_errors(self._shelf.vault):
            return self._shelf.is_ready()

    def _tell(self, message: str) -> None:
        if message != self._told:
            log.warning(message)
        self._told = message
