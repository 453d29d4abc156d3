"""What every request asks first, in the driver's words: the same as SQLAlchemy reads, and the same errors."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, insert
from sqlalchemy.exc import DBAPIError, NoResultFound

from tests.factories import observation
from tierscore.storage import batch, freshness
from tierscore.storage.database import Database
from tierscore.storage.tables import StateRow


def read(database: Database) -> freshness.State:
    with database.read() as session:
        return freshness.state(session)


def test_the_present_state_is_the_state_that_is_stored(store: Database) -> None:
    assert freshness.present(store) == read(store)
    with store.write() as session:
        batch.append(session, [observation()], datetime(2022, 3, 1, 8, 30, 0, 125, tzinfo=UTC), "test")
    present = freshness.present(store)
    assert present == read(store)
    assert present.recorded_at == datetime(2022, 3, 1, 8, 30, 0, 125, tzinfo=UTC)


def test_a_state_that_is_not_there_is_told(store: Database) -> None:
    with store.write() as session:
        row = session.execute(delete(StateRow).returning(*StateRow.__table__.c)).mappings().one()
    try:
        with pytest.raises(NoResultFound):
            freshness.present(store)
    finally:
        with store.write() as session:
            session.execute(insert(StateRow).values(row))


def test_a_glance_that_fails_says_so_and_the_next_one_answers(store: Database) -> None:
    with pytest.raises(DBAPIError, match="no_such_table"):
        store.glance("SELECT 1 FROM no_such_table")
    assert store.glance("SELECT 7") == (7,)
    assert store.glance("SELECT 1 WHERE 1 = 0") is None


def test_a_glance_holds_back_no_writer(store: Database) -> None:
    """An SQLite statement that is not finished keeps its snapshot, and the log of changes grows."""
    freshness.present(store)
    with store.write() as session:
        batch.append(session, [observation()], datetime(2022, 3, 1, tzinfo=UTC), "test")
    if store.engine.dialect.name == "sqlite":
        row = store.glance("PRAGMA wal_checkpoint(TRUNCATE)")
        assert row is not None
        assert row[0] == 0
    assert freshness.present(store).revision == read(store).revision
