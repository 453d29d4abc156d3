"""Jobs for the workers of one place: what they work at lies there, such as a file that was received.

Their worker's name begins with the place and a colon, also while they wait (`jobs.create`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Select, exists, select, update
from sqlalchemy.orm import Session

from tierscore.storage.jobs import OLDEST, UNFINISHED, Job, job_of
from tierscore.storage.tables import UncertaintyJobRow


def waiting(session: Session, place: str) -> bool:
    """Whether a job for a place is unfinished; takes no lock."""
    return session.execute(select(exists(_unfinished(place)))).scalar_one()


def unfinished(session: Session, place: str) -> list[str]:
    """The identifiers of the jobs for a place that are not finished, the oldest first."""
    return [row.id for row in session.scalars(_unfinished(place))]


def claim(session: Session, place: str, worker: str, now: datetime) -> Job | None:
    """Takes the oldest unfinished job for a place, one that is running, too; None if there is none.

    Only for whoever knows that nobody else works there now: `worker` begins with the place and a colon.
    """
    row = session.scalars(_unfinished(place).limit(1).with_for_update()).first()
    if row is None:
        return None
    row.state, row.worker, row.done = "running", worker, 0
    row.started_at = row.beat_at = now
    session.flush()
    return job_of(row)


def give_up(session: Session, before: datetime, problem: str, now: datetime) -> int:
    """Fails the jobs for a place that were made before a moment and are unfinished; how many there were."""
    late = (UncertaintyJobRow.worker.contains(":"), UncertaintyJobRow.created_at < before)
    unfinished = update(UncertaintyJobRow).where(UncertaintyJobRow.state.in_(UNFINISHED), *late)
    change = unfinished.values(state="failed", problem=problem, finished_at=now)
    return cast(CursorResult[Any], session.execute(change)).rowcount


def belongs(session: Session, identifier: str, worker: str) -> bool:
    """Whether a job is still a worker's; takes no lock."""
    row = session.get(UncertaintyJobRow, identifier)
    return row is not None and row.state == "running" and row.worker == worker


def _unfinished(place: str) -> Select[UncertaintyJobRow]:
    there = UncertaintyJobRow.worker.startswith(f"{place}:", autoescape=True)
    unfinished = UncertaintyJobRow.state.in_(UNFINISHED)
    return select(UncertaintyJobRow).where(unfinished, there).order_by(*OLDEST)
