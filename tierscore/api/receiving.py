"""gunicorn's worker with threads, in which no thread waits for a client.

A request waits for its last byte in the worker's loop, beside all others, and only then takes a thread; a connection
that is to be closed waits there for its client to go. gunicorn's own worker gives a thread to whoever has sent a byte,
so a few clients that send slowly hold all of them, and its loop waits two seconds for each that does not close.
"""

# gunicorn declares no types.
# mypy: allow-untyped-calls, disable-error-code="misc"

from __future__ import annotations

import json
import os
import socket
import struct
import time
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import _DEFER, ThreadWorker

from tierscore.api.arrival import AT_ONCE, Arrival, HeadTooLarge
from tierscore.api.problems import BY_ERROR, BY_STATUS, Kind
from tierscore.errors import NotReady
from tierscore.operation import operation_of

LEAVING_SECONDS = 2.0  # for a client to take the rest of its answer and go
STALLED_SECONDS = 5  # for a thread that waits for a socket all the same: the rest of what is refused

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def _refusal(reason: str, kind: Kind, detail: str, more: str = "") -> bytes:
    """A problem as it goes out before there is a request whose language could be known."""
    problem = {"type": kind.type, "title": kind.title, "status": kind.status, "detail": detail}
    body = json.dumps({**problem, "errors": [], "errors_total": 0}).encode()
    head = f"HTTP/1.1 {kind.status} {reason}\r\nContent-Type: application/problem+json\r\nContent-Language: en\r\n"
    return f"{head}{more}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body


_SLOW, _LARGE = BY_STATUS[408], BY_STATUS[431]
TOO_SLOW = _refusal("Request Timeout", _SLOW, _SLOW.title)
HEAD_TOO_LARGE = _refusal("Request Header Fields Too Large", _LARGE, _LARGE.title)
NO_ROOM = _refusal(
    "Service Unavailable", BY_ERROR[NotReady], "There is no room to keep the request.", "Retry-After: 5\r\n"
)


class Received(SocketUnreader):
    """What the parser of a connection reads: what has arrived, and only after that the socket."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__(sock)
        self.arrival = Arrival()
        self._is_being_read = False

    def chunk(self, size_hint: int | None = None) -> bytes:
        """As gunicorn asks for it."""
        size = min(max(size_hint or 0, self.mxchunk), self.max_body_chunk)
        return self.arrival.read(size) or super().chunk(size_hint)

    def gather(self) -> bool:
        """Takes what has come, without waiting; whether the request can be answered.

        Raises ConnectionError when the client is gone, HeadTooLarge, and OSError where there is no room.
        """
        if self._is_being_read:
            self.arrival, self._is_being_read = Arrival(self.take_buffered()), False
        while not self.arrival.is_ready:
            try:
                data = self.sock.recv(AT_ONCE, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return False
            if not data:
                raise ConnectionError
            self._add(data)
        self.begin_reading()
        return True

    def begin_reading(self) -> None:
        """Hands over what there is."""
        self.arrival.begin_reading()
        self._is_being_read = True

    def keep_surplus(self) -> None:
        """After a request: what came beyond it belongs to the next one."""
        self.buf.seek(0, os.SEEK_END)
        self.buf.write(self.arrival.read())
        self.arrival.close()

    def _add(self, data: bytes) -> None:
        self.arrival.add(data)
        if self.arrival.wants_word:
            self.arrival.wants_word = False
            self.sock.send(_CONTINUE, socket.MSG_DONTWAIT)


class ReceivingWorker(ThreadWorker):
    """gunicorn's gthread worker; requests are received whole and connections closed without a thread."""

    poller: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._seconds = operation_of(os.environ).request_seconds
        self._leaving: set[Any] = set()

    def handle(self, conn: Any) -> Any:
        """In a thread: answers a request that is whole; else leaves the connection to the loop at once."""
        received = self._received(conn)
        try:
            if not received.gather():
                if self.alive:
                    return _DEFER
                received.begin_reading()
        except HeadTooLarge:
            return self._refuse(conn, HEAD_TOO_LARGE)
        except ConnectionError:
            return False
        except OSError as error:
            self.log.error("a request cannot be kept while it arrives: %s", error.strerror)
            return self._refuse(conn, NO_ROOM)
        goes_on = super().handle(conn)
        received.keep_surplus()
        return goes_on

    def finish_request(self, conn: Any, fs: Any) -> None:
        """In the loop: what becomes of a connection after its turn in a thread."""
        if not fs.cancelled() and fs.exception() is None and not fs.result():
            self._leave(conn)
        else:
            super().finish_request(conn, fs)

    def murder_pending(self) -> None:
        """In the loop, every second: who had time enough to send a request, or to go, is told so and let go."""
        now = time.monotonic()
        for conn in [conn for conn in self.pending_conns if self._due(conn) <= now]:
            self.pending_conns.remove(conn)
            self.poller.unregister(conn.sock)
            if conn.parser.unreader.arrival.size > 0:
                self._refuse(conn, TOO_SLOW)
            self._leave(conn)
        for conn in [conn for conn in self._leaving if conn.timeout <= now]:
            self._let_go(conn)

    def _keepalive_after(self, conn: Any, keepalive: bool) -> bool:
        """A body that was refused before it came is not waited for."""
        return bool(keepalive and conn.parser.unreader.arrival.is_whole and super()._keepalive_after(conn, keepalive))

    def _received(self, conn: Any) -> Received:
        if not conn.initialized:
            conn.init()
            conn.parser.unreader = Received(conn.sock)
            for option, seconds in ((socket.SO_RCVTIMEO, STALLED_SECONDS), (socket.SO_SNDTIMEO, self._seconds)):
                conn.sock.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", seconds, 0))
        received: Received = conn.parser.unreader
        return received

    def _due(self, conn: Any) -> float:
        arrival: Arrival = conn.parser.unreader.arrival
        return arrival.due(self._seconds, self.cfg.keepalive)

    def _refuse(self, conn: Any, answer: bytes) -> bool:
        with suppress(OSError):
            conn.sock.send(answer, socket.MSG_DONTWAIT)
        return False

    def _leave(self, conn: Any) -> None:
        """Says that nothing more will come, and gives the client time to read what did (RFC 9112, 9.6)."""
        conn.parser.unreader.arrival.close()
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)
            self.poller.register(conn.sock, EVENT_READ, partial(self._on_leaving, conn))
        except (OSError, ValueError):  # it is gone, or closed already
            self.nr_conns -= 1
            conn.close()
            return
        conn.timeout = time.monotonic() + LEAVING_SECONDS
        self._leaving.add(conn)

    def _on_leaving(self, conn: Any, client: socket.socket) -> None:
        try:
            is_gone = not client.recv(AT_ONCE)
        except BlockingIOError:
            return
        except OSError:
            is_gone = True
        if is_gone:
            self._let_go(conn)

    def _let_go(self, conn: Any) -> None:
        self._leaving.discard(conn)
        self.poller.unregister(conn.sock)
        self.nr_conns -= 1
        conn.close()
