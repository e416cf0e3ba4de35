"""Framing of the protocol's messages (Content-Length): what is sent without a length that can be meant ends nothing.

Such a message is passed on as one that is no JSON, which is answered with the protocol's error; the next one is found by its
header, wherever that stands.
"""

import re
from typing import BinaryIO

MOST = 128_000_000
"""Bytes of a message: the largest file that is read, with every character escaped."""
_LENGTH = re.compile(rb"content-length:[ \t]*(\d{1,9})[ \t]*\r?\n\Z", re.I)  # b"{...}Content-Length: 52\r\n" -> 52
_CHUNK = 65_536
_HEADER = 80
"""Bytes kept of a line read in part: its end may be the beginning of a header."""


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
        """The body."""
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
