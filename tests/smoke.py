"""Starts the service on a database of its own, asks one question over HTTP, stops it. Run by `make smoke`."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

TIERSCORE = Path(sys.executable).parent / "tierscore"
PATIENCE_SECONDS = 60


def main() -> None:
    """Raises when anything is not as it should be."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        environment = {
            **os.environ,
            "DATABASE_URL": f"sqlite:///{folder}/smoke.db",
            "TIERSCORE_SECRET_KEY": secrets.token_hex(32),
        }
        for step in (["db", "upgrade"], ["seed"], ["db", "check"]):
            subprocess.run([TIERSCORE, *step], env=environment, check=True)
        server = subprocess.Popen([TIERSCORE, "serve", "--port", str(port)], env=environment)
        try:
            wait_until_ready(server, port)
            answer = fetch(port, "/api/v1/assessments/CN-SC")
            expect(answer["tier"] == "provincial", f"Sichuan's tier is {answer['tier']}")
            expect(answer["period"] == 2021, f"the period is {answer['period']}")
        finally:
            server.terminate()
            server.wait(PATIENCE_SECONDS)
    sys.stdout.write("smoke: Sichuan in 2021 is provincial, as the paper says\n")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        expect(server.poll() is None, "the server stopped by itself")
        try:
            fetch(port, "/readyz")
        except URLError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("smoke: the service was not ready in time")


def fetch(port: int, path: str) -> dict[str, object]:
    with urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as response:
        content: dict[str, object] = json.load(response)
        return content


def expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise SystemExit(f"smoke: {otherwise}")


if __name__ == "__main__":
    main()
