"""Long statements of SQLite, which otherwise say nothing and cannot be ended."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# Steps of SQLite's machine between two signs of life: some tens of a second.
STEPS = 10_000_000


@contextmanager
def telling(connection: sqlite3.Connection, alive: Callable[[], None]) -> Iterator[None]:
    """Calls back now and then while statements run; what `alive` raises ends them and is raised here."""
    raised: list[BaseException] = []

    def call() -> bool:
        try:
            alive()
        except BaseException as error:
            raised.append(error)
        return bool(raised)

    connection.set_progress_handler(call, STEPS)
    try:
        yield
    except sqlite3.OperationalError:
        if raised:
            raise raised[0] from None
        raise
    finally:
        connection.set_progress_handler(None, 0)
