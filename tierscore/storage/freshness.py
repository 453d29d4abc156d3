"""Whether anything changed since an answer was computed: one row, read by one small query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from tierscore.storage.database import Database
from tierscore.storage.tables import StateRow


@dataclass(frozen=True)
class State:
    """What the database holds.

    Attributes
    ----------
    revision : int
        The newest data revision; 0 when there is none.
    data_digest : str
        The digest chained over all revisions; empty when there is none.
    catalogue : int
        Grows with every change of regions, groups, indicators, sources, designations, frameworks or keys.
    recorded_at : datetime or None
        When the newest revision was recorded, in UTC.
    told : int
        The newest revision whose events are written.
    """

    revision: int
    data_digest: str
    catalogue: int
    recorded_at: datetime | None
    told: int = 0


_STATE = select(StateRow.revision, StateRow.data_digest, StateRow.catalogue, StateRow.recorded_at, StateRow.told)
_STATEMENT = str(_STATE)
_RECORDED_AT = StateRow.__table__.c.recorded_at.type


def state(transaction: Connection | Session) -> State:
    """The present state, as this transaction sees it."""
    return State(*transaction.execute(_STATE).one())


def present(database: Database) -> State:
    """The state by now, for a request to begin with; raises NoResultFound where there is none."""
    row = database.glance(_STATEMENT)
    if row is None:
        raise NoResultFound
    return _read(database.engine.dialect, row)


@lru_cache(maxsize=16)
def _read(dialect: Dialect, row: tuple[Any, ...]) -> State:
    """What a driver's row says. (Most requests find the same one as those before.)"""
    processor = _RECORDED_AT.dialect_impl(dialect).result_processor(dialect, None)
    revision, data_digest, catalogue, recorded_at, told = row
    return State(revision, data_digest, catalogue, processor(recorded_at) if processor else recorded_at, told)


def lock(session: Session) -> StateRow:
    """The state row, locked until the transaction ends, to be changed by the caller.

    Every writer comes through here first, so revision numbers have no gaps and no races. (PostgreSQL locks the row;
    in SQLite the transaction has the write lock already.)
    """
    return session.execute(select(StateRow).with_for_update()).scalar_one()


def bump_catalogue(session: Session) -> None:
    """Note that something other than observations changed."""
    lock(session).catalogue += 1
