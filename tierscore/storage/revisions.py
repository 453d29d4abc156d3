"""The history of the data: its revisions, and what changed from one to another."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tierscore.storage import observations
from tierscore.storage.batch import CELL
from tierscore.storage.known_cells import known_of
from tierscore.storage.tables import ObservationRow, RevisionRow

PARTS = ["value", "status", "source", "vintage"]


def listing(session: Session, page: int, page_size: int) -> tuple[list[dict[str, Any]], int]:
    """One page of the revisions, newest first, and how many there are; pages count from 1."""
    total = session.execute(select(func.count()).select_from(RevisionRow)).scalar_one()
    start = (page - 1) * page_size
    if start >= total:
        return [], total
    query = select(RevisionRow).order_by(RevisionRow.number.desc()).limit(page_size).offset(start)
    return [_listed(row) for row in session.scalars(query)], total


def one(session: Session, number: int) -> dict[str, Any]:
    """One revision, which must exist."""
    return _listed(session.get_one(RevisionRow, number))


def changed(session: Session, before: int, after: int) -> pd.DataFrame:
    """The cells whose newest observation differs between two revisions, in the order of their cells.

    Returns
    -------
    DataFrame
        region, indicator, period, and before_ and after_ of value, status, source and vintage; NaN and "" where
        the cell was unknown. Only cells of which a revision in between says something are looked at.
    """
    touched = _touched(session, min(before, after), max(before, after))
    sides = [
        known_of(session, revision, touched).reindex(touched.index)[PARTS].add_prefix(f"{name}_")
        for name, revision in (("before", before), ("after", after))
    ]
    beside = pd.concat([touched, *sides], axis=1)
    texts = [name for name in beside.columns if beside[name].dtype != "float64" and name not in CELL]
    beside[texts] = beside[texts].fillna("")
    return beside[~_same(beside)].reset_index(drop=True)


def _touched(session: Session, after: int, until: int) -> pd.DataFrame:
    """The cells of which a revision after one and up to another one says something, in their order."""
    cell = [ObservationRow.region, ObservationRow.indicator, ObservationRow.period]
    between = (ObservationRow.revision > after, ObservationRow.revision <= until)
    found = session.execute(select(*cell).where(*between).distinct().order_by(*cell)).all()
    return pd.DataFrame(found, columns=CELL)


def _same(beside: pd.DataFrame) -> pd.Series[bool]:
    same = pd.Series(True, index=beside.index)
    for part in PARTS:
        then, now = beside[f"before_{part}"], beside[f"after_{part}"]
        same &= (then == now) | (then.isna() & now.isna())
    return same


def _listed(row: RevisionRow) -> dict[str, Any]:
    return {
        "revision": row.number,
        "recorded_at": observations.iso_utc(row.recorded_at),
        "recorded_by": row.recorded_by,
        "note": row.note,
        "rows": row.row_count,
        "digest": row.digest,
    }
