"""Keys to the API: digests, never the keys themselves. A name is given once; a key that is revoked stays listed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tierscore.errors import AlreadyThere, UnknownCode
from tierscore.storage import freshness
from tierscore.storage.tables import ApiKeyRow


@dataclass(frozen=True)
class Key:
    """What is known of a key.

    Attributes
    ----------
    id : str
        The part of the key that is no secret, to find it by.
    digest : str
        SHA-256 of the whole key, 64 hex digits.
    scopes : tuple of str
        What it is good for: read, write, admin.
    expires_at, revoked_at : datetime or None
        From when on it opens nothing; None for never, and for not yet.
    """

    id: str
    name: str
    digest: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


def every(session: Session) -> tuple[Key, ...]:
    """All keys that there ever were, the oldest first."""
    return tuple(_key(row) for row in session.scalars(select(ApiKeyRow).order_by(ApiKeyRow.created_at, ApiKeyRow.id)))


def add(session: Session, key: Key) -> None:
    """Stores a key; raises AlreadyThere where its name was given before, be it to a key that is revoked."""
    freshness.lock(session)
    if _named(session, key.name) is not None:
        raise AlreadyThere(kind="key", value=key.name)
    session.add(
        ApiKeyRow(
            id=key.id, name=key.name, digest=key.digest, scopes=" ".join(key.scopes),
            created_at=key.created_at, expires_at=key.expires_at, revoked_at=key.revoked_at,
        )
    )  # fmt: skip
    session.flush()
    freshness.bump_catalogue(session)


def revoke(session: Session, name: str, now: datetime) -> bool:
    """Revokes a key from now on, for every worker; False when it was revoked before. Raises UnknownCode."""
    freshness.lock(session)
    row = _named(session, name)
    if row is None:
        raise UnknownCode("key", name, [key.name for key in every(session)])
    if row.revoked_at is not None:
        return False
    row.revoked_at = now
    session.flush()
    freshness.bump_catalogue(session)
    return True


def _named(session: Session, name: str) -> ApiKeyRow | None:
    return session.scalars(select(ApiKeyRow).where(ApiKeyRow.name == name)).one_or_none()


def _key(row: ApiKeyRow) -> Key:
    scopes = tuple(row.scopes.split())
    return Key(row.id, row.name, row.digest, scopes, row.created_at, row.expires_at, row.revoked_at)
