"""The audit trail: numbers without gaps, time that never falls, pages, and one fate with the change."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from tierscore.storage import trail
from tierscore.storage.database import Database
from tierscore.storage.trail import Deed

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def note(store: Database, subject: str, moment: datetime = NOW) -> None:
    with store.write() as session:
        trail.note(session, Deed("office", "group_added", subject, {"members": ["CN-SC"]}), moment)


def page(store: Database, since: int = 0, number: int = 1, size: int = 10) -> tuple[list[int], int]:
    with store.read() as session:
        items, total = trail.page(session, since, number, size)
    return [item["number"] for item in items], total


def test_an_entry_says_who_did_what_to_what_and_when(store: Database) -> None:
    note(store, "四川")
    with store.read() as session:
        items, total = trail.page(session, 0, 1, 10)
    assert total == 1
    assert items == [
        {
            "number": 1, "recorded_at": "2026-11-25T00:00:00Z", "actor": "office", "action": "group_added",
            "subject": "四川", "details": {"members": ["CN-SC"]},
        }
    ]  # fmt: skip


def test_pages_go_on_from_what_is_known(store: Database) -> None:
    for number in range(5):
        note(store, str(number))
    assert page(store) == ([1, 2, 3, 4, 5], 5)
    assert page(store, since=2) == ([3, 4, 5], 3)
    assert page(store, since=1, number=2, size=3) == ([5], 4)
    assert page(store, since=5) == ([], 0)
    assert page(store, since=10**9, number=10**9) == ([], 0)


def test_time_never_falls_when_the_clock_does(store: Database) -> None:
    note(store, "first")
    note(store, "second", NOW - timedelta(days=1))
    with store.read() as session:
        items, _ = trail.page(session, 0, 1, 10)
    assert [item["recorded_at"] for item in items] == ["2026-11-25T00:00:00Z"] * 2


def test_what_is_not_kept_is_not_noted(store: Database) -> None:
    class Interrupted(Exception):
        pass

    with pytest.raises(Interrupted), store.write() as session:
        trail.note(session, Deed("office", "group_added", "x"), NOW)
        raise Interrupted
    assert page(store) == ([], 0)


def test_many_writers_leave_no_gap(store: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: note(store, str(number)), range(24)))
    assert page(store, size=100) == (list(range(1, 25)), 24)
