"""The thread that imports received files, one after the other.

What a job stores and that it is done are one transaction, so it is done once, whoever is killed when, and what was
cancelled in time stores nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from time import monotonic, time
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from tierscore.errors import Interrupted, NotReady, TierscoreError
from tierscore.services.import_told import incident, problem_of, result_of
from tierscore.services.importing import Settle
from tierscore.services.ingesting import IngestReport
from tierscore.services.jobs import AWAY, BEAT, PATIENCE, Cancelled, answering
from tierscore.services.turning import IDLE, Turning
from tierscore.storage import jobs as job_rows
from tierscore.storage import local_jobs
from tierscore.storage.database import Database
from tierscore.storage.jobs import Job
from tierscore.storage.long_batch import Tell
from tierscore.storage.received import Received
from tierscore.storage.room import is_full

MOST_BEGUN = 3  # times that an import begins whose worker is killed each time
LEFT = timedelta(hours=1)  # since anything was written to a file that is no job's

GONE = Interrupted(problem="the file that was received is gone; send it again")
KILLED = Interrupted(problem="whoever worked at it was killed each time; ask the operator")
FULL = Interrupted(problem="there is no room on the disk; ask the operator")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Wanted:
    """What is to become of a file, and who sent it."""

    mode: str
    dry_run: bool
    recorded_by: str


# Imports a file for somebody: told are tells of progress, and what is to be stored with its rows.
Work = Callable[[Path, Wanted, Tell, Settle], IngestReport]


class Importer(Turning):
    """A thread that imports one file after the other, when it is this process's turn on this host."""

    def __init__(self, database: Database, received: Received, work: Work) -> None:
        super().__init__("imports")
        self._database = database
        self._received = received
        self._work = work
        self._name = token_hex(8)
        self._has_swept = False

    def _turn(self) -> float:
        try:
            if not self._has_swept:
                self._sweep()
            with self._database.read() as session:
                waits = local_jobs.waiting(session, self._received.place)
            if not waits:
                return IDLE
            with self._received.turn() as ours:
                return self._next() if ours else IDLE
        except (SQLAlchemyError, OSError) as error:
            _log.warning("imports wait: %s", type(error).__name__)
            return PATIENCE

    def _next(self) -> float:
        """Works at the oldest file; the seconds until the next turn."""
        place = self._received.place
        with self._database.write() as session:
            job = local_jobs.claim(session, place, f"{place}:{self._name}", datetime.now(UTC))
        return 0 if job is None else self._import(job)

    def _import(self, job: Job) -> float:
        try:
            self._finish(job, self._imported(job))
        except Cancelled:
            return self._cancelled(job)
        except Exception as error:
            return self._stopped_by(job, error)
        return 0

    def _stopped_by(self, job: Job, error: Exception) -> float:
        """What becomes of a job that met an error; the seconds until the next turn."""
        if is_full(error):
            _log.warning("import %s: the disk is full", job.id, exc_info=error)
            self._fail(job, problem_of(FULL))
        elif isinstance(error, NotReady):
            _log.warning("import %s waits: %s", job.id, error.message)
            self._give_back(job)
            return PATIENCE
        else:
            self._fail(job, problem_of(error) if isinstance(error, TierscoreError) else incident(job.id))
        return 0

    def _imported(self, job: Job) -> IngestReport | None:
        """What became of a file; None where that is stored with its rows already."""
        if not self._received.file(job.id).exists():
            raise GONE
        if self._received.begin(job.id) > MOST_BEGUN:
            raise KILLED
        settled: list[IngestReport] = []

        def settle(session: Session, report: IngestReport) -> None:
            if not job_rows.finish(session, job.id, _name_in(job), result_of(report), datetime.now(UTC)):
                raise Cancelled
            settled.append(report)

        wanted = Wanted(**{name: value for name, value in job.request.items() if name != "kind"})
        with answering():
            report = self._work(self._received.file(job.id), wanted, self._tell(job), settle)
        return None if settled else report

    def _tell(self, job: Job) -> Tell:
        due = monotonic()

        def tell(stage: str, rows: int) -> None:
            nonlocal due
            if self._stopping.is_set() or self._received.is_stopped(job.id):
                raise Cancelled
            if monotonic() >= due:
                self._look(job, {"stage": stage, "rows": rows})
                due = monotonic() + BEAT

        return tell

    def _look(self, job: Job, told: dict[str, Any]) -> None:
        """Says how far a job is, and whether somebody has cancelled it on another host."""
        self._received.tell(job.id, told)
        try:
            with self._database.read() as session:
                ours = local_jobs.belongs(session, job.id, _name_in(job))
        except AWAY:
            return
        if not ours:
            raise Cancelled

    def _finish(self, job: Job, report: IngestReport | None) -> None:
        if report is not None:
            with answering(), self._database.write() as session:
                job_rows.finish(session, job.id, _name_in(job), result_of(report), datetime.now(UTC))
        self._received.drop(job.id)

    def _fail(self, job: Job, problem: str) -> None:
        """If the database does not answer now, the next turn comes to the same."""
        with self._database.write() as session:
            job_rows.fail(session, job.id, _name_in(job), problem, datetime.now(UTC))
        self._received.drop(job.id)

    def _cancelled(self, job: Job) -> float:
        if self._stopping.is_set() and not self._received.is_stopped(job.id):
            self._give_back(job)
            return 0
        with self._database.write() as session:
            job_rows.cancel(session, job.id, datetime.now(UTC))
        self._received.drop(job.id)
        return 0

    def _give_back(self, job: Job) -> None:
        """Leaves a job for later. That was nobody's death."""
        self._received.begin_anew(job.id)
        with self._database.write() as session:
            job_rows.give_back(session, job.id, _name_in(job))

    def _sweep(self) -> None:
        """Removes what others left behind who were killed: files of jobs that are finished, or that never were."""
        with self._database.read() as session:
            wanted = local_jobs.unfinished(session, self._received.place)
        self._received.sweep(wanted, time() - LEFT.total_seconds())
        self._has_swept = True


def _name_in(job: Job) -> str:
    return job.worker or ""
