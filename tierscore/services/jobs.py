"""Background jobs: kept in the database until somebody has computed them, so that a restart loses none.

One thread per process takes them one after the other, and all processes take from one queue. The thread starts with the
first job that this process is asked for, so after any fork.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from threading import Lock
from time import monotonic
from typing import Any

from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.orm import Session

from tierscore.errors import NotReady, TierscoreError, UnknownCode
from tierscore.services.turning import IDLE, Turning
from tierscore.storage import jobs as job_rows
from tierscore.storage.database import Database
from tierscore.storage.jobs import UNFINISHED, Job
from tierscore.storage.observations import iso_utc

Answer = dict[str, Any]
Progress = Callable[[int], None]
Compute = Callable[[Answer, Progress], Answer]
Submitted = Job

BEAT = 0.5  # seconds between two signs of life
PATIENCE = 5.0  # seconds to leave a database alone that does not answer
STALE = timedelta(seconds=30)
REMEMBERED = timedelta(days=7)  # since a job was finished; then the next one submitted makes room

AWAY = (OperationalError, InterfaceError, NoConnection)
FAILED = "Quote incident {incident} when you report this."

_Store = Callable[[Session, str, str, Any, datetime], bool]
_log = logging.getLogger(__name__)


class Cancelled(Exception):
    """Ends a computation whose result nobody waits for here any more."""


class Jobs:
    """The jobs of a database, and the thread of this process that computes them.

    Parameters
    ----------
    database : Database
    compute : callable
        ``compute(request, progress)`` returns the result, as JSON has it, of the request of a job. It calls
        ``progress(done)`` with the draws made so far, from 0 to the job's total: every second or so, as a job that
        says nothing for `STALE` is taken for abandoned. What `progress` raises must pass through it. A request
        for which it raises NotReady is tried again later; any other error ends the job.
    """

    def __init__(self, database: Database, compute: Compute) -> None:
        self._database = database
        self._compute = compute
        self._lock = Lock()
        self._runner: _Runner | None = None

    def submit(self, request: Answer, total: int) -> Job:
        """Stores a job and has it computed in its turn; raises NotReady when the database does not answer."""
        now = datetime.now(UTC)
        with answering(), self._database.write() as session:
            job_rows.forget(session, now - REMEMBERED)
            job = job_rows.create(session, token_hex(16), request, total, now)
        self._started().wake()
        return job

    def status(self, identifier: str) -> Job:
        """A job as it is now; raises UnknownCode, NotReady. One that is not finished finds somebody to compute it."""
        with answering(), self._database.read() as session:
            job = _one(session, identifier)
        if job.state in UNFINISHED:
            self.ensure_running()
        return job

    def cancel(self, identifier: str) -> Job:
        """Cancels a job, if it is not finished; raises UnknownCode, NotReady."""
        with answering(), self._database.write() as session:
            return job_rows.cancel(session, _one(session, identifier).id, datetime.now(UTC))

    def forget(self, before: datetime) -> int:
        """Deletes the jobs that were finished before a moment; how many there were. Raises NotReady."""
        with answering(), self._database.write() as session:
            return job_rows.forget(session, before)

    def ensure_running(self) -> None:
        """Starts the thread, if it is not running in this process."""
        self._started()

    def stop(self) -> None:
        """Ends the thread, if it runs; the job that it is at is queued again. The next job starts another thread.

        Waits no longer than `LONGEST_STOP`: a computation ends when it next tells its progress.
        """
        with self._lock:
            runner, self._runner = self._runner, None
        if runner is not None:
            runner.stop()

    def _started(self) -> _Runner:
        with self._lock:
            if self._runner is None or not self._runner.is_alive():
                self._runner = _Runner(self._database, self._compute)
            return self._runner


class _Runner(Turning):
    """A thread that takes one job after the other, under a name of its own."""

    def __init__(self, database: Database, compute: Compute) -> None:
        super().__init__("jobs")
        self._database = database
        self._compute = compute
        self._name = token_hex(8)
        self.start()

    def _turn(self) -> float:
        """Computes the next job, if there is one; the seconds until the next turn."""
        try:
            job = self._claimed()
        except SQLAlchemyError as error:
            _note("jobs wait", error)
            return PATIENCE
        return IDLE if job is None else self._work(job)

    def _claimed(self) -> Job | None:
        """Looks before it claims: a look takes no lock, and mostly there is nothing to be claimed."""
        now = datetime.now(UTC)
        with self._database.read() as session:
            if not job_rows.waiting(session, now - STALE, now + STALE):
                return None
        with self._database.write() as session:
            now = datetime.now(UTC)
            return job_rows.claim(session, self._name, now, now - STALE, now + STALE)

    def _work(self, job: Job) -> float:
        """Computes a job and stores how it ended; the seconds until the next turn."""
        try:
            self._settle(job, *self._outcome(job))
        except (Cancelled, NotReady) as error:
            self._give_back(job)
            return PATIENCE if isinstance(error, NotReady) else 0
        except Exception:
            self._settle(job, job_rows.fail, _incident(job))
        return 0

    def _outcome(self, job: Job) -> tuple[_Store, Any]:
        """How the computation ends, and what is to be stored of that. Raises NotReady, which is no fault of the job."""
        try:
            with answering():
                return job_rows.finish, self._compute(job.request, self._progress(job))
        except NotReady as error:
            _note(f"job {job.id} waits", error)
            raise
        except TierscoreError as error:
            return job_rows.fail, error.message

    def _settle(self, job: Job, store: _Store, outcome: Any) -> None:
        """Stores how a job ended, as soon as the database answers; one that is not ours any more is left alone."""
        while True:
            try:
                with self._database.write() as session:
                    store(session, job.id, self._name, outcome, datetime.now(UTC))
                return
            except AWAY as error:
                _note(f"the end of job {job.id} waits", error)
            if self._stopping.wait(PATIENCE):
                return

    def _give_back(self, job: Job) -> None:
        """Leaves a job to others, at once if the database answers; a job that was cancelled stays so."""
        with suppress(*AWAY), self._database.write() as session:
            job_rows.give_back(session, job.id, self._name)

    def _progress(self, job: Job) -> Progress:
        due = monotonic() + BEAT

        def progress(done: int) -> None:
            nonlocal due
            if self._stopping.is_set():
                raise Cancelled
            if monotonic() >= due:
                pause = self._beat(job, done)
                due = monotonic() + pause

        return progress

    def _beat(self, job: Job, done: int) -> float:
        """Tells how far a job is; the seconds until the next time. Raises Cancelled when it is not ours any more."""
        try:
            with self._database.write() as session:
                ours = job_rows.beat(session, job.id, self._name, done, datetime.now(UTC))
        except AWAY as error:
            _note(f"job {job.id} goes on unseen", error)
            return PATIENCE
        if not ours:
            raise Cancelled
        return BEAT


def _one(session: Session, identifier: str) -> Job:
    """One of these jobs; those for one place are others (`import_jobs`)."""
    job = job_rows.one(session, identifier)
    if job.is_local:
        raise UnknownCode("job", identifier, ())
    return job


def answer(job: Job, now: datetime | None = None) -> Answer:
    """A job as the contract has it; `now` is the present moment if not given."""
    return {
        "id": job.id,
        "state": job.state,
        "samples_done": job.done,
        "samples_total": job.total,
        **moments(job),
        "eta_seconds": _eta(job, now or datetime.now(UTC)),
        "problem": job.problem,
        "result": job.result,
    }


def moments(job: Job) -> Answer:
    """When a job was made, started last and finished."""
    return {
        "created_at": iso_utc(job.created_at),
        "started_at": _moment(job.started_at),
        "finished_at": _moment(job.finished_at),
    }


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else iso_utc(moment)


def _eta(job: Job, now: datetime) -> float | None:
    """Seconds left if the other draws take as long as those made; None before the first, and when nobody draws."""
    if job.state != "running" or job.started_at is None or job.beat_at is None:
        return None
    if job.done == 0 or now - job.beat_at > STALE:
        return None
    left = (job.beat_at - job.started_at) * (job.total - job.done) / job.done
    return max(0.0, round((job.beat_at + left - now).total_seconds(), 1))


@contextmanager
def answering() -> Iterator[None]:
    """Raises NotReady when the database does not answer."""
    try:
        yield
    except AWAY as error:
        raise NotReady(problem="the database does not answer") from error


def _note(what: str, error: Exception) -> None:
    _log.warning("%s, the database does not answer: %s", what, type(error).__name__)


def _incident(job: Job) -> str:
    """Logs the error at hand under a new number, and says the number."""
    incident = token_hex(8)
    _log.exception("incident %s: job %s", incident, job.id)
    return FAILED.format(incident=incident)
