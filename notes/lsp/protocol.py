"""The protocol, so that nothing a client sends ends the server or leaves it waiting.

The library answers a request that it cannot read with silence, and keeps a trace of every notification for good; both are
put right here.
"""

import json
from collections.abc import Callable
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams, JsonRpcInvalidRequest, JsonRpcParseError
from pygls.protocol import LanguageServerProtocol

_NOT_YET = -32002
"""The protocol's own code for a request before `initialize`."""


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
            body = {
                "jsonrpc": "2.0",
                "id": None,
                "error": {"code": JsonRpcParseError.CODE, "message": "This is not JSON."},
            }
            self._send_data(body)

    def _execute_handler(
        self, msg_id: Any, handler: Any, callback: Callable[[Any], Any], args: Any = None, kwargs: Any = None
    ) -> None:
        def done(future: Any) -> None:
            callback(future)
            if self._request_futures.get(msg_id) is future:
                del self._request_futures[msg_id]

        super()._execute_handler(msg_id, handler, done, args, kwargs)
