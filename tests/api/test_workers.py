"""Several workers behind one address: what they count is added up, and survives them."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import requests

from tests.api.serving import running
from tests.conftest import as_text
from tierscore.storage.database import Database

ASKED = 'tierscore_requests_total{method="GET",route="/api/v1/regions/<string:code>",status="200"}'
PATIENCE_SECONDS = 30


def counted(url: str, name: str = ASKED) -> float:
    lines = requests.get(f"{url}/metrics", timeout=30).text.splitlines()
    return next((float(line.rpartition(" ")[2]) for line in lines if line.startswith(name)), 0.0)


def ask(url: str, times: int) -> None:
    for _ in range(times):
        assert requests.get(f"{url}/api/v1/regions/CN-SC", timeout=30).status_code == 200


def becomes(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.1)
    return False


def test_counts_are_of_all_workers_and_outlive_them(seeded: Database, tmp_path: Path) -> None:
    folder, log = tmp_path / "metrics", tmp_path / "log"
    folder.mkdir()
    (folder / "counter_7.db").write_bytes(b"left behind")
    environment = {**os.environ, "DATABASE_URL": as_text(seeded.url), "PROMETHEUS_MULTIPROC_DIR": str(folder)}
    with running(environment, 2, log) as (url, master):
        ask(url, 40)
        assert {counted(url) for _ in range(10)} == {40.0}
        workers = psutil.Process(master.pid).children()
        assert len(workers) == 2
        workers[0].send_signal(signal.SIGKILL)
        assert becomes(lambda: set(psutil.Process(master.pid).children()) - {workers[0]} > {workers[1]})
        ask(url, 20)
        assert {counted(url) for _ in range(10)} == {60.0}
        assert {path.name for path in folder.glob("counter_*.db")} == {"counter_0.db", "counter_1.db"}
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert {line["logger"] for line in lines} == {"gunicorn.error", "tierscore.requests"}
    assert sum(line.get("route") == "/api/v1/regions/<string:code>" for line in lines) == 60


def test_a_proxy_is_believed_only_where_one_is_set(seeded: Database, tmp_path: Path) -> None:
    """gunicorn by itself would believe every neighbour."""
    sent = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "evil.example"}
    with running({**os.environ, "DATABASE_URL": as_text(seeded.url)}, 1, tmp_path / "log") as (url, _):
        answer = requests.get(f"{url}/api/v1/regions", headers=sent, timeout=30)
    assert answer.status_code == 200
    assert "evil.example" not in str(answer.headers) + answer.text
    assert answer.headers["Server"] == "gunicorn"
