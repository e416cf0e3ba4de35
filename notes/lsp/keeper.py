"""Keeps the base in step with the files: `kb sync` as a process of its own, once things are quiet.

A process, because reading notes would keep this one from answering; it takes the write lock as every other writer
does, and where another has it, this one waits its turn.
"""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from kb.settings import FILE, FOLDER

log = logging.getLogger("kb")
_PAUSE = 0.3
"""Seconds for the other files of the same change."""
_AGAIN = 10.0
"""Seconds until the next try where another process is writing."""
_TRIES = 30
_AHEAD = 60
"""Seconds to read ahead once a sync is done, unless something happens before."""


class Keeper:
    """One vault's sync, never two at a time."""

    def __init__(
        self, vault: Path, named: bool, after: Callable[[], Awaitable[None]], tell: Callable[[str], None]
    ) -> None:
        self.vault = vault
        self._named = named
        self._after = after
        self._tell = tell
        self._running: asyncio.subprocess.Process | None = None
        self._reading: asyncio.subprocess.Process | None = None
        """What reads ahead while nothing happens; nobody waits for it."""
        self._task: asyncio.Task[None] | None = None
        self._again = False

    def is_a_vault(self) -> bool:
        """A folder that somebody made a vault; an editor opens many others, and nothing is written in those."""
        return self._named or (self.vault / FILE).is_file() or (self.vault / FOLDER).is_dir()

    def wake(self) -> None:
        """Something changed, or may have."""
        if not self.is_a_vault():
            return
        _stop(self._reading)
        if self._task is not None and not self._task.done():
            self._again = True
            return
        self._task = asyncio.get_running_loop().create_task(self._sync())

    def close(self) -> None:
        """Stop what runs: a sync that is cut off goes on where it was with the next."""
        _stop(self._running)
        _stop(self._reading)

    async def _sync(self) -> None:
        for _ in range(_TRIES):
            self._again = False
            await asyncio.sleep(_PAUSE)
            if not self.is_a_vault():
                return
            status, told = await self._run()
            if "is being written by" in told:
                await asyncio.sleep(_AGAIN)
                continue
            if told and status:
                self._tell(told)
            await self._after()
            if not self._again:
                self._reading = await self._started("--read-ahead", str(_AHEAD))
                return

    async def _run(self) -> tuple[int, str]:
        self._running = await self._started()
        _, told = await self._running.communicate()
        return self._running.returncode or 0, " ".join(told.decode("utf-8", "replace").split())

    async def _started(self, *more: str) -> asyncio.subprocess.Process:
        # Not from the current folder (-P): it may hold a folder called kb.
        return await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "kb", "--vault", str(self.vault), "sync", "--json", *more,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL if more else asyncio.subprocess.PIPE,
        )  # fmt: skip


def _stop(process: asyncio.subprocess.Process | None) -> None:
    if process is not None and process.returncode is None:
        with suppress(ProcessLookupError):
            process.terminate()
