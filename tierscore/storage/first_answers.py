"""The first answers to requests that carry a key of the client's own, so that a retry gets the same one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, delete, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from tierscore.storage.tables import FirstAnswerRow

MOST_SWEPT = 100  # expired answers that make room with each new one


@dataclass(frozen=True)
class Attempt:
    """A request that may be a retry: who sends it, under which key, and the SHA-256 of what it asks (64 hex digits)."""

    caller: str
    key: str
    request: str


@dataclass(frozen=True)
class FirstAnswer:
    """An answer as it was sent."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def find(connection: Connection, attempt: Attempt, now: datetime) -> tuple[str, FirstAnswer] | None:
    """What this caller's key was answered, after the digest of the request that it came with; None if it is free."""
    row = connection.execute(
        select(FirstAnswerRow.request, FirstAnswerRow.status, FirstAnswerRow.headers, FirstAnswerRow.body).where(
            FirstAnswerRow.caller == attempt.caller,
            FirstAnswerRow.key == attempt.key,
            FirstAnswerRow.expires_at > now,
        )
    ).first()
    if row is None:
        return None
    headers = tuple((name, value) for name, value in json.loads(row.headers))
    return row.request, FirstAnswer(row.status, headers, row.body)


def keep(session: Session, attempt: Attempt, answer: FirstAnswer, now: datetime, until: datetime) -> bool:
    """Keeps an answer; False when another one is kept there already, which then stays."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    said = {
        "request": attempt.request,
        "status": answer.status,
        "headers": json.dumps(answer.headers),
        "body": answer.body,
        "expires_at": until,
    }
    row = insert(FirstAnswerRow).values(caller=attempt.caller, key=attempt.key, **said)
    place = [FirstAnswerRow.caller, FirstAnswerRow.key]
    upsert = row.on_conflict_do_update(index_elements=place, set_=said, where=FirstAnswerRow.expires_at <= now)
    kept = session.execute(upsert.returning(FirstAnswerRow.status)).first() is not None
    session.execute(delete(FirstAnswerRow).where(tuple_(*place).in_(_expired(now))))
    return kept


def _expired(now: datetime) -> Select[str, str]:
    """The keys longest expired. Those that another writer is removing are left to it: nobody waits for nobody."""
    return (
        select(FirstAnswerRow.caller, FirstAnswerRow.key)
        .where(FirstAnswerRow.expires_at <= now)
        .order_by(FirstAnswerRow.expires_at)
        .limit(MOST_SWEPT)
        .with_for_update(skip_locked=True)
    )
