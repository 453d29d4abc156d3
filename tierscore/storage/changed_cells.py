"""Which cells the revisions after a known one have said anything of: for matrices that are kept."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from tierscore.storage.observations import AsOf
from tierscore.storage.tables import ObservationRow, RevisionRow
from tierscore.storage.window import Span

_TABLE = ObservationRow.__table__.c


def is_before(session: Session, known: AsOf, wanted: AsOf) -> bool:
    """Whether a known state of the data is an earlier one of this very database: its digest tells."""
    digest = session.scalar(select(RevisionRow.digest).where(RevisionRow.number == known.revision))
    return known.revision < wanted.revision and digest == known.digest


def said(session: Session, known: AsOf, wanted: AsOf, years: Span, most: int) -> list[tuple[str, str]]:
    """Region and indicator of each row that later revisions have within some years; of more than `most`, so many.

    The index that lists observations holds all of this; of it only the part of these years is read.
    """
    later = (_TABLE.revision > known.revision, _TABLE.revision <= wanted.revision)
    within = _TABLE.period.between(years.first, years.last)
    query = select(_TABLE.region, _TABLE.indicator).where(within, *later).limit(most)
    return [(row.region, row.indicator) for row in session.execute(query)]
