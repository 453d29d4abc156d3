"""What later revisions have something of: found by the index of revisions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from tests.factories import observation, withdrawal
from tierscore.storage import batch, changed_cells, observations
from tierscore.storage.database import Database
from tierscore.storage.window import Span

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BATCHES = [
    [observation(value=5.0), observation(region="CN-CQ")],
    [observation(value=6.0), observation(period=1990), observation(indicator="gdp", period=2022)],
    [withdrawal(region="CN-CQ")],
]


@pytest.fixture
def filled(store: Database) -> Database:
    for rows in BATCHES:
        with store.write() as session:
            batch.append(session, rows, NOW, "test")
    return store


@pytest.mark.parametrize(
    ("known", "wanted", "years", "expected"),
    [
        (1, 3, Span(), ["CN-CQ labs", "CN-SC gdp", "CN-SC labs", "CN-SC labs"]),
        (1, 2, Span(2021, 2022), ["CN-SC gdp", "CN-SC labs"]),
        (2, 3, Span(2021, 2021), ["CN-CQ labs"]),
        (2, 3, Span(2022, 2022), []),
        (0, 1, Span(2021, 2021), ["CN-CQ labs", "CN-SC labs"]),
    ],
)
def test_rows_of_later_revisions_in_some_years(
    filled: Database, known: int, wanted: int, years: Span, expected: list[str]
) -> None:
    with filled.read() as session:
        ends = [observations.resolve_as_of(session, str(number)) for number in (known, wanted)]
        found = changed_cells.said(session, ends[0], ends[1], years, 100)
        assert sorted(" ".join(pair) for pair in found) == expected
        assert len(changed_cells.said(session, ends[0], ends[1], years, 1)) == min(1, len(expected))


def test_only_an_earlier_state_of_the_same_data_is_before(filled: Database) -> None:
    with filled.read() as session:
        first, second = (observations.resolve_as_of(session, str(number)) for number in (1, 2))
        assert changed_cells.is_before(session, first, second)
        assert not changed_cells.is_before(session, second, first)
        assert not changed_cells.is_before(session, first, first)
        assert not changed_cells.is_before(session, replace(first, digest="f" * 64), second)
        assert not changed_cells.is_before(session, replace(first, revision=0), second)


def test_the_years_are_no_way_to_search(filled: Database) -> None:
    """A nation's year has many more rows than a small import."""
    postgresql = filled.engine.dialect.name == "postgresql"
    with filled.read() as session:
        if postgresql:
            session.execute(text("SET LOCAL enable_seqscan = off"))  # a table of few rows would be read whole
        ends = [observations.resolve_as_of(session, str(number)) for number in (1, 2)]
        query = changed_cells.said_query(*ends, Span(2021, 2022), 10)
        told = str(query.compile(session.connection(), compile_kwargs={"literal_binds": True}))
        rows = session.execute(text(("EXPLAIN " if postgresql else "EXPLAIN QUERY PLAN ") + told)).all()
    plan = "\n".join(str(row[0] if postgresql else row[-1]) for row in rows)
    assert "ix_observations_revision" in plan
