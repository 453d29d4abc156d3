"""Turns: one holder at a time among threads, applications and processes, and none once the holder is gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.conftest import as_text
from tierscore.storage.database import Database
from tierscore.storage.turns import SUFFIX, turn

ROOT = Path(__file__).resolve().parents[2]
HOLDER = """
import sys
from tierscore.storage.database import Database
from tierscore.storage.turns import turn
with turn(Database.open(sys.argv[1]), "a") as ours:
    print(ours, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def other(empty: Database) -> Iterator[Database]:
    """The same database, opened by another application."""
    database = Database.open(as_text(empty.url))
    yield database
    database.dispose()


def is_free(database: Database, name: str = "a") -> bool:
    with turn(database, name) as ours:
        return ours


def test_one_has_it_until_its_block_ends(empty: Database, other: Database) -> None:
    with pytest.raises(ZeroDivisionError), turn(empty, "a") as ours:
        assert ours
        assert (is_free(empty), is_free(other), is_free(other, "b")) == (False, False, True)
        raise ZeroDivisionError
    assert (is_free(empty), is_free(other)) == (True, True)


def test_it_ends_with_its_process(empty: Database) -> None:
    command, environment = [sys.executable, "-c", HOLDER, as_text(empty.url)], {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"True\n"
        assert not is_free(empty)
        holder.send_signal(signal.SIGKILL)
        holder.wait(30)
        assert any(is_free(empty) for _ in range(10_000))  # the server notices within moments


def test_a_server_that_ends_it_harms_nobody(postgres: Database) -> None:
    with turn(postgres, "a") as ours, postgres.engine.connect() as connection:
        assert ours
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = "
        connection.execute(text(f"{others} current_database()"))
        assert is_free(postgres)
    assert is_free(postgres)


def test_where_no_file_can_be_made_it_is_free(seeded_in_sqlite: Database) -> None:
    """PostgreSQL needs no file."""
    Path(f"{seeded_in_sqlite.url.database}{SUFFIX}").mkdir()
    with turn(seeded_in_sqlite, "a") as ours:
        assert (ours, is_free(seeded_in_sqlite)) == (True, True)
