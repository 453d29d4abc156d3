"""Stores a batch of observations as one revision: only what is new, all of it or nothing.

A batch is columns from end to end: nothing is done row by row, so that a hundred thousand rows cost little more than
their insertion.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from datetime import UTC, datetime
from hashlib import sha256
from math import isnan
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from tierscore.errors import Invalid, Violation
from tierscore.framework.catalogue import Observation
from tierscore.storage import counts, freshness, observations
from tierscore.storage.bulk import insert_rows
from tierscore.storage.known_cells import CONTENT, known_of
from tierscore.storage.tables import ObservationRow, RevisionRow, StateRow

Batch: TypeAlias = pd.DataFrame | Sequence[Observation]

COLUMNS = [field.name for field in fields(Observation)]
CELL = ["region", "indicator", "period"]


@dataclass(frozen=True)
class Appended:
    """What became of a batch: the revision that holds it (the present one if nothing was new) and the row counts."""

    revision: int
    accepted: int
    unchanged: int


def append(session: Session, batch: Batch, recorded_at: datetime, recorded_by: str, note: str = "") -> Appended:
    """Stores what is new in a batch as one revision.

    Rows equal to the newest revision of their cell are not stored again; if all are, no revision is made. The time
    kept is the later of `recorded_at` and the last revision's, so that time never falls as the revision grows.

    Parameters
    ----------
    batch : DataFrame or sequence of Observation
        With the fields of `Observation` as columns; NaN or None as value withdraws.
    recorded_at : datetime
        With a time zone.

    Raises
    ------
    Invalid
        When two rows are about the same cell: a revision has one value of it.
    ValueError
        When a value is infinite, or one without status M is missing, or `recorded_at` has no time zone.
    """
    state = freshness.lock(session)
    rows = in_order(batch)
    fresh, new = fresh_of(session, rows, state.revision)
    moment = next_moment(state, recorded_at)
    if fresh.empty:
        return Appended(state.revision, 0, len(rows))
    digest = chained_digest(state.data_digest, fresh, moment)
    number = state.revision + 1
    begin_revision(session, state, new, RevisionRow(
        number=number, recorded_at=moment, recorded_by=recorded_by, note=note, row_count=len(fresh), digest=digest
    ))  # fmt: skip
    columns = [*(_plain(fresh[name]) for name in COLUMNS), [number] * len(fresh)]
    insert_rows(session, ObservationRow, [*COLUMNS, "revision"], zip(*columns, strict=True))
    return Appended(number, len(fresh), len(rows) - len(fresh))


def next_moment(state: StateRow, recorded_at: datetime) -> datetime:
    """When the next revision is recorded: never before the last one. Raises ValueError without a time zone."""
    if recorded_at.tzinfo is None:
        raise ValueError(f"{recorded_at!r} has no time zone")
    return max(recorded_at.astimezone(UTC), state.recorded_at or observations.EPOCH)


def begin_revision(session: Session, state: StateRow, new: int, revision: RevisionRow) -> None:
    """Makes a revision the newest one, with so many new cells; its rows are to follow in the same transaction."""
    revision.cells = counts.cells(session, state.revision) + new
    state.revision, state.data_digest, state.recorded_at = revision.number, revision.digest, revision.recorded_at
    session.add(revision)
    session.flush()


def preview(session: Session, batch: Batch) -> Appended:
    """What `append` would do; nothing is stored and nothing locked. The revision is the present one."""
    present = freshness.state(session).revision
    rows = in_order(batch)
    accepted = len(fresh_of(session, rows, present)[0])
    return Appended(present, accepted, len(rows) - accepted)


def chained_digest(previous: str, batch: Batch, recorded_at: datetime) -> str:
    """SHA-256 over the previous revision's digest, the rows in the order given, and the time (64 hex digits)."""
    frame = as_frame(batch)
    columns = {name: _plain(frame[name]) for name in COLUMNS}
    moment = recorded_at.astimezone(UTC).isoformat()
    content = json.dumps([previous, columns, moment], ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return sha256(content.encode()).hexdigest()


def as_frame(batch: Batch) -> pd.DataFrame:
    """A batch as columns: texts, periods as whole numbers, values as floats with -0.0 as 0.0.

    SQLite keeps no sign of zero, and equal data must have equal digests on every database.

    Raises
    ------
    ValueError
        When a value is infinite, or missing without status M.
    """
    if not isinstance(batch, pd.DataFrame):
        batch = pd.DataFrame([astuple(row) for row in batch], columns=COLUMNS)
    frame = batch[COLUMNS].astype({"period": "int64", "value": "float64"})
    frame["value"] += 0.0
    withdrawn = frame["status"] == "M"
    if not (np.isfinite(frame["value"]) | (withdrawn & frame["value"].isna())).all():
        raise ValueError("a value is not finite")
    return frame


def in_order(batch: Batch) -> pd.DataFrame:
    """A batch as columns in the order of its cells, so that the order it came in makes no difference.

    Raises Invalid when two rows are about the same cell.
    """
    frame = as_frame(batch).sort_values(CELL, kind="stable", ignore_index=True)
    again = frame.duplicated(CELL)
    if again.any():
        raise Invalid("batch", [_double(Observation(*row)) for row in frame[again].itertuples(index=False)])
    return frame


def _double(row: Observation) -> Violation:
    return Violation(
        code="duplicate",
        template="{region} {indicator} {period} stands more than once in one batch.",
        params={"region": row.region, "indicator": row.indicator, "period": row.period},
        value=row.value,
    )


def fresh_of(session: Session, rows: pd.DataFrame, revision: int) -> tuple[pd.DataFrame, int]:
    """The rows that say something else than the newest revision of their cell, and how many are of a new cell.

    `rows` are numbered from 0, one to a cell.
    """
    if rows.empty or revision == 0:
        return rows, len(rows)
    known = known_of(session, revision, rows)
    beside = known.reindex(rows.index)
    same = [(rows[name] == beside[name]) | (rows[name].isna() & beside[name].isna()) for name in CONTENT]
    fresh: pd.DataFrame = rows[~np.logical_and.reduce(same)]
    return fresh, len(rows) - len(known)


def _plain(column: pd.Series[Any]) -> list[Any]:
    """A column as Python's own values, None for NaN."""
    values: list[Any] = column.tolist()
    if column.dtype != np.float64:
        return values
    return [None if isnan(value) else value for value in values]
