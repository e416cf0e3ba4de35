"""The editor server: which question goes to whom. Answers at once what needs no base, and opens it meanwhile."""

import asyncio
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.protocol import default_converter

from kb import __version__
from kb.files import from_home
from kb.oneline import one_line
from kb.settings import find_vault
from notes.lsp.addresses import file_of, is_prose
from notes.lsp.clerk import Clerk
from notes.lsp.desk import Buffer, Change, Checked, Desk
from notes.lsp.diagnostics import LONGER, PAUSE, Reviewed, check, diagnostics
from notes.lsp.framing import Frames
from notes.lsp.keeper import Keeper
from notes.lsp.protocol import Protocol
from notes.lsp.shelf import Shelf

T = TypeVar("T")
log = logging.getLogger("kb")
_WATCHED = "**/*.{md,markdown,mdown,mkd,mdx,qmd,rmd,txt,text,html,htm,xhtml,pdf,bib,bibtex,json,toml}"


class Server(LanguageServer):
    """One editor, one vault."""

    def __init__(self, named: Path | None) -> None:
        super().__init__(
            "kb", __version__, text_document_sync_kind=types.TextDocumentSyncKind.Incremental,
            protocol_cls=Protocol, converter_factory=default_converter, max_workers=2,
        )  # fmt: skip
        self.named = named
        self.desk = Desk()
        self.hints = False
        self.checks = True
        self.pause = PAUSE
        self.status = 1
        """What the process ends with: 0 once the client said shutdown."""
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._reviewed: dict[str, tuple[int, Reviewed]] = {}

    def begin(self, params: types.InitializeParams) -> None:
        """The client says who it is: find the vault, and have the base opened while it reads our answer."""
        given = params.initialization_options if isinstance(params.initialization_options, dict) else {}
        self.configure(given)
        vault, named = self._vault(params, given.get("vault"))
        self.vault = vault
        self.desk.encoding = str(
            getattr(self.workspace.position_encoding, "value", self.workspace.position_encoding) or "utf-16"
        )
        self.front = Clerk(vault)
        self.back = Clerk(vault, beside=self.front)
        self.keeper = Keeper(vault, named, self._synced, self._complain)
        self.front.ask(Shelf.warm, None)

    def ready(self) -> None:
        """The client is ready to be asked: let it tell of changed files, and look for what changed meanwhile."""
        workspace = self.client_capabilities.workspace
        watching = workspace.did_change_watched_files if workspace else None
        if watching is not None and watching.dynamic_registration:
            options = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher(_WATCHED)])
            wanted = types.Registration("kb-files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
            self.client_register_capability(types.RegistrationParams([wanted]))
        if not self.keeper.is_a_vault():
            log.info("%s is no vault: there is neither kb.toml nor .kb in it. Make it one with: kb sync", self.vault)
        # Not before the base is warm: the first answer should not share the processor with a sync.
        loop = asyncio.get_running_loop()
        self._begun = loop.create_task(self._wake())

    async def _wake(self) -> None:
        await self.ask(lambda shelf: None, None)
        self.keeper.wake()

    def configure(self, given: object) -> None:
        """Settings of the editor, whole or below "kb"; what is not understood changes nothing."""
        given = given.get("kb", given) if isinstance(given, dict) else {}
        if isinstance(given, dict):
            self.hints = given.get("inlayHints", self.hints) is True
            self.checks = given.get("diagnostics", self.checks) is not False
            pause = given.get("pause", self.pause)
            self.pause = (
                min(60.0, max(0.0, pause)) if isinstance(pause, int | float) and not isinstance(pause, bool) else PAUSE
            )

    async def ask(self, job: Callable[[Shelf], T], otherwise: T) -> T:
        """The answer of the clerk in front."""
        return await asyncio.wrap_future(self.front.ask(job, otherwise))

    def buffer(self, uri: str) -> Buffer | None:
        """An open buffer in which notes are written."""
        buffer = self.desk.get(uri)
        return buffer if buffer is not None and is_prose(uri, buffer.language) else None

    def opened(self, params: types.DidOpenTextDocumentParams) -> None:
        buffer = self.desk.open(params.text_document)
        self.look_after(0.0, buffer.uri)

    def changed(self, params: types.DidChangeTextDocumentParams) -> None:
        changes: list[Change] = list(params.content_changes)
        if self.desk.change(params.text_document.uri, params.text_document.version, changes) is not None:
            self.look_after(self.pause, params.text_document.uri)

    def closed(self, params: types.DidCloseTextDocumentParams) -> None:
        uri = params.text_document.uri
        self.desk.close(uri)
        self._reviewed.pop(uri, None)
        if timer := self._timers.pop(uri, None):
            timer.cancel()
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    def saved(self, uri: str) -> None:
        self.desk.settle(uri)
        self.look_after(0.0, uri)
        self.keeper.wake()

    def look_after(self, pause: float, uri: str, quiet: bool = False) -> None:
        """Check a buffer once nothing was typed for that long."""
        if timer := self._timers.pop(uri, None):
            timer.cancel()
        if self.checks and self.buffer(uri) is not None:
            loop = asyncio.get_running_loop()
            self._timers[uri] = loop.call_later(pause, lambda: loop.create_task(self._look(uri, quiet)))

    async def _look(self, uri: str, quiet: bool) -> None:
        buffer = self.buffer(uri)
        if buffer is None:
            return
        known = self._reviewed.get(uri)
        if quiet and known is not None and known[0] == buffer.version:
            reviewed: Reviewed | None = known[1]
        else:
            # Checks begin once nobody waits for an answer, the first of all not before the base is warm.
            await self.ask(lambda shelf: None, None)
            reviewed = await asyncio.wrap_future(self.back.ask(lambda shelf: self._check(shelf, buffer), None))
        now = self.buffer(uri)
        if reviewed is None or now is None or now.version != buffer.version:
            return
        self._reviewed[uri] = (buffer.version, reviewed)
        findings = reviewed.to_tell(now.edited, quiet)
        self.desk.checked[uri] = Checked(buffer.version, findings)
        shown = await asyncio.wrap_future(
            self.back.ask(lambda shelf: diagnostics(shelf, self.desk, buffer.text, findings), None)
        )
        if shown is not None and (after := self.buffer(uri)) is not None and after.version == buffer.version:
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, shown, buffer.version))
            if not quiet and reviewed.waits(now.edited):
                self.look_after(LONGER * self.pause, uri, quiet=True)

    def _check(self, shelf: Shelf, buffer: Buffer) -> Reviewed | None:
        now = self.buffer(buffer.uri)
        return check(shelf, buffer) if now is not None and now.version == buffer.version else None

    async def _synced(self) -> None:
        """The base is in step with the files: what it says may be otherwise now."""
        await self.ask(Shelf.warm, None)
        self._reviewed.clear()
        for buffer in self.desk.all():
            self.look_after(0.0, buffer.uri)
        workspace = self.client_capabilities.workspace
        if self.hints and workspace and workspace.inlay_hint and workspace.inlay_hint.refresh_support:
            self.workspace_inlay_hint_refresh(None)

    def _complain(self, message: str) -> None:
        self.window_show_message(types.ShowMessageParams(types.MessageType.Warning, one_line(message, 600)))

    def _vault(self, params: types.InitializeParams, given: object) -> tuple[Path, bool]:
        if self.named is not None:
            return find_vault(self.named), True
        if isinstance(given, str) and given and from_home(given).is_dir():
            return find_vault(Path(given)), True
        folders = [each.uri for each in params.workspace_folders or ()]
        here = next(
            (file for uri in [*folders, params.root_uri or ""] if (file := file_of(uri)) and file.is_dir()), None
        )
        return find_vault(None, here), False

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Into the log: no window opens over somebody's text because a message was odd."""
        self.protocol.told(error)  # type: ignore[attr-defined]
        log.warning("%s: %s", type(error).__name__, one_line(str(error)))

    def finish(self) -> None:
        """Leave the base and the sync."""
        if hasattr(self, "keeper"):
            self.keeper.close()
            self.front.close()
            self.back.close()


def serve(named: Path | None) -> int:
    """Serve one editor over stdin and stdout until it leaves; the exit status that the protocol asks for."""
    from notes.lsp.features import add_to

    if named is not None:
        find_vault(named)  # a name that is wrong is misuse, and told before anything is spoken
    # Whatever prints, prints to stderr: stdout belongs to the protocol.
    spoken = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    logging.basicConfig(stream=sys.stderr, level=logging.CRITICAL, format="kb: %(message)s")
    log.setLevel(logging.INFO)
    server = Server(named)
    add_to(server)
    server.start_io(Frames(sys.stdin.buffer), spoken)  # type: ignore[arg-type]
    server.finish()
    return server.status
