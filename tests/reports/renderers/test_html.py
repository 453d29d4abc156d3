"""The HTML page: every value as said, charts inside, nothing loaded, nothing run."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont

from tests.reports.sample_report import HOSTILE, report
from tierscore.reports.document import Cell, Column, Section, Table
from tierscore.reports.renderers.html import render
from tierscore.reports.words import Words


@pytest.fixture(scope="module", params=["zh", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def content(language: str) -> str:
    return render(report(language), Words(language)).decode()


@pytest.fixture(scope="module")
def page(content: str) -> BeautifulSoup:
    return BeautifulSoup(content, "html.parser")


def test_every_cell_is_said_as_in_the_model(page: BeautifulSoup, language: str) -> None:
    for table in report(language).tables():
        rows = page.select(f'table[data-code="{table.code}"] tbody tr')
        for row, cells in zip(rows, table.rows, strict=True):
            found = [(cell.sup.extract().text.split(",") if cell.sup else [], cell.text) for cell in row("td")]
            assert found == [(list(cell.marks), table.said(cell, place)) for place, cell in enumerate(cells)]


def test_headings_captions_and_contents(page: BeautifulSoup, language: str) -> None:
    assert page.html is not None and page.html["lang"] == {"zh": "zh-CN", "en": "en"}[language]
    assert [item.text for item in page.select("nav a")] == [item.text for item in page("h2")][:-1]
    assert (
        page.find("caption").text
        == {"zh": "表 1\u3000各地区排名 Ranking", "en": "Table 1. 各地区排名 Ranking"}[language]
    )
    assert page.figure["aria-label"] == "四川省 42.5，另一个 90.25" and page.figure.svg is not None
    assert page.select_one("p.lead").text.startswith("四川省属省域级")
    assert [item.text for item in page.select("#again code")] == list(report(language).again)


def test_odd_texts_are_texts(page: BeautifulSoup) -> None:
    assert page.script is None
    assert [row.td.text for row in page.select('table[data-code="hostile"] tbody tr')] == list(HOSTILE)


def test_nothing_is_loaded_from_anywhere(content: str, page: BeautifulSoup) -> None:
    assert page.select("link, img, iframe, object, [src]") == []
    assert re.findall(r"url\((?!data:)", content) == []
    assert {link["href"][:1] for link in page("a") if not link["href"].startswith("https://example.org")} == {"#"}


def test_the_typeface_inside_has_every_character(content: str, page: BeautifulSoup) -> None:
    fonts = [TTFont(BytesIO(base64.b64decode(found))) for found in re.findall(r"base64,([A-Za-z0-9+/=]+)", content)]
    assert len(fonts) == 2
    page = BeautifulSoup(content, "html.parser")
    page.style.extract()
    needed = {ord(character) for character in page.text if not character.isspace()}
    assert all(needed <= set(font.getBestCmap()) for font in fonts)


def test_only_sites_and_mailboxes_are_links(language: str) -> None:
    links = (
        "https://example.org/a",
        "mailto:a@example.org",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc",
        "",
    )
    table = Table("t", "Links", (Column("A"),), tuple((Cell("here", link=link),) for link in links))
    sample = replace(report(language), sections=(Section("s", "S", (table,)),))
    found = BeautifulSoup(render(sample, Words(language)), "html.parser")
    assert [link["href"] for link in found.select("td a")] == list(links[:2])
    assert [cell.text for cell in found("td")] == ["here"] * len(links)


def test_the_same_report_is_the_same_page(content: str, language: str) -> None:
    assert render(report(language), Words(language)).decode() == content
