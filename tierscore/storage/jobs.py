"""Background jobs: a queue that any worker takes from, and what became of each job.

While it runs, a job belongs to the worker whose name it carries. Whatever a worker writes names it, so that one who was
away for too long, and whose job another has taken, changes nothing any more.

A job may be for the workers of one place only, because what it works at lies there. Their names begin with the place
and a colon, and so does the name that such a job carries while it waits.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Delete, Select, Update, and_, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from tierscore.errors import UnknownCode
from tierscore.storage.tables import UncertaintyJobRow

UNFINISHED = ("queued", "running")
OLDEST = (UncertaintyJobRow.created_at, UncertaintyJobRow.id)

Content = dict[str, Any]


@dataclass(frozen=True)
class Job:
    """A stored job.

    Attributes
    ----------
    id : str
        A random token.
    state : str
        queued, running, done, failed or cancelled.
    request, result : dict
        JSON; no result unless done.
    total, done : int
        Draws wanted, and draws made when the worker last said so.
    problem : str or None
        Why it failed.
    worker : str or None
        Who computes it, or did so last; of a job for one place, that place and a colon before anybody does.
    created_at, started_at, beat_at, finished_at : datetime or None
        In UTC; `started_at` is the newest start, `beat_at` when its worker last gave a sign of life.
    """

    id: str
    state: str
    request: Content
    total: int
    done: int
    result: Content | None
    problem: str | None
    worker: str | None
    created_at: datetime
    started_at: datetime | None
    beat_at: datetime | None
    finished_at: datetime | None

    @property
    def is_local(self) -> bool:
        """Whether it is for the workers of one place only."""
        return self.worker is not None and ":" in self.worker


def create(
    session: Session, identifier: str, request: Content, total: int, now: datetime, *, place: str | None = None
) -> Job:
    """Stores a new job under an identifier that is free, for anybody or for the workers of a place.

    Raises ValueError for what JSON cannot say.
    """
    row = UncertaintyJobRow(
        id=identifier, state="queued", request=_json(request), total=total, done=0, created_at=now,
        worker=None if place is None else f"{place}:",
    )  # fmt: skip
    session.add(row)
    session.flush()
    return job_of(row)


def one(session: Session, identifier: str) -> Job:
    """One job; raises UnknownCode."""
    row = session.get(UncertaintyJobRow, identifier)
    if row is None:
        raise UnknownCode("job", identifier, ())
    return job_of(row)


def waiting(session: Session, stale_before: datetime, strange_after: datetime | None = None) -> bool:
    """Whether there is a job to be claimed; takes no lock."""
    return session.execute(select(exists(_free(stale_before, strange_after)))).scalar_one()


def claim(
    session: Session, worker: str, now: datetime, stale_before: datetime, strange_after: datetime | None = None
) -> Job | None:
    """Takes the oldest job that is queued, or whose worker gave no sign of life since `stale_before`; None if none is.

    A sign of life after `strange_after` is of a clock that has been set back since: whoever lives gives another soon.
    It begins anew. No two workers get the same one: PostgreSQL locks the row and passes over those that others are
    taking, in SQLite the transaction has the write lock already.
    """
    row = session.scalars(_free(stale_before, strange_after).with_for_update(skip_locked=True)).first()
    if row is None:
        return None
    row.state, row.worker, row.done = "running", worker, 0
    row.started_at = row.beat_at = now
    session.flush()
    return job_of(row)


def beat(session: Session, identifier: str, worker: str, done: int, now: datetime) -> bool:
    """A sign of life, with the draws made; False when the job is not this worker's any more."""
    return _changed(session, _own(identifier, worker).values(done=done, beat_at=now))


def finish(session: Session, identifier: str, worker: str, result: Content, now: datetime) -> bool:
    """Stores the result; False as `beat`. Raises ValueError and TypeError for what JSON cannot say, such as NaN."""
    done = {"state": "done", "done": UncertaintyJobRow.total, "result": _json(result)}
    return _changed(session, _own(identifier, worker).values(**done, beat_at=now, finished_at=now))


def fail(session: Session, identifier: str, worker: str, problem: str, now: datetime) -> bool:
    """Stores why there is no result; False as `beat`."""
    failed = {"state": "failed", "problem": problem}
    return _changed(session, _own(identifier, worker).values(**failed, beat_at=now, finished_at=now))


def give_back(session: Session, identifier: str, worker: str) -> bool:
    """Queues a job again that its worker cannot go on with; False as `beat`."""
    place, colon, _ = worker.rpartition(":")
    fresh = {"state": "queued", "done": 0, "worker": f"{place}{colon}" or None, "started_at": None, "beat_at": None}
    return _changed(session, _own(identifier, worker).values(**fresh))


def cancel(session: Session, identifier: str, now: datetime) -> Job:
    """Cancels a job; one that is finished stays as it is. Raises UnknownCode."""
    unfinished = (UncertaintyJobRow.id == identifier, UncertaintyJobRow.state.in_(UNFINISHED))
    _changed(session, update(UncertaintyJobRow).where(*unfinished).values(state="cancelled", finished_at=now))
    return one(session, identifier)


def forget(session: Session, before: datetime) -> int:
    """Deletes the jobs that were finished before a moment; how many there were."""
    return _count(session, delete(UncertaintyJobRow).where(UncertaintyJobRow.finished_at < before))


def _free(stale_before: datetime, strange_after: datetime | None) -> Select[UncertaintyJobRow]:
    """The oldest job for anybody that nobody works at."""
    silent = UncertaintyJobRow.beat_at < stale_before
    if strange_after is not None:
        silent = or_(silent, UncertaintyJobRow.beat_at > strange_after)
    abandoned = and_(UncertaintyJobRow.state == "running", silent)
    free = or_(UncertaintyJobRow.state == "queued", abandoned)
    anybody = or_(UncertaintyJobRow.worker.is_(None), ~UncertaintyJobRow.worker.contains(":"))
    return select(UncertaintyJobRow).where(free, anybody).order_by(*OLDEST).limit(1)


def _own(identifier: str, worker: str) -> Update:
    """A change of a job for as long as it is this worker's."""
    return update(UncertaintyJobRow).where(
        UncertaintyJobRow.id == identifier, UncertaintyJobRow.worker == worker, UncertaintyJobRow.state == "running"
    )


def _changed(session: Session, change: Update) -> bool:
    return _count(session, change) == 1


def _count(session: Session, change: Update | Delete) -> int:
    return cast(CursorResult[Any], session.execute(change)).rowcount


def _json(content: Content) -> str:
    return json.dumps(content, ensure_ascii=False, allow_nan=False)


def job_of(row: UncertaintyJobRow) -> Job:
    """A row as everybody else sees it."""
    return Job(
        row.id, row.state, json.loads(row.request), row.total, row.done,
        None if row.result is None else json.loads(row.result),
        row.problem, row.worker, row.created_at, row.started_at, row.beat_at, row.finished_at,
    )  # fmt: skip
