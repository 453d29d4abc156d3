"""A sample of requests that are nearly right: none ends in a 5xx. `make soak` sends many more."""

from __future__ import annotations

from collections import Counter

import pytest
from flask.testing import FlaskClient

from tests.api.conftest import SETTINGS
from tests.keys import with_key
from tests.mutations import VALID, Request, mutated
from tierscore.api import create_app
from tierscore.services.service import Service
from tierscore.storage.database import Database


@pytest.fixture
def sender(seeded: Database) -> FlaskClient:
    return with_key(create_app(SETTINGS, Service(seeded)))  # not `testing`: what is raised must become an answer


def test_what_is_changed_is_valid_before(sender: FlaskClient) -> None:
    """Or names something that is not there."""
    allowed = {"GET": {200, 404, 422}, "POST": {200, 201}, "PUT": {404}, "DELETE": {404, 409}}
    assert [request for request in VALID if request.send(sender).status_code not in allowed[request.method]] == []


def test_the_same_seed_makes_the_same_requests() -> None:
    assert list(mutated(7, 50)) == list(mutated(7, 50)) != list(mutated(8, 50))


def test_no_request_is_a_server_error(sender: FlaskClient) -> None:
    statuses: Counter[int] = Counter()
    failed: list[Request] = []
    for request in mutated(9, 500):
        status = request.send(sender).status_code
        statuses[status] += 1
        failed += [request] if status >= 500 else []
    assert failed == []
    assert {200, 400, 404, 405, 415, 422} <= set(statuses)
