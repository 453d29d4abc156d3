"""Which pages of other origins may read the answers, whose word is taken for who asks, what every answer forbids."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from tests.api.conftest import SETTINGS
from tests.api.stand_in import StandIn
from tierscore.api import create_app
from tierscore.operation import Operation
from tierscore.settings import REQUIRED

OURS, THEIRS = "https://portal.example", "https://evil.example"


def application(**operation: object) -> Flask:
    settings = replace(SETTINGS, operation=Operation(**operation))  # type: ignore[arg-type]
    return create_app(settings, StandIn())  # type: ignore[arg-type]


@pytest.fixture
def shared() -> FlaskClient:
    return application(cors_origins=(OURS,)).test_client()


def cors(headers: object) -> dict[str, str]:
    return {name: value for name, value in headers if name.startswith("Access-Control-")}  # type: ignore[attr-defined]


def test_no_origin_is_let_in_by_default(trapped: FlaskClient) -> None:
    answer = trapped.get("/api/v1/regions", headers={"Origin": OURS})
    assert cors(answer.headers) == {}
    assert "Origin" not in answer.headers.get("Vary", "")


def test_a_named_origin_may_read(shared: FlaskClient) -> None:
    answer = shared.get("/api/v1/regions", headers={"Origin": OURS})
    assert answer.headers["Access-Control-Allow-Origin"] == OURS
    assert "ETag" in answer.headers["Access-Control-Expose-Headers"]
    assert "Idempotency-Replayed" in answer.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Origin" in answer.headers["Vary"]


@pytest.mark.parametrize(
    "origin", [THEIRS, "null", "", "https://portal.example.evil.example", "http://portal.example", f"{OURS}/", "*"]
)
def test_no_other_origin_may(shared: FlaskClient, origin: str) -> None:
    answer = shared.get("/api/v1/regions", headers={"Origin": origin})
    assert cors(answer.headers) == {}
    assert "Origin" in answer.headers["Vary"]


def test_errors_may_be_read_too(shared: FlaskClient) -> None:
    answer = shared.get("/api/v1/regions/R9", headers={"Origin": OURS})
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (404, OURS)


def test_a_browser_is_told_before_it_sends(shared: FlaskClient) -> None:
    asking = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    answer = shared.options("/api/v1/what-if", headers={"Origin": OURS, **asking})
    assert answer.status_code == 200
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in answer.headers["Access-Control-Allow-Headers"]
    assert "Idempotency-Key" in answer.headers["Access-Control-Allow-Headers"]
    assert cors(shared.options("/api/v1/what-if", headers={"Origin": THEIRS, **asking}).headers) == {}


def test_a_browser_needs_no_key_to_ask_what_it_may_send_and_may_read_why_it_was_refused() -> None:
    settings = replace(SETTINGS, auth=REQUIRED, limit_per_address="1/day", operation=Operation(cors_origins=(OURS,)))
    client = create_app(settings, StandIn()).test_client()  # type: ignore[arg-type]
    asking = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}
    refused = [client.get("/api/v1/regions", headers={"Origin": OURS}) for _ in range(2)]
    before = client.options("/api/v1/regions", headers={"Origin": OURS, **asking})
    assert [answer.status_code for answer in (*refused, before)] == [401, 429, 200]
    assert "Authorization" in before.headers["Access-Control-Allow-Headers"]
    assert {answer.headers["Access-Control-Allow-Origin"] for answer in (*refused, before)} == {OURS}
    assert "RateLimit-Reset" in refused[1].headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize(
    ("count", "forwarded", "address"),
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9", "198.51.100.1"),
        (2, "203.0.113.9", "127.0.0.1"),
    ],
)
def test_proxies_are_believed_as_many_as_there_are(count: int, forwarded: str, address: str) -> None:
    app, seen = application(proxy_count=count), []
    app.before_request(lambda: seen.append((request.remote_addr, request.scheme)))
    app.test_client().get("/healthz", headers={"X-Forwarded-For": forwarded, "X-Forwarded-Proto": "https"})
    assert seen == [(address, "https" if count == 1 else "http")]


@pytest.mark.parametrize(
    "path", ["/healthz", "/nowhere", "/api/v1/regions", "/api/v1/regions/R9", "/metrics", "/openapi.json"]
)
def test_an_answer_is_no_page(trapped: FlaskClient, path: str) -> None:
    headers = trapped.get(path).headers
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert (headers["X-Content-Type-Options"], headers["Referrer-Policy"]) == ("nosniff", "no-referrer")


def test_a_page_says_itself_what_it_may_load(trapped: FlaskClient) -> None:
    assert "default-src 'self'" in trapped.get("/docs").headers["Content-Security-Policy"]
