"""A copy of a SQLite database while it is used: whole, as of one moment. PostgreSQL has tools of its own."""

from __future__ import annotations

from pathlib import Path

from tierscore.errors import Invalid, Violation
from tierscore.storage.database import Database


def copy_to(database: Database, target: Path) -> None:
    """Writes a copy into a new file; readers and writers go on meanwhile.

    Raises
    ------
    Invalid
        When the file is there already, or the database is not SQLite's.
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
        if driver is not None:
            driver.execute("VACUUM INTO ?", (str(target),))
