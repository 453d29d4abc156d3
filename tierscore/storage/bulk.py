"""Many rows into one table, by the fastest way that each database has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

from tierscore.storage.tables import Base

AT_A_TIME = 10_000


def insert_rows(session: Session, table: type[Base], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Inserts rows in the session's transaction; they are taken one by one, so there may be any number of them.

    PostgreSQL takes them by COPY, SQLite by one prepared statement; both check every constraint and trigger.
    """
    if session.get_bind().dialect.name == "postgresql":
        _copy(session, table.__tablename__, names, rows)
    else:
        _execute_many(session, table.__tablename__, names, rows)


def _copy(session: Session, table: str, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    driver = session.connection().connection.driver_connection
    if driver is None:
        raise RuntimeError("the session has no connection")
    with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _execute_many(session: Session, table: str, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    marks = ", ".join("?" for _ in names)
    # Both the table and the columns are our own names, never a user's words.
    statement = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608
    left = iter(rows)
    while some := list(islice(left, AT_A_TIME)):
        session.connection().exec_driver_sql(statement, some)
