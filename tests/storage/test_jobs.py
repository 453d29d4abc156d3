"""The queue of jobs: who gets which, and what a worker may still change."""

from __future__ import annotations

import math
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from tierscore.errors import UnknownCode
from tierscore.storage import jobs
from tierscore.storage.database import Database
from tierscore.storage.jobs import Job
from tierscore.storage.tables import UncertaintyJobRow

START = datetime(2025, 6, 30, tzinfo=UTC)
REQUEST = {"framework": "框架", "samples": 100}
RESULT = {"share": 0.1, "title": "成渝"}


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def create(database: Database, *identifiers: str) -> None:
    for second, identifier in enumerate(identifiers):
        with database.write() as session:
            jobs.create(session, identifier, REQUEST, 100, at(second))


def claim(database: Database, worker: str, seconds: float, stale_after: float = 30) -> Job | None:
    with database.write() as session:
        return jobs.claim(session, worker, at(seconds), at(seconds - stale_after))


def call(database: Database, function: Any, *arguments: Any) -> Any:
    with database.write() as session:
        return function(session, *arguments)


def one(database: Database, identifier: str = "a") -> Job:
    with database.read() as session:
        return jobs.one(session, identifier)


def test_a_new_job_waits_for_somebody(empty: Database) -> None:
    create(empty, "a")
    assert one(empty) == Job("a", "queued", REQUEST, 100, 0, None, None, None, START, None, None, None)


def test_an_unknown_job(empty: Database) -> None:
    with pytest.raises(UnknownCode, match="There is no job 'b'"):
        one(empty, "b")
    with pytest.raises(UnknownCode):
        call(empty, jobs.cancel, "b", START)


def test_an_identifier_is_given_once(empty: Database) -> None:
    create(empty, "a")
    with pytest.raises(IntegrityError):
        create(empty, "a")


def test_the_oldest_is_taken_first(empty: Database) -> None:
    create(empty, "b", "a", "c")
    taken = [claim(empty, "w", 10) for _ in range(4)]
    assert [job and job.id for job in taken] == ["b", "a", "c", None]
    assert taken[0] == one(empty, "b")
    assert taken[0] == Job("b", "running", REQUEST, 100, 0, None, None, "w", START, at(10), at(10), None)


def test_a_look_sees_what_a_claim_would_take(empty: Database) -> None:
    def waiting(seconds: float) -> bool:
        with empty.read() as session:
            return jobs.waiting(session, at(seconds - 30))

    assert not waiting(0)
    create(empty, "a")
    assert waiting(0)
    claim(empty, "w", 0)
    assert (waiting(30), waiting(31)) == (False, True)


def test_a_beat_tells_how_far_it_is(empty: Database) -> None:
    create(empty, "a")
    claim(empty, "w", 0)
    assert call(empty, jobs.beat, "a", "w", 40, at(5))
    assert (one(empty).done, one(empty).beat_at, one(empty).started_at) == (40, at(5), at(0))


def test_an_abandoned_job_begins_anew_with_another_worker(empty: Database) -> None:
    create(empty, "a")
    claim(empty, "dead", 0)
    call(empty, jobs.beat, "a", "dead", 40, at(5))
    assert claim(empty, "w", 35) is None
    taken = claim(empty, "w", 35.001)
    assert taken is not None
    assert (taken.id, taken.worker, taken.done, taken.started_at) == ("a", "w", 0, at(35.001))


def test_a_sign_of_life_from_the_future_is_none(empty: Database) -> None:
    """The clock was set back by an hour after its worker had died."""
    create(empty, "a")
    claim(empty, "dead", 3600)
    with empty.write() as session:
        assert not jobs.waiting(session, at(-30), at(3600))
        assert jobs.claim(session, "w", at(0), at(-30), at(3600)) is None
        assert jobs.waiting(session, at(-30), at(30))
        taken = jobs.claim(session, "w", at(0), at(-30), at(30))
    assert taken is not None
    assert (taken.id, taken.worker) == ("a", "w")


def test_who_lost_a_job_changes_nothing_any_more(empty: Database) -> None:
    create(empty, "a")
    claim(empty, "slow", 0)
    claim(empty, "w", 60)
    before = one(empty)
    assert not call(empty, jobs.beat, "a", "slow", 99, at(61))
    assert not call(empty, jobs.finish, "a", "slow", RESULT, at(61))
    assert not call(empty, jobs.fail, "a", "slow", "no", at(61))
    assert not call(empty, jobs.give_back, "a", "slow")
    assert one(empty) == before


def test_a_finished_job_has_its_result(empty: Database) -> None:
    create(empty, "a")
    claim(empty, "w", 0)
    assert call(empty, jobs.finish, "a", "w", RESULT, at(9))
    found = one(empty)
    assert (found.state, found.done, found.result, found.finished_at) == ("done", 100, RESULT, at(9))
    assert claim(empty, "w", 1000) is None
    assert not call(empty, jobs.beat, "a", "w", 1, at(10))


def test_the_json_is_written_as_it_is_read(empty: Database) -> None:
    create(empty, "a")
    with empty.read() as session:
        assert session.get_one(UncertaintyJobRow, "a").request == '{"framework": "框架", "samples": 100}'


def test_nan_is_no_result(empty: Database) -> None:
    create(empty, "a")
    claim(empty, "w", 0)
    with pytest.raises(ValueError, match="JSON"):
        call(empty, jobs.finish, "a", "w", {"share": math.nan}, at(9))
    assert one(empty).state == "running"


def test_a_failed_job_says_why(empty: Database) -> None:
    create(empty, "a")
    claim(empty, "w", 0)
    assert call(empty, jobs.fail, "a", "w", "It cannot be computed.", at(9))
    found = one(empty)
    assert (found.state, found.problem, found.result) == ("failed", "It cannot be computed.", None)
    assert found.finished_at == at(9)


def test_a_job_that_is_given_back_is_as_new(empty: Database) -> None:
    create(empty, "a")
    before = one(empty)
    claim(empty, "w", 0)
    call(empty, jobs.beat, "a", "w", 40, at(5))
    assert call(empty, jobs.give_back, "a", "w")
    assert one(empty) == before


def test_a_queued_job_is_cancelled_once(empty: Database) -> None:
    create(empty, "a")
    cancelled = call(empty, jobs.cancel, "a", at(3))
    assert (cancelled.state, cancelled.finished_at) == ("cancelled", at(3))
    assert call(empty, jobs.cancel, "a", at(4)) == cancelled == one(empty)
    assert claim(empty, "w", 1000) is None


def test_the_worker_of_a_cancelled_job_is_told(empty: Database) -> None:
    create(empty, "a")
    claim(empty, "w", 0)
    call(empty, jobs.beat, "a", "w", 40, at(1))
    assert call(empty, jobs.cancel, "a", at(2)).done == 40
    assert not call(empty, jobs.beat, "a", "w", 50, at(3))
    assert not call(empty, jobs.finish, "a", "w", RESULT, at(3))
    assert not call(empty, jobs.give_back, "a", "w")
    assert one(empty).state == "cancelled"


def test_what_is_finished_cannot_be_cancelled(empty: Database) -> None:
    create(empty, "a")
    claim(empty, "w", 0)
    call(empty, jobs.finish, "a", "w", RESULT, at(9))
    assert call(empty, jobs.cancel, "a", at(10)) == one(empty)
    assert one(empty).state == "done"


def test_a_change_shows_in_the_session_that_made_it(empty: Database) -> None:
    create(empty, "a")
    with empty.write() as session:
        jobs.one(session, "a")
        assert jobs.cancel(session, "a", at(1)).state == "cancelled"


def test_only_old_finished_jobs_are_forgotten(empty: Database) -> None:
    create(empty, "a", "b", "c", "d")
    claim(empty, "w", 0)
    call(empty, jobs.finish, "a", "w", RESULT, at(9))
    call(empty, jobs.cancel, "b", at(10))
    claim(empty, "w", 0)
    assert call(empty, jobs.forget, at(10)) == 1
    with pytest.raises(UnknownCode):
        one(empty, "a")
    assert [one(empty, identifier).state for identifier in "bcd"] == ["cancelled", "running", "queued"]
    assert call(empty, jobs.forget, at(1000)) == 1


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ("state", {"state": "lost", "finished_at": START}),
        ("done", {"done": 101}),
        ("done", {"done": -1}),
        ("running", {"state": "running"}),
        ("result", {"state": "done", "finished_at": START}),
        ("result", {"result": "{}"}),
        ("problem", {"state": "failed", "finished_at": START}),
        ("problem", {"problem": "no"}),
        ("finished", {"state": "cancelled"}),
        ("finished", {"finished_at": START}),
    ],
)
def test_the_database_refuses_nonsense(empty: Database, rule: str, values: dict[str, Any]) -> None:
    create(empty, "a")
    with pytest.raises(IntegrityError, match=f"ck_uncertainty_jobs_{rule}"), empty.write() as session:
        session.execute(update(UncertaintyJobRow).values(**values))


def test_workers_that_claim_at_once_share_the_jobs(empty: Database) -> None:
    names = [f"{number:02}" for number in range(24)]
    create(empty, *names)
    together = threading.Barrier(4)

    def work(worker: int) -> list[str]:
        together.wait(timeout=10)
        return [job.id for job in iter(lambda: claim(empty, str(worker), 100), None)]

    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(work, range(4)))
    assert sorted(identifier for part in taken for identifier in part) == names


def test_who_claims_waits_for_no_other_claim_in_postgresql(postgres: Database) -> None:
    create(postgres, "a", "b")
    with postgres.write() as first, postgres.write() as second:
        taken = [jobs.claim(session, "w", at(10), at(0)) for session in (first, second)]
    assert [job and job.id for job in taken] == ["a", "b"]
