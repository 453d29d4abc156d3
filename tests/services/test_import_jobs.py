"""Imports as jobs: done once whoever is killed, given up when that cannot be, and what they keep on the way."""

from __future__ import annotations

import errno
import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError

from tests.conftest import as_text
from tests.waiting import until
from tierscore.errors import NotReady
from tierscore.services import import_jobs, importer, staged
from tierscore.services.import_jobs import Imports
from tierscore.services.importer import Wanted
from tierscore.services.service import Service
from tierscore.storage.database import Database
from tierscore.storage.jobs import Job
from tierscore.storage.long_batch import Tell
from tierscore.storage.tables import ObservationRow, RevisionRow, UncertaintyJobRow

WANTED = Wanted("atomic", False, "office")
ROWS = [f"CN-SC,gdp,{year},{year}" for year in range(1900, 1940)]


@pytest.fixture
def own(seeded: Database, scratch: Path) -> Iterator[Service]:
    """A service on a database of the test's own."""
    service = Service(seeded)
    yield service
    service.close()


def received(imports: Imports, name: str = "a") -> Path:
    """A file that has come in."""
    (imports.received.room(name) / "file").write_text("\n".join(["region,indicator,period,value", *ROWS]))
    return imports.received.file(name)


def ended(imports: Imports, name: str = "a") -> Job:
    return until(lambda: job if (job := imports.status(name)).finished_at else None)  # type: ignore[no-any-return]


def problem_in(job: Job) -> str:
    """Why it failed, as the operator's log would have it."""
    said = json.loads(job.problem or "{}")
    return str(said["params"]["problem"])


def stored(service: Service) -> tuple[int, int]:
    """Revisions, and rows that are in no seed."""
    with service.database.read() as session:
        rows = select(func.count()).select_from(ObservationRow).where(ObservationRow.revision > 3)
        return session.scalars(select(func.max(RevisionRow.number))).one(), session.scalars(rows).one()


def endless(_file: Path, _wanted: Wanted, tell: Tell, _settle: Any) -> Any:
    """An import that is never done."""
    while True:
        tell("checking", 0)
        time.sleep(0.005)


def work_of(service: Service, error: Exception) -> Callable[..., Any]:
    """Fails once, then works as ever."""
    errors = [error]

    def work(*args: Any) -> Any:
        if errors:
            raise errors.pop()
        return service.import_received(*args)

    return work


@pytest.mark.parametrize("when", ["checking", "stored"])
def test_a_killed_process_leaves_the_job_to_another_one(own: Service, when: str) -> None:
    """Killed before anything is stored, and when everything is but for the commit: stored once, as one revision."""
    received(own.imports)
    with own.database.write() as session:
        import_jobs.job_rows.create(
            session, "a", {"kind": "import", **vars(WANTED)}, 0, datetime.now(UTC), place=own.imports.received.place
        )
    command = [sys.executable, "-m", "tests.services.import_worker", as_text(own.database.url), when]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "waiting\n"
        taken = own.imports.status("a").worker
        process.kill()
    job = ended(own.imports)
    assert (job.state, stored(own)) == ("done", (4, len(ROWS)))
    assert job.result is not None
    assert (job.result["revision"], job.result["accepted"]) == (4, len(ROWS))
    assert taken is not None
    assert job.worker != taken
    assert until(lambda: own.imports.received.waiting == [])


def test_two_services_do_each_job_once(own: Service) -> None:
    other = Service.open(as_text(own.database.url))
    try:
        for name in "abcd":
            received(own.imports, name)
            (own.imports if name in "ac" else other.imports).submit(name, WANTED)
        jobs = [ended(own.imports, name) for name in "abcd"]
        assert sorted(job.result["accepted"] for job in jobs if job.result) == [0, 0, 0, len(ROWS)]
        assert stored(own) == (4, len(ROWS))
    finally:
        other.close()


def test_one_that_kills_whoever_works_at_it_is_given_up(own: Service) -> None:
    received(own.imports)
    for _ in range(importer.MOST_BEGUN):
        own.imports.received.begin("a")
    own.imports.submit("a", WANTED)
    job = ended(own.imports)
    assert (job.state, stored(own)[0]) == ("failed", 3)
    assert problem_in(job) == importer.KILLED.params["problem"]


def test_a_file_that_is_gone(own: Service) -> None:
    received(own.imports).unlink()
    own.imports.submit("a", WANTED)
    assert problem_in(ended(own.imports)) == importer.GONE.params["problem"]


def test_a_host_that_does_not_come_back(own: Service) -> None:
    """Its jobs wait for a day; then whoever sends the next one gives them up."""
    old = datetime.now(UTC) - import_jobs.ABANDONED - timedelta(minutes=1)
    with own.database.write() as session:
        import_jobs.job_rows.create(session, "old", {"kind": "import"}, 0, old, place="elsewhere")
    received(own.imports)
    own.imports.submit("a", WANTED)
    assert ended(own.imports).state == "done"
    assert problem_in(own.imports.status("old")) == importer.GONE.params["problem"]


FULL = sqlite3.OperationalError("database or disk is full")
FULL.sqlite_errorcode = sqlite3.SQLITE_FULL


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), OperationalError("INSERT", {}, FULL)], ids=["os", "db"]
)
def test_a_full_disk_ends_it_with_a_clear_problem(
    own: Service, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    imports = Imports(own.database, work_of(own, error))
    received(imports)
    imports.submit("a", WANTED)
    job = ended(imports)
    imports.stop()
    assert (job.state, problem_in(job)) == ("failed", importer.FULL.params["problem"])
    assert "the disk is full" in caplog.text
    assert until(lambda: imports.received.waiting == [])


def test_a_database_that_is_away_delays_it(own: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importer, "PATIENCE", 0.01)
    imports = Imports(own.database, work_of(own, NotReady(problem="the database does not answer")))
    received(imports)
    imports.submit("a", WANTED)
    assert ended(imports).state == "done"
    imports.stop()


def test_stopped_it_is_left_to_whoever_comes_next(own: Service) -> None:
    imports = Imports(own.database, endless)
    received(imports)
    imports.submit("a", WANTED)
    until(lambda: imports.status("a").state == "running")
    imports.stop()
    until(lambda: not any(path.name == "begun" for path in imports.received.at("a").iterdir()))
    assert ended(own.imports).state == "done"


def test_cancelled_elsewhere_it_ends_here(own: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another host cannot leave a sign on this disk; the row of the job says it."""
    monkeypatch.setattr(importer, "BEAT", 0.01)

    imports = Imports(own.database, endless)
    received(imports)
    imports.submit("a", WANTED)
    until(lambda: imports.status("a").state == "running")
    with own.database.write() as session:
        change = update(UncertaintyJobRow).where(UncertaintyJobRow.id == "a")
        session.execute(change.values(state="cancelled", finished_at=datetime.now(UTC)))
    assert until(lambda: imports.received.waiting == [])
    imports.stop()


def test_sorted_rows_are_kept_with_the_file(own: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that goes on does not check and sort again."""
    monkeypatch.setattr(staged, "WORTH_KEEPING", 0)
    monkeypatch.setattr(importer, "PATIENCE", 0.01)
    seen: list[list[str]] = []

    def work(file: Path, wanted: Wanted, tell: Callable[[str, int], None], settle: Any) -> Any:
        seen.append([])

        def noted(stage: str, rows: int) -> None:
            seen[-1].append(stage)
            tell(stage, rows)
            if stage == "comparing" and len(seen) == 1:
                raise NotReady(problem="the database does not answer")

        return own.import_received(file, wanted, noted, settle)

    imports = Imports(own.database, work)
    received(imports)
    imports.submit("a", WANTED)
    assert ended(imports).state == "done"
    imports.stop()
    assert [stages[0] for stages in seen] == ["checking", "comparing"]
    assert stored(own) == (4, len(ROWS))
