"""The editor server: the life of one connection. Answers at once what needs no base, and opens it meanwhile."""

import asyncio
import logging
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.protocol import default_converter

from kb import __version__
from kb.files import from_home
from kb.oneline import one_line
from kb.vault import find_vault
from notes.lsp.addresses import file_of, is_prose
from notes.lsp.background_sync import BackgroundSync
from notes.lsp.buffers import Buffer, Buffers
from notes.lsp.diagnostics import LONGER, Checked, check, diagnostics
from notes.lsp.features import FEATURES, Feature
from notes.lsp.open_base import BaseWorker, OpenBase, Refused, warm
from notes.lsp.protocol import Frames, Protocol
from notes.lsp.request import EditorClient, Request

T = TypeVar("T")
log = logging.getLogger("kb")
_WATCHED = "**/*.{md,markdown,mdown,mkd,mdx,qmd,rmd,txt,text,html,htm,xhtml,pdf,bib,bibtex,json,toml}"
_FAILED = -32803
"""The protocol's code for a request that was understood and cannot be done."""
_NO_BUFFER = Buffer("", 0, "", "")
"""Where a request is on no text."""


class Server(LanguageServer):
    """One editor, one vault.

    Two threads have the base open: one answers the editor, so that a completion does not wait for the other, which checks
    whole drafts.
    """

    def __init__(self, named: Path | None) -> None:
        super().__init__(
            "kb", __version__, text_document_sync_kind=types.TextDocumentSyncKind.Incremental,
            protocol_cls=Protocol, converter_factory=default_converter, max_workers=2,
        )  # fmt: skip
        self._named = named
        self._buffers = Buffers()
        self.status = 1
        """What the process ends with: 0 once the client said shutdown."""
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._checked: dict[str, Checked] = {}
        self._published: dict[str, tuple[int, tuple[Any, ...]]] = {}
        self._sync: BackgroundSync | None = None
        for method, handle in (
            (types.INITIALIZE, self._begin), (types.INITIALIZED, self._ready), (types.SHUTDOWN, self._shut_down),
            (types.TEXT_DOCUMENT_DID_SAVE, self._saved), (types.WORKSPACE_DID_CHANGE_WATCHED_FILES, self._files_changed),
            (types.WORKSPACE_DID_CHANGE_CONFIGURATION, lambda params: self._client.configure(params.settings)),
        ):  # fmt: skip
            self.feature(method)(partial(handle))  # the library marks what it registers, and methods take no marks
        for method, handle in (
            (types.TEXT_DOCUMENT_DID_OPEN, self._opened), (types.TEXT_DOCUMENT_DID_CHANGE, self._changed),
            (types.TEXT_DOCUMENT_DID_CLOSE, self._closed),
        ):  # fmt: skip
            self.protocol.fm.add_builtin_feature(method, handle)  # in the place of the library's own buffers
        for feature in FEATURES:
            self.feature(feature.method, feature.options)(self._handler(feature))

    def _handler(self, feature: Feature) -> Callable[[Any], Any]:
        async def answer(params: Any) -> Any:
            document = getattr(params, "text_document", None)
            data = getattr(params, "data", None)
            uri = document.uri if document else data.get("uri") if isinstance(data, dict) else None
            buffer = self._prose(uri) if isinstance(uri, str) else None
            if document is not None and buffer is None:
                return None
            version, findings = self._published.get(uri or "", (-1, ()))
            known = findings if buffer is not None and version == buffer.version else ()
            # What was asked for is given back as it is where it cannot be looked up.
            otherwise = params if feature.method.endswith("/resolve") else feature.otherwise

            def job(base: OpenBase) -> Any:
                return feature.answer(Request(base, self._client, self._buffers, buffer or _NO_BUFFER, params, known))

            try:
                return await asyncio.wrap_future(self._answering.ask(job, otherwise))
            except Refused as why:
                raise JsonRpcException(str(why), _FAILED) from why

        return answer

    def _begin(self, params: types.InitializeParams) -> None:
        """The client says who it is: find the vault, and have the base opened while it reads our answer."""
        given = params.initialization_options if isinstance(params.initialization_options, dict) else {}
        self._client = EditorClient(params.capabilities)
        self._client.configure(given)
        self._vault, is_named = self._find_vault(params, given.get("vault"))
        encoding = self.workspace.position_encoding
        self._buffers.encoding = str(getattr(encoding, "value", encoding) or "utf-16")
        self._answering = BaseWorker(self._vault)
        self._checking = BaseWorker(self._vault, beside=self._answering)

        def complain(message: str) -> None:
            self.window_show_message(types.ShowMessageParams(types.MessageType.Warning, one_line(message, 600)))

        self._sync = BackgroundSync(self._vault, is_named, self._synced, complain)
        self._answering.ask(warm, None)

    def _find_vault(self, params: types.InitializeParams, given: object) -> tuple[Path, bool]:
        """The vault, and whether somebody named it."""
        if self._named is not None:
            return find_vault(self._named), True
        if isinstance(given, str) and given and from_home(given).is_dir():
            return find_vault(Path(given)), True
        uris = [*(each.uri for each in params.workspace_folders or ()), params.root_uri or ""]
        return find_vault(None, next((file for file in map(file_of, uris) if file and file.is_dir()), None)), False

    def _ready(self, params: Any) -> None:
        """The client is ready to be asked: let it tell of changed files, and look for what changed meanwhile."""
        assert self._sync is not None
        if self._client.watches_files:
            options = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher(_WATCHED)])
            wanted = types.Registration("kb-files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
            self.client_register_capability(types.RegistrationParams([wanted]))
        if not self._sync.is_a_vault():
            log.info("%s is no vault: there is neither kb.toml nor .kb in it. Make it one with: kb sync", self._vault)
        self._begun = asyncio.get_running_loop().create_task(self._first_sync(self._sync))

    async def _first_sync(self, sync: BackgroundSync) -> None:
        # Not before the base is warm: the first answer should not share the processor with a sync.
        await asyncio.wrap_future(self._answering.ask(lambda base: None, None))
        sync.wake()

    def _shut_down(self, params: Any) -> None:
        self.status = 0

    def _opened(self, params: types.DidOpenTextDocumentParams) -> None:
        self._buffers.open(params.text_document)
        self._published.pop(params.text_document.uri, None)
        self._check_after(0.0, params.text_document.uri)

    def _changed(self, params: types.DidChangeTextDocumentParams) -> None:
        document = params.text_document
        if self._buffers.change(document.uri, document.version, params.content_changes) is not None:
            self._check_after(self._client.pause, document.uri)

    def _closed(self, params: types.DidCloseTextDocumentParams) -> None:
        uri = params.text_document.uri
        for kept in (self._buffers, self._checked, self._published):
            kept.pop(uri, None)
        if timer := self._timers.pop(uri, None):
            timer.cancel()
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    def _saved(self, params: types.DidSaveTextDocumentParams) -> None:
        self._buffers.saved(params.text_document.uri)
        self._check_after(0.0, params.text_document.uri)
        if self._sync is not None:
            self._sync.wake()

    def _files_changed(self, params: types.DidChangeWatchedFilesParams) -> None:
        # The base lies in the folder that is watched: its own changes are no news.
        is_news = any("/.kb/" not in change.uri and "/.git/" not in change.uri for change in params.changes)
        if is_news and self._sync is not None:
            self._sync.wake()

    def _prose(self, uri: str) -> Buffer | None:
        """An open buffer in which notes are written."""
        buffer = self._buffers.get(uri)
        return buffer if buffer is not None and is_prose(uri, buffer.language) else None

    def _check_after(self, pause: float, uri: str, longer: bool = False) -> None:
        """Check a buffer once nothing was typed for that long."""
        if timer := self._timers.pop(uri, None):
            timer.cancel()
        if self._client.checks and self._prose(uri) is not None:
            loop = asyncio.get_running_loop()
            self._timers[uri] = loop.call_later(pause, lambda: loop.create_task(self._check(uri, longer)))

    async def _check(self, uri: str, longer: bool) -> None:
        """Check a buffer and publish what was found, unless it has changed meanwhile."""
        buffer = self._prose(uri)
        checked = self._checked.get(uri)
        if buffer is None:
            return
        if not longer or checked is None or checked.version != buffer.version:
            # Checks begin once nobody waits for an answer, the first of all not before the base is warm.
            await asyncio.wrap_future(self._answering.ask(lambda base: None, None))
            checked = await self._by_checker(lambda base: check(base, buffer) if self._is_now(buffer) else None)
        now = self._prose(uri)
        if checked is None or now is None or now.version != buffer.version:
            return
        self._checked[uri] = checked
        findings = checked.findings(now.edited, longer)
        self._published[uri] = buffer.version, findings
        where = self._buffers.positions(buffer.text)
        shown = await self._by_checker(lambda base: diagnostics(base, where, findings))
        if shown is not None and self._is_now(buffer):
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, shown, buffer.version))
            if not longer and checked.is_waiting(now.edited):
                self._check_after(LONGER * self._client.pause, uri, longer=True)

    async def _by_checker(self, job: Callable[[OpenBase], T | None]) -> T | None:
        return await asyncio.wrap_future(self._checking.ask(job, None))

    def _is_now(self, buffer: Buffer) -> bool:
        now = self._prose(buffer.uri)
        return now is not None and now.version == buffer.version

    async def _synced(self) -> None:
        """The base is in step with the files: what it says may be otherwise now."""
        await asyncio.wrap_future(self._answering.ask(warm, None))
        self._checked.clear()
        for uri in self._buffers:
            self._check_after(0.0, uri)
        if self._client.hints and self._client.refreshes_hints:
            self.workspace_inlay_hint_refresh(None)

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Into the log: no window opens over somebody's text because a message was odd."""
        self.protocol.answer_unreadable(error)  # type: ignore[attr-defined]
        log.warning("%s: %s", type(error).__name__, one_line(str(error)))

    def finish(self) -> None:
        if self._sync is not None:
            self._sync.close()
            self._answering.close()
            self._checking.close()


def serve(named: Path | None) -> int:
    """Serve one editor over stdin and stdout until it leaves; the exit status that the protocol asks for."""
    if named is not None:
        find_vault(named)  # a name that is wrong is misuse, and told before anything is spoken
    # Whatever prints, prints to stderr: stdout belongs to the protocol.
    spoken = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    logging.basicConfig(stream=sys.stderr, level=logging.CRITICAL, format="kb: %(message)s")
    log.setLevel(logging.INFO)
    server = Server(named)
    server.start_io(Frames(sys.stdin.buffer), spoken)  # type: ignore[arg-type]
    server.finish()
    return server.status
