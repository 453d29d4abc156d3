"""The page of a region or group: which tier, how far, which levers; and how each number comes about."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page

from tests.conftest import recorded
from tests.web.conftest import LAPTOP, PHONE, Open, serious
from tierscore.reports.numbers import percent, plain, rounded, tenths
from tierscore.web import explaining

HOME = Path(explaining.__file__).parent


def answer_of(client: FlaskClient, code: str, **query: Any) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/api/v1/assessments/{code}", query_string=query).json
    return found


def scrolled(page: Page) -> Page:
    """The page after everything on it has come into view."""
    for _ in range(20):
        page.mouse.wheel(0, 500)
        page.wait_for_timeout(15)
    page.wait_for_load_state("networkidle")
    return page


@pytest.mark.parametrize(
    ("code", "lang", "tier", "test", "lever"),
    [
        ("CN-SC", "zh", "省域级", "“区域”的检验", "打造国家级创新基地"),
        ("CN-CY", "en", "Provincial", "The tests of Regional", "National innovation bases"),
    ],
)
def test_the_first_screen_answers_without_scrolling(  # noqa: PLR0917
    site: str, open_page: Open, code: str, lang: str, tier: str, test: str, lever: str
) -> None:
    page = open_page(f"{site}/regions/{code}?lang={lang}", lang=lang)
    first = page.locator(".first")
    for text in (tier, test, lever):
        box = first.get_by_text(text, exact=True).first.bounding_box()
        assert box is not None and box["y"] + box["height"] <= LAPTOP["height"]
    assert first.evaluate("node => node.getBoundingClientRect().bottom") <= LAPTOP["height"]
    assert lang == "zh" or serious(page) == []  # in Chinese below, with an explanation open


def test_its_numbers_are_those_of_the_api(site: str, client: FlaskClient, open_page: Open) -> None:
    page = open_page(f"{site}/regions/CN-SC", lang="en")
    answer = answer_of(client, "CN-SC")
    assert page.locator(".first .figures dd").all_inner_texts() == [
        rounded(answer["score"]), f"{answer['rank']} of 31", percent(answer["coverage"]),
    ]  # fmt: skip
    assert page.locator(".legend button").first.inner_text() == tenths(answer["confidence"]["present_probability"])
    assert answer["path"]["text"]["en"] in page.locator(".path").inner_text()
    shown = [row.locator("td").all_inner_texts() for row in page.locator("#deficits tbody tr").all()]
    assert [row[:3] + row[4:] for row in shown] == [
        [*(plain(item[name]) for name in ("value", "required", "shortfall")), rounded(item["score_gain"])]
        for item in answer["gap"]["deficits"]
    ]
    for row, item in zip(page.locator("#indicators tbody tr").all(), answer["indicators"], strict=True):
        cells = row.locator("td").all_inner_texts()
        assert (cells[0], cells[3], cells[5]) == (plain(item["value"]), rounded(item["score"]),
                                                  rounded(item["contribution"]))  # fmt: skip
    tests = page.locator("#tests tbody tr").all_inner_texts()
    for text, tier in zip(tests, reversed(answer["tiers"]), strict=True):
        assert f"{rounded(answer['score'])} / {plain(tier['threshold'])}" in text
        assert f"{tenths(tier['functions_share'])} / {tenths(tier['functions_needed'])}" in text


def test_a_number_is_explained_from_its_trace(site: str, client: FlaskClient, open_page: Open) -> None:
    page = open_page(f"{site}/regions/CN-SC?lang=zh")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/trace" in request.url else None)
    known = {item["code"]: item for item in answer_of(client, "CN-SC")["indicators"]}
    item = known["tech_contracts_absorbed"]
    button = page.locator('#deficits [data-show="say-required"][data-code="tech_contracts_absorbed"]').first
    button.click()
    dialog = page.locator("dialog[open]")
    dialog.locator(".step-indicator").wait_for()
    text = dialog.inner_text()
    assert "其他不变" in text
    for number in (*map(plain, item["knots"]), rounded(item["score"]), plain(item["effective_weight"]),
                   rounded(item["contribution"]), plain(item["total"]["value"]), plain(item["measured"])):  # fmt: skip
        assert number in text
    assert dialog.locator(".step-source a[href^='https://']").count() >= 1
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0
    assert button.evaluate("node => node === document.activeElement")

    page.locator(".figures button").first.click()
    dialog.locator(".step-score").wait_for()
    assert all(rounded(other["contribution"]) in dialog.inner_text() for other in known.values())
    dialog.get_by_text("独角兽企业数的得分").click()
    assert plain(known["unicorns"]["knots"][1]) in dialog.locator(".step-indicator[open]").inner_text()
    assert serious(page) == []
    dialog.get_by_role("button", name="关闭").click()
    page.locator(".hurdles button").last.click()
    dialog.locator(".step-test").wait_for()
    assert tenths(answer_of(client, "CN-SC")["tiers"][1]["functions_share"]) in dialog.inner_text()
    assert len(asked) == 1


def test_a_trace_that_cannot_be_had_is_said(site: str, open_page: Open) -> None:
    page = scrolled(open_page(f"{site}/regions/CN-BJ?lang=en", lang="en"))
    page.route("**/trace?*", lambda route: route.fulfill(status=203, body='{"trace": "Later, please.'))
    page.locator(".figures button").first.click()
    page.get_by_text("The trace cannot be fetched").wait_for()
    page.keyboard.press("Escape")
    page.unroute("**/trace?*")
    page.locator(".figures button").first.click()
    page.locator("dialog[open] .step-score").wait_for()


def test_a_straight_line_is_explained_with_its_numbers(site: str, client: FlaskClient, open_page: Open) -> None:
    framework = "cn-entropy-topsis"
    page = open_page(f"{site}/regions/CN-HE?lang=en&framework={framework}", lang="en")
    item = answer_of(client, "CN-HE", framework=framework)["indicators"][0]
    page.locator(f'#indicators button[data-code="{item["code"]}"]').first.click()
    page.locator("dialog[open] .step-indicator").wait_for()
    line = {name: plain(item["fitted"][name]) for name in ("low", "rise", "origin", "width")}
    said = "{low} + {rise} × ({x} − {origin}) ÷ {width} = {score}"
    found = said.format(**line, x=plain(item["treated"]), score=plain(item["score"]))
    assert found in page.locator("dialog[open]").inner_text()


def test_a_group_moves_with_its_integration_and_leads_to_its_members_traces(
    site: str, client: FlaskClient, open_page: Open
) -> None:
    page = open_page(f"{site}/regions/CN-CY?lang=en", lang="en")
    slider = page.get_by_label("Degree of integration")
    slider.focus()
    page.keyboard.press("End")
    assert page.locator("#degree-said").inner_text() == "100%"
    page.locator("form.degree button").click()
    page.wait_for_url(re.compile(r"integration=1.*#group"))
    answer = answer_of(client, "CN-CY", integration=1)
    rows = [row.locator("td").all_inner_texts() for row in page.locator("#group table").first.locator("tbody tr").all()]
    scores = [answer["side_by_side"]["score"], answer["score"], answer["added_up"]["score"]]
    assert [row[1] for row in rows] == [rounded(score) for score in scores]
    assert "No break-even" in page.locator("#group .notice").inner_text()

    page.locator('#deficits button[data-code="star_market_companies"]').first.click()
    page.locator("dialog[open]").get_by_role("link", name="Sichuan").click()
    page.locator("dialog[open] .step-indicator").wait_for()
    assert "STAR Market" in page.locator("dialog[open] summary").first.inner_text()
    page.go_back()
    page.go_back()
    page.wait_for_url(re.compile("lang=en$"))
    assert page.locator(".first .figures dd").first.inner_text() == rounded(answer["side_by_side"]["score"])


def test_another_target_is_shown_at_once_and_a_lever_leads_to_its_passage(
    site: str, client: FlaskClient, open_page: Open
) -> None:
    page = scrolled(open_page(f"{site}/regions/CN-SC?lang=zh"))
    assert page.locator(".drawing svg").count() == 4
    page.locator(".head select").select_option("international")
    page.wait_for_url(re.compile("target=international"))
    answer = answer_of(client, "CN-SC", target="international")
    assert answer["path"]["text"]["zh"] == page.locator(".path").inner_text()
    page.go_back()
    page.wait_for_url(re.compile("lang=zh$"))
    lever = answer_of(client, "CN-SC")["levers"][4]
    page.goto(f"{site}/regions/CN-SC?lang=zh#lever-{lever['code']}")
    assert page.locator(f"#lever-{lever['code']}").get_by_text(lever["reference"]["passage"]).is_visible()


def test_a_phone_scrolls_down_only(site: str, open_page: Open) -> None:
    """A group's page has every section that a region's has."""
    page = scrolled(open_page(f"{site}/regions/CN-CY?lang=en", lang="en", size=PHONE))
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("CN-BJ", 200),
        ("CN-BJ?target=regional", 200),
        ("CN-HI", 200),
        ("CN-SC?period=2023", 200),
        ("CN-GD?period=2019", 200),
        ("CN-GD?period=1950", 200),
        ("CN-SC?as_of=1", 200),
        ("CN-CY?integration=0.35&target=international", 200),
        ("CN-HE?framework=cn-entropy-topsis", 200),
        ("CN-HE?framework=hdi", 200),
        ("CN-CY?framework=hdi", 200),
        ("CN-HE?framework=tai&period=2001", 200),
        ("CN-HE?framework=tai", 422),
        ("CN-HE?framework=asem", 422),
        ("CN-CY?framework=cn-entropy-topsis", 422),
        ("CN-SC?integration=0.5", 422),
        ("CN-CY?integration=2", 422),
        ("CN-CY?integration=nan", 422),
        ("CN-SC?target=moon", 404),
        ("CN", 404),
    ],
)
def test_every_kind_of_answer_makes_a_page(client: FlaskClient, address: str, status: int, lang: str) -> None:
    answer = client.get(f"/regions/{address}{'&' if '?' in address else '?'}lang={lang}")
    assert answer.status_code == status
    words = re.sub(r"<[^>]*>", " ", answer.text.split('<script type="application/json"')[0])
    assert re.findall(r"\bNone\b(?! is)|\bnan\b|Undefined|\bnull\b|\{\w+\}", words) == []
    ids = re.findall(r'\sid="([^"]+)"', answer.text)
    assert len(ids) == len(set(ids))
    links = set(re.findall(r'href="#([^"]+)"', answer.text))
    assert links <= set(ids)


def test_every_call_on_the_page_answers(client: FlaskClient) -> None:
    text = client.get("/regions/CN-CY?integration=0.5&target=international&lang=en").text.replace("&amp;", "&")
    calls = set(re.findall(r'href="(/api/v1/[^"]+)"', text))
    assert len(calls) == 7
    for call in calls:
        if "format=json" in call or "/assessments/" in call:
            assert client.get(call).status_code == 200, call
    report = next(call for call in calls if "format=json" in call)
    answer = client.get(next(call for call in calls if "/assessments/" in call)).json
    assert client.get(report).json["answer"]["items"][0]["score"] == answer["score"]


def test_a_page_reads_the_state_and_nothing_else(app: Flask, client: FlaskClient) -> None:
    client.get("/regions/CN-SC?lang=zh")
    with recorded(app.extensions["tierscore"].database) as statements:
        assert client.get("/regions/CN-SC?lang=en&target=regional").status_code == 200
    assert len(statements) == 1


def test_the_script_says_only_what_the_page_hands_it() -> None:
    script = (HOME / "static" / "explain.js").read_text(encoding="utf-8")
    said = set(re.findall(r'say\("(\w+)"', script)) | set(re.findall(r'add\("(\w+)"', script))
    assert len(said) > 30
    assert said <= set(explaining.SAID)
