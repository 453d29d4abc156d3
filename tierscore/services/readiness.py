"""Whether the database can serve, bringing it there, and a copy of it."""

from __future__ import annotations

from pathlib import Path

from tierscore.errors import NotReady, UnknownCode
from tierscore.storage import migrate
from tierscore.storage.backup import copy_to
from tierscore.storage.database import Database


def upgrade_database(url: str) -> None:
    """Brings the database to the newest migration."""
    migrate.upgrade(url)


def downgrade_database(url: str, migration: str) -> None:
    """Takes the database back to a migration; raises UnknownCode when there is none of that name."""
    known = migrate.known()
    if migration not in known:
        raise UnknownCode("migration", migration, known)
    migrate.downgrade(url, migration)


def back_up_database(url: str, target: Path) -> None:
    """Copies a SQLite database into a new file; raises Invalid and NotReady as `copy_to`."""
    check_database(url)
    database = Database.open(url)
    try:
        copy_to(database, target)
    finally:
        database.dispose()


def check_database(url: str) -> None:
    """Does nothing when the database is as this version needs it; raises NotReady with the first difference."""
    differences = migrate.check(url)
    if differences:
        raise NotReady(problem="; ".join(differences))
