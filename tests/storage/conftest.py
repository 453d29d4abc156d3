"""The same tests on both engines."""

from __future__ import annotations

import pytest

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
