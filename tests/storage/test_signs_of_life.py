"""Long statements of SQLite call back, and end when they are told to."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from tierscore.storage import signs_of_life
from tierscore.storage.signs_of_life import telling

LONG = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 100000) SELECT max(x) FROM n"


@pytest.fixture
def connection(monkeypatch: pytest.MonkeyPatch) -> Iterator[sqlite3.Connection]:
    monkeypatch.setattr(signs_of_life, "STEPS", 1000)
    found = sqlite3.connect(":memory:")
    yield found
    found.close()


def test_it_is_called_while_a_statement_runs_and_not_afterwards(connection: sqlite3.Connection) -> None:
    calls: list[None] = []
    with telling(connection, lambda: calls.append(None)):
        assert connection.execute(LONG).fetchone() == (100_000,)
    assert len(calls) > 100
    made = len(calls)
    connection.execute(LONG).fetchone()
    assert len(calls) == made


def test_what_it_raises_ends_the_statement(connection: sqlite3.Connection) -> None:
    def give_up() -> None:
        raise KeyError("enough")

    with pytest.raises(KeyError, match="enough"), telling(connection, give_up):
        connection.execute(LONG).fetchone()


def test_other_errors_stay_as_they_are(connection: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"), telling(connection, lambda: None):
        connection.execute("SELECT * FROM nowhere")
