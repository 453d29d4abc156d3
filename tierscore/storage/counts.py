"""How many cells are known, and how many rows a listing has, without counting what was counted before."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tierscore.storage.tables import ObservationRow, RevisionRow

_TABLE = ObservationRow.__table__.c


def cells(session: Session, revision: int) -> int:
    """How many cells anything is known of at a revision, withdrawn ones too.

    Every revision says so; where one does not, because an older release wrote it, the rows are counted.
    """
    if revision == 0:
        return 0
    said = session.execute(select(RevisionRow.cells).where(RevisionRow.number == revision)).scalar_one()
    return said if said is not None else _counted(session, revision)


def rows(session: Session, revision: int) -> int:
    """How many rows all revisions up to one have together."""
    query = select(func.coalesce(func.sum(RevisionRow.row_count), 0)).where(RevisionRow.number <= revision)
    return session.execute(query).scalar_one()


def _counted(session: Session, revision: int) -> int:
    known = select(_TABLE.region, _TABLE.indicator, _TABLE.period).where(_TABLE.revision <= revision).distinct()
    return session.execute(select(func.count()).select_from(known.subquery())).scalar_one()
