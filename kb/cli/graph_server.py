"""`kb graph --serve`: an HTTP server on loopback that shows one page, made anew when the base has changed.

Whoever does not know the token in the address is told nothing; a request that names another host, as a page of some other
site would by DNS rebinding, is refused.
"""

import secrets
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import ClassVar

from kb.errors import KbError
from qa.export.graph_page import Page

_PAUSE = 1.5
"""Seconds for which what was seen of the notes holds."""

Look = Callable[[str], "tuple[str, Page | None]"]
"""Given the state of the base as it was seen: its state now, and the page where the two differ."""


class GraphServer(ThreadingHTTPServer):
    """The page as it is now. Threads, since a browser keeps connections open that ask for nothing."""

    daemon_threads = True

    def __init__(self, look: Look) -> None:
        self._look, self._lock, self._looked = look, Lock(), time.monotonic()
        self._base, self._page = look("")
        super().__init__(("127.0.0.1", 0), _Request)
        self.token = secrets.token_urlsafe(24)
        self.hosts = frozenset(f"{host}:{self.server_port}" for host in ("127.0.0.1", "localhost"))

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self.server_port}/{self.token}/"

    def current(self) -> Page:
        """The page; of notes that cannot be read just now, the one before."""
        with self._lock:
            if time.monotonic() - self._looked > _PAUSE:
                try:
                    self._base, page = self._look(self._base)
                    self._page = page or self._page
                except (KbError, OSError):
                    pass
                self._looked = time.monotonic()
            assert self._page is not None
            return self._page


class _Request(BaseHTTPRequestHandler):
    server: GraphServer
    server_version, sys_version = "kb", ""
    timeout = 30
    _HEADERS: ClassVar = {
        "Content-Security-Policy": "frame-ancestors 'none'", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin",
    }  # fmt: skip

    def do_GET(self) -> None:
        """The page, its state, or nothing."""
        hosts = self.headers.get_all("Host") or []
        if len(hosts) != 1 or hosts[0] not in self.server.hosts:
            self._say(403, "This address is for programs on this machine.")
            return
        _, token, *rest = [*self.path.split("?")[0].split("/"), ""][:3]
        if not secrets.compare_digest(token.encode(), self.server.token.encode()) or self.path.count("/") != 2:
            self._say(404, "There is nothing here.")
        elif rest == [""]:
            self._say(200, self.server.current().text, "text/html")
        elif rest == ["state"]:
            self._say(200, self.server.current().state)
        else:
            self._say(404, "There is nothing here.")

    def _say(self, status: int, text: str, kind: str = "text/plain") -> None:
        made = text.encode("utf-8", "replace")
        self.send_response(status)
        for name, value in (
            *self._HEADERS.items(),
            ("Content-Type", f"{kind}; charset=utf-8"),
            ("Content-Length", str(len(made))),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(made)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: whoever started it reads the address on the same screen."""
