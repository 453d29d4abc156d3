"""The same tests on both engines."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.conftest import empty_again, opened, sqlite_url
from tests.factories import small_catalogue
from tierscore.storage.catalogue import replace_catalogue
from tierscore.storage.database import Database


@pytest.fixture(params=["database", "postgres"], ids=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest) -> Database:
    """A migrated database without a row."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def store(empty: Database) -> Database:
    """A database with the small catalogue."""
    with empty.write() as session:
        replace_catalogue(session, small_catalogue())
    return empty


Factory = Callable[[], AbstractContextManager[Database]]


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh_store(request: pytest.FixtureRequest, tmp_path: Path) -> Factory:
    """Makes a database with the small catalogue and nothing else, as often as a test asks."""
    if request.param == "postgresql":
        return _emptied(request.getfixturevalue("postgres"))
    template = tmp_path / "template.db"
    shutil.copy(request.getfixturevalue("migrated_file"), template)
    with opened(sqlite_url(template)) as database, database.write() as session:
        replace_catalogue(session, small_catalogue())
    return _copied(template)


def _copied(template: Path) -> Factory:
    @contextmanager
    def make() -> Iterator[Database]:
        copy = template.with_name("copy.db")
        for leftover in template.parent.glob("copy.db*"):
            leftover.unlink()
        shutil.copy(template, copy)
        with opened(sqlite_url(copy)) as database:
            yield database

    return make


def _emptied(database: Database) -> Factory:
    @contextmanager
    def make() -> Iterator[Database]:
        empty_again(database.url)
        with database.write() as session:
            replace_catalogue(session, small_catalogue())
        yield database

    return make
