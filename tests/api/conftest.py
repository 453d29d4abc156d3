"""Applications for tests: `app` reads the seeded database, `shell` has a stand-in service and routes full of traps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api import traps
from tests.api.stand_in import StandIn
from tests.keys import grant, with_key
from tierscore.api import create_app
from tierscore.services.service import Service
from tierscore.settings import OFF, Settings

# Limits have tests of their own; elsewhere a fast machine must not come to meet them.
SETTINGS = Settings(
    database_url="sqlite:///nowhere/tierscore.db", secret_key="0" * 32, limit_per_key=OFF, limit_per_address=OFF
)


@pytest.fixture(scope="session")
def app(seeded_url: str) -> Iterator[Flask]:
    """The whole application on the seeded database, which no test of this folder changes."""
    service = Service.open(seeded_url)
    application = create_app(SETTINGS, service)
    application.testing = True
    yield application
    service.close()


@pytest.fixture(scope="session")
def key(app: Flask) -> str:
    """A key to everything, of the session's application."""
    return grant(app.extensions["tierscore"].database)


@pytest.fixture
def client(app: Flask, key: str) -> FlaskClient:
    return with_key(app, key)


@pytest.fixture
def stand_in() -> StandIn:
    return StandIn()


@pytest.fixture
def shell(stand_in: StandIn) -> Flask:
    """The application around a stand-in service, with the traps registered."""
    application = create_app(SETTINGS, stand_in)
    application.testing = True
    application.extensions["flask-smorest"]["apis"][""]["ext_obj"].register_blueprint(traps.blueprint)
    return application


@pytest.fixture
def trapped(shell: Flask) -> FlaskClient:
    return shell.test_client()
