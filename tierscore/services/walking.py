"""Who computes the parts of a large computation: joblib's threads here, or a Dask cluster that the settings name.

Parts come back in order, and none depends on another: who computes them makes no difference.
"""

# joblib and distributed declare no types for what is called here.
# mypy: allow-untyped-calls

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any

import joblib

from tierscore.engine.walk import Item, Result, Walk
from tierscore.errors import NotReady

Progress = Callable[[int], None]
PATIENCE = 5  # seconds
BEAT = 1  # seconds between two signs of life while a cluster computes
LARGEST = "1 GiB"  # of tables that are sent with their tasks, so that they outlive a worker; Dask warns from 10 MB on
LARGE = 2**22  # cells from which it pays to send a table to others


def nothing(_done: int) -> None:
    """Tells nobody."""


def in_threads(progress: Progress = nothing) -> Walk:
    """As many threads as there are processors; `progress` is told how many draws are done."""

    def walk(work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        unwanted = Event()
        pool = joblib.Parallel(n_jobs=-1, prefer="threads", return_as="generator")
        parts = pool(joblib.delayed(_unless)(unwanted, work, item) for item in items)
        try:
            yield from _counted(parts, progress)
        finally:  # joblib warns of parts that nobody takes
            unwanted.set()
            deque(parts, maxlen=0)

    return walk


def _unless(unwanted: Event, work: Callable[[Item], Result], item: Item) -> Result | None:
    return None if unwanted.is_set() else work(item)


def on_cluster(address: str, progress: Progress = nothing) -> Walk:
    """The workers of a Dask scheduler, such as ``tcp://127.0.0.1:8786``.

    A worker that dies costs its part, which Dask gives to another; without scheduler or workers NotReady is raised.
    """

    def walk(work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        from dask import config  # noqa: PLC0415 - slow to load, and few have a cluster

        with _connected(address) as client:
            shared = client.scatter(work, broadcast=True, hash=False, timeout=PATIENCE)
            with config.set({"distributed.admin.large-graph-warning-threshold": LARGEST}):
                parts = deque(client.map(_call, list(items), work=shared, pure=False))
            yield from _taken(parts, progress)

    return walk


@contextmanager
def _connected(address: str) -> Iterator[Any]:
    """A connection to the cluster; raises NotReady where none answers, or not until the end."""
    from distributed import CancelledError, Client  # noqa: PLC0415 - slow to load, and few have a cluster
    from distributed.scheduler import NoValidWorkerError  # noqa: PLC0415

    try:
        with Client(address, set_as_default=False, timeout=PATIENCE) as client:
            yield client
    except OSError as error:
        raise NotReady(problem="the Dask cluster does not answer") from error
    except (CancelledError, NoValidWorkerError) as error:
        raise NotReady(problem="the Dask cluster lost what it was at") from error


def _taken(parts: deque[Any], progress: Progress) -> Iterator[Any]:
    """Each part in its turn; the cluster forgets those that are not referred to any more."""
    done = 0
    while parts:
        part = parts.popleft()
        while not _ready(part):  # others may have the cluster, and what says nothing is taken for abandoned
            progress(done)
        found = part.result()
        done += len(found.scores)
        progress(done)
        yield found


def _ready(part: Any) -> bool:
    """Whether a part is computed, whatever it came to; waits a little for it, and does not fetch it."""
    try:
        part.exception(timeout=BEAT)
    except TimeoutError:
        return False
    return True


def _call(item: Item, work: Callable[[Item], Result]) -> Result:
    return work(item)


def _counted(parts: Iterable[Result], progress: Progress) -> Iterator[Result]:
    done = 0
    for part in parts:
        done += len(part.scores)
        progress(done)
        yield part


def walker(address: str | None) -> Callable[[Progress], Walk]:
    """The way of working that the settings ask for."""
    return in_threads if address is None else lambda progress: on_cluster(address, progress)


def sparing(address: str | None, cells: int) -> Walk:
    """The same for what is quickly done: sent to a cluster only where so many cells are worth it."""
    return map if address is None or cells < LARGE else on_cluster(address)
