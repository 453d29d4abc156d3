"""200 clients that send slowly, and gunicorn's own worker to compare. `python -m tests.drills.slow_clients`."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from threading import Event, Thread

import requests

from tests.drills.drill import Drill
from tests.stand import Stand, filled, folder_and_url, serving

WORKERS, CLIENTS = 4, 200
SECONDS = 20  # that the short requests are watched
GIVES_UP = 10  # seconds after which a short request gives up
HEAD = b"POST /api/v1/what-if HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
KINDS = {
    "heads in single bytes": (b"GET /api/v1/regions HTTP/1.1\r\nHost: x\r\nX-Slow: ", b"a"),
    "bodies in single bytes": (HEAD + b"Content-Length: 5000\r\n\r\n{", b" "),
    "chunks in single bytes": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n1000\r\n{", b" "),
    "silent ones": (b"", b""),
    "ones that do not close": (b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", b""),
}


def main() -> int:
    """The exit code."""
    drill = Drill(f"{CLIENTS} slow clients, {WORKERS} workers with 4 threads, sqlite")
    with folder_and_url("sqlite") as (folder, url):
        key, settings = filled(url), {"TIERSCORE_REQUEST_SECONDS": str(SECONDS // 2)}
        with serving(url, key, folder, WORKERS, settings=settings) as stand:
            drill.say(f"served by tierscore, TIERSCORE_REQUEST_SECONDS={SECONDS // 2}")
            failed = watched(drill, stand)
            drill.require(failed == 0, "every short request was answered meanwhile")
        with serving(url, key, folder, WORKERS, settings={"GUNICORN_CMD_ARGS": "--worker-class gthread"}) as stand:
            drill.say("served by gunicorn's own gthread worker, to compare")
            watched(drill, stand)
    return drill.code


def watched(drill: Drill, stand: Stand) -> int:
    """Asks short questions while the slow clients are there, and after; how many of them had no answer."""
    asked(drill, stand, "before", 1)
    with slow_clients(stand) as told:
        failed = asked(drill, stand, "beside them", SECONDS)
    drill.say(f"what the slow clients were told: {told or 'nothing'}")
    asked(drill, stand, "after", 1)
    return failed


def asked(drill: Drill, stand: Stand, when: str, seconds: float) -> int:
    """Short questions, one after the other; how many had no answer."""
    took, failed, end = [], 0, time.monotonic() + seconds
    while time.monotonic() < end:
        started = time.monotonic()
        try:
            requests.get(f"{stand.api}/assessments", timeout=GIVES_UP).raise_for_status()
            took.append(time.monotonic() - started)
        except requests.RequestException:
            failed += 1
    times = f"median {1000 * median(took):.0f} ms, longest {1000 * max(took):.0f} ms" if took else "none answered"
    drill.say(f"{when}: {len(took)} short requests answered, {failed} gave up after {GIVES_UP} s; {times}")
    return failed


@contextmanager
def slow_clients(stand: Stand) -> Iterator[dict[str, int]]:
    """As many of each kind, each sending a byte a second; whoever is let go comes back. Counts what they are told."""
    over, told = Event(), dict[str, int]()
    kinds = [kind for kind in KINDS.values() for _ in range(CLIENTS // len(KINDS))]
    threads = [Thread(target=dribble, args=(stand, *kind, over, told)) for kind in kinds]
    for thread in threads:
        thread.start()
    time.sleep(1)
    yield told
    over.set()
    for thread in threads:
        thread.join()


def dribble(stand: Stand, first: bytes, more: bytes, over: Event, told: dict[str, int]) -> None:
    """A slow client's life."""
    host, port = stand.address.removeprefix("http://").split(":")
    while not over.is_set():
        try:
            with socket.create_connection((host, int(port)), timeout=5) as client:
                client.sendall(first)
                client.settimeout(1)
                word = dribbled(client, more, over)
        except OSError as error:
            word = type(error).__name__
        if word and more:
            told[word] = told.get(word, 0) + 1


def dribbled(client: socket.socket, more: bytes, over: Event) -> str:
    """The first line of what the server says; empty if it was silent until the end."""
    while not over.is_set():
        try:
            answer = client.recv(200)
        except TimeoutError:
            client.sendall(more)
            continue
        if answer and not more:  # it was answered, and stays
            over.wait()
        return answer.split(b"\r\n")[0].decode() or "closed"
    return ""


if __name__ == "__main__":
    sys.exit(main())
