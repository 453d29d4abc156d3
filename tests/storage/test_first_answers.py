"""First answers: one for each caller and key, until it expires; what has expired makes room, a little at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from tierscore.storage import first_answers
from tierscore.storage.database import Database
from tierscore.storage.first_answers import MOST_SWEPT, Attempt, FirstAnswer
from tierscore.storage.tables import FirstAnswerRow

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
ATTEMPT = Attempt("caller", "key", "0" * 64)
ANSWER = FirstAnswer(201, (("Location", "/a"), ("Vary", "A"), ("Vary", "B")), b"\x00\xff{}")
OTHER = FirstAnswer(422, (), b"other")


def keep(database: Database, attempt: Attempt, answer: FirstAnswer, now: datetime = NOW) -> bool:
    with database.write() as session:
        return first_answers.keep(session, attempt, answer, now, now + DAY)


def found(database: Database, attempt: Attempt, now: datetime = NOW) -> tuple[str, FirstAnswer] | None:
    with database.look() as connection:
        return first_answers.find(connection, attempt, now)


def test_what_is_kept_is_found_as_it_was(empty: Database) -> None:
    assert found(empty, ATTEMPT) is None
    assert keep(empty, ATTEMPT, ANSWER)
    assert found(empty, ATTEMPT) == (ATTEMPT.request, ANSWER)
    assert found(empty, Attempt("caller", "KEY", ATTEMPT.request)) is None
    assert found(empty, Attempt("other", "key", ATTEMPT.request)) is None


def test_the_first_stays_until_it_expires(empty: Database) -> None:
    second = Attempt("caller", "key", "1" * 64)
    assert keep(empty, ATTEMPT, ANSWER)
    assert not keep(empty, second, OTHER, NOW + DAY - timedelta(seconds=1))
    assert found(empty, second) == (ATTEMPT.request, ANSWER)
    assert found(empty, second, NOW + DAY) is None
    assert keep(empty, second, OTHER, NOW + DAY)
    assert found(empty, second, NOW + DAY) == (second.request, OTHER)


def test_each_new_one_removes_some_that_have_expired(empty: Database) -> None:
    with empty.write() as session:
        for number in range(MOST_SWEPT + 20):
            until = NOW - timedelta(seconds=number)
            first_answers.keep(session, Attempt("caller", f"old {number}", "0" * 64), ANSWER, NOW - DAY, until)
    for left in (20 + 1, 2):
        assert keep(empty, Attempt("caller", f"new {left}", "0" * 64), ANSWER)
        with empty.read() as session:
            assert session.scalars(select(func.count()).select_from(FirstAnswerRow)).one() == left
