"""Listing revisions, and what changed between two of them."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import NoResultFound

from tests.factories import observation, small_catalogue, withdrawal
from tierscore.framework.catalogue import Source
from tierscore.storage import batch, catalogue, freshness, revisions
from tierscore.storage.database import Database

MOMENTS = [datetime(2022, 3, 1, tzinfo=UTC), datetime(2024, 3, 31, tzinfo=UTC), datetime(2025, 6, 30, tzinfo=UTC)]


@pytest.fixture
def history(store: Database) -> Database:
    """A value, the same corrected beside a new one, and a withdrawal."""
    batches = [
        [observation(value=5.0)],
        [observation(value=6.0, source="S002"), observation(region="CN-CQ")],
        [withdrawal(region="CN-CQ")],
    ]
    for rows, moment in zip(batches, MOMENTS, strict=True):
        with store.write() as session:
            batch.append(session, rows, moment, "test", note="a note")
    return store


def test_newest_first_in_pages(history: Database) -> None:
    with history.read() as session:
        first, total = revisions.listing(session, 1, 2)
        second, _ = revisions.listing(session, 2, 2)
        beyond, _ = revisions.listing(session, 3, 2)
    assert total == 3
    assert [item["revision"] for item in (*first, *second, *beyond)] == [3, 2, 1]
    assert {name: first[1][name] for name in ("recorded_at", "recorded_by", "note", "rows")} == {
        "recorded_at": "2024-03-31T00:00:00Z", "recorded_by": "test", "note": "a note", "rows": 2,
    }  # fmt: skip


def test_one(history: Database) -> None:
    with history.read() as session:
        assert revisions.one(session, 2)["rows"] == 2
        with pytest.raises(NoResultFound):
            revisions.one(session, 9)


def test_changed_shows_both_sides(history: Database) -> None:
    with history.read() as session:
        found = revisions.changed(session, 1, 2).to_dict("records")
    corrected = next(row for row in found if row["region"] == "CN-SC")
    assert (corrected["before_value"], corrected["after_value"]) == (5.0, 6.0)
    assert (corrected["before_source"], corrected["after_source"]) == ("S001", "S002")
    new = next(row for row in found if row["region"] == "CN-CQ")
    assert (new["before_status"], new["after_value"]) == ("", 5.0)
    assert math.isnan(new["before_value"])


def test_changed_sees_withdrawals_and_both_directions(history: Database) -> None:
    with history.read() as session:
        forward = revisions.changed(session, 2, 3).to_dict("records")
        backward = revisions.changed(session, 3, 2).to_dict("records")
        nothing = revisions.changed(session, 2, 2)
        from_nothing = revisions.changed(session, 0, 1)
    assert [(row["region"], row["before_status"], row["after_status"]) for row in forward] == [("CN-CQ", "A", "M")]
    assert [(row["before_status"], row["after_status"]) for row in backward] == [("M", "A")]
    assert nothing.empty
    assert len(from_nothing) == 1


def test_preview_says_what_append_would_do_and_stores_nothing(history: Database) -> None:
    rows = [observation(value=6.0, source="S002"), observation(period=2020)]
    with history.read() as session:
        assert batch.preview(session, rows) == batch.Appended(3, 1, 1)
        assert batch.preview(session, []) == batch.Appended(3, 0, 0)
        assert freshness.state(session).revision == 3
    with history.write() as session:
        assert batch.append(session, rows, MOMENTS[2], "test") == batch.Appended(4, 1, 1)


def test_a_source_is_added_once(store: Database) -> None:
    sender = Source("user:office", "Sent by office", None, "as sent")
    with store.read() as session:
        before = freshness.state(session).catalogue
    for _ in range(2):
        with store.write() as session:
            catalogue.ensure_source(session, sender)
    with store.read() as session:
        assert freshness.state(session).catalogue == before + 1
        assert catalogue.sources(session)[-1] == sender
        assert len(catalogue.sources(session)) == len(small_catalogue().sources) + 1
