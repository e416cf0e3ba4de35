"""The protocol, so that nothing a client sends ends the server or leaves it waiting.

The library answers a request that it cannot read with silence, and keeps a trace of every notification for good; both are
put right here. A message that is sent without a length that can be meant (Content-Length) is passed on as one that is no
JSON, which is answered with the protocol's error; the next one is found by its header, wherever that stands.
"""

import json
import re
from collections.abc import Callable
from typing import Any, BinaryIO

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams, JsonRpcInvalidRequest, JsonRpcParseError
from pygls.protocol import LanguageServerProtocol

_NOT_YET = -32002
"""The protocol's own code for a request before `initialize`."""
MOST = 128_000_000
"""Bytes of a message: the largest file that is read, with every character escaped."""
_LENGTH = re.compile(rb"content-length:[ \t]*(\d{1,9})[ \t]*\r?\n\Z", re.I)  # b"{...}Content-Length: 52\r\n" -> 52
_CHUNK = 65_536
_HEADER = 80
"""Bytes kept of a line read in part: its end may be the beginning of a header."""


class Protocol(LanguageServerProtocol):
    """JSON-RPC as the editor server speaks it."""

    def structure_message(self, data: dict[str, Any]) -> Any:
        """A message as the types of the protocol; one that does not fit them is answered with an error."""
        # Called for every object in a message, the outermost last; only that one is a message.
        try:
            return super().structure_message(data)
        except JsonRpcException as why:
            if isinstance(data.get("id"), int | str) and isinstance(data.get("method"), str):
                error = JsonRpcInvalidParams(f"{data['method']}: the parameters are not those of the protocol")
                self._send_response(data["id"], error=error.to_response_error())
            raise why

    def handle_message(self, message: Any) -> None:
        """Requests out of turn get the error that the protocol has for them."""
        method, number = getattr(message, "method", None), getattr(message, "id", None)
        if method is not None and number is not None:
            if self._shutdown:
                self._send_response(
                    number, error=JsonRpcInvalidRequest("The server was shut down.").to_response_error()
                )
                return
            if self._workspace is None and method != types.INITIALIZE:
                self._send_response(number, error=types.ResponseError(_NOT_YET, "Not initialized yet."))
                return
        elif method is not None and self._workspace is None and method != types.EXIT:
            return
        super().handle_message(message)

    def answer_unreadable(self, error: Exception) -> None:
        """A message that was no JSON has no number to answer to."""
        if isinstance(error, json.JSONDecodeError | UnicodeDecodeError | RecursionError):
            told = {"code": JsonRpcParseError.CODE, "message": "This is not JSON."}
            self._send_data({"jsonrpc": "2.0", "id": None, "error": told})

    def _execute_handler(
        self, msg_id: Any, handler: Any, callback: Callable[[Any], Any], args: Any = None, kwargs: Any = None
    ) -> None:
        def done(future: Any) -> None:
            callback(future)
            if self._request_futures.get(msg_id) is future:
                del self._request_futures[msg_id]

        super()._execute_handler(msg_id, handler, done, args, kwargs)


class Frames:
    """A client's stream, put right: each message comes with a header in the one form that the library reads."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._is_lost = False
        """Whether what comes next need not be a header."""
        self._ends_header = False

    def readline(self) -> bytes:
        """One line of a header; nothing at the end of the stream."""
        if self._ends_header:
            self._ends_header = False
            return b"\r\n"
        length = self._length()
        if length is None:
            return b""
        self._is_lost, self._ends_header = not length, True
        return b"Content-Length: %d\r\n" % (length or 1)

    def read(self, size: int) -> bytes:
        return b"?" if self._is_lost else self._stream.read(size)

    def _length(self) -> int | None:
        """The length that the next header tells, 0 where it tells none; None at the end."""
        length, begun = 0, b""
        while piece := self._stream.readline(_CHUNK):
            line = begun + piece
            begun = b"" if line.endswith(b"\n") else line[-_HEADER:]
            if (header := _LENGTH.search(line)) and int(header[1]) <= MOST:
                length = int(header[1])
            elif not line.strip() and (length or not self._is_lost):
                return length
        return None
