"""How sure the tiers of a question are, kept once computed: by data, framework and period, for every worker."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tierscore.storage import freshness
from tierscore.storage.tables import ConfidenceRow

Key = tuple[str, str, int]  # digest of the data, digest of the framework, period
Content = dict[str, Any]


def put(session: Session, key: Key, content: Content, now: datetime) -> bool:
    """Keeps what was computed of the newest data, and forgets what is of older; False when there is nothing to keep."""
    newest = freshness.lock(session).data_digest
    if key[0] != newest or session.get(ConfidenceRow, key) is not None:
        return False
    session.execute(delete(ConfidenceRow).where(ConfidenceRow.data_digest != key[0]))
    text = json.dumps(content, ensure_ascii=False, allow_nan=False)
    session.add(ConfidenceRow(data_digest=key[0], framework_digest=key[1], period=key[2], content=text, created_at=now))
    freshness.bump_catalogue(session)
    return True


def every(session: Session) -> dict[Key, Content]:
    """All that is kept."""
    rows = session.execute(
        select(
            ConfidenceRow.data_digest, ConfidenceRow.framework_digest, ConfidenceRow.period, ConfidenceRow.content
        ).order_by(ConfidenceRow.data_digest, ConfidenceRow.framework_digest, ConfidenceRow.period)
    )
    return {(data, framework, period): json.loads(text) for data, framework, period, text in rows}
