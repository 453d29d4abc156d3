"""What all pages promise."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.conftest import SETTINGS
from tests.conftest import sqlite_url
from tierscore.api import create_app
from tierscore.services.service import Service
from tierscore.settings import REQUIRED

PAGES = ("/", "/regions/CN-SC", "/regions/CN-CY", "/what-if", "/compare", "/compare?region=CN-SC&region=CN-CY", "/data",
         "/data/history", "/data/history?region=CN-SC&indicator=gdp", "/data/revisions", "/data/revisions?from=1&to=3",
         "/method")  # fmt: skip


@pytest.fixture
def closed(app: Flask) -> FlaskClient:
    """Where reading needs a key."""
    application = create_app(replace(SETTINGS, auth=REQUIRED), app.extensions["tierscore"])
    application.testing = True
    return application.test_client()


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_page_loads_own_files_only_and_holds_no_code(client: FlaskClient, address: str, lang: str) -> None:
    answer = client.get(f"{address}{'&' if '?' in address else '?'}lang={lang}")
    assert answer.status_code == 200
    assert re.findall(r"<script(?![^>]*\b(?:src=|type=\"application/json\"))", answer.text) == []
    assert re.findall(r"<style|\sstyle=|\son\w+=|javascript:", answer.text) == []
    rules = dict(rule.split(" ", 1) for rule in answer.headers["Content-Security-Policy"].split("; "))
    assert rules["default-src"] == "'none'" and rules["script-src"] == rules["style-src"] == "'self'"
    for loaded in re.findall(r'(?:src|href)="(/static/[^"]*)"', answer.text):
        with client.get(loaded) as file:
            assert file.status_code == 200, loaded


@pytest.mark.parametrize("address", [*PAGES, "/figures/plane?region=CN-SC", "/find?q=CN-SC"])
def test_where_reading_needs_a_key_so_do_the_pages(closed: FlaskClient, address: str) -> None:
    """A script is told so; a person is led to the form for the key (test_sign_in.py)."""
    answer = closed.get(address, headers={"Sec-Fetch-Mode": "cors"})
    assert answer.status_code == 401
    assert "CN-" not in answer.text


def test_files_of_pages_are_open_to_all(closed: FlaskClient) -> None:
    with closed.get("/static/site.css") as answer:
        assert answer.status_code == 200


def test_every_page_is_listed_here(app: Flask) -> None:
    """A page that is added is added above, so that it keeps what all promise."""
    views = {rule.endpoint: rule.rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("web.show_")}
    matched = {views[endpoint].replace("<string:code>", "CN-SC") for endpoint in views}
    assert matched <= set(PAGES)


def test_a_database_that_is_away_is_said_on_a_page(tmp_path: Path) -> None:
    application = create_app(SETTINGS, Service.open(sqlite_url(tmp_path / "none.db")))
    application.testing = True
    answer = application.test_client().get("/?lang=en")
    assert (answer.status_code, answer.mimetype) == (503, "text/html")
    assert "not ready" in answer.text and answer.headers["Retry-After"] == "5"


def test_a_framework_that_cannot_be_computed_leads_back_to_the_default_one(client: FlaskClient) -> None:
    answer = client.get("/regions/CN-SC?framework=asem&lang=en")
    assert answer.status_code == 422
    assert 'href="/regions/CN-SC?lang=en"' in answer.text
