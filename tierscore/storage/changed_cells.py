"""Which cells the revisions after a known one have said anything of: for matrices that are kept."""

from __future__ import annotations

from sqlalchemy import Select, select
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
    """Region and indicator of each row that later revisions have within some years; of more than `most`, so many."""
    rows = session.execute(said_query(known, wanted, years, most))
    return [(row.region, row.indicator) for row in rows]


def said_query(known: AsOf, wanted: AsOf, years: Span, most: int) -> Select[tuple[str, str]]:
    """By the index of revisions: years are written so that SQLite does not search by them, as they have more rows."""
    later = (_TABLE.revision > known.revision, _TABLE.revision <= wanted.revision)
    within = (_TABLE.period + 0).between(years.first, years.last)
    return select(_TABLE.region, _TABLE.indicator).where(*later, within).limit(most)
