"""Who computes the chunks of an ensemble: joblib's threads here, or a Dask cluster that the settings name.

Chunks come back in order, and each has numbers of its own: who computes them makes no difference.
"""

# joblib and distributed declare no types for what is called here.
# mypy: allow-untyped-calls

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from threading import Event
from typing import Any

import joblib

from tierscore.engine.ensemble import Part, Walk
from tierscore.errors import NotReady

Progress = Callable[[int], None]
PATIENCE = 5  # seconds
AT_ONCE = 16  # chunks given to a cluster between two signs of life


def nothing(_done: int) -> None:
    """Tells nobody."""


def in_threads(progress: Progress = nothing) -> Walk:
    """As many threads as there are processors; `progress` is told how many draws are done."""

    def walk(part: Callable[[int], Part], chunks: Iterable[int]) -> Iterator[Part]:
        unwanted = Event()
        work = joblib.Parallel(n_jobs=-1, prefer="threads", return_as="generator")
        parts = work(joblib.delayed(_unless)(unwanted, part, chunk) for chunk in chunks)
        try:
            yield from _counted(parts, progress)
        finally:  # joblib warns of parts that nobody takes
            unwanted.set()
            deque(parts, maxlen=0)

    return walk


def _unless(unwanted: Event, part: Callable[[int], Part], chunk: int) -> Part | None:
    return None if unwanted.is_set() else part(chunk)


def on_cluster(address: str, progress: Progress = nothing) -> Walk:
    """The workers of a Dask scheduler, such as ``tcp://127.0.0.1:8786``."""

    def walk(part: Callable[[int], Part], chunks: Iterable[int]) -> Iterator[Part]:
        from distributed import Client  # noqa: PLC0415 - slow to load, and few have a cluster

        with _reached(Client, address) as client:
            shared = client.scatter(part, broadcast=True)
            yield from _counted(_gathered(client, shared, list(chunks)), progress)

    return walk


def _reached(client: Any, address: str) -> Any:
    """A connection to the cluster; raises NotReady where none answers."""
    try:
        return client(address, set_as_default=False, timeout=PATIENCE)
    except OSError as error:
        raise NotReady(problem="the Dask cluster does not answer") from error


def _gathered(client: Any, part: Any, chunks: list[int]) -> Iterator[Part]:
    """Some chunks at a time, so that a cancelled job leaves little behind."""
    for begin in range(0, len(chunks), AT_ONCE):
        futures = [client.submit(_call, part, chunk, pure=False) for chunk in chunks[begin : begin + AT_ONCE]]
        yield from client.gather(futures)


def _call(part: Callable[[int], Part], chunk: int) -> Part:
    return part(chunk)


def _counted(parts: Iterable[Part], progress: Progress) -> Iterator[Part]:
    done = 0
    for part in parts:
        done += len(part.scores)
        progress(done)
        yield part


def walker(address: str | None) -> Callable[[Progress], Walk]:
    """The way of working that the settings ask for."""
    return in_threads if address is None else lambda progress: on_cluster(address, progress)
