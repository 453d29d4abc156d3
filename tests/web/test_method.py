"""The method page: all of a framework's document, in words, with its own numbers."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.conftest import recorded
from tests.web.conftest import PHONE, Open, serious
from tierscore.reports.numbers import plain

Document = dict[str, Any]

ALL = {"hdi": "2022.1", "tai": "2001.1", "asem": "2018.1", "cn-entropy-topsis": "2021.1",
       "cn-innovation-centre": "2021.1"}  # fmt: skip


def document_of(client: FlaskClient, framework: str) -> Document:
    document: Document = client.get(f"/api/v1/frameworks/{framework}/{ALL[framework]}").json["document"]
    return document


def page_of(client: FlaskClient, framework: str, lang: str = "en") -> str:
    answer = client.get(f"/method?framework={framework}&lang={lang}")
    assert answer.status_code == 200
    return unescape(answer.text)


def parts_of(node: Document, whole: float = 1.0) -> dict[str, float]:
    """Each node's and indicator's part of the whole, computed from the document alone."""
    total = sum(child["weight"] for child in node["children"])
    found = {node["code"]: whole}
    for child in node["children"]:
        part = whole * child["weight"] / total
        found |= parts_of(child, part) if "children" in child else {child["indicator"]: part}
    return found


def knots_of(text: str, indicator: str) -> list[tuple[str, str]]:
    """Measure and score of each row of the table behind an indicator's curve."""
    figure = re.search(rf'<figure data-indicator="{indicator}">(.*?)</figure>', text, re.DOTALL)
    if figure is None:
        return []
    return re.findall(r'<td class="number">([^<]*)</td><td class="number">([^<]*)</td></tr>', figure[1])


def test_all_published_frameworks_are_tried_here(client: FlaskClient) -> None:
    published = client.get("/api/v1/frameworks").json["items"]
    assert {item["id"]: item["version"] for item in published} == ALL


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("framework", ALL)
def test_its_numbers_are_those_of_the_document(client: FlaskClient, framework: str, lang: str) -> None:
    text, document = page_of(client, framework, lang), document_of(client, framework)
    shown = re.findall(r'<li data-code="([^"]+)">\s*<span class="part"><strong class="number">([^<]+)%', text)
    assert shown == [(code, plain(round(100 * part, 2))) for code, part in parts_of(document["index"]).items()]
    scale, tiers = document["scale"], document["tiers"]
    entries = [scale["min"], *(tier["score"] for tier in tiers[1:]), scale["max"]]
    for item in document["indicators"]:
        assert item["title"][lang] in text
        way = item.get("normalise", {})
        points = {"knots": way.get("at", []), "goalposts": [way.get("low"), way.get("high")]}.get(way.get("method"), [])
        scores = entries if way.get("method") == "knots" else [scale["min"], scale["max"]]
        expected = [(plain(value), plain(score)) for value, score in zip(points, scores, strict=False)]
        assert knots_of(text, item["code"]) == expected
    rows = re.findall(r'<tr data-tier="([^"]+)">.*?<td class="number">([^<]*)</td>', text, re.DOTALL)
    assert rows == [(tier["code"], plain(tier["score"])) for tier in reversed(tiers)]


@pytest.mark.parametrize("framework", ALL)
def test_every_lever_and_reference_is_there_and_every_link_within_leads_somewhere(
    client: FlaskClient, framework: str
) -> None:
    text, document = page_of(client, framework), document_of(client, framework)
    levers = document.get("levers", [])
    assert sorted(re.findall(r'data-lever="([^"]+)"', text)) == sorted(lever["code"] for lever in levers)
    assert all(lever["reference"]["passage"] in text and lever["description"]["en"] in text for lever in levers)
    for code, entry in document["references"].items():
        assert f'id="ref-{code}"' in text and entry["title"] in text
        assert "url" not in entry or f'href="{entry["url"]}"' in text
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(re.findall(r'id="([^"]+)"', text))
    assert len(re.findall(r'id="([^"]+)"', text)) == len(set(re.findall(r'id="([^"]+)"', text)))


def test_only_what_a_framework_does_is_told(client: FlaskClient) -> None:
    steps = {code: re.findall(r'id="step-(\w+)"', page_of(client, code)) for code in ALL}
    assert steps["cn-innovation-centre"] == ["measure", "normalise", "aggregate", "tier", "gap", "path", "levers"]
    assert steps["asem"] == ["measure", "impute", "treat", "normalise", "aggregate", "tier", "gap"]
    assert steps["hdi"] == ["measure", "transform", "normalise", "aggregate", "tier", "gap"]
    assert "closeness to the best (TOPSIS)" in page_of(client, "cn-entropy-topsis")


def test_the_rule_is_told_with_cut_and_quota_and_what_rests_on_nothing(client: FlaskClient) -> None:
    text = page_of(client, "cn-innovation-centre")
    assert "at least 66.7% of those known" in text
    assert "from Quasi-national on" in text
    assert "at least 50.0% is known" in text and "at least 33.3% reaches" in text
    assert 'class="assumed">assumption</a>' in text and 'id="ref-assumption"' in text
    assert "illustrative" in text and "an assumption of this service" in text


def test_the_document_can_be_had_and_is_the_one_named(client: FlaskClient) -> None:
    text = page_of(client, "hdi")
    address = re.search(r'href="([^"]+)" download="hdi-2022.1.json"', text)
    assert address is not None
    answer = client.get(address[1]).json
    assert f'<code id="digest">{answer["digest"]}</code>' in text
    audit = re.search(r'href="([^"]+/audit[^"]*)"', text)
    assert audit is not None and audit[1] == "/api/v1/frameworks/hdi/2022.1/audit?period=2022"
    assert 'href="/method?framework=hdi&lang=en&version=2022.1" aria-current="true"' in text


def test_another_language_costs_one_small_query(client: FlaskClient) -> None:
    client.get("/method?framework=asem&lang=zh&period=2017")
    with recorded(client.application.extensions["tierscore"].database) as statements:
        assert client.get("/method?framework=asem&lang=en&period=2017").status_code == 200
    assert len(statements) == 1


def test_a_version_that_is_not_there_is_said(client: FlaskClient) -> None:
    assert client.get("/method?framework=hdi&version=1").status_code == 404
    assert client.get("/method?framework=none").status_code == 404


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nobody_is_kept_out(site: str, open_page: Open, lang: str) -> None:
    page = open_page(f"{site}/method?lang={lang}", lang=lang)
    page.locator(".curves details").first.click()
    page.locator("details.levers").first.click(position={"x": 5, "y": 10})
    assert serious(page) == []
    page.locator("nav.parts a").last.click()
    assert page.url.endswith("#document")
    page.go_back()
    assert not page.url.endswith("#document")


@pytest.mark.parametrize("framework", ["cn-innovation-centre", "asem"])
def test_a_phone_scrolls_down_only(site: str, open_page: Open, framework: str) -> None:
    page = open_page(f"{site}/method?framework={framework}", size=PHONE)
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
