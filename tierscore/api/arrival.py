"""A request while it arrives: its bytes so far, whether they are all, and until when the rest has to come."""

from __future__ import annotations

import re
from tempfile import SpooledTemporaryFile
from time import monotonic
from typing import Protocol

from tierscore.api.sending import LARGEST_BATCH

AT_ONCE = 64 * 1024  # bytes read in one go, and kept in memory before a file is opened for them
LARGEST_HEAD = 64 * 1024
LARGEST_BODY = LARGEST_BATCH  # what announces more is refused before its body is read
LONGEST_LINE = 8190  # of a chunk's size or a trailer
LEAST_RATE = 64 * 1024  # bytes in a second that give a body one more second

_LENGTH = re.compile(rb"^content-length:[ \t]*([0-9]{1,18})[ \t]*\r$", re.IGNORECASE | re.MULTILINE)
_CHUNKED = re.compile(rb"^transfer-encoding:[^\r\n]*chunked", re.IGNORECASE | re.MULTILINE)
_EXPECT = re.compile(rb"^expect:[ \t]*100-continue[ \t]*\r\n", re.IGNORECASE | re.MULTILINE)


class HeadTooLarge(Exception):
    """The line and the headers of a request have no end within `LARGEST_HEAD`."""


class Body(Protocol):
    """What is still to come after the head."""

    @property
    def is_whole(self) -> bool:
        """Whether nothing is."""

    def add(self, data: bytes) -> None:
        """More of it has come."""


class Arrival:
    """The bytes of one request, and of the next one where a client sends it before the answer.

    Only what it needs to know where the request ends is understood here; whether it is right is the parser's matter.
    So a request in which that cannot be found counts as whole.

    Attributes
    ----------
    size : int
        Bytes that have come.
    wants_word : bool
        Whether the client waits for ``100 Continue`` before it sends the body.
    """

    def __init__(self, surplus: bytes = b"") -> None:
        """`surplus` are bytes that came with the request before."""
        self.size = 0
        self.wants_word = False
        self._began = monotonic()
        self._head = bytearray()
        self._body: Body | None = None
        self._kept = SpooledTemporaryFile(AT_ONCE)  # noqa: SIM115
        self.add(surplus)

    @property
    def is_whole(self) -> bool:
        """Whether every byte of the request is here."""
        return self._body is not None and self._body.is_whole

    @property
    def is_ready(self) -> bool:
        """Whether it is whole, or its body so large that waiting for it is no use."""
        return self.is_whole or self._is_too_large()

    def add(self, data: bytes) -> None:
        """More bytes have come; raises HeadTooLarge, and OSError where there is no room to keep them."""
        if self.size == 0:
            self._began = monotonic()
        self.size += len(data)
        if self._body is None:
            self._add_to_head(data)
        else:
            self._kept.write(data)
            self._body.add(data)

    def begin_reading(self) -> None:
        """From now on it is read, and nothing is added."""
        self._kept.write(self._head)
        self._kept.seek(0)

    def read(self, size: int = -1) -> bytes:
        """The next bytes, all that are left if no size is given; empty at the end."""
        return self._kept.read(size)

    def close(self) -> None:
        """Gives up the room that it took."""
        self._kept.close()

    def due(self, seconds: float, idle: float) -> float:
        """When the client has had its time (as `time.monotonic`): `idle` seconds for one that has sent nothing.

        A head has `seconds`, a body one more for every `LEAST_RATE` bytes that have come.
        """
        return self._began + (idle if self.size == 0 else seconds + self.size / LEAST_RATE)

    def _add_to_head(self, data: bytes) -> None:
        searched = max(0, len(self._head) - 3)
        self._head += data
        end = self._head.find(b"\r\n\r\n", searched)
        if end < 0:
            if len(self._head) > LARGEST_HEAD:
                raise HeadTooLarge
            return
        head, rest = bytes(self._head[: end + 4]), bytes(self._head[end + 4 :])
        self._head.clear()
        self._body = _body_of(head)
        self._body.add(rest)
        self._kept.write(self._without_expectation(head) + rest)

    def _without_expectation(self, head: bytes) -> bytes:
        """The head as the parser shall see it: the word that is asked for in it is given here, and not twice."""
        if self.is_ready:
            return head
        told, found = _EXPECT.subn(b"", head)
        self.wants_word = found > 0
        return told

    def _is_too_large(self) -> bool:
        announced = self._body.size if isinstance(self._body, Counted) else 0
        return max(announced, self.size - LARGEST_HEAD) > LARGEST_BODY


class Counted:
    """A body of a length that was announced."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._left = size

    @property
    def is_whole(self) -> bool:
        """Whether all of it is here."""
        return self._left <= 0

    def add(self, data: bytes) -> None:
        """More of it has come."""
        self._left -= len(data)


class Chunked:
    """A body in chunks: a line with the size and as many bytes; after one of size 0 come lines up to an empty one."""

    def __init__(self) -> None:
        self.is_whole = False
        self._waiting = bytearray()  # of a line whose end has not come
        self._left = 0  # bytes of the chunk at hand
        self._is_over = False

    def add(self, data: bytes) -> None:
        """More of it has come."""
        self._waiting += data
        while not self.is_whole and self._take_line():
            pass

    def _take_line(self) -> bool:
        """Whether there was a whole line after what is left of the chunk at hand."""
        passed = min(self._left, len(self._waiting))
        del self._waiting[:passed]
        self._left -= passed
        end = self._waiting.find(b"\r\n")
        if self._left > 0 or end < 0:
            self.is_whole = len(self._waiting) > LONGEST_LINE
            return False
        line = bytes(self._waiting[:end])
        del self._waiting[: end + 2]
        self._follow(line)
        return True

    def _follow(self, line: bytes) -> None:
        if self._is_over:
            self.is_whole = line == b""
            return
        size = re.match(rb"[0-9a-fA-F]{1,8}", line)
        self.is_whole = size is None
        self._left = int(size[0], 16) + 2 if size and int(size[0], 16) else 0
        self._is_over = size is not None and self._left == 0


def _body_of(head: bytes) -> Body:
    if _CHUNKED.search(head):
        return Chunked()
    lengths = set(_LENGTH.findall(head))
    return Counted(int(lengths.pop()) if len(lengths) == 1 else 0)
