"""The disk of a SQLite database is full. `python -m tests.drills.disk_full`: needs root, for a disk of its own."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from tests.drills.drill import PATIENCE, Drill, imported, newest, stored, table, told
from tests.drills.killed_worker import rows_are_those_of_revisions
from tests.stand import Stand, standing

ROWS = 20_000
DISK, ROOM = "24m", 300 * 1024  # bytes that are left: too few for the batch
READS = ("/assessments", "/assessments/CN-SC", "/observations", "/assessments?as_of=2", "/regions", "/panel")


def main() -> int:
    """The exit code."""
    if os.geteuid() != 0:
        raise SystemExit("root is needed, to mount a small disk")
    drill = Drill(f"A disk of {DISK} (tmpfs) is full, 2 workers, sqlite")
    with small_disk() as disk, tempfile.TemporaryDirectory() as folder:
        with standing(f"sqlite:///{disk}/full.db", Path(folder), 2) as stand:
            full_and_free_again(drill, stand, disk)
            incidents = stand.log.read_text(encoding="utf-8").count('"incident ')
            drill.require(incidents == 0, f"{incidents} incidents are in the log")
        uploads_without_room(drill, disk, Path(folder))
    return drill.code


def full_and_free_again(drill: Drill, stand: Stand, disk: Path) -> None:
    """The disk of the database, with its write-ahead log."""
    before, revision = stored(stand), newest(stand)
    fill(disk, 0)
    drill.say(f"nothing is left; {sizes(disk)}")
    answers = [told(one_row(stand, value)) for value in range(3)]
    drill.require(set(answers) == {"503 /problems/not-ready, Retry-After 5"}, f"one row sent three times: {answers}")
    asked(drill, stand)
    (disk / "filler").unlink()
    fill(disk, ROOM)
    answer = imported(stand, table(ROWS, 5))
    drill.require(told(answer).startswith("503 /problems/not-ready, Retry-After"), f"{ROWS} rows sent: {told(answer)}")
    drill.say(f"that was with {ROOM // 1024} KiB; {sizes(disk)}")
    answers = [told(one_row(stand, value)) for value in range(3)]
    drill.require(set(answers) <= {"201", "503 /problems/not-ready, Retry-After 5"}, f"one row, three times: {answers}")
    asked(drill, stand)
    small = newest(stand) - revision
    drill.require(stored(stand) - before == small, f"stored: nothing of the large batch, {small} of one row")
    ready = requests.get(f"{stand.address}/readyz", timeout=PATIENCE)
    drill.say(f"/readyz {told(ready)}; {sizes(disk)}")
    (disk / "filler").unlink()
    again = imported(stand, table(ROWS, 5))
    drill.require(again.status_code == 201, f"room again, nothing restarted: sent again {told(again)}")
    drill.require(stored(stand) - before == ROWS + small, "stored once, all of it")
    drill.require(rows_are_those_of_revisions(stand.url), "every revision has as many rows as it says")
    with sqlite3.connect(disk / "full.db") as connection:
        checked = connection.execute("PRAGMA integrity_check").fetchone()[0]
    drill.require(checked == "ok", f"integrity_check says {checked}; {sizes(disk)}")


def one_row(stand: Stand, value: float) -> requests.Response:
    row = {"region": "CN-SC", "indicator": "gdp", "period": 2040, "value": value}
    return requests.post(f"{stand.api}/observations", json={"observations": [row]}, headers=stand.key, timeout=PATIENCE)


def asked(drill: Drill, stand: Stand) -> None:
    """Readers go on."""
    statuses = [requests.get(f"{stand.api}{path}", timeout=PATIENCE).status_code for path in READS * 2]
    drill.require(set(statuses) == {200}, f"{len(statuses)} questions asked meanwhile: all 200")


def uploads_without_room(drill: Drill, disk: Path, folder: Path) -> None:
    """The disk where uploads are kept while they arrive; the database has room."""
    uploads = disk / "uploads"
    uploads.mkdir()
    with standing(f"sqlite:///{folder}/room.db", folder, 2, {"TMPDIR": str(uploads)}) as stand:
        fill(disk, 0)
        drill.say(f"another database, with room; TMPDIR has none: {sizes(disk)}")
        answer = imported(stand, table(ROWS, 5))
        drill.require(told(answer).startswith("503 /problems/not-ready"), f"{ROWS} rows sent: {told(answer)}")
        short = requests.get(f"{stand.api}/assessments", timeout=PATIENCE).status_code
        drill.require(short == 200, f"a short question: {short}")
        (disk / "filler").unlink()
        again = imported(stand, table(ROWS, 5))
        drill.require(again.status_code == 201, f"room again: sent again {told(again)}")


@contextmanager
def small_disk() -> Iterator[Path]:
    """A disk in memory, mounted until the block ends."""
    disk = Path(tempfile.mkdtemp(prefix="disk"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", disk], check=True)
    try:
        yield disk
    finally:
        time.sleep(1)  # until the service is gone
        subprocess.run(["umount", "--lazy", disk], check=True)
        disk.rmdir()


def fill(disk: Path, left: int) -> None:
    """Takes all the room but so many bytes."""
    with (disk / "filler").open("ab") as filler:
        while (free := os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize - left) > 0:
            filler.write(b"x" * min(free, 1 << 20))
            filler.flush()


def sizes(disk: Path) -> str:
    """The files of the database, in KiB."""
    return ", ".join(
        f"{path.name} {path.stat().st_size // 1024} KiB" for path in sorted(disk.glob("full.db*")) if path.exists()
    )


if __name__ == "__main__":
    sys.exit(main())
