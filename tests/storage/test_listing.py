"""Listing rows, a page at a time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.factories import observation, withdrawal
from tests.storage.test_observations import append
from tierscore.storage import listing
from tierscore.storage.database import Database
from tierscore.storage.observations import EVERYTHING, Filters

JUNE = datetime(2022, 6, 1, tzinfo=UTC)


@pytest.fixture
def history(store: Database) -> Database:
    first = [observation(region=code, period=year) for code in ("CN-SC", "CN-CQ") for year in (2020, 2021)]
    append(store, *first, observation(indicator="gdp", value=1.5, unit="100 million CNY"))
    append(store, observation(value=6.0), withdrawal(region="CN-CQ"), at=JUNE, by="user")
    return store


def listed(database: Database, revision: int = 2, filters: Filters = EVERYTHING, **how: object) -> tuple:
    how = {"history": False, "page": 1, "page_size": 100} | how
    with database.read() as session:
        return listing.page(session, revision, filters, **how)


def test_newest_period_first(history: Database) -> None:
    rows, total = listed(history)
    assert total == 5
    assert [(row["period"], row["region"], row["indicator"], row["value"]) for row in rows] == [
        (2021, "CN-CQ", "labs", None),
        (2021, "CN-SC", "gdp", 1.5),
        (2021, "CN-SC", "labs", 6.0),
        (2020, "CN-CQ", "labs", 5.0),
        (2020, "CN-SC", "labs", 5.0),
    ]


def test_a_row_says_who_and_when(history: Database) -> None:
    rows, _ = listed(history, filters=Filters(("CN-SC",), ("labs",), (2021,)))
    assert rows == [
        {
            "region": "CN-SC", "indicator": "labs", "period": 2021, "value": 6.0, "unit": "laboratories",
            "status": "A", "source": "S001", "vintage": "", "note": "", "revision": 2,
            "recorded_at": "2022-06-01T00:00:00Z", "recorded_by": "user",
        }
    ]  # fmt: skip


def test_history_lists_replaced_rows_too(history: Database) -> None:
    rows, total = listed(history, filters=Filters(regions=("CN-SC",), indicators=("labs",)), history=True)
    assert total == 3
    assert [(row["period"], row["revision"]) for row in rows] == [(2021, 2), (2021, 1), (2020, 1)]


def test_an_older_revision(history: Database) -> None:
    rows, total = listed(history, revision=1, filters=Filters(periods=(2021,)))
    assert total == 3
    assert {row["value"] for row in rows} == {5.0, 1.5}
    assert listed(history, revision=0) == ([], 0)


def test_pages_add_up(history: Database) -> None:
    pages = [listed(history, page=number, page_size=2) for number in (1, 2, 3, 4)]
    everything, total = listed(history)
    assert [row for rows, _ in pages for row in rows] == everything
    assert {count for _, count in pages} == {total}


def test_a_page_beyond_any_number_is_empty(history: Database) -> None:
    assert listed(history, page=10**30) == ([], 5)
