"""Migrations: bring a database up to date, and tell whether it is. The steps themselves are in migrations/."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from tierscore.storage.database import Database
from tierscore.storage.tables import Base

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at an address up to a migration, the newest by default; SQLite's file is made if missing."""
    with migrating(url) as config:
        command.upgrade(config, revision)


def downgrade(url: str, revision: str) -> None:
    """Take the database at an address back to a migration; ``base`` removes every table and all data."""
    with migrating(url) as config:
        command.downgrade(config, revision)


def known() -> list[str]:
    """Every migration, the oldest first, after ``base``, where there are no tables."""
    return ["base", *reversed([step.revision for step in ScriptDirectory.from_config(_config()).walk_revisions()])]


def current_and_head(database: Database) -> tuple[str | None, str | None]:
    """The migration that the database is at (None: none yet) and the newest one there is."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision(), _head()


def check(url: str) -> list[str]:
    """What keeps the database from being ready, in plain words; empty when it is up to date and as the code maps it."""
    database = Database.open(url)
    try:
        current, head = current_and_head(database)
        if current != head:
            return [f"The database is at migration {current or 'none'}, the newest is {head}."]
        return _differences(database)
    finally:
        database.dispose()


@contextmanager
def migrating(url: str) -> Iterator[Config]:
    """An Alembic configuration with an open transaction on the database, for any of Alembic's commands.

    Foreign keys rest meanwhile in SQLite: a batch migration drops and remakes tables that others refer to. They are
    checked before the transaction ends.
    """
    database = Database.open(url)
    _make_folder(database)
    try:
        with database.engine.connect().execution_options(writes=True) as connection:
            _rest_foreign_keys(connection)
            with connection.begin():
                yield _config(connection)
                _check_foreign_keys(connection)
    finally:
        database.dispose()


def _config(connection: Connection | None = None) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


@cache
def _head() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def _differences(database: Database) -> list[str]:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [f"The database differs: {difference}" for difference in compare_metadata(context, Base.metadata)]


def _make_folder(database: Database) -> None:
    if database.engine.dialect.name == "sqlite" and database.url.database is not None:
        Path(database.url.database).parent.mkdir(parents=True, exist_ok=True)


def _rest_foreign_keys(connection: Connection) -> None:
    """Straight to the driver: inside a transaction, which SQLAlchemy would begin, the setting has no effect."""
    driver = connection.connection.driver_connection
    if connection.dialect.name == "sqlite" and driver is not None:
        driver.execute("PRAGMA foreign_keys = OFF")


def _check_foreign_keys(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.execute(text("PRAGMA foreign_key_check")).all()
    if broken:
        raise RuntimeError(f"The migration left {len(broken)} broken references, the first in {broken[0][0]}.")
