"""The first page: one look says who stands where, and how sure that is."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from tests.web.conftest import PHONE, Open, serious
from tierscore.reports.numbers import rounded, tenths


@pytest.mark.parametrize(
    ("lang", "title", "tier"), [("zh", "创新中心", "国际"), ("en", "Innovation centres", "International")]
)
def test_it_speaks_the_language_asked_for(client: FlaskClient, lang: str, title: str, tier: str) -> None:
    answer = client.get(f"/?lang={lang}")
    assert (answer.status_code, answer.headers["Content-Language"]) == (200, lang)
    assert title in answer.text and tier in answer.text


def test_chinese_comes_first(client: FlaskClient) -> None:
    assert client.get("/").headers["Content-Language"] == "zh"
    assert client.get("/", headers={"Accept-Language": "en-GB"}).headers["Content-Language"] == "en"


def test_its_numbers_are_those_of_the_api(site: str, client: FlaskClient, open_page: Open) -> None:
    page = open_page(f"{site}/?period=2021", lang="en")
    rows = page.locator("#ranking tbody tr").all()
    items = client.get("/api/v1/assessments?period=2021").json["items"]
    assert [row.get_attribute("data-region") for row in rows] == [item["region"]["code"] for item in items]
    for row, item in zip(rows[:8], items[:8], strict=True):
        cells = row.locator("th, td").all_inner_texts()
        assert cells[0] == str(item["rank"])
        assert cells[3] == tenths(item["confidence"]["present_probability"])
        assert cells[4] == rounded(item["score"])


def test_a_dot_and_a_tile_lead_to_the_region(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/?period=2020&lang=zh")
    page.locator("svg.map a", has_text="川").click()
    page.wait_for_url(re.compile(r"/regions/CN-SC\?.*period=2020"))
    page.go_back()
    page.locator("svg.ladder a", has_text="川").click()
    page.wait_for_url(re.compile(r"/regions/CN-SC\?.*period=2020"))


def test_another_year_is_shown_at_once_and_kept_in_the_address(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/?lang=en")
    page.get_by_label("Year").select_option("2020")
    page.wait_for_url(re.compile("period=2020"))
    assert "2020" in page.locator("h1").inner_text()
    page.go_back()
    assert "2021" in page.locator("h1").inner_text()


@pytest.mark.parametrize(("wanted", "address"), [("四川省", "/regions/CN-SC"), ("sichuan", "/regions/CN-SC"),
                                                 ("CN-CY", "/regions/CN-CY"), ("成渝", "/regions/CN-CY")])  # fmt: skip
def test_a_name_or_its_beginning_finds_the_region(client: FlaskClient, wanted: str, address: str) -> None:
    answer = client.get("/find", query_string={"q": wanted, "lang": "zh"})
    assert (answer.status_code, answer.location.split("?")[0]) == (302, address)


def test_a_name_of_none_is_said(client: FlaskClient) -> None:
    answer = client.get("/find", query_string={"q": "<b>Atlantis"}, follow_redirects=True)
    assert "&lt;b&gt;Atlantis" in answer.text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nobody_is_kept_out(site: str, open_page: Open, lang: str) -> None:
    assert serious(open_page(f"{site}/?lang={lang}", lang=lang)) == []


def test_a_phone_scrolls_down_only(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/", size=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_first_view_is_light(site: str, client: FlaskClient) -> None:
    """300 KB at most without the library of charts: the page and everything it names."""
    text = client.get("/?lang=zh").text
    named = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', text)) - {"/static/vega.js"}
    sizes = [size_of(client, address) for address in named]
    assert len(sizes) >= 3 and len(text.encode()) + sum(sizes) < 300_000


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/regions/CN-XX", 404, "CN-XX"),
        ("/?period=soon", 422, "soon"),
        ("/?framework=none", 404, "none"),
        ("/?as_of=yesterday", 422, "yesterday"),
    ],
)
def test_what_is_wrong_is_said_on_a_page(client: FlaskClient, address: str, status: int, said: str) -> None:
    answer = client.get(address, headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert said in answer.text


def test_an_unchanged_page_is_not_sent_twice(client: FlaskClient) -> None:
    first = client.get("/?lang=en")
    again = client.get("/?lang=en", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get("/?lang=zh", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def size_of(client: FlaskClient, address: str) -> int:
    with client.get(address) as answer:
        return len(answer.data)
