"""Tier changes: written once for each revision, in the order of revisions, and never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from tierscore.storage import freshness
from tierscore.storage.observations import iso_utc
from tierscore.storage.tables import EventRow, ObservationRow, RevisionRow


@dataclass(frozen=True)
class TierChange:
    """A region or group that a revision took to another tier, by one framework in one year.

    `direction` is up, down, gained (a tier where there was none) or lost.
    """

    framework: str
    version: str
    period: int
    region: str
    name_zh: str
    name_en: str
    before_tier: str | None
    before_status: str
    after_tier: str | None
    after_status: str
    direction: str


@dataclass(frozen=True)
class Touched:
    """What a revision has values of: the years of each indicator, and the first and last year of all data by then."""

    years: dict[str, set[int]]
    first: int
    last: int


def touched(session: Session, revision: int) -> Touched:
    """What a revision, which must exist, has values of."""
    cells = select(ObservationRow.indicator, ObservationRow.period).where(ObservationRow.revision == revision)
    years: dict[str, set[int]] = {}
    for indicator, period in session.execute(cells.distinct()):
        years.setdefault(indicator, set()).add(period)
    ends = select(func.min(ObservationRow.period), func.max(ObservationRow.period))
    first, last = session.execute(ends.where(ObservationRow.revision <= revision)).one()
    return Touched(years, first, last)


def tell(session: Session, revision: int, changes: Sequence[TierChange]) -> bool:
    """Writes the tier changes of a revision under the next numbers; False where that is not the revision's turn.

    Every revision is told, also one that changed no tier; whoever comes second finds it told.
    """
    state = freshness.lock(session)
    if state.told != revision - 1:
        return False
    last = session.execute(select(func.max(EventRow.number))).scalar_one() or 0
    rows = [{"number": last + place, "revision": revision, **asdict(item)} for place, item in enumerate(changes, 1)]
    if rows:
        session.execute(insert(EventRow), rows)
    state.told = revision
    return True


def page(session: Session, since: int, number: int, size: int) -> tuple[list[dict[str, Any]], int, int]:
    """One page of the events after the one numbered `since`, oldest first, how many there are, and `told`."""
    told = freshness.state(session).told
    later = EventRow.number > since
    total = session.execute(select(func.count()).select_from(EventRow).where(later)).scalar_one()
    start = (number - 1) * size
    if start >= total:
        return [], total, told
    wanted = (
        select(EventRow, RevisionRow.recorded_at)
        .join(RevisionRow, RevisionRow.number == EventRow.revision)
        .where(later)
        .order_by(EventRow.number)
    )
    rows = session.execute(wanted.limit(size).offset(start))
    return [_listed(event, recorded_at) for event, recorded_at in rows], total, told


def _listed(event: EventRow, recorded_at: datetime) -> dict[str, Any]:
    return {
        "number": event.number,
        "revision": event.revision,
        "recorded_at": iso_utc(recorded_at),
        "framework": {"id": event.framework, "version": event.version},
        "period": event.period,
        "region": {"code": event.region, "name": {"zh": event.name_zh, "en": event.name_en}},
        "before": {"tier": event.before_tier, "status": event.before_status},
        "after": {"tier": event.after_tier, "status": event.after_status},
        "direction": event.direction,
    }
