"""The comparison builder: what is picked is what is shown, and what is shown is what the document says."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page

from tests.web.conftest import PHONE, Open, rows, serious
from tierscore.reports.numbers import rounded, tenths

THREE = "region=CN-SC&region=CN-HB&region=CN-CY&integration=0.5"


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def cells(page: Page, table: str) -> list[list[str]]:
    return rows(page, f"table[data-code={table}]")


def test_regions_are_found_ticked_and_set_side_by_side(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/compare?period=2021", lang="en")
    page.get_by_placeholder("Name or code").fill("hub")
    assert [text.strip() for text in page.locator(".shelves label:visible").all_inner_texts()] == ["Hubei"]
    page.get_by_role("checkbox", name="Hubei").check()
    page.get_by_placeholder("Name or code").fill("四川")
    page.get_by_role("checkbox", name="Sichuan").check()
    assert page.locator("#count").inner_text() == "2 picked"
    page.get_by_label("Change since").select_option("2019")
    page.locator("#show").click()
    page.wait_for_url(re.compile("region="))
    assert asked(page) == {"period": ["2021"], "region": ["CN-HB", "CN-SC"], "since": ["2019"]}
    assert [row[1] for row in cells(page, "ranking")] == ["Sichuan", "Hubei"]
    assert page.get_by_role("heading", name="Change from 2019 to 2021").is_visible()
    page.get_by_role("button", name="Leave out Hubei").click()
    assert page.locator("#stale").is_visible()
    page.locator("#show").click()
    page.wait_for_url(re.compile(r"period=2021&region=CN-SC&since=2019$"))
    page.go_back()
    assert page.locator("#chips li").count() == 2
    page.go_back()
    assert page.locator("#chips li").count() == 0


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_says_what_the_api_and_the_document_say(
    site: str, client: FlaskClient, open_page: Open, lang: str
) -> None:
    page = open_page(f"{site}/compare?{THREE}", lang=lang)
    items = client.get(f"/api/v1/comparisons?{THREE}").json["items"]
    names = [item["region"]["name"][lang] for item in items]
    sure = [item["confidence"] and item["confidence"]["present_probability"] for item in items]
    found = cells(page, "ranking")
    assert [row[1] for row in found] == names
    assert [row[3] for row in found] == [tenths(part) for part in sure]
    assert [row[4] for row in found] == [rounded(item["score"]) for item in items]
    changes = [row[5] for row in cells(page, "change")]
    assert changes == [f"{item['change']['change']:+.2f}" for item in items]
    report = client.get(f"/api/v1/reports/comparison?{THREE}&format=json&lang={lang}").json
    text = page.locator(".result").inner_text()
    told = [section for section in report["sections"] if section["code"] not in ("method", "data", "sources")]
    for section in told:
        assert section["heading"] in text
        for block in section["blocks"]:
            assert block["kind"] != "bullets" or all(item in text for item in block["items"])
            assert block["kind"] != "table" or block["caption"] in text
    assert lang == "en" or serious(page) == []


def test_a_chart_is_that_of_the_document(client: FlaskClient) -> None:
    report = client.get(f"/api/v1/reports/comparison?{THREE}&format=json&lang=zh").json
    drawn = {
        block["code"]: block["spec"]
        for section in report["sections"]
        for block in section["blocks"]
        if block["kind"] == "figure"
    }
    page = client.get(f"/compare?{THREE}&lang=zh").text
    named = re.findall(r'data-chart="([^"]+)"', page)
    assert len(named) == len(drawn) == 8
    for address in named:
        spec = json.loads(client.get(address.replace("&amp;", "&")).text)
        assert spec == drawn[urlsplit(address).path.rsplit("/", 1)[1]]


def test_no_chart_is_drawn_for_the_page_itself(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("a spec was made")

    monkeypatch.setattr("tierscore.reports.content.summary.ladder", never)
    assert client.get("/compare?region=CN-GD&region=CN-FJ").status_code == 200


def test_charts_are_drawn_when_they_come_into_view(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/compare?region=CN-SC")
    assert page.locator("#figure-ladder svg").is_visible()
    page.locator("#figure-change").scroll_into_view_if_needed()
    page.locator("#figure-change svg").wait_for()


def test_the_document_is_of_what_is_shown_also_without_javascript(
    site: str, client: FlaskClient, open_page: Open
) -> None:
    page = open_page(f"{site}/compare?{THREE}&since=2018&peer=CN-BJ&period=2021", java_script_enabled=False)
    page.get_by_label("English").check()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Excel").click()
    sent = parse_qs(urlsplit(waiting.value.url).query)
    assert sent == {
        "region": ["CN-SC", "CN-HB", "CN-CY"], "peer": ["CN-BJ"], "period": ["2021"], "since": ["2018"],
        "integration": ["0.5"], "lang": ["en"], "format": ["xlsx"],
    }  # fmt: skip
    assert waiting.value.suggested_filename == "tierscore-comparison-3-2021-en.xlsx"


def test_without_javascript_the_form_shows_a_comparison(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/compare?lang=en&period=2020", java_script_enabled=False)
    page.get_by_role("checkbox", name="Beijing").first.check()
    page.locator("#show").click()
    assert asked(page)["region"] == ["CN-BJ"]
    assert [row[1] for row in cells(page, "ranking")] == ["Beijing"]


def test_a_degree_without_a_group_is_left_out(client: FlaskClient) -> None:
    answer = client.get("/compare?region=CN-SC&integration=0.5&lang=en")
    assert answer.status_code == 200
    exported = answer.text.split('class="export"')[1].split("</form>")[0]
    assert 'value="CN-SC"' in exported and "integration" not in exported


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/compare?region=CN-XX", 404, "CN-XX"),
        ("/compare?region=CN-SC&since=soon", 422, "soon"),
        ("/compare?region=CN-SC&region=CN-SC", 422, "CN-SC"),
        ("/compare?region=CN-CY&integration=nan", 422, "需要 0 到 1"),
        ("/compare?region=CN-CY&integration=1.5", 422, "需要 0 到 1"),
        ("/compare?region=", 200, "勾选"),
        ("/compare/figures/none?region=CN-SC", 404, "none"),
    ],
)
def test_what_is_wrong_is_said(client: FlaskClient, address: str, status: int, said: str) -> None:
    answer = client.get(address)
    assert answer.status_code == status and said in answer.text


def test_all_regions_at_once_stay_light(client: FlaskClient) -> None:
    everyone = [item["region"]["code"] for item in client.get("/api/v1/assessments").json["items"]]
    answer = client.get("/compare", query_string={"region": everyone, "lang": "zh"})
    assert answer.status_code == 200 and len(answer.data) < 300_000
    assert f'href="/compare?region={everyone[5]}&amp;lang=zh#gap-{everyone[5]}"' in answer.text


def test_a_phone_scrolls_down_only(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/compare?{THREE}", size=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.locator("#show").is_hidden() and page.locator("#stale").is_hidden()
    page.locator("#fold > summary").click()
    assert page.locator("#show").is_visible()
