"""kill -9 of a worker in the midst of an import. `python -m tests.drills.killed_worker [--engine postgresql]`."""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor

import psutil
import requests
from sqlalchemy import func, select

from tests.drills.drill import Drill, imported, newest, stored, table, told, until
from tests.stand import Stand, folder_and_url, standing
from tierscore.storage.database import Database
from tierscore.storage.tables import ObservationRow, RevisionRow

ROWS = 20_000
SPENT = (0.1, 0.3, 0.5, 0.8, 1.2)  # seconds of computing after which the worker is killed


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    engine = parser.parse_args().engine
    drill = Drill(f"A worker is killed during an import of {ROWS} rows, 2 workers, {engine}")
    with folder_and_url(engine) as (folder, url), standing(url, folder, 2) as stand:
        for number, spent in enumerate(SPENT):
            killed_while_importing(drill, stand, table(ROWS, 1000 + number), ROWS, spent)
    return drill.code


def killed_while_importing(drill: Drill, stand: Stand, content: bytes, rows: int, spent: float) -> None:
    """One kill, when a worker has computed for so many seconds since the import was sent, and the import sent again."""
    before, revision = stored(stand), newest(stand)
    clocks = {worker: computed(worker) for worker in living(stand)}
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(imported, stand, content)
        until(lambda: answer.done() or any(computed(worker) - then > spent for worker, then in clocks.items()))
        busy = max(clocks, key=lambda worker: computed(worker) - clocks[worker])
        busy.kill()
        try:
            drill.say(f"killed after {spent} s of computing: answered before that, {told(answer.result())}")
        except requests.ConnectionError:
            drill.say(f"killed after {spent} s of computing: the client's connection was closed without an answer")
    until(lambda: len(living(stand)) == 2 and busy not in living(stand))
    kept = stored(stand) - before
    drill.require(kept in (0, rows), f"stored of the batch: {kept} of {rows} rows; the master has made a new worker")
    again = imported(stand, content)
    drill.require(again.status_code == (200 if kept else 201), f"sent again: {told(again)}, {again.text.strip()[:90]}")
    drill.require(
        (stored(stand) - before, newest(stand)) == (rows, revision + 1), "then it is stored once, as one revision"
    )
    drill.require(rows_are_those_of_revisions(stand.url), "every revision has as many rows as it says")


def computed(worker: psutil.Process) -> float:
    """Seconds that a worker has computed since it was made."""
    return float(worker.cpu_times().user)


def living(stand: Stand) -> list[psutil.Process]:
    return [worker for worker in stand.workers() if worker.status() != psutil.STATUS_ZOMBIE]


def rows_are_those_of_revisions(url: str) -> bool:
    counted = select(ObservationRow.revision, func.count()).group_by(ObservationRow.revision)
    database = Database.open(url)
    try:
        with database.read() as session:
            told_rows = dict(session.execute(select(RevisionRow.number, RevisionRow.row_count)).all())
            return told_rows == dict(session.execute(counted).all())
    finally:
        database.dispose()


if __name__ == "__main__":
    sys.exit(main())
