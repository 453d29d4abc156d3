"""Stores staged rows as one revision, a part at a time: what `batch.append` does, for files longer than memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
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
from tierscore.storage.staging import Columns, Stage
from tierscore.storage.tables import ObservationRow, RevisionRow

# SQLite's own is 2 MB: less than the ends of all the branches that grow while rows of one region go in.
CACHE_KB = 64 * 1024
STEP = 10_000  # rows between two words about how many are stored

# Told which stage an import is at (checking, sorting, comparing, storing), and how many rows it has done there.
Tell = Callable[[str, int], None]


def untold(_stage: str, _rows: int) -> None:
    """Tells nobody."""


def append(
    session: Session, stage: Stage, recorded_at: datetime, recorded_by: str, *, note: str = "", tell: Tell = untold
) -> Appended:
    """Stores what is new of a settled stage, one row to a cell, as one revision with the digest of `batch.append`.

    Rows that are known already are dropped from the stage. What `tell` raises ends it.

    Raises ValueError when `recorded_at` has no time zone.
    """
    with _roomy(session):
        return _append(session, stage, recorded_at, recorded_by, note=note, tell=tell)


def _append(
    session: Session, stage: Stage, recorded_at: datetime, recorded_by: str, *, note: str, tell: Tell
) -> Appended:
    state = freshness.lock(session)
    moment, total = next_moment(state, recorded_at), len(stage)
    with long_digest(COLUMNS) as digest:
        accepted = new = 0
        for part in _compared(session, stage, state.revision, tell):
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
    insert_rows(session, ObservationRow, [*COLUMNS, "revision"], _counted(stage.rows(number), tell))
    _tell_planner(session)
    return Appended(number, accepted, total - accepted)


def preview(session: Session, stage: Stage, tell: Tell = untold) -> Appended:
    """What `append` would do; nothing is stored, locked or dropped. The revision is the present one."""
    present = freshness.state(session).revision
    known = sum(len(part.known) for part in _compared(session, stage, present, tell))
    return Appended(present, len(stage) - known, known)


@dataclass(frozen=True)
class _Compared:
    """Of a part of the stage the new rows as columns, the places of the known ones, and how many are of new cells."""

    fresh: Columns
    known: Sequence[int]
    new: int


def _compared(session: Session, stage: Stage, revision: int, tell: Tell) -> Iterator[_Compared]:
    done = 0
    for columns in stage.parts():
        tell("comparing", done)
        done += len(columns["place"])
        if revision == 0:
            yield _Compared(columns, (), len(columns["place"]))
            continue
        rows = pd.DataFrame(columns).astype({"value": "float64"})
        fresh, new = fresh_of(session, rows, revision)
        kept: Columns = {name: [column[place] for place in fresh.index] for name, column in columns.items()}
        yield _Compared(kept, rows["place"].drop(fresh.index).tolist(), new)


def _counted(rows: Iterator[Any], tell: Tell) -> Iterator[Any]:
    for number, row in enumerate(rows):
        if number % STEP == 0:
            tell("storing", number)
        yield row


@contextmanager
def _roomy(session: Session) -> Iterator[None]:
    """More pages in SQLite; in PostgreSQL no limits of time, which are for requests."""
    run = session.connection().exec_driver_sql
    if session.get_bind().dialect.name == "sqlite":
        before = run("PRAGMA cache_size").scalar_one()
        run(f"PRAGMA cache_size = -{CACHE_KB}")
        try:
            yield
        finally:
            run(f"PRAGMA cache_size = {before}")
        return
    for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
        run(f"SET LOCAL {limit} = 0")
    yield


def _tell_planner(session: Session) -> None:
    """PostgreSQL would find out by itself a minute later, and until then take the table to be as small as before."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("ANALYZE observations"))
