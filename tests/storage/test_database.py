"""Sessions, locks and what the database itself refuses."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, OperationalError

from tests.conftest import as_text
from tests.factories import observation
from tierscore.storage import batch, frameworks, freshness, trail
from tierscore.storage.database import Database, Limits, with_driver
from tierscore.storage.tables import ObservationRow, RegionRow, RevisionRow, StateRow
from tierscore.storage.trail import Deed

NOW = datetime(2022, 3, 1, tzinfo=UTC)


def fill(database: Database) -> None:
    with database.write() as session:
        batch.append(session, [observation()], NOW, "test")
        frameworks.publish(session, "f", "1", "0" * 64, "illustrative", '{"title": {"zh": "框架", "en": "Framework"}}')
        trail.note(session, Deed("test", "framework_published", "f@1"), NOW)


@pytest.mark.parametrize("table", ["observations", "revisions", "frameworks", "audit"])
@pytest.mark.parametrize("change", ["UPDATE {} SET digest = digest", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_history_cannot_be_changed(store: Database, table: str, change: str) -> None:
    if store.engine.dialect.name == "sqlite":
        change = change.replace("TRUNCATE {} CASCADE", "REPLACE INTO {0} SELECT * FROM {0}")
    if table in {"observations", "audit"}:
        change = change.replace("digest", {"observations": "note", "audit": "details"}[table])
    fill(store)
    with pytest.raises(DBAPIError, match=f"{table} is append-only"), store.write() as session:
        session.execute(text(change.format(table)))


def test_what_a_reader_changes_is_not_kept(store: Database) -> None:
    """PostgreSQL refuses it outright."""
    with suppress(DBAPIError), store.read() as session:
        session.execute(text("UPDATE regions SET kind = 'changed'"))
    with store.read() as session:
        assert "changed" not in session.scalars(select(RegionRow.kind)).all()


def test_a_reader_sees_one_snapshot(store: Database) -> None:
    with store.read() as session:
        before = freshness.state(session)
        fill(store)
        assert freshness.state(session) == before
        assert session.scalars(select(ObservationRow)).all() == []


def lock_is_taken(database: Database) -> bool:
    """Whether a second writer would have to wait."""
    another = Database.open(database.url.render_as_string(hide_password=False))
    try:
        with another.engine.connect() as connection:
            if database.engine.dialect.name == "sqlite":
                connection.connection.driver_connection.execute("PRAGMA busy_timeout = 0")
                connection.execution_options(writes=True).begin()
            else:
                connection.execute(text("SELECT * FROM state FOR UPDATE NOWAIT"))
    except OperationalError:
        return True
    finally:
        another.dispose()
    return False


def test_a_sqlite_writer_has_the_lock_before_its_first_statement(database: Database) -> None:
    with database.write():
        assert lock_is_taken(database)
    assert not lock_is_taken(database)


@pytest.mark.parametrize(
    "write",
    [
        lambda session: batch.append(session, [], NOW, "test"),
        freshness.lock,
        freshness.bump_catalogue,
    ],
    ids=["append", "lock", "bump_catalogue"],
)
def test_writing_functions_lock_first(store: Database, write: Callable) -> None:
    with store.write() as session:
        write(session)
        assert lock_is_taken(store)


def test_a_reader_takes_no_lock_and_waits_for_none(store: Database) -> None:
    with store.read() as reader:
        freshness.state(reader)
        assert not lock_is_taken(store)
    with store.write() as writer:
        freshness.lock(writer)
        with store.read() as reader:
            assert freshness.state(reader).revision == 0


def test_concurrent_writers_all_land(store: Database) -> None:
    """Each reads before it writes: the case in which a late lock loses writers."""
    together = threading.Barrier(4)

    def work(number: int) -> int:
        together.wait(timeout=10)
        with store.write() as session:
            freshness.state(session)
            return batch.append(session, [observation(period=2000 + number)], NOW, f"w{number}").revision

    with ThreadPoolExecutor(4) as pool:
        revisions = list(pool.map(work, range(4)))
    assert sorted(revisions) == [1, 2, 3, 4]
    with store.read() as session:
        assert freshness.state(session).revision == 4
        assert sorted(session.scalars(select(ObservationRow.period))) == [2000, 2001, 2002, 2003]
        chain = session.scalars(select(RevisionRow.digest).order_by(RevisionRow.number)).all()
        assert freshness.state(session).data_digest == chain[-1]


def test_the_same_news_from_two_writers_is_stored_once(store: Database) -> None:
    together = threading.Barrier(2)

    def work(_: int) -> int:
        together.wait(timeout=10)
        with store.write() as session:
            freshness.state(session)
            return batch.append(session, [observation()], NOW, "test").accepted

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(work, range(2))) == [0, 1]


def test_the_state_is_one_small_query(store: Database, query_recorder) -> None:
    fill(store)
    with query_recorder(store) as statements, store.read() as session:
        state = freshness.state(session)
    assert state == freshness.State(1, state.data_digest, 2, NOW)
    assert len(statements) == 1
    assert len(state.data_digest) == 64


def test_there_is_one_state(store: Database) -> None:
    with pytest.raises(DBAPIError, match="ck_state_one_row"), store.write() as session:
        session.add(StateRow(id=2, revision=0, data_digest="", catalogue=0))


def test_foreign_keys_hold_in_every_pooled_connection(store: Database) -> None:
    with store.read() as first, store.read() as second:
        freshness.state(first), freshness.state(second)
    for _ in range(3):
        with pytest.raises(DBAPIError), store.write() as session:
            session.execute(text("DELETE FROM regions WHERE code = 'CN-SC'"))


def test_sqlite_is_set_up_for_readers_beside_a_writer(database: Database) -> None:
    with database.read() as session:
        found = {
            name: session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "foreign_keys", "busy_timeout")
        }
    assert found == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 10_000}


def test_opening_connects_to_nothing(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'none' / 'tierscore.db'}")
    assert not database.reachable()
    with pytest.raises(OperationalError), database.read() as session:
        freshness.state(session)
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_answers_is_reachable(empty: Database) -> None:
    assert empty.reachable()


def test_a_server_that_is_not_there_is_not_reachable(tmp_path: Path) -> None:
    database = Database.open(f"postgresql://nobody@/none?host={tmp_path}")
    assert not database.reachable()
    database.dispose()


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_any_postgresql_address_gets_the_driver(scheme: str) -> None:
    address = with_driver(f"{scheme}://reader:p%40ss@db.example:5433/tiers")
    assert (address.drivername, address.password, address.port) == ("postgresql+psycopg", "p@ss", 5433)


def test_the_address_hides_its_password() -> None:
    assert "secret" not in str(Database.open("postgresql://reader:secret@db.example/tiers").url)


def test_after_tidying_postgresql_knows_what_everybody_sees(store: Database) -> None:
    """Even in a process whose statements may take no time; on SQLite nothing happens."""
    fill(store)
    hurried = Database.open(as_text(store.url), Limits(statement_seconds=1))
    hurried.tidy("observations")
    hurried.tidy("no_such_table")
    with hurried.look() as connection:
        if store.engine.dialect.name == "postgresql":
            seen = "SELECT relallvisible = relpages AND relpages > 0 FROM pg_class WHERE relname = 'observations'"
            assert connection.scalar(text(seen))
            assert connection.scalar(text("SHOW statement_timeout")) == "1s"
        else:
            assert connection.scalar(text("SELECT count(*) FROM observations")) > 0
    hurried.dispose()
