"""The memory of processes, sampled, and whether it is flat."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from threading import Event, Thread
from time import monotonic

import psutil

from tests.stand import Stand

MEBIBYTE = 1024 * 1024
WARM_PART = 0.4  # of the run: until then every store of answers and scorecards is filling


@dataclass(frozen=True)
class Growth:
    """Resident memory of one worker in MiB: the median of the tenth of the run after warming up, and of the last."""

    worker: int
    warm: float
    end: float

    @property
    def grown(self) -> float:
        return self.end - self.warm


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
        warm, tenth = WARM_PART * seconds, 0.1 * seconds
        found = []
        for worker, samples in self.samples.items():
            early = [size for moment, size in samples if warm <= moment <= warm + tenth]
            late = [size for moment, size in samples if moment >= seconds - tenth]
            if early and late:
                found.append(Growth(worker, median(early), median(late)))
        return found

    def _run(self) -> None:
        while not self._stopping.wait(self._every):
            for worker in self._stand.workers():
                try:
                    size = worker.memory_info().rss / MEBIBYTE
                except psutil.NoSuchProcess:
                    continue
                self.samples.setdefault(worker.pid, []).append((monotonic() - self._began, size))
