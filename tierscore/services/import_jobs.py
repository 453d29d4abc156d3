"""Imports as jobs: a received file waits on this host until one of its processes has stored it (`importer`).

One at a time on a host, for they would wait for each other at the database anyway.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any

from sqlalchemy.orm import Session

from tierscore.errors import UnknownCode
from tierscore.services.import_told import problem_of
from tierscore.services.importer import GONE, Importer, Wanted, Work
from tierscore.services.jobs import REMEMBERED, answering
from tierscore.storage import jobs as job_rows
from tierscore.storage import local_jobs
from tierscore.storage.database import Database
from tierscore.storage.jobs import UNFINISHED, Job
from tierscore.storage.received import Received

KIND = "import"
MOST_WAITING = 16  # files on this host, those that are just coming in included
ABANDONED = timedelta(days=1)  # since a file was received on a host that does not come back


class Imports:
    """The imports that were received on this host, and the thread of this process that works at them."""

    def __init__(self, database: Database, work: Work) -> None:
        self.received = Received.of(database)
        self._database = database
        self._work = work
        self._lock = Lock()
        self._importer: Importer | None = None

    @property
    def has_room(self) -> bool:
        """Whether one more file may come in."""
        return len(self.received.waiting) < MOST_WAITING

    def submit(self, identifier: str, wanted: Wanted) -> Job:
        """Makes a job of a file that lies in its room; raises NotReady when the database does not answer.

        Inside `Database.together` the job is one with the rest of the transaction.
        """
        now = datetime.now(UTC)
        request = {"kind": KIND, **asdict(wanted)}
        with answering(), self._database.write() as session:
            job_rows.forget(session, now - REMEMBERED)
            local_jobs.give_up(session, now - ABANDONED, problem_of(GONE), now)
            job = job_rows.create(session, identifier, request, 0, now, place=self.received.place)
        self._database.afterwards(lambda: self._started().wake())
        return job

    def status(self, identifier: str) -> Job:
        """A job as it is now; raises UnknownCode, NotReady. One that waits here finds somebody to work at it."""
        with answering(), self._database.read() as session:
            job = _one(session, identifier)
        if job.state in UNFINISHED:
            self.begin()
        return job

    def cancel(self, identifier: str) -> Job:
        """Cancels a job that is not finished, after which nothing of it is stored; raises UnknownCode, NotReady."""
        with answering(), self._database.read() as session:
            _one(session, identifier)
        # First, for while an import stores its rows nobody else can write to SQLite.
        self.received.stop(identifier)
        with answering(), self._database.write() as session:
            job = job_rows.cancel(session, identifier, datetime.now(UTC))
        if job.started_at is None:
            self.received.drop(identifier)
        return job

    def progress(self, job: Job) -> dict[str, Any]:
        """The stage that a running import is at, and its rows there; None of both where nothing is known here."""
        told = self.received.told(job.id) if job.state == "running" else None
        return told or {"stage": None, "rows": None}

    def begin(self) -> None:
        """Starts the thread if there is anything here to work at."""
        if self.received.waiting:
            self._started()

    def stop(self) -> None:
        """Ends the thread, if it runs; the import that it is at goes on in another process, or later."""
        with self._lock:
            importer, self._importer = self._importer, None
        if importer is not None:
            importer.stop()

    def _started(self) -> Importer:
        with self._lock:
            if self._importer is None or not self._importer.is_alive():
                self._importer = Importer(self._database, self.received, self._work)
                self._importer.start()
            return self._importer


def _one(session: Session, identifier: str) -> Job:
    job = job_rows.one(session, identifier)
    if job.request.get("kind") != KIND:
        raise UnknownCode("job", identifier, ())
    return job
