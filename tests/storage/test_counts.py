"""How much there is, told by the revisions, and counted where one does not tell."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.factories import observation
from tierscore.storage import batch, counts, freshness
from tierscore.storage.database import Database
from tierscore.storage.tables import ObservationRow, RevisionRow

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def append(database: Database, *periods: int, value: float = 5.0) -> None:
    with database.write() as session:
        batch.append(session, [observation(period=period, value=value) for period in periods], NOW, "test")


def by_an_older_release(database: Database, period: int) -> None:
    """A revision without a count, as releases before the column write it."""
    with database.write() as session:
        state = freshness.lock(session)
        state.revision += 1
        session.add(RevisionRow(
            number=state.revision, recorded_at=NOW, recorded_by="test", note="", row_count=1, digest="0" * 64
        ))  # fmt: skip
        session.flush()
        session.add(ObservationRow(**vars(observation(period=period)), revision=state.revision))


def told(database: Database, newest: int) -> list[tuple[int, int]]:
    with database.read() as session:
        return [(counts.cells(session, number), counts.rows(session, number)) for number in range(newest + 1)]


def test_cells_grow_with_new_ones_and_rows_with_every_one(store: Database) -> None:
    append(store, 2020, 2021)
    append(store, 2021, value=6.0)
    append(store, 2021, 2022, value=7.0)
    assert told(store, 3) == [(0, 0), (2, 2), (2, 3), (3, 5)]


def test_a_revision_that_does_not_tell_is_counted_and_the_next_one_tells(store: Database) -> None:
    append(store, 2020)
    by_an_older_release(store, 2021)
    assert told(store, 2) == [(0, 0), (1, 1), (2, 2)]
    append(store, 2022)
    with store.read() as session:
        assert session.get_one(RevisionRow, 3).cells == 3
