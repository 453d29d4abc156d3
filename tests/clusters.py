"""A Dask cluster of processes of its own, started as operators start it, to be killed and started again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from distributed import Client

ROOT = Path(__file__).parents[1]
STARTED, ENDED = 30, 10  # seconds
HOST = ("--host", "127.0.0.1", "--no-dashboard", "--dashboard-address", "127.0.0.1:0")


@dataclass
class Cluster:
    """A scheduler and its workers; `port` stays the same when it is started again."""

    scratch: Path
    port: int
    scheduler: subprocess.Popen[bytes] | None = None
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def address(self) -> str:
        """What `TIERSCORE_DASK` would be."""
        return f"tcp://127.0.0.1:{self.port}"

    def start(self, workers: int = 2) -> None:
        """Starts a scheduler and workers, and waits until they are there."""
        self.scheduler = self._run("scheduler", *HOST, "--port", str(self.port))
        self.add_workers(workers)

    def add_workers(self, count: int) -> None:
        """Starts workers of one thread each, and waits until they are there."""
        options = [*HOST, "--no-nanny", "--nthreads", "1", "--local-directory", str(self.scratch)]
        self.workers += [self._run("worker", self.address, *options) for _ in range(count)]
        with Client(self.address, set_as_default=False, timeout=STARTED) as client:
            client.wait_for_workers(len(self.workers), timeout=STARTED)

    def kill_worker(self) -> None:
        """As the kernel does when memory runs out."""
        _end(self.workers.pop(), signal.SIGKILL)

    def kill_scheduler(self) -> None:
        """As a machine that goes down; the workers end by themselves, as there is nobody left to work for."""
        if self.scheduler is not None:
            _end(self.scheduler, signal.SIGKILL)
        for worker in self.workers:
            worker.wait(ENDED)
        self.workers.clear()
        self.scheduler = None

    def stop(self) -> None:
        """Ends all of them."""
        for process in [*self.workers, *([self.scheduler] if self.scheduler else [])]:
            _end(process, signal.SIGTERM)
        self.workers.clear()
        self.scheduler = None

    def _run(self, *command: str) -> subprocess.Popen[bytes]:
        environ = {**os.environ, "PYTHONPATH": str(ROOT)}
        with (self.scratch / f"{command[0]}.log").open("ab") as log:
            whole = [sys.executable, "-m", "dask", *command]
            return subprocess.Popen(whole, cwd=ROOT, env=environ, stdout=log, stderr=log)


@dataclass(frozen=True)
class Slowly:
    """Takes its time over each part, so that there is something to interrupt."""

    work: Callable[[Any], Any]
    seconds: float

    def __call__(self, item: Any) -> Any:
        time.sleep(self.seconds)
        return self.work(item)


@contextmanager
def running(scratch: Path, workers: int = 2) -> Iterator[Cluster]:
    """A cluster that ends with the block."""
    cluster = Cluster(scratch, _free_port())
    try:
        cluster.start(workers)
        yield cluster
    finally:
        cluster.stop()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _end(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    process.send_signal(how)
    try:
        process.wait(ENDED)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
