"""Jobs in the background: computed once, told how far they are, lost by no restart.

Computations here wait for events of the test, so that nothing depends on how fast the machine is.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from marshmallow import Schema, fields
from sqlalchemy.exc import DataError, OperationalError

from tests.conftest import as_text, opened
from tests.waiting import until
from tierscore.api.schemas.job import job_schema
from tierscore.errors import CannotScore, NotReady, UnknownCode
from tierscore.services import jobs as module
from tierscore.services.jobs import Jobs, Progress, answer
from tierscore.storage import jobs as rows
from tierscore.storage.database import Database
from tierscore.storage.jobs import Job

LONGEST = 20.0
START = datetime(2025, 6, 30, tzinfo=UTC)
REQUEST = {"framework": "框架"}
RESULT = {"share": 0.1, "title": "成渝"}

Make = Callable[..., Jobs]


def quick(request: dict[str, Any], progress: Progress) -> dict[str, Any]:
    progress(1)
    return {**RESULT, **request}


class Stepwise:
    """A computation that goes on telling its progress until it is let go."""

    def __init__(self) -> None:
        self.draws = 0
        self.begun: list[dict[str, Any]] = []
        self.ended: list[type[BaseException] | None] = []
        self.let_go = threading.Event()

    def __call__(self, request: dict[str, Any], progress: Progress) -> dict[str, Any]:
        self.begun.append(request)
        try:
            while not self.let_go.wait(0.005):
                progress(self.draws)
        except BaseException as error:
            self.ended.append(type(error))
            raise
        self.ended.append(None)
        return {**RESULT, **request}


class Faltering(Database):
    """A database that does not answer the next few times, or answers badly."""

    def __init__(self, database: Database) -> None:
        super().__init__(database.url, database.engine)
        self.read_errors: list[Exception] = []
        self.write_errors: list[Exception] = []

    def read(self) -> Any:
        self._fail(self.read_errors)
        return super().read()

    def write(self) -> Any:
        self._fail(self.write_errors)
        return super().write()

    @staticmethod
    def _fail(errors: list[Exception]) -> None:
        if errors:
            raise errors.pop()


def gone() -> Exception:
    return OperationalError("SELECT", {}, Exception("gone"))


def finished(jobs: Jobs, identifier: str) -> Job:
    """A job once it is finished."""
    states = ("done", "failed", "cancelled")
    return until(lambda: job if (job := jobs.status(identifier)).state in states else None)


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "jobs"]


@pytest.fixture
def make(database: Database) -> Iterator[Make]:
    """Makes jobs with a computation, on the test's database; their threads end with the test."""
    made: list[Jobs] = []

    def build(compute: Any, on: Database = database) -> Jobs:
        made.append(Jobs(on, compute))
        return made[-1]

    yield build
    for jobs in made:
        jobs.stop()
    assert threads() == []


@pytest.fixture
def stepwise() -> Iterator[Stepwise]:
    compute = Stepwise()
    yield compute
    compute.let_go.set()


def queue(database: Database, identifier: str, request: dict[str, Any] | None = None, moment: datetime = START) -> None:
    """A job that was queued when no service ran."""
    with database.write() as session:
        rows.create(session, identifier, request or REQUEST, 10, moment)


def stored(database: Database, identifier: str) -> Job:
    """A job as it is, without having it computed."""
    with database.read() as session:
        return rows.one(session, identifier)


def test_nothing_runs_before_it_is_asked_for(make: Make, database: Database) -> None:
    queue(database, "a")
    make(quick)
    assert threads() == []


def test_a_job_is_computed_and_its_result_survives(make: Make) -> None:
    jobs = make(quick)
    submitted = jobs.submit(REQUEST, 10)
    assert (submitted.state, submitted.total, submitted.done) == ("queued", 10, 0)
    found = finished(jobs, submitted.id)
    assert (found.state, found.done, found.result, found.problem) == ("done", 10, {**RESULT, **REQUEST}, None)
    jobs.stop()
    assert make(quick).status(submitted.id) == found


def test_one_thread_does_all_jobs_in_their_order(make: Make) -> None:
    names: list[str] = []

    def compute(request: dict[str, Any], _progress: Progress) -> dict[str, Any]:
        names.append(threading.current_thread().name)
        assert len(threads()) == 1
        return request

    jobs = make(compute)
    submitted = [jobs.submit({"number": number}, 10) for number in range(5)]
    done = [finished(jobs, job.id) for job in submitted]
    assert [job.result for job in done] == [{"number": number} for number in range(5)]
    moments = [job.finished_at for job in done]
    assert moments == sorted(moments)
    assert names == ["jobs"] * 5


def test_a_job_tells_how_far_it_is(make: Make, stepwise: Stepwise, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BEAT", 0.01)
    jobs = make(stepwise)
    identifier = jobs.submit(REQUEST, 10).id
    for draws in (3, 7):
        stepwise.draws = draws
        running = until(lambda draws=draws: job if (job := jobs.status(identifier)).done == draws else None)
        assert (running.state, running.result) == ("running", None)
        assert answer(running)["eta_seconds"] >= 0
    stepwise.let_go.set()
    assert finished(jobs, identifier).done == 10


def test_beats_keep_their_distance(make: Make, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    beats: list[float] = []
    beat = rows.beat

    def counted(*arguments: Any) -> bool:
        beats.append(time.monotonic())
        return beat(*arguments)

    def compute(request: dict[str, Any], progress: Progress) -> dict[str, Any]:
        while len(beats) < 3:
            progress(1)
            time.sleep(0.001)
        return request

    monkeypatch.setattr(rows, "beat", counted)
    monkeypatch.setattr(module, "BEAT", 0.1)
    jobs = make(compute)
    assert finished(jobs, jobs.submit(REQUEST, 10).id).state == "done"
    assert len(beats) == 3
    assert min(later - earlier for earlier, later in pairwise(beats)) >= 0.1


def test_a_running_job_stops_soon_after_it_was_cancelled(make: Make, stepwise: Stepwise) -> None:
    jobs = make(stepwise)
    identifier = jobs.submit(REQUEST, 10).id
    until(lambda: stepwise.begun)
    assert jobs.cancel(identifier).state == "cancelled"
    until(lambda: stepwise.ended)
    assert stepwise.ended == [module.Cancelled]
    assert jobs.cancel(identifier) == jobs.status(identifier)
    assert (jobs.status(identifier).state, jobs.status(identifier).result) == ("cancelled", None)
    stepwise.let_go.set()
    assert finished(jobs, jobs.submit(REQUEST, 10).id).state == "done"


def test_a_queued_job_that_is_cancelled_is_never_begun(make: Make, stepwise: Stepwise) -> None:
    jobs = make(stepwise)
    first, second, third = (jobs.submit({"number": number}, 10).id for number in range(3))
    until(lambda: stepwise.begun)
    assert jobs.cancel(second).state == "cancelled"
    stepwise.let_go.set()
    assert finished(jobs, third).state == finished(jobs, first).state == "done"
    assert stepwise.begun == [{"number": 0}, {"number": 2}]
    assert jobs.status(second).state == "cancelled"


def test_a_result_that_comes_after_the_cancel_is_not_kept(make: Make, stepwise: Stepwise) -> None:
    def deaf(request: dict[str, Any], _progress: Progress) -> dict[str, Any]:
        return stepwise(request, lambda _done: None)

    jobs = make(deaf)
    identifier = jobs.submit(REQUEST, 10).id
    until(lambda: stepwise.begun)
    jobs.cancel(identifier)
    stepwise.let_go.set()
    assert finished(jobs, jobs.submit(REQUEST, 10).id).state == "done"
    assert (jobs.status(identifier).state, jobs.status(identifier).result) == ("cancelled", None)


def test_what_cannot_be_computed_says_why(make: Make) -> None:
    def compute(_request: dict[str, Any], _progress: Progress) -> dict[str, Any]:
        raise CannotScore("The step {step} is odd.", step="group")

    jobs = make(compute)
    found = finished(jobs, jobs.submit(REQUEST, 10).id)
    assert (found.state, found.problem, found.result) == ("failed", "The step group is odd.", None)


@pytest.mark.parametrize(
    "compute",
    [
        lambda _request, _progress: 1 / 0,
        lambda _request, _progress: {"share": math.nan},
        lambda _request, _progress: {"share": {1, 2}},
    ],
    ids=["error", "nan", "no JSON"],
)
def test_an_error_nobody_expected_gets_a_number(make: Make, compute: Any, caplog: pytest.LogCaptureFixture) -> None:
    jobs = make(compute)
    found = finished(jobs, jobs.submit(REQUEST, 10).id)
    (record,) = [record for record in caplog.records if record.levelname == "ERROR"]
    incident, job = record.args
    assert (found.state, found.problem) == ("failed", f"Quote incident {incident} when you report this.")
    assert job == found.id
    assert record.exc_info


def test_more_draws_than_there_are_is_an_error(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BEAT", 0)
    jobs = make(lambda _request, progress: progress(11))
    assert finished(jobs, jobs.submit(REQUEST, 10).id).state == "failed"


def test_after_a_failure_comes_the_next_job(make: Make) -> None:
    jobs = make(lambda request, _progress: {"quotient": 1 / request["by"]})
    failed, done = jobs.submit({"by": 0}, 10).id, jobs.submit({"by": 2}, 10).id
    assert finished(jobs, done).result == {"quotient": 0.5}
    assert finished(jobs, failed).state == "failed"


def test_an_unknown_job(make: Make) -> None:
    jobs = make(quick)
    for ask in (jobs.status, jobs.cancel):
        with pytest.raises(UnknownCode, match="There is no job 'nope'"):
            ask("nope")


def test_two_services_never_compute_the_same_job(make: Make, database: Database) -> None:
    begun: list[int] = []
    both = threading.Barrier(2)

    def compute(request: dict[str, Any], _progress: Progress) -> dict[str, Any]:
        if len(begun) < 2:
            begun.append(request["number"])
            both.wait(LONGEST)  # each has one before either takes another
        else:
            begun.append(request["number"])
        return request

    for number in range(20):
        queue(database, f"{number:02}", {"number": number})
    with opened(as_text(database.url)) as another:
        pair = [make(compute), make(compute, another)]
        for jobs in pair:
            jobs.ensure_running()
        done = [finished(pair[0], f"{number:02}") for number in range(20)]
        for jobs in pair:
            jobs.stop()
    assert sorted(begun) == list(range(20))
    assert len({job.worker for job in done}) == 2


def test_a_job_of_a_dead_worker_begins_anew(make: Make, database: Database) -> None:
    queue(database, "a")
    with database.write() as session:
        rows.claim(session, "dead", START, START)
        rows.beat(session, "a", "dead", 9, START)
    assert answer(stored(database, "a"))["eta_seconds"] is None
    jobs = make(quick)
    found = finished(jobs, "a")
    assert (found.state, found.done) == ("done", 10)
    assert found.worker != "dead"
    assert found.started_at > START


def test_a_job_of_a_living_worker_is_left_to_it(make: Make, database: Database) -> None:
    queue(database, "a")
    now = datetime.now(UTC)
    with database.write() as session:
        rows.claim(session, "alive", now, START)
    jobs = make(quick)
    assert finished(jobs, jobs.submit(REQUEST, 10).id).state == "done"
    assert (jobs.status("a").state, jobs.status("a").worker) == ("running", "alive")


def test_who_lost_a_job_stops(make: Make, database: Database, stepwise: Stepwise) -> None:
    jobs = make(stepwise)
    identifier = jobs.submit(REQUEST, 10).id
    until(lambda: stepwise.begun)
    now = datetime.now(UTC)
    with database.write() as session:
        assert rows.claim(session, "another", now, now + timedelta(minutes=1)) is not None
    until(lambda: stepwise.ended)
    assert stepwise.ended == [module.Cancelled]
    assert (jobs.status(identifier).state, jobs.status(identifier).worker) == ("running", "another")


def test_a_restart_finishes_what_was_queued(make: Make, database: Database) -> None:
    queue(database, "a")
    with opened(as_text(database.url)) as another:
        jobs = make(quick, another)
        jobs.ensure_running()
        assert finished(jobs, "a").result == {**RESULT, **REQUEST}
        jobs.stop()


def test_to_ask_for_a_job_is_to_have_it_computed(make: Make, database: Database) -> None:
    queue(database, "a")
    jobs = make(quick)
    assert jobs.status("a").state in ("queued", "running", "done")
    assert finished(jobs, "a").state == "done"
    jobs.stop()
    jobs.status("a")
    assert threads() == []


def test_stopping_gives_the_job_back(make: Make, database: Database, stepwise: Stepwise) -> None:
    jobs = make(stepwise)
    identifier = jobs.submit(REQUEST, 10).id
    until(lambda: stepwise.begun)
    jobs.stop()
    assert threads() == []
    assert stepwise.ended == [module.Cancelled]
    assert stored(database, identifier).state == "queued"
    assert finished(make(quick), identifier).state == "done"


def test_stopping_an_idle_thread_takes_no_time(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IDLE", 60)
    jobs = make(quick)
    jobs.ensure_running()
    assert len(threads()) == 1
    jobs.ensure_running()
    assert len(threads()) == 1
    jobs.stop()
    assert threads() == []
    jobs.stop()


def test_a_new_job_wakes_the_thread(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IDLE", 60)
    jobs = make(quick)
    jobs.ensure_running()
    for _ in range(3):
        assert finished(jobs, jobs.submit(REQUEST, 10).id).state == "done"


def test_a_thread_that_died_is_replaced(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a fork, where only the thread that forked lives on."""
    jobs = make(quick)
    with monkeypatch.context() as patched:
        patched.setattr(module._Runner, "_goes_on", lambda _runner: False)
        jobs.ensure_running()
        until(lambda: threads() == [])
    assert finished(jobs, jobs.submit(REQUEST, 10).id).state == "done"


def test_an_idle_thread_takes_no_lock(make: Make, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IDLE", 0.01)
    looks = threading.Semaphore(0)
    waiting = rows.waiting

    def counted(*arguments: Any) -> bool:
        looks.release()
        return waiting(*arguments)

    monkeypatch.setattr(rows, "waiting", counted)
    with database.write() as session:
        rows.create(session, "a", REQUEST, 10, START)
        make(quick).ensure_running()
        assert all(looks.acquire(timeout=LONGEST) for _ in range(5))


def test_a_queue_that_cannot_be_read_is_asked_again(
    make: Make, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.01)
    queue(database, "a")
    faltering = Faltering(database)
    faltering.read_errors = [gone(), gone()]
    make(quick, faltering).ensure_running()
    until(lambda: stored(database, "a").state == "done")
    assert faltering.read_errors == []


def test_a_result_waits_for_the_database(make: Make, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.01)
    faltering = Faltering(database)

    def compute(request: dict[str, Any], _progress: Progress) -> dict[str, Any]:
        faltering.write_errors = [gone(), gone()]
        return request

    jobs = make(compute, faltering)
    assert finished(jobs, jobs.submit(REQUEST, 10).id).result == REQUEST
    assert faltering.write_errors == []


def test_a_job_goes_on_while_the_database_does_not_answer(
    make: Make, database: Database, stepwise: Stepwise, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BEAT", 0.01)
    monkeypatch.setattr(module, "PATIENCE", 0.01)
    faltering = Faltering(database)
    jobs = make(stepwise, faltering)
    identifier = jobs.submit(REQUEST, 10).id
    until(lambda: stepwise.begun)
    faltering.write_errors = [gone(), gone()]
    until(lambda: faltering.write_errors == [])
    stepwise.let_go.set()
    assert finished(jobs, identifier).state == "done"


@pytest.mark.parametrize("away", [lambda: NotReady(problem="the database cannot be read"), gone])
def test_a_computation_without_a_database_is_tried_again(
    make: Make, away: Callable[[], Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.01)
    tries: list[int] = []

    def compute(request: dict[str, Any], _progress: Progress) -> dict[str, Any]:
        tries.append(1)
        if len(tries) < 3:
            raise away()
        return request

    jobs = make(compute)
    assert finished(jobs, jobs.submit(REQUEST, 10).id).state == "done"
    assert len(tries) == 3


def test_what_the_database_refuses_is_an_incident(make: Make, database: Database) -> None:
    faltering = Faltering(database)

    def compute(request: dict[str, Any], _progress: Progress) -> dict[str, Any]:
        faltering.write_errors = [DataError("UPDATE", {}, Exception("odd"))]
        return request

    jobs = make(compute, faltering)
    found = finished(jobs, jobs.submit(REQUEST, 10).id)
    assert (found.state, found.problem[:15]) == ("failed", "Quote incident ")


def test_a_database_that_does_not_answer_is_not_ready(make: Make, database: Database) -> None:
    faltering = Faltering(database)
    jobs = make(quick, faltering)
    for ask in (lambda: jobs.submit(REQUEST, 10), lambda: jobs.cancel("a"), lambda: jobs.forget(START)):
        faltering.write_errors = [gone()]
        with pytest.raises(NotReady, match="the database does not answer"):
            ask()
    faltering.read_errors = [gone()]
    with pytest.raises(NotReady):
        jobs.status("a")


def test_old_jobs_are_forgotten(make: Make) -> None:
    jobs = make(quick)
    found = finished(jobs, jobs.submit(REQUEST, 10).id)
    assert jobs.forget(found.finished_at) == 0
    assert jobs.forget(found.finished_at + timedelta(microseconds=1)) == 1
    with pytest.raises(UnknownCode):
        jobs.status(found.id)


RUNNING = Job(
    "a", "running", REQUEST, 100, 25, None, None, "w", START,
    START + timedelta(seconds=10), START + timedelta(seconds=20), None,
)  # fmt: skip


class Outcome(Schema):
    share = fields.Float(required=True)


@pytest.mark.parametrize(
    ("changes", "seconds", "eta"),
    [
        ({}, 20, 30.0),  # 25 draws took 10 s, so 75 take 30 s
        ({}, 24, 26.0),  # 4 s of them are over
        ({}, 19, 31.0),  # a clock that is behind the worker's
        ({"done": 100}, 20, 0.0),
        ({"done": 100}, 24, 0.0),  # never negative
        ({"done": 0}, 20, None),
        ({}, 50, 0.0),
        ({}, 50.001, None),  # its worker is silent for too long
        ({"state": "queued", "started_at": None, "beat_at": None}, 20, None),
        ({"state": "cancelled", "finished_at": START}, 20, None),
        ({"state": "done", "finished_at": START, "result": {"share": 0.1}}, 20, None),
        ({"state": "failed", "finished_at": START, "problem": "no"}, 20, None),
    ],
)
def test_the_time_left_is_what_the_draws_made_say(changes: dict[str, Any], seconds: float, eta: float | None) -> None:
    found = answer(replace(RUNNING, **changes), START + timedelta(seconds=seconds))
    assert found["eta_seconds"] == eta
    assert job_schema(Outcome)().validate(found) == {}


def test_an_answer_tells_the_whole_job() -> None:
    done = replace(RUNNING, state="done", done=100, result=RESULT, finished_at=START + timedelta(seconds=30))
    assert answer(done) == {
        "id": "a", "state": "done", "samples_done": 100, "samples_total": 100,
        "created_at": "2025-06-30T00:00:00Z", "started_at": "2025-06-30T00:00:10Z",
        "finished_at": "2025-06-30T00:00:30Z", "eta_seconds": None, "problem": None, "result": RESULT,
    }  # fmt: skip
    assert job_schema(Outcome)().dump({**answer(done), "worker": "w"}) == {**answer(done), "result": {"share": 0.1}}
