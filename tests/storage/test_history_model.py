"""Any sequence of imports, re-sends, withdrawals and crashes leaves every `as_of` answer as a model in plain Python."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import observation, withdrawal
from tierscore.framework.catalogue import Observation
from tierscore.storage import batch, counts, listing, observations, revisions
from tierscore.storage.database import Database
from tierscore.storage.observations import Filters

START = datetime(2022, 1, 1, tzinfo=UTC)
Cell = tuple[str, str, int]
Known = dict[Cell, Observation]

CELLS = st.tuples(st.sampled_from(["CN", "CN-SC", "CN-CQ"]), st.sampled_from([2020, 2021]))
VALUES = st.none() | st.sampled_from([0.0, 1.0, 2.0])
BATCHES = st.dictionaries(CELLS, VALUES, min_size=1, max_size=4)
STEPS = st.lists(st.tuples(st.sampled_from(["import", "import", "re-send", "crash", "abandon"]), BATCHES), max_size=7)


class Crash(Exception):
    """What a killed writer looks like from inside."""


class Model:
    """What is known at each revision, as dictionaries."""

    def __init__(self) -> None:
        self.revisions: list[Known] = [{}]

    def take(self, rows: list[Observation]) -> None:
        known = self.revisions[-1]
        new = {cell(row): row for row in rows if known.get(cell(row)) != row}
        if new:
            self.revisions.append(known | new)

    def changed_since_1(self) -> set[Cell]:
        """The cells that the newest revision tells otherwise than the first one, as far as there are both."""
        then, now = self.revisions[min(1, len(self.revisions) - 1)], self.revisions[-1]
        return {key for key, row in now.items() if then.get(key) != row}


def cell(row: Observation) -> Cell:
    return row.region, row.indicator, row.period


def rows_of(content: dict[tuple[str, int], float | None]) -> list[Observation]:
    return [
        withdrawal(region=region, period=period) if value is None else observation(
            region=region, period=period, value=value
        )
        for (region, period), value in content.items()
    ]  # fmt: skip


def perform(database: Database, action: str, rows: list[Observation], moment: datetime) -> None:
    """Does one step to the database; a crash stores nothing."""
    if action == "crash":
        with pytest.raises(Crash), database.write() as session:
            batch.append(session, rows, moment, "test")
            raise Crash
    elif action == "abandon":
        abandon(database, rows, moment)
    else:
        with database.write() as session:
            batch.append(session, rows, moment, "test")


def abandon(database: Database, rows: list[Observation], moment: datetime) -> None:
    """Cuts the connection before the commit, as the death of a process does."""
    with pytest.raises(Crash), database.write() as session:
        batch.append(session, rows, moment, "test")
        session.connection().invalidate()
        raise Crash


def known_at(database: Database, revision: int) -> dict[Cell, tuple[Any, ...]]:
    with database.read() as session:
        frame = observations.newest(session, revision)
    return {
        (row.region, row.indicator, row.period): (None if row.status == "M" else row.value, row.status, row.revision)
        for row in frame.itertuples()
    }


def expected_at(model: Model, revision: int) -> dict[Cell, tuple[Any, ...]]:
    found: dict[Cell, tuple[Any, ...]] = {}
    for number, (before, after) in enumerate(zip(model.revisions, model.revisions[1:], strict=False), start=1):
        if number <= revision:
            changed = {key: row for key, row in after.items() if before.get(key) != row}
            found |= {key: (row.value, row.status, number) for key, row in changed.items()}
    return found


def follow(database: Database, steps: list[tuple[str, dict[tuple[str, int], float | None]]]) -> Model:
    model, sent = Model(), []
    for number, (action, content) in enumerate(steps):
        rows = sent if action == "re-send" and sent else rows_of(content)
        perform(database, action, rows, START + timedelta(days=number))
        if action not in ("crash", "abandon"):
            model.take(rows)
            sent = rows
    return model


def counted_at(database: Database, revision: int) -> tuple[int, int]:
    """How many cells are known, as revisions tell it and as a listing of every region counts it."""
    with database.read() as session:
        _, total = listing.page(session, revision, Filters(("CN", "CN-SC", "CN-CQ")), False, 1, 1)
        return counts.cells(session, revision), total


def changed_cells(database: Database, newest: int) -> set[Cell]:
    with database.read() as session:
        frame = revisions.changed(session, min(1, newest), newest)
    return set(frame[batch.CELL].itertuples(index=False, name=None))


LAW = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]}


@settings(max_examples=30, **LAW)
@given(steps=STEPS)
def test_every_revision_is_as_the_model_has_it(fresh_store: Any, steps: list[Any]) -> None:
    with fresh_store() as database:
        model = follow(database, steps)
        with database.read() as session:
            assert observations.resolve_as_of(session, None).revision == len(model.revisions) - 1
        for revision in range(len(model.revisions)):
            assert known_at(database, revision) == expected_at(model, revision)
            assert counted_at(database, revision) == (len(model.revisions[revision]),) * 2
        assert changed_cells(database, len(model.revisions) - 1) == model.changed_since_1()
