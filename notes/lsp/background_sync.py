"""Background sync: keeps the base in step with the files, by `kb sync` as a process of its own, once things are quiet.

A process, because reading notes would keep this one from answering; it takes the write lock as every other writer
does, and where another has it, this one waits its turn.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from kb.vault import FILE, FOLDER

_PAUSE = 0.3
"""Seconds for the other files of the same change."""
_RETRY, _TRIES = 10.0, 30
"""Seconds until the next try where another process is writing, and how often."""
_AHEAD = 60
"""Seconds to read ahead once a sync is done, unless something happens before."""


class BackgroundSync:
    """One vault's sync, never two at a time."""

    def __init__(
        self, vault: Path, is_named: bool, after: Callable[[], Awaitable[None]], complain: Callable[[str], None]
    ) -> None:
        self.vault, self._is_named = vault, is_named
        self._after, self._complain = after, complain
        self._processes: list[asyncio.subprocess.Process] = []
        """The sync that runs, or what reads ahead while nothing happens; nobody waits for that."""
        self._task: asyncio.Task[None] | None = None
        self._is_wanted = False

    def is_a_vault(self) -> bool:
        """A folder that somebody made a vault; an editor opens many others, and nothing is written in those."""
        return self._is_named or (self.vault / FILE).is_file() or (self.vault / FOLDER).is_dir()

    def wake(self) -> None:
        """Something changed, or may have."""
        self._is_wanted = True
        if self.is_a_vault() and (self._task is None or self._task.done()):
            self.close()
            self._task = asyncio.get_running_loop().create_task(self._sync())

    def close(self) -> None:
        """Stop what runs: a sync that is cut off goes on where it was with the next."""
        for process in self._processes:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.terminate()
        self._processes.clear()

    async def _sync(self) -> None:
        for _ in range(_TRIES):
            self._is_wanted = False
            await asyncio.sleep(_PAUSE)
            if not self.is_a_vault():
                return
            process = await self._started()
            _, stderr = await process.communicate()
            message = " ".join(stderr.decode("utf-8", "replace").split())
            if "is being written by" in message:
                await asyncio.sleep(_RETRY)
                continue
            if message and process.returncode:
                self._complain(message)
            await self._after()
            if not self._is_wanted:
                await self._started("--read-ahead", str(_AHEAD))
                return

    async def _started(self, *more: str) -> asyncio.subprocess.Process:
        # Not from the current folder (-P): it may hold a folder called kb.
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "kb", "--vault", str(self.vault), "sync", "--json", *more,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL if more else asyncio.subprocess.PIPE,
        )  # fmt: skip
        self._processes = [process]
        return process
