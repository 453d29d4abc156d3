"""The page of the contract: whole without any other host."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient


def page(client: FlaskClient, address: str = "/docs", **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    return answer.text


def test_everything_the_page_loads_is_served_here(client: FlaskClient) -> None:
    loaded = re.findall(r'(?:src|href|data-address)="([^"?][^"]*)"', page(client))
    assert len(loaded) >= 6
    for address in loaded:
        assert address.startswith("/") and not address.startswith("//")
        with client.get(address) as answer:
            assert answer.status_code == 200, address


def test_the_page_has_no_inline_script_or_style(client: FlaskClient) -> None:
    text = page(client)
    assert re.findall(r"<script(?![^>]*\bsrc=)", text) == []
    assert re.findall(r"<style|\sstyle=|\son\w+=|javascript:", text) == []


def test_our_files_name_no_other_host(client: FlaskClient) -> None:
    for address in ("/docs", "/docs/static/docs.js", "/docs/static/docs.css"):
        with client.get(address) as answer:
            assert "//" not in re.sub(r"(?m)^\s*//.*$", "", answer.text), address


def test_the_page_may_load_from_here_only(client: FlaskClient) -> None:
    policy = client.get("/docs").headers["Content-Security-Policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'self'"
    assert "script-src" not in rules
    assert rules["frame-ancestors"] == "'none'"
    assert "http" not in policy


@pytest.mark.parametrize(
    ("address", "wanted", "language", "title"),
    [
        ("/docs", "en", "en", "tierscore: the HTTP contract"),
        ("/docs", "zh-CN", "zh", "tierscore：HTTP 接口约定"),
        ("/docs?lang=zh", "en", "zh", "tierscore：HTTP 接口约定"),
        ("/docs?lang=en", "zh", "en", "tierscore: the HTTP contract"),
        ("/docs?lang=%3Cscript%3E", "en", "en", "tierscore: the HTTP contract"),
    ],
)
def test_the_page_speaks_the_language_asked_for(
    client: FlaskClient, address: str, wanted: str, language: str, title: str
) -> None:
    answer = client.get(address, headers={"Accept-Language": wanted})
    assert answer.headers["Content-Language"] == language
    assert f'<html lang="{language}">' in answer.text
    assert f"<h1>{title}</h1>" in answer.text


def test_the_page_leads_to_the_other_language(client: FlaskClient) -> None:
    text = page(client)
    assert 'href="?lang=zh"' in text
    assert 'href="?lang=en"' in text


@pytest.mark.parametrize("name", ["../__init__.py", "swagger-ui.js", "index.html", "..%2F__init__.py"])
def test_only_the_files_the_page_needs_are_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/docs/assets/{name}").status_code == 404
