"""What the hot queries read: of observations always an index, never the whole table, on both engines.

The statements are taken as they are sent. SQLite plans without looking at sizes; PostgreSQL would read a table of few
rows whole and sort them, so that is forbidden here, and what is left is whether an index fits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from tests.factories import observation
from tierscore.storage import batch, counts, freshness, listing, observations, revisions, window
from tierscore.storage.database import Database
from tierscore.storage.observations import EVERYTHING, Filters

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LISTING = "ix_observations_listing"

# Cheap ways with few rows: which of them PostgreSQL takes depends on what it thinks the tests before left in the table.
CHEAP = ("seqscan", "sort", "hashagg")

Ask = Callable[[Session], object]


def paged(filters: Filters, *, history: bool = False) -> Ask:
    return lambda session: listing.page(session, 2, filters, history, 1, 10)


# What is asked, and what SQLite finds the rows of observations by.
HOT: dict[str, tuple[Ask, str]] = {
    "page of all": (paged(EVERYTHING), LISTING),
    "page of all, replaced ones too": (paged(EVERYTHING, history=True), LISTING),
    "page of a region": (paged(Filters(("CN-SC",))), "PRIMARY KEY (region=?)"),
    "page of an indicator": (paged(Filters((), ("labs",))), "PRIMARY KEY (region=? AND indicator=?)"),
    "page of a year": (paged(Filters((), (), (2021,))), f"{LISTING} (period=?)"),
    "page of a series": (paged(Filters(("CN-SC",), ("labs",))), "PRIMARY KEY (region=? AND indicator=?)"),
    "newest of an indicator in a year": (
        lambda session: observations.newest_within(session, 2, Filters((), ("labs",), (2021,))),
        f"{LISTING} (period=? AND region=? AND indicator=?",
    ),
    "trace": (
        lambda session: listing.newest_listed(session, 2, Filters(("CN-SC",), (), (2021,))),
        f"{LISTING} (period=? AND region=?)",
    ),
    "first and last year": (lambda session: observations.periods(session, 2, ["labs"]), LISTING),
    "series seen": (
        lambda session: window.seen(session, 2, ["CN-SC"], ["labs"]), "PRIMARY KEY (region=? AND indicator=?)",
    ),
    "what changed": (lambda session: revisions.changed(session, 1, 2), "ix_observations_revision (revision>? AND"),
    "preview of a batch": (
        lambda session: batch.preview(session, [observation()]),
        "SEARCH o USING PRIMARY KEY (region=? AND indicator=? AND period=?",
    ),
}  # fmt: skip
UNTOUCHED: dict[str, Ask] = {
    "state": freshness.state,
    "moment": lambda session: observations.resolve_as_of(session, "2026-06-30"),
    "revisions": lambda session: revisions.listing(session, 1, 10),
    "how many cells": lambda session: counts.cells(session, 2),
    "how many rows": lambda session: counts.rows(session, 2),
}


@pytest.fixture
def history(store: Database) -> Database:
    for value in (5.0, 6.0):
        with store.write() as session:
            rows = [
                observation(value=value, period=year, region=code) for year in (2020, 2021) for code in ("CN", "CN-SC")
            ]
            batch.append(session, rows, NOW, "test")
    if store.engine.dialect.name == "postgresql":
        know_sizes(store)
    return store


def know_sizes(database: Database) -> None:
    """As autovacuum does sooner or later: before, the plans hang on when it came by."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM (ANALYZE) observations")


@pytest.fixture
def sent(history: Database) -> Iterator[list[tuple[str, Any]]]:
    """Statements with their parameters, as they come."""
    found: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        found.append((statement, parameters))

    event.listen(history.engine, "before_cursor_execute", note)
    yield found
    event.remove(history.engine, "before_cursor_execute", note)


def plan(session: Session, statement: str, parameters: Any, forbidden: Sequence[str] = CHEAP) -> str:
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        return "\n".join(row[3] for row in connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, parameters))
    for way in forbidden:
        connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
    return "\n".join(row[0] for row in connection.exec_driver_sql("EXPLAIN " + statement, parameters))


def plans(database: Database, sent: list[tuple[str, Any]], ask: Ask) -> list[str]:
    """The plans of the statements about observations that a question sends."""
    with database.read() as session:
        sent.clear()
        ask(session)
        about = [item for item in sent if "observations" in item[0]]
        return [plan(session, *item) for item in about]


@pytest.mark.parametrize(("ask", "by"), HOT.values(), ids=HOT)
def test_rows_are_found_by_an_index(history: Database, sent: list[tuple[str, Any]], ask: Ask, by: str) -> None:
    found = plans(history, sent, ask)
    assert found
    if history.engine.dialect.name == "sqlite":
        assert any(by in text for text in found), found
        assert not any(f"SCAN {table}\n" in f"{text}\n" for text in found for table in ("observations", "o")), found
    else:
        assert not any("Seq Scan on observations" in text for text in found), found
        assert all("observations" in text for text in found)


@pytest.mark.parametrize("ask", [HOT["page of all"][0], HOT["page of a year"][0]], ids=["all", "a year"])
def test_pages_are_walked_in_the_order_of_the_index(history: Database, sent: list[tuple[str, Any]], ask: Ask) -> None:
    """What is sorted are the ten rows of the page, not what they were taken from."""
    pages = plans(history, sent, ask)[-1]
    if history.engine.dialect.name == "sqlite":
        keys, _, rows = pages.partition("SCAN anon_1")
        assert ("COVERING INDEX ix_observations_listing" in keys, "TEMP B-TREE" in keys) == (True, False), pages
        assert "SEARCH observations USING" in rows
    else:
        _, limited, keys = pages.partition("Limit")
        assert limited
        assert "Index Only Scan using ix_observations_listing" in keys, pages
        assert "Sort" not in keys, pages


@pytest.mark.parametrize("ask", UNTOUCHED.values(), ids=UNTOUCHED)
def test_what_is_known_of_revisions_asks_no_observation(
    history: Database, sent: list[tuple[str, Any]], ask: Ask
) -> None:
    assert plans(history, sent, ask) == []


def test_a_window_is_searched_series_by_series_or_year_by_year(history: Database) -> None:
    """PostgreSQL takes the year's part of the index, which holds everything: nothing is looked up in the table."""
    with history.read() as session:
        if history.engine.dialect.name == "sqlite":
            found = plan(session, window.SQLITE, ('["CN-SC"]', '["labs"]', 2020, 2021, 2))
            assert "SEARCH o USING PRIMARY KEY (region=? AND indicator=? AND period>? AND period<?)" in found
            return
        given = {"regions": ["CN-SC"], "indicators": ["labs"], "sources": ["S001"], "first": 2020, "last": 2021}
        found = plan(session, window.POSTGRESQL, given | {"revision": 2}, ("seqscan", "bitmapscan", "nestloop"))
    assert "Index Only Scan using ix_observations_listing on observations" in found
    assert "Index Cond: ((period >= " in found
