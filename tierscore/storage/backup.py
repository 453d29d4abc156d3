"""A copy of a SQLite database while it is used: whole, as of one moment. PostgreSQL has tools of its own."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tierscore.errors import Invalid, NotReady, Violation
from tierscore.storage.database import Database


def copy_to(database: Database, target: Path) -> None:
    """Writes a copy into a new file; readers and writers go on meanwhile.

    Raises
    ------
    Invalid
        When the file is there already, or the database is not SQLite's.
    NotReady
        When the file cannot be written.
    """
    if database.engine.dialect.name != "sqlite":
        raise Invalid(
            "backup", [Violation("not_sqlite", "PostgreSQL is backed up by pg_dump; see docs/operations.md.")]
        )
    if target.exists():
        template = "{name!r} is there already; a backup is a new file."
        raise Invalid("backup", [Violation("already_there", template, {"name": str(target)}, parameter="file")])
    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)  # noqa: S101  straight to it: within a transaction there is no VACUUM
        try:
            driver.execute("VACUUM INTO ?", (str(target),))
        except sqlite3.Error as error:
            raise NotReady(problem="the copy cannot be written") from error
