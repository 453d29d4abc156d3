"""Every request has an identifier, one line in the log and a part in the metrics."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.conftest import SETTINGS
from tests.keys import bearing, grant
from tierscore.api import create_app, logs
from tierscore.services.service import Service
from tierscore.settings import REQUIRED
from tierscore.storage.database import Database

NEW = re.compile(r"[0-9a-f]{16}")


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What is logged, as it would be written to standard error."""
    logger, stream = logging.getLogger(logs.LOGGER), io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonLines())
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel("INFO")
    yield stream
    logger.removeHandler(handler)
    logger.setLevel(level)


def told(lines: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


@pytest.mark.parametrize("given", ["a", "job-17.3_B", "0f1e2d3c-4b5a-6978-0f1e-2d3c4b5a6978", "x" * 64])
def test_a_harmless_identifier_comes_back(trapped: FlaskClient, given: str) -> None:
    assert trapped.get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"] == given


@pytest.mark.parametrize(
    "given", ["", " ", "x" * 65, "a b", "a;b", '"', "<script>", "../../etc", "-rf", "a\u00e9", "$(id)"]
)
def test_any_other_is_replaced(trapped: FlaskClient, given: str) -> None:
    answer = trapped.get("/healthz", headers={"X-Request-ID": given})
    assert NEW.fullmatch(answer.headers["X-Request-ID"])


def test_every_request_has_another_and_errors_have_one_too(trapped: FlaskClient) -> None:
    answers = [trapped.get(path) for path in ("/healthz", "/healthz", "/nowhere", "/api/v1/regions?x=1")]
    assert len({answer.headers["X-Request-ID"] for answer in answers}) == len(answers)


def test_a_request_is_one_line(app: Flask, lines: io.StringIO) -> None:
    app.test_client().get("/api/v1/regions/CN-SC?", headers={"X-Request-ID": "mine"})
    (line,) = told(lines)
    assert list(line) == [
        "time", "level", "logger", "message", "method", "route", "status", "duration_ms", "request_id", "key",
        "revision",
    ]  # fmt: skip
    assert (line["method"], line["route"], line["status"]) == ("GET", "/api/v1/regions/<string:code>", 200)
    assert (line["request_id"], line["revision"], line["key"]) == ("mine", 3, None)
    assert 0 < line["duration_ms"] < 60_000
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])


def test_who_is_refused_or_sent_away_is_logged_too(seeded: Database, lines: io.StringIO) -> None:
    settings = replace(SETTINGS, auth=REQUIRED, limit_per_key="3/day", limit_per_address="2/day")
    client = create_app(settings, Service(seeded)).test_client()
    key = bearing(grant(seeded, "read", name="portal"))
    answers = [client.get("/api/v1/regions", headers=key), client.get("/api/v1/regions")]
    answers += [client.get("/api/v1/regions", headers=bearing("wrong")), client.post("/api/v1/groups", headers=key)]
    answers += [client.get("/api/v1/regions", headers=headers) for headers in ({}, key, key)]
    found = [(line["status"], line["key"]) for line in told(lines)]
    refused = [(401, None), (401, None), (403, "portal"), (429, None)]
    assert found == [(200, "portal"), *refused, (200, "portal"), (429, "portal")]
    assert [line["request_id"] for line in told(lines)] == [answer.headers["X-Request-ID"] for answer in answers]


def test_neither_address_nor_query_nor_body_nor_key_is_logged(client: FlaskClient, lines: io.StringIO) -> None:
    secret = {"Authorization": "Basic hunter2"}
    client.get("/api/v1/regions/hunter2", headers=secret)
    client.get("/hunter2?x=hunter2", headers=secret)
    client.post("/api/v1/what-if", json={"edits": "hunter2"}, headers=secret)
    client.get("/api/v1/regions", headers=bearing("hunter2"))
    assert [line["status"] for line in told(lines)] == [404, 404, 422, 401]
    assert "hunter2" not in lines.getvalue()


def test_an_incident_and_its_request_stand_together(shell: Flask, lines: io.StringIO) -> None:
    shell.config["PROPAGATE_EXCEPTIONS"] = False
    answer = shell.test_client().get("/api/v1/traps/bug", headers={"X-Request-ID": "mine"})
    incident, request = told(lines)
    assert (incident["incident"], incident["request_id"]) == (answer.json["incident"], "mine")
    assert "Traceback" in incident["exception"]
    assert (request["status"], request["request_id"]) == (500, "mine")


def test_no_line_where_requests_are_not_logged(trapped: FlaskClient, lines: io.StringIO) -> None:
    logging.getLogger(logs.LOGGER).setLevel("WARNING")
    trapped.get("/healthz")
    assert lines.getvalue() == ""


def test_text_stays_on_one_line() -> None:
    record = logging.LogRecord("tierscore", logging.INFO, "", 0, "first\nsecond \x1b[31m", (), None)
    record.known = {"route": "/a", "key": None}
    line = logs.TextLines().format(record)
    assert line.endswith("INFO tierscore: first\\nsecond \\x1b[31m route=/a")
    assert logs.TextLines().format(record).count("\n") == 0


def test_json_stays_on_one_line() -> None:
    record = logging.LogRecord("tierscore", logging.INFO, "", 0, "first\nsecond", (), None)
    assert json.loads(logs.JsonLines().format(record))["message"] == "first\nsecond"
    assert "\n" not in logs.JsonLines().format(record)


def test_setting_up_again_doubles_no_line() -> None:
    logs.set_up("json", "INFO")
    logs.set_up("text", "INFO")
    own = [handler for handler in logging.getLogger(logs.LOGGER).handlers if handler.name == "tierscore-lines"]
    assert [type(handler.formatter) for handler in own] == [logs.TextLines]


def meters(client: FlaskClient) -> dict[str, float]:
    lines = client.get("/metrics").text.splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}


def test_requests_are_counted_by_route_method_and_status(trapped: FlaskClient) -> None:
    for path in ("/api/v1/regions/R1", "/api/v1/regions/R2", "/api/v1/regions/R9", "/nowhere/1", "/nowhere/2"):
        trapped.get(path)
    found = meters(trapped)
    one = 'route="/api/v1/regions/<string:code>"'
    assert found[f'tierscore_requests_total{{method="GET",{one},status="200"}}'] == 2
    assert found[f'tierscore_requests_total{{method="GET",{one},status="404"}}'] == 1
    assert found[f'tierscore_request_seconds_count{{method="GET",{one}}}'] == 3
    assert found['tierscore_requests_total{method="GET",route="unmatched",status="404"}'] == 2


def test_no_client_makes_labels(trapped: FlaskClient) -> None:
    before = len(meters(trapped))
    for number in range(20):
        trapped.open(f"/nowhere/{number}", method=f"M{number}")
        trapped.open("/healthz", method=f"M{number}")
    methods = set(re.findall(r'method="([^"]*)"', "\n".join(meters(trapped))))
    assert methods == {"GET", "other"}
    assert len(meters(trapped)) - before < 100


def test_what_is_kept_is_counted(app: Flask, client: FlaskClient) -> None:
    client.get("/api/v1/assessments?period=2020")
    before = meters(client)
    client.get("/api/v1/assessments?period=2020")
    after = meters(client)
    hits = 'tierscore_kept_total{outcome="hit",store="answers_written"}'
    assert after[hits] == before.get(hits, 0) + 1
    assert after['tierscore_kept_total{outcome="miss",store="scorecards"}'] >= 1
    assert after['tierscore_computing_seconds_total{store="scorecards"}'] > 0


def test_metrics_are_text(trapped: FlaskClient) -> None:
    answer = trapped.get("/metrics")
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "# TYPE tierscore_request_seconds histogram" in answer.text
