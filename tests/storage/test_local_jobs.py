"""Jobs for the workers of one place: who sees them, who takes them, and when they are given up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tierscore.storage import jobs, local_jobs
from tierscore.storage.database import Database

START = datetime(2025, 6, 30, tzinfo=UTC)


@pytest.fixture
def queue(empty: Database) -> Database:
    """Two jobs for one place, one for another, one for anybody."""
    with empty.write() as session:
        for second, (name, place) in enumerate([("b", "here"), ("a", "here"), ("c", "there"), ("d", None)]):
            jobs.create(session, name, {}, 0, START + timedelta(seconds=second), place=place)
    return empty


def test_each_place_sees_its_own(queue: Database) -> None:
    with queue.read() as session:
        assert local_jobs.unfinished(session, "here") == ["b", "a"]
        assert local_jobs.unfinished(session, "he_e") == []
        assert [local_jobs.waiting(session, place) for place in ("here", "there", "nowhere")] == [True, True, False]


def test_anybody_takes_only_what_is_for_anybody(queue: Database) -> None:
    later = START + timedelta(days=1)
    with queue.write() as session:
        job = jobs.claim(session, "worker", later, later)
        assert job is not None
        assert (job.id, job.is_local) == ("d", False)
        assert jobs.claim(session, "worker", later, START) is None


def test_the_oldest_is_taken_also_from_one_who_is_gone(queue: Database) -> None:
    with queue.write() as session:
        first = local_jobs.claim(session, "here", "here:x", START)
        again = local_jobs.claim(session, "here", "here:y", START)
        assert first is not None
        assert again is not None
        assert (first.id, again.id, again.worker, again.is_local) == ("b", "b", "here:y", True)
        assert not local_jobs.belongs(session, "b", "here:x")
        assert local_jobs.belongs(session, "b", "here:y")
        assert not jobs.finish(session, "b", "here:x", {}, START)
        assert jobs.finish(session, "b", "here:y", {}, START)
        assert local_jobs.unfinished(session, "here") == ["a"]


def test_given_back_it_is_still_for_its_place(queue: Database) -> None:
    with queue.write() as session:
        local_jobs.claim(session, "here", "here:x", START)
        assert jobs.give_back(session, "b", "here:x")
        assert (jobs.one(session, "b").state, jobs.one(session, "b").worker) == ("queued", "here:")


def test_old_ones_are_given_up_wherever_they_are(queue: Database) -> None:
    with queue.write() as session:
        assert local_jobs.give_up(session, START + timedelta(seconds=1), "gone", START) == 1
        assert local_jobs.give_up(session, START + timedelta(days=1), "gone", START) == 2
        assert (jobs.one(session, "c").state, jobs.one(session, "c").problem) == ("failed", "gone")
        assert jobs.one(session, "d").state == "queued"
        assert local_jobs.claim(session, "here", "here:x", START) is None
