"""The audit trail: who changed what and when, written in the transaction of the change, and never changed itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tierscore.storage import freshness
from tierscore.storage.observations import iso_utc
from tierscore.storage.tables import AuditRow


@dataclass(frozen=True)
class Deed:
    """One change: the name of the key that made it (or ``seed``, or ``shell:`` and a user), what it did, to what."""

    actor: str
    action: str
    subject: str
    details: Mapping[str, Any] = field(default_factory=dict)


def note(session: Session, deed: Deed, now: datetime) -> None:
    """Writes a change down under the next number; the time kept never falls as the numbers grow."""
    freshness.lock(session)
    last = session.execute(
        select(AuditRow.number, AuditRow.recorded_at).order_by(AuditRow.number.desc()).limit(1)
    ).first()
    number, moment = (1, now) if last is None else (last.number + 1, max(now, last.recorded_at))
    text = json.dumps(dict(deed.details), ensure_ascii=False, allow_nan=False)
    session.add(
        AuditRow(
            number=number, recorded_at=moment, actor=deed.actor, action=deed.action, subject=deed.subject, details=text
        )
    )
    session.flush()


def page(session: Session, since: int, number: int, size: int) -> tuple[list[dict[str, Any]], int]:
    """One page of the changes after the one numbered `since`, oldest first, and how many there are after it."""
    later = AuditRow.number > since
    total = session.execute(select(func.count()).select_from(AuditRow).where(later)).scalar_one()
    start = (number - 1) * size
    if start >= total:
        return [], total
    rows = session.scalars(select(AuditRow).where(later).order_by(AuditRow.number).limit(size).offset(start))
    return [_listed(row) for row in rows], total


def _listed(row: AuditRow) -> dict[str, Any]:
    return {
        "number": row.number,
        "recorded_at": iso_utc(row.recorded_at),
        "actor": row.actor,
        "action": row.action,
        "subject": row.subject,
        "details": json.loads(row.details),
    }
