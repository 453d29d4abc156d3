"""The clock is set back, as `tests.drills.shifted` can. `python -m tests.drills.clock_set_back`."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import requests

from tests.drills.drill import PATIENCE, Drill, told, until
from tests.drills.shifted import SHIFT
from tests.keys import bearing
from tests.stand import Stand, folder_and_url, standing
from tierscore.services.service import Service

HOUR = 3600
DAY = 24 * HOUR
SAMPLES = 100_000


class Clock:
    """The service's clock."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "shift"
        self.set(0)
        self.settings = {SHIFT: str(self._file), "TIERSCORE_LIMIT_PER_ADDRESS": "200/minute"}

    def set(self, ahead: int) -> None:
        """How many seconds it is ahead of the real one."""
        fresh = self._file.with_suffix(".new")
        fresh.write_text(str(ahead), encoding="utf-8")
        fresh.replace(self._file)


def main() -> int:
    """The exit code."""
    drill = Drill("The clock is set back by a day, 2 workers, sqlite")
    with folder_and_url("sqlite") as (folder, url):
        clock = Clock(folder)
        with standing(url, folder, 2, clock.settings, "python:tests.drills.shifted") as stand:
            what_is_recorded(drill, stand, clock)
            jobs_go_on(drill, stand, clock)
            limits_end(drill, stand, clock)
            keys_end(drill, stand, clock)
            incidents = stand.log.read_text(encoding="utf-8").count('"incident ')
            drill.require(incidents == 0, f"{incidents} incidents are in the log")
    return drill.code


def what_is_recorded(drill: Drill, stand: Stand, clock: Clock) -> None:
    for ahead, value in ((0, 1.0), (-DAY, 2.0), (-2 * DAY, 3.0), (0, 4.0)):
        clock.set(ahead)
        row = {"region": "CN-SC", "indicator": "gdp", "period": 2040, "value": value}
        answer = requests.post(
            f"{stand.api}/observations", json={"observations": [row]}, headers=stand.key, timeout=PATIENCE
        )
        found = get(stand, "/observations?region=CN-SC&indicator=gdp&period=2040")["items"][0]
        drill.say(f"clock {ahead / HOUR:+.0f} h: sent {told(answer)}, recorded at {found['recorded_at']}")
        drill.require(found["value"] == value, "the next answer shows it")
    moments = [item["recorded_at"] for item in get(stand, "/revisions")["items"]]
    noted = [item["recorded_at"] for item in get(stand, "/audit")["items"]]
    drill.require(moments == sorted(moments, reverse=True), "the revisions' times never fall")
    drill.require(noted == sorted(noted), "those of the audit trail neither")


def jobs_go_on(drill: Drill, stand: Stand, clock: Clock) -> None:
    asked = requests.post(f"{stand.api}/uncertainty", json={"samples": SAMPLES, "seed": 1}, timeout=PATIENCE)
    path = asked.headers["Location"].removeprefix("/api/v1")
    until(lambda: get(stand, path)["state"] != "queued")
    clock.set(-DAY)
    job = until(lambda: (found := get(stand, path))["state"] in ("done", "failed") and found)
    drill.require(job["state"] == "done", f"a job at work when the clock was set back: {job['state']}")
    clock.set(0)
    asked = requests.post(f"{stand.api}/uncertainty", json={"samples": SAMPLES, "seed": 2}, timeout=PATIENCE)
    path = asked.headers["Location"].removeprefix("/api/v1")
    until(lambda: get(stand, path)["state"] != "queued")
    for worker in stand.workers():
        worker.kill()
    clock.set(-DAY)
    job = until(lambda: (found := get(stand, path))["state"] in ("done", "failed") and found)
    drill.require(job["state"] == "done", f"one whose worker was killed then, too: {job['state']}, by another")
    clock.set(0)


def limits_end(drill: Drill, stand: Stand, clock: Clock) -> None:
    until(lambda: requests.get(f"{stand.api}/regions", timeout=PATIENCE).status_code == 429)
    clock.set(-DAY)
    statuses = [requests.get(f"{stand.api}/regions", timeout=PATIENCE).status_code for _ in range(10)]
    drill.require(
        set(statuses) == {200},
        "an address that had used up its minute is taken at once after the jump",
    )
    clock.set(0)


def keys_end(drill: Drill, stand: Stand, clock: Clock) -> None:
    service = Service.open(stand.url)
    try:
        key = bearing(service.create_key("brief", ["read"], "1h"))
    finally:
        service.close()
    for ahead, expected in ((0, 200), (2 * HOUR, 401), (-DAY, 200)):
        clock.set(ahead)
        answer = requests.get(f"{stand.api}/regions", headers=key, timeout=PATIENCE)
        drill.require(
            answer.status_code == expected, f"a key that ends in an hour, clock {ahead / HOUR:+.0f} h: {told(answer)}"
        )
    drill.say("so a key that has ended is good again for as long as the clock stands before its end")


def get(stand: Stand, path: str) -> Any:
    for _ in range(100):  # a worker that was killed cuts connections
        try:
            return requests.get(f"{stand.api}{path}", headers=stand.key, timeout=PATIENCE).json()
        except requests.ConnectionError:
            time.sleep(0.2)
    raise TimeoutError


if __name__ == "__main__":
    sys.exit(main())
