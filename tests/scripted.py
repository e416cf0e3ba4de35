"""A language model that says what it is told to: a real server on loopback, for the real clients of llama-index.

    with Scripted("openai", "Naps help.", Said(status=429), "They do.") as server:
        said(Model(server.settings()))
        server.asked[0]["messages"]

Each call takes the next reply and the last one stays; a function of the request may stand for all of them. `kind` is
"openai" (any OpenAI-compatible server) or "ollama".
"""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from kb.model import Model
from kb.settings import Settings


def said(model: Model) -> str:
    """What a model says to a prompt, whole."""
    return "".join(model.stream("s", "p", max_tokens=9))


@dataclass(frozen=True)
class Said:
    """One reply, and what goes wrong with it."""

    text: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    usage: tuple[int, int] | None = None
    """Tokens in and out, as this server counts them."""
    raw: bytes | None = None
    """The body, whatever was asked."""
    wait: float = 0.0
    """Seconds before anything is said."""
    cut: str = ""
    """"quietly": the stream just ends; "broken": less comes than was announced; "reset": the connection breaks."""
    refused: str = ""
    """The field in which OpenAI's models decline."""


Reply = Said | str | Callable[[Any], Said | str]


class Scripted:
    """The server, and what it was asked."""

    def __init__(self, kind: str, *replies: Reply) -> None:
        self.kind = kind
        self._replies = replies
        self.asked: list[Any] = []
        """The JSON of each request."""
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self.closing = threading.Event()

    def __enter__(self) -> "Scripted":
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """For `llm_url`."""
        return self.address + ("/v1" if self.kind == "openai" else "")

    @property
    def model(self) -> str:
        """For `llm`."""
        return "openai-like/tiny" if self.kind == "openai" else "ollama/tiny"

    def settings(self, **more: Any) -> Settings:
        return Settings.model_validate({"llm": self.model, "llm_url": self.url} | more)

    def toml(self, **more: str) -> str:
        """The same for a kb.toml."""
        given = {"llm": self.model, "llm_url": self.url} | more
        return "".join(f"{name} = {json.dumps(value)}\n" for name, value in given.items())

    def prompts(self) -> list[str]:
        """What the person said in each request."""
        return [asked["messages"][-1]["content"] for asked in self.asked]

    def take(self, request: Any) -> Said:
        """The reply to a request."""
        self.asked.append(request)
        reply = self._replies[min(len(self.asked), len(self._replies)) - 1]
        said = reply(request) if callable(reply) else reply
        return Said(said) if isinstance(said, str) else said


def _handler(script: Scripted) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["content-length"])))
            script.headers.append(dict(self.headers))
            script.paths.append(self.path)
            said = script.take(request)
            script.closing.wait(said.wait)
            with suppress(OSError):  # the client has left, as some tests want it to
                self._say(request, said)

        def _say(self, request: Any, said: Said) -> None:
            if said.cut == "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
                self.close_connection = True
                self.connection.close()
                return
            streams = bool(request.get("stream"))
            body = _body(script.kind, request, said, streams)
            self.send_response(said.status)
            if said.cut == "broken":
                self.send_header("content-length", str(sum(map(len, body)) + 100))
            kind = "text/event-stream" if streams and script.kind == "openai" else "application/json"
            for name, value in ({"content-type": kind} | said.headers).items():
                self.send_header(name, value)
            self.end_headers()
            for piece in body:
                self.wfile.write(piece)
                self.wfile.flush()

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def _body(kind: str, request: Any, said: Said, streams: bool) -> list[bytes]:
    if said.raw is not None:
        return [said.raw]
    if said.status >= 400:
        return [json.dumps({"error": {"message": said.text or "scripted", "type": "scripted"}}).encode()]
    make = {"openai": _openai, "ollama": _ollama}[kind]
    pieces = [_bytes(piece) for piece in make(request, said, streams)]
    if said.cut:
        pieces = pieces[: max(1, len(pieces) // 2)]
    if kind == "openai" and streams:
        return [b"data: " + piece + b"\n\n" for piece in pieces] + ([] if said.cut else [b"data: [DONE]\n\n"])
    return [piece + b"\n" for piece in pieces]


def _openai(request: Any, said: Said, streams: bool) -> Iterator[Any]:
    about = {"id": "c1", "created": int(time.time()), "model": request["model"]}
    usage = None
    if said.usage:
        usage = dict(zip(("prompt_tokens", "completion_tokens"), said.usage, strict=True))
        usage["total_tokens"] = sum(said.usage)
    if streams:
        about |= {"object": "chat.completion.chunk"}
        for piece in _words(said.text):
            yield about | {"choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}]}
        yield about | {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "usage": usage}
        return
    message: dict[str, Any] = {"role": "assistant", "content": said.text or None}
    if said.refused:
        message["refusal"] = said.refused
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    yield about | {"object": "chat.completion", "choices": [choice], "usage": usage}


def _ollama(request: Any, said: Said, streams: bool) -> Iterator[Any]:
    about = {"model": request["model"], "created_at": "2026-01-01T00:00:00Z"}
    counts = dict(zip(("prompt_eval_count", "eval_count"), said.usage, strict=True)) if said.usage else {}
    pieces = _words(said.text) if streams else [said.text]
    for number, piece in enumerate(pieces):
        last = number == len(pieces) - 1
        message = {"role": "assistant", "content": piece}
        yield about | {"message": message, "done": last} | (counts | {"done_reason": "stop"} if last else {})


def _words(text: str) -> list[str]:
    """A text in pieces, at most a thousand; an empty one is a piece too."""
    size = max(6, len(text) // 1000)
    return [text[at : at + size] for at in range(0, len(text), size)] or [""]


def _bytes(value: Any) -> bytes:
    return json.dumps(value).encode()
