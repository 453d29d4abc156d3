"""Events: every revision told once and in its turn, numbers without gaps, nothing ever changed."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.factories import observation
from tierscore.storage import batch, events, frameworks, freshness
from tierscore.storage.database import Database
from tierscore.storage.events import TierChange

NOW = datetime(2026, 11, 25, tzinfo=UTC)
UP = TierChange(
    "f", "1", 2021, "CN-SC", "四川省", "Sichuan", "low", "assessed", "high", "assessed", "up"
)  # fmt: skip
GAINED = replace(UP, region="CN-CQ", before_tier=None, before_status="insufficient_data", direction="gained")


@pytest.fixture
def store(store: Database) -> Database:
    """With a framework and three revisions."""
    with store.write() as session:
        title = {"title": {"zh": "甲", "en": "A"}}
        frameworks.publish(session, "f", "1", "a" * 64, "illustrative", json.dumps(title))
        for value in (1.0, 2.0, 3.0):
            batch.append(session, [observation(value=value), observation(period=2019, value=value)], NOW, "office")
    return store


def tell(store: Database, revision: int, *changes: TierChange) -> bool:
    with store.write() as session:
        return events.tell(session, revision, changes)


def page(store: Database, since: int = 0, number: int = 1, size: int = 10) -> tuple[list[int], int, int]:
    with store.read() as session:
        items, total, told = events.page(session, since, number, size)
    return [item["number"] for item in items], total, told


def test_an_event_says_who_went_from_where_to_where_and_why(store: Database) -> None:
    assert tell(store, 1)
    assert tell(store, 2, GAINED)
    with store.read() as session:
        items, _, _ = events.page(session, 0, 1, 10)
    assert items == [
        {
            "number": 1, "revision": 2, "recorded_at": "2026-11-25T00:00:00Z", "framework": {"id": "f", "version": "1"},
            "period": 2021, "region": {"code": "CN-CQ", "name": {"zh": "四川省", "en": "Sichuan"}},
            "before": {"tier": None, "status": "insufficient_data"}, "after": {"tier": "high", "status": "assessed"},
            "direction": "gained",
        }
    ]  # fmt: skip


def test_revisions_are_told_in_their_order_and_once(store: Database) -> None:
    assert not tell(store, 2, UP)
    assert [tell(store, 1), tell(store, 1, UP), tell(store, 2, UP, GAINED), tell(store, 3, UP)] == [
        True, False, True, True,
    ]  # fmt: skip
    assert not tell(store, 3, UP)
    assert page(store) == ([1, 2, 3], 3, 3)


def test_telling_moves_nothing_that_answers_depend_on(store: Database) -> None:
    with store.read() as session:
        before = freshness.state(session)
    tell(store, 1, UP)
    with store.read() as session:
        assert freshness.state(session) == replace(before, told=1)


def test_pages_go_on_from_what_is_known(store: Database) -> None:
    tell(store, 1, *(replace(UP, period=2000 + year) for year in range(5)))
    assert page(store, since=2) == ([3, 4, 5], 3, 1)
    assert page(store, since=1, number=2, size=3) == ([5], 4, 1)
    assert page(store, since=5) == ([], 0, 1)
    assert page(store, since=10**9, number=10**9) == ([], 0, 1)


def test_a_killed_writer_leaves_neither_events_nor_told(store: Database) -> None:
    class Killed(Exception):
        pass

    with pytest.raises(Killed), store.write() as session:
        events.tell(session, 1, [UP])
        raise Killed
    assert page(store) == ([], 0, 0)


def test_of_many_writers_one_tells(store: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        first = list(pool.map(lambda _: tell(store, 1, UP, GAINED), range(8)))
    assert sorted(first) == [False] * 7 + [True]
    assert page(store) == ([1, 2], 2, 1)


def test_the_database_keeps_one_event_of_a_kind(store: Database) -> None:
    with pytest.raises(DBAPIError):
        tell(store, 1, UP, replace(UP, direction="down"))
    assert page(store) == ([], 0, 0)


@pytest.mark.parametrize("statement", ["UPDATE events SET direction = 'down'", "DELETE FROM events"])
def test_an_event_never_changes(store: Database, statement: str) -> None:
    tell(store, 1, UP)
    with pytest.raises(DBAPIError, match="append-only"), store.write() as session:
        session.execute(text(statement))
    assert page(store) == ([1], 1, 1)


def test_what_a_revision_touches(store: Database) -> None:
    with store.write() as session:
        batch.append(session, [observation(indicator="gdp", period=2030, unit="100 million CNY")], NOW, "office")
    with store.read() as session:
        touched = events.touched(session, 3)
        assert (touched.years, touched.first, touched.last) == ({"labs": {2019, 2021}}, 2019, 2021)
        touched = events.touched(session, 4)
        assert (touched.years, touched.first, touched.last) == ({"gdp": {2030}}, 2019, 2030)
