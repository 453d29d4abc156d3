"""Answers kept as they were written are nobody's who may not ask for them, and no file loses its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.api.conftest import SETTINGS
from tests.keys import bearing, grant
from tierscore.api import create_app, kept_answers
from tierscore.services.service import Service
from tierscore.settings import REQUIRED
from tierscore.storage.database import Database

ASSESSMENTS, WHAT_IF = "/api/v1/assessments", "/api/v1/what-if"
EDIT = {"edits": [{"op": "add", "region": "CN-SC", "indicator": "unicorns", "value": 1}]}
REPORT = "/api/v1/reports/comparison?region=CN-SC&format=json"

Ask = Callable[[FlaskClient, dict[str, str]], TestResponse]
ASKED: dict[str, Ask] = {
    "GET": lambda client, headers: client.get(ASSESSMENTS, headers=headers),
    "POST": lambda client, headers: client.post(WHAT_IF, json=EDIT, headers=headers),
}


@pytest.fixture(params=ASKED)
def ask(request: pytest.FixtureRequest) -> Ask:
    return ASKED[request.param]


@pytest.fixture
def closed(seeded: Database) -> Flask:
    """Reading needs a key; a key has two requests a day, an address five."""
    settings = replace(SETTINGS, auth=REQUIRED, limit_per_key="2/day", limit_per_address="5/day")
    return create_app(settings, Service(seeded))


def hits(app: Flask) -> int:
    """How often an answer was found as it was written."""
    with app.app_context():
        return kept_answers.usage().hits


def test_a_kept_answer_is_nobody_s_without_a_key_for_it(closed: Flask, seeded: Database, ask: Ask) -> None:
    client = closed.test_client()
    reader, writer = bearing(grant(seeded, "read", name="reader")), bearing(grant(seeded, "write", name="writer"))
    written = ask(client, reader)
    again = ask(client, reader)
    assert (written.status_code, again.data, hits(closed)) == (200, written.data, 1)
    tag = written.headers.get("ETag", "none")
    for headers, status in ((bearing("wrong"), 401), ({}, 401), ({"If-None-Match": tag}, 401), (writer, 403)):
        answer = ask(client, headers)
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
        assert "ETag" not in answer.headers
    assert hits(closed) == 1


def test_a_revoked_key_gets_no_kept_answer(closed: Flask, seeded: Database, ask: Ask) -> None:
    client, key = closed.test_client(), bearing(grant(seeded, "read", name="reader"))
    assert ask(client, key).status_code == 200
    Service(seeded).revoke_key("reader", by="tester")
    assert ask(client, key).status_code == 401


def test_what_is_answered_from_what_is_kept_counts_too(closed: Flask, seeded: Database, ask: Ask) -> None:
    client, key = closed.test_client(), bearing(grant(seeded, "read", name="reader"))
    assert [ask(client, key).status_code for _ in range(3)] == [200, 200, 429]
    assert hits(closed) == 1


def test_a_file_keeps_its_name(client: FlaskClient) -> None:
    first, second = client.get(REPORT), client.get(REPORT)
    assert first.headers["Content-Disposition"] == second.headers["Content-Disposition"]
    assert (first.data, first.headers["ETag"]) == (second.data, second.headers["ETag"])
