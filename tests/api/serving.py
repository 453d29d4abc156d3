"""The service as it runs: gunicorn with some workers, for tests that need more than one process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import requests

from tierscore.settings import OFF

ROOT = Path(__file__).resolve().parents[2]


CONFIG = "python:tierscore.api.serving"
# Limits have tests of their own; elsewhere a fast machine must not come to meet them.
NO_LIMITS = {"TIERSCORE_LIMIT_PER_KEY": OFF, "TIERSCORE_LIMIT_PER_ADDRESS": OFF}


@contextmanager
def served(environment: Mapping[str, str], workers: int) -> Iterator[str]:
    """Serves in this environment, with a secret of its own, until the block ends; gives the address."""
    with running(environment, workers) as (address, _):
        yield address


@contextmanager
def running(
    environment: Mapping[str, str], workers: int, log: Path | None = None
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The same with the process of the master; what it logs goes to a file if one is given."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--config", CONFIG, "--workers", str(workers), "--bind", f"127.0.0.1:{port}"]
    command = [sys.executable, "-m", "gunicorn", *options, "wsgi:app"]
    settings = {**NO_LIMITS, **environment, "TIERSCORE_SECRET_KEY": "k" * 32}
    with (
        (log or Path(os.devnull)).open("wb") as stream,
        subprocess.Popen(command, cwd=ROOT, env=settings, stderr=stream) as server,
    ):
        try:
            wait_for(f"http://127.0.0.1:{port}/readyz")
            yield f"http://127.0.0.1:{port}", server
        finally:
            server.terminate()


def wait_for(url: str) -> None:
    """Returns once the address answers 200; raises TimeoutError after a minute."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if requests.get(url, timeout=5).status_code == 200:
                return
        except requests.RequestException:
            time.sleep(0.2)
    raise TimeoutError(url)
