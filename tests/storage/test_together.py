"""Writes of one block: one transaction, kept or undone as a whole, and what follows it follows the commit."""

from __future__ import annotations

from threading import Thread

import pytest

from tierscore.storage import freshness
from tierscore.storage.database import Database


def counted(database: Database) -> int:
    with database.look() as connection:
        return freshness.state(connection).catalogue


def bump(database: Database) -> None:
    with database.write() as session:
        freshness.bump_catalogue(session)


def test_nothing_is_kept_before_the_end(empty: Database) -> None:
    with empty.together():
        bump(empty)
        bump(empty)
        assert counted(empty) == 0
    assert counted(empty) == 2
    bump(empty)
    assert counted(empty) == 3


def test_an_error_undoes_all_of_it(empty: Database) -> None:
    tasks: list[int] = []
    with pytest.raises(ZeroDivisionError), empty.together():
        bump(empty)
        empty.afterwards(lambda: tasks.append(1))
        raise ZeroDivisionError
    assert (counted(empty), tasks, empty.engine.pool.checkedout()) == (0, [], 0)


def test_a_failed_write_undoes_those_before_it_and_one_after_it_begins_anew(empty: Database) -> None:
    tasks: list[int] = []
    with empty.together():
        bump(empty)
        empty.afterwards(lambda: tasks.append(counted(empty)))
        with pytest.raises(ZeroDivisionError), empty.write() as session:
            freshness.bump_catalogue(session)
            raise ZeroDivisionError
        bump(empty)
    assert (counted(empty), tasks) == (1, [])


def test_what_follows_sees_what_was_kept(empty: Database) -> None:
    seen: list[int] = []
    empty.afterwards(lambda: seen.append(counted(empty)))
    with empty.together():
        bump(empty)
        empty.afterwards(lambda: seen.append(counted(empty)))
        assert seen == [0]
    assert seen == [0, 1]


def test_no_lock_is_held_before_the_first_write_and_other_threads_write_for_themselves(empty: Database) -> None:
    with empty.together():
        other = Thread(target=bump, args=(empty,))
        other.start()
        other.join(30)
        assert (other.is_alive(), counted(empty)) == (False, 1)


def test_another_database_is_none_of_it(empty: Database) -> None:
    other = Database.open(empty.url.render_as_string(hide_password=False))
    with pytest.raises(ZeroDivisionError), empty.together():
        bump(other)
        raise ZeroDivisionError
    other.dispose()
    assert counted(empty) == 1
