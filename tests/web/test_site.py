"""What all pages promise."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

PAGES = ("/", "/regions/CN-SC", "/regions/CN-CY", "/what-if", "/compare", "/data", "/method")


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_page_loads_own_files_only_and_holds_no_code(client: FlaskClient, address: str, lang: str) -> None:
    answer = client.get(f"{address}?lang={lang}")
    assert answer.status_code == 200
    assert re.findall(r"<script(?![^>]*\b(?:src=|type=\"application/json\"))", answer.text) == []
    assert re.findall(r"<style|\sstyle=|\son\w+=|javascript:", answer.text) == []
    rules = dict(rule.split(" ", 1) for rule in answer.headers["Content-Security-Policy"].split("; "))
    assert rules["default-src"] == "'none'" and rules["script-src"] == rules["style-src"] == "'self'"
    for loaded in re.findall(r'(?:src|href)="(/static/[^"]*)"', answer.text):
        with client.get(loaded) as file:
            assert file.status_code == 200, loaded


def test_every_page_is_listed_here(app: Flask) -> None:
    """A page that is added is added above, so that it keeps what all promise."""
    views = {rule.endpoint: rule.rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("web.show_")}
    matched = {views[endpoint].replace("<string:code>", "CN-SC") for endpoint in views}
    assert matched <= set(PAGES)
