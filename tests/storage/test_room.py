"""Which errors say that a disk is full: only those."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from tierscore.errors import NotReady
from tierscore.storage.room import is_full


def full_sqlite(folder: Path) -> sqlite3.Error:
    """What SQLite itself raises when there is no room."""
    connection = sqlite3.connect(folder / "small.db")
    try:
        connection.execute("PRAGMA max_page_count = 2")
        connection.execute("CREATE TABLE t (x)")
        with pytest.raises(sqlite3.OperationalError) as caught:
            connection.execute("INSERT INTO t VALUES (zeroblob(100000))")
        return caught.value
    finally:
        connection.close()


def test_a_full_disk_is_told_by_whoever_met_it(tmp_path: Path) -> None:
    of_sqlite = full_sqlite(tmp_path)
    outer = NotReady(problem="the database does not answer")
    outer.__cause__ = OperationalError("INSERT", {}, of_sqlite)
    errors = [OSError(errno.ENOSPC, ""), OSError(errno.EDQUOT, ""), of_sqlite, psycopg.errors.DiskFull(), outer]
    assert [is_full(error) for error in errors] == [True] * 5


def test_other_errors_are_not(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "a.db") as connection, pytest.raises(sqlite3.OperationalError) as caught:
        connection.execute("SELECT * FROM nowhere")
    connection.close()
    errors = [OSError(errno.EIO, ""), caught.value, psycopg.errors.UniqueViolation(), ValueError("full")]
    assert [is_full(error) for error in errors] == [False] * 4
