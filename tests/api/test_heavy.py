"""Requests that take long have a few places in each worker; the others always find a thread."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from typing import Any

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.api.conftest import SETTINGS
from tests.api.serving import served
from tests.api.test_what_if import ADDRESS as WHAT_IF
from tests.conftest import as_text
from tests.keys import with_key
from tierscore.api import create_app, heavy
from tierscore.operation import Operation
from tierscore.services.service import Service
from tierscore.storage.database import Database

PATHS = "/api/v1/paths"
EDIT = {"op": "multiply", "region": "CN-SC", "indicator": "rd_expenditure", "value": 1}
LONG = {"region": "CN-SD", "confidence": 0.6, "time_limit": 2}

Ask = Callable[[FlaskClient], TestResponse]

HEAVY: dict[str, Ask] = {
    "path": lambda client: client.post(PATHS, json={"region": "CN-SC"}),
    "uncertainty": lambda client: client.post("/api/v1/uncertainty", json={"samples": 10, "seed": 1}),
    "panel": lambda client: client.get("/api/v1/panel"),
    "audit": lambda client: client.get("/api/v1/frameworks/cn-innovation-centre/2021.1/audit"),
    "comparison": lambda client: client.get("/api/v1/comparisons?region=CN-SC&region=CN-CY"),
    "report": lambda client: client.get("/api/v1/reports/comparison?region=CN-SC&format=csv"),
    "many edits": lambda client: client.post(WHAT_IF, json={"edits": [EDIT] * 101}),
    "many groups": lambda client: client.post(WHAT_IF, json={"edits": [], "groups": [{"code": "CN-CY"}] * 6}),
    "large body": lambda client: client.post(
        WHAT_IF, data=b" " * heavy.LARGE_BODY + b"{}", content_type="application/json"
    ),
}
LIGHT: dict[str, Ask] = {
    "health": lambda client: client.get("/healthz"),
    "list": lambda client: client.get("/api/v1/assessments"),
    "one": lambda client: client.get("/api/v1/assessments/CN-SC"),
    "few edits": lambda client: client.post(WHAT_IF, json={"edits": [EDIT]}),
}


@pytest.fixture
def full(seeded_url: str) -> Iterator[Flask]:
    """An application whose only place is taken."""
    service = Service.open(seeded_url)
    application = create_app(replace(SETTINGS, operation=Operation(heavy_places=1)), service)
    application.testing = True
    application.extensions["tierscore.places"].take()
    yield application
    service.close()


@pytest.fixture
def own(seeded: Database) -> Flask:
    """An application with one place, which is free, on a database of the test's own."""
    return create_app(replace(SETTINGS, operation=Operation(heavy_places=1)), Service(seeded))


@pytest.mark.parametrize("name", HEAVY)
def test_without_a_place_a_heavy_request_is_sent_away(full: Flask, name: str) -> None:
    answer = HEAVY[name](full.test_client())
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert (answer.json["type"], answer.headers["Retry-After"]) == ("/problems/busy", "2")
    assert "tierscore_heavy_refused_total 1.0" in full.test_client().get("/metrics").text


@pytest.mark.parametrize("name", LIGHT)
def test_the_others_need_none(full: Flask, name: str) -> None:
    assert LIGHT[name](full.test_client()).status_code == 200


@pytest.mark.parametrize("body", [{"region": "CN-SC"}, {"region": "CN-ZZ"}, {"nonsense": 1}])
def test_a_place_is_left_whatever_comes_of_it(full: Flask, body: dict[str, Any]) -> None:
    places, client = full.extensions["tierscore.places"], full.test_client()
    places.leave()
    for _ in range(3):
        assert client.post(PATHS, json=body).status_code in (200, 422)
    assert "tierscore_heavy_places_busy 0.0" in client.get("/metrics").text
    assert places.take()
    assert not places.take()


def test_a_heavy_answer_that_the_client_has_needs_none(full: Flask) -> None:
    places, client = full.extensions["tierscore.places"], full.test_client()
    places.leave()
    tag = client.get("/api/v1/panel").headers["ETag"]
    assert places.take()
    assert client.get("/api/v1/panel", headers={"If-None-Match": tag}).status_code == 304
    assert client.get("/api/v1/panel").status_code == 200


def test_a_scenario_s_report_takes_a_place_unless_the_client_has_it(own: Flask) -> None:
    places, client = own.extensions["tierscore.places"], with_key(own)
    saved = client.post("/api/v1/scenarios", json={"title": "A", "author": "a", "edits": [EDIT]}).json["id"]
    address = f"/api/v1/reports/scenarios/{saved}?format=csv"
    tag = client.get(address).headers["ETag"]
    assert places.take()
    assert (client.get(address).status_code, client.get(f"{address}x").status_code) == (503, 422)
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304


def test_long_requests_starve_no_short_one(seeded: Database) -> None:
    """One worker with four threads, as served by default: twelve clients ask for plans, one for short answers."""
    with served({**os.environ, "DATABASE_URL": as_text(seeded.url)}, workers=1) as url:
        requests.get(f"{url}/api/v1/assessments", timeout=30)
        with ThreadPoolExecutor(12) as pool:
            asked = [pool.submit(ask_long, url, number) for number in range(12)]
            waits = list(short_ones(url, asked))
        told = [answer.result() for answer in asked]
    assert {status for status, _ in told} == {200, 503}
    assert {again for status, again in told if status == 503} == {"2"}
    assert len(waits) > 20
    assert sorted(waits)[len(waits) * 9 // 10] < 0.5


def ask_long(url: str, number: int) -> tuple[int, str | None]:
    body = json.dumps({**LONG, "costs": {"unicorns": 1 + number / 100}})
    answer = requests.post(url + PATHS, data=body, headers={"Content-Type": "application/json"}, timeout=120)
    return answer.status_code, answer.headers.get("Retry-After")


def short_ones(url: str, until: list[Future[Any]]) -> Iterator[float]:
    """How long each short answer takes, as long as any long one is computed."""
    while wait(until, timeout=0).not_done:
        started = time.perf_counter()
        assert requests.get(f"{url}/api/v1/assessments", timeout=30).status_code == 200
        yield time.perf_counter() - started
