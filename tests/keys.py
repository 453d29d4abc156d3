"""Keys for tests: stored straight away, and sent with every request of a client."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from tierscore.services import keys
from tierscore.services.keys import SCOPES
from tierscore.storage import keys as key_rows
from tierscore.storage.database import Database

NAME = "tester"


def grant(database: Database, *scopes: str, name: str = NAME) -> str:
    """A key with these scopes, or with all, which the database knows from now on."""
    told, key = keys.make(name, scopes or SCOPES, None, datetime.now(UTC))
    with database.write() as session:
        key_rows.add(session, key)
    return told


def bearing(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def with_key(application: Flask, key: str | None = None) -> FlaskClient:
    """A client that sends a key with every request: one good for everything, made now, if none is given."""
    service: Any = application.extensions["tierscore"]
    client = application.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key or grant(service.database)}"
    return client
