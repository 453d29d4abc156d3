"""The memory of processes, sampled, and whether it is flat."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from threading import Event, Thread
from time import monotonic

import psutil

from tests.stand import Stand

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Growth:
    """Resident memory of one worker in MiB: the median of each tenth of the run."""

    worker: int
    tenths: tuple[float, ...]

    def since(self, tenth: int) -> float:
        """How much it has grown since a tenth of the run."""
        return self.tenths[-1] - self.tenths[tenth]


class Sampler:
    """Reads the resident memory of all workers again and again, in a thread of its own."""

    def __init__(self, stand: Stand, every: float) -> None:
        self._stand = stand
        self._every = every
        self._stopping = Event()
        self._began = monotonic()
        self.samples: dict[int, list[tuple[float, float]]] = {}
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def growths(self, seconds: float) -> list[Growth]:
        """Of every worker that lived for the whole run of so many seconds."""
        found = []
        for worker, samples in self.samples.items():
            tenths = [[size for moment, size in samples if int(10 * moment / seconds) == tenth] for tenth in range(10)]
            if all(tenths):
                found.append(Growth(worker, tuple(median(sizes) for sizes in tenths)))
        return found

    def _run(self) -> None:
        while not self._stopping.wait(self._every):
            for worker in self._stand.workers():
                try:
                    size = worker.memory_info().rss / MEBIBYTE
                except psutil.NoSuchProcess:
                    continue
                self.samples.setdefault(worker.pid, []).append((monotonic() - self._began, size))
