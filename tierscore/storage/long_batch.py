"""Stores staged rows as one revision, a part at a time: what `batch.append` does, for files longer than memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from tierscore.storage import freshness
from tierscore.storage.batch import COLUMNS, Appended, begin_revision, fresh_of, next_moment
from tierscore.storage.bulk import insert_rows
from tierscore.storage.digests import long_digest
from tierscore.storage.staging import PLACED, Stage
from tierscore.storage.tables import ObservationRow, RevisionRow

# SQLite's own is 2 MB: less than the ends of all the branches that grow while rows of one region go in.
CACHE_KB = 64 * 1024

Done = Callable[[int], object]


def append(
    session: Session, stage: Stage, recorded_at: datetime, recorded_by: str, *, note: str = "", done: Done = int
) -> Appended:
    """Stores what is new of a settled stage, one row to a cell, as one revision with the digest of `batch.append`.

    Rows that are known already are dropped from the stage. `done` is told now and then how many rows are stored.

    Raises ValueError when `recorded_at` has no time zone.
    """
    _roomy(session)
    state = freshness.lock(session)
    moment, total = next_moment(state, recorded_at), len(stage)
    with long_digest(COLUMNS) as digest:
        accepted = new = 0
        for part in _compared(session, stage, state.revision):
            stage.drop(part.known)
            accepted += len(part.fresh["place"])
            new += part.new
            digest.add(part.fresh)
        if accepted == 0:
            return Appended(state.revision, 0, total)
        chained = digest.chained(state.data_digest, moment)
    number = state.revision + 1
    begin_revision(session, state, new, RevisionRow(
        number=number, recorded_at=moment, recorded_by=recorded_by, note=note, row_count=accepted, digest=chained
    ))  # fmt: skip
    insert_rows(session, ObservationRow, [*COLUMNS, "revision"], _counted(stage.rows(number), done))
    _tell_planner(session)
    return Appended(number, accepted, total - accepted)


def preview(session: Session, stage: Stage) -> Appended:
    """What `append` would do; nothing is stored, locked or dropped. The revision is the present one."""
    present = freshness.state(session).revision
    known = sum(len(part.known) for part in _compared(session, stage, present))
    return Appended(present, len(stage) - known, known)


@dataclass(frozen=True)
class _Compared:
    """Of a part of the stage the new rows as columns, the places of the known ones, and how many are of new cells."""

    fresh: dict[str, Any]
    known: list[int]
    new: int


def _compared(session: Session, stage: Stage, revision: int) -> Iterator[_Compared]:
    for part in stage.parts():
        columns = dict(zip(PLACED, zip(*part, strict=True), strict=True))
        if revision == 0:
            yield _Compared(columns, [], len(part))
            continue
        rows = pd.DataFrame(columns).astype({"value": "float64"})
        fresh, new = fresh_of(session, rows, revision)
        kept = [part[place] for place in fresh.index]
        columns = dict(zip(PLACED, zip(*kept, strict=True) if kept else [()] * len(PLACED), strict=True))
        yield _Compared(columns, rows["place"].drop(fresh.index).tolist(), new)


def _counted(rows: Iterator[Any], done: Done, step: int = 100_000) -> Iterator[Any]:
    for number, row in enumerate(rows, 1):
        yield row
        if number % step == 0:
            done(number)


def _roomy(session: Session) -> None:
    """Lets SQLite keep more pages until the connection is closed; PostgreSQL's server has its own setting."""
    if session.get_bind().dialect.name == "sqlite":
        session.connection().exec_driver_sql(f"PRAGMA cache_size = -{CACHE_KB}")


def _tell_planner(session: Session) -> None:
    """PostgreSQL would find out by itself a minute later, and until then take the table to be as small as before."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("ANALYZE observations"))
