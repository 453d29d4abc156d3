"""The data page: a file is checked, then stored; gaps, histories and revisions are those of the API."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, Route, expect

from tests.conftest import QueryRecorder
from tests.keys import grant
from tests.web.conftest import PHONE, Open, rows, serious
from tierscore.reports.numbers import plain, rounded

HEADER = "region,indicator,period,value"
BROKEN = "\n".join((HEADER, "CN-XX,national_key_labs,2024,3", "CN-SC,national_key_labs,2024,many",
                    "CN-HB,national_key_labs,2024,41", "CN-HB,national_key_labs,2024,42"))  # fmt: skip
GOOD = f"{HEADER}\nCN-SC,national_key_labs,2024,17\n四川,national_key_labs,2025,19\n"

# What is sent arrives, and what comes back does not.
LOSE_ONE_ANSWER = """() => {
    const send = window.fetch;
    window.fetch = async (...asked) => {
        window.fetch = send;
        await send(...asked);
        throw new TypeError("lost");
    };
}"""


def a_file(text: str, name: str = "values.csv") -> Any:
    return {"name": name, "mimeType": "text/csv", "buffer": text.encode()}


def type_key(page: Page, key: str) -> None:
    page.locator("[data-key] input").fill(key)


def newest(page: Page) -> int:
    return int(page.locator("table.revisions tbody th").first.inner_text())


def test_a_broken_file_is_told_line_by_line_and_a_good_one_is_stored(
    own_site: str, own_key: str, open_page: Open
) -> None:
    page = open_page(f"{own_site}/data?period=2021", lang="zh")
    sent: list[dict[str, str]] = []
    page.on("request", lambda request: sent.append(request.headers) if request.method == "POST" else None)
    type_key(page, own_key)
    page.locator("#file").set_input_files(a_file(BROKEN))
    expect(page.locator("#outcome .bad")).to_contain_text("尚未写入")
    found = rows(page, ".mistakes")
    assert [(row[0], row[1], row[2]) for row in found[:2]] == [("2", "region", "CN-XX"), ("3", "value", "many")]
    assert found[2][0] == "5" and len(found) == 3
    expect(page.locator("#store")).to_be_disabled()
    assert serious(page) == []

    page.locator("#file").set_input_files(a_file(GOOD))
    expect(page.locator("#outcome .good")).to_contain_text("新数值 2 个")
    assert "idempotency-key" not in sent[-1] and newest(page) == 3
    page.locator("#store").click()
    expect(page.locator("#outcome .good")).to_contain_text("已写入为第 4 版")
    assert re.fullmatch(
        r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", sent[-1]["idempotency-key"]
    )
    assert sent[-1]["accept-language"] == "zh-CN"
    page.get_by_role("link", name="查看此次变动").click()
    page.wait_for_url(re.compile(r"/data/revisions\?.*from=3&to=4"))
    assert [row[2:] for row in rows(page, "#changes")] == [["2024", "–", "17"], ["2025", "–", "19"]]

    reader = open_page(f"{own_site}/data/history?region=CN-SC&indicator=national_key_labs", lang="en")
    top = rows(reader, "#history")[0]
    assert (top[0], top[1], top[5], top[7]) == ("2025", "19", "4", "tester")
    assert newest(open_page(f"{own_site}/data", lang="en")) == 4


def test_good_lines_of_a_dropped_file_are_stored_once_and_the_key_is_forgotten(
    own_site: str, own_key: str, open_page: Open
) -> None:
    page = open_page(f"{own_site}/data", lang="en")
    type_key(page, own_key)
    page.reload()
    assert page.locator("[data-key] input").input_value() == own_key
    page.get_by_label("store the good lines").check()
    dropped = page.evaluate_handle(
        """text => {
            const held = new DataTransfer();
            held.items.add(new File([text], "dropped.csv"));
            return held;
        }""",
        f"{BROKEN}\nCN-JS,national_key_labs,2024,20",
    )
    page.dispatch_event("#drop", "drop", {"dataTransfer": dropped})
    assert page.locator("#file").evaluate("input => input.files[0].name") == "dropped.csv"
    expect(page.locator("#store")).to_be_enabled()
    page.evaluate(LOSE_ONE_ANSWER)
    page.locator("#store").click()
    expect(page.locator("#outcome .bad")).to_contain_text("No answer came.")
    page.locator("#store").click()
    expect(page.locator("#outcome .good")).to_contain_text("Stored as revision 4: 2 new values.")
    assert len(rows(page, ".mistakes")) == 3
    page.get_by_role("button", name="Forget it").click()
    assert page.evaluate("sessionStorage.getItem('tierscore.key')") is None


def test_a_refusal_is_said_in_the_problem_s_own_sentences(own_site: str, own_app: Flask, browser: Browser) -> None:
    """Not by `open_page`: a browser notes every refusal as an error."""
    page = browser.new_page(locale="en-GB")
    page.goto(f"{own_site}/data?lang=en")
    said = page.locator("#outcome .bad")
    page.locator("#file").set_input_files(a_file(GOOD))
    expect(said).to_contain_text("A key is needed.")
    type_key(page, "密钥 that opens nothing")
    page.locator("#check").click()
    expect(said).to_contain_text("The key opens nothing.")
    type_key(page, grant(own_app.extensions["tierscore"].database, "read", name="reader"))
    page.locator("#check").click()
    expect(said).to_contain_text("write")

    def busy(route: Route) -> None:
        told = {"title": "The service is busy.", "detail": "All 2 places are taken.", "errors": [], "errors_total": 0}
        route.fulfill(status=503, headers={"Retry-After": "2"}, body=json.dumps(told))

    page.route("**/import", busy)
    page.locator("#check").click()
    expect(said).to_contain_text("All 2 places are taken.")
    expect(said).to_contain_text("Try again in 2 seconds.")
    page.route("**/import", lambda route: route.abort())
    page.locator("#check").click()
    expect(said).to_contain_text("No answer came.")
    page.context.close()


def test_the_gaps_are_those_of_the_api(client: FlaskClient) -> None:
    found = client.get("/api/v1/coverage?period=2021").json
    text = client.get("/data?period=2021&lang=en").text
    kinds = re.findall(r'<td class="(\w+)"><a href="/data/history\?([^"]+)"', text)
    assert len(kinds) == found["regions"] * len(found["indicators"])
    shown = {tuple(re.findall(r"(?:region|indicator)=([\w-]+)", rest)): kind for kind, rest in kinds}
    bearing = {(item["region"], part["indicator"]) for part in found["widens"] for item in part["regions"]}
    cells = {(cell["region"], cell["indicator"]): cell["states"] for cell in found["cells"]}
    for place, kind in shown.items():
        expected = "open" if place in bearing else kind
        assert kind == expected and (kind in ("known", "open") or kind in cells[place]), place
        assert (kind == "known") == (place not in cells)
    assert len(bearing) == 5 and f"{len(shown) - len(cells)} are known" in text


def test_a_square_leads_to_the_value_s_history(site: str, client: FlaskClient, open_page: Open) -> None:
    page = open_page(f"{site}/data?period=2021&lang=en", lang="en")
    page.get_by_label("Sichuan, Large science facilities").click()
    page.wait_for_url(re.compile("region=CN-SC&indicator=large_science_facilities"))
    page.go_back()
    assert page.locator("table.matrix").is_visible()
    address = "region=CN-SC&indicator=gdp"
    page.goto(f"{site}/data/history?{address}&lang=en")
    page.locator(".drawing svg").wait_for()
    items = client.get(f"/api/v1/observations?{address}&history=true").json["items"]
    assert [(row[0], row[1], row[3], row[5]) for row in rows(page, "#history")] == [
        (str(item["period"]), plain(item["value"]), item["vintage"], str(item["revision"])) for item in items
    ]
    spec = client.get(f"/figures/history?{address}").json
    drawn = [row["value"] for row in spec["data"]["values"]]
    assert sorted(drawn) == sorted(item["value"] for item in items)
    assert serious(page) == []
    page.locator("select[name=region]").select_option("CN-HB")
    page.wait_for_url(re.compile("region=CN-HB"))


def test_two_revisions_are_compared_as_the_api_does(site: str, client: FlaskClient, open_page: Open) -> None:
    page = open_page(f"{site}/data/revisions?lang=zh&period=2021")
    page.get_by_label("从版本").fill("1")
    page.get_by_role("button", name="查看变动").click()
    page.wait_for_url(re.compile("from=1&to=3"))
    found = client.get("/api/v1/revisions/1/compare/3?period=2021").json
    told = {row[0]: row for row in rows(page, "#moved")}
    assert set(told) == {item["region"]["name"]["zh"] for item in found["tiers"]}
    for item in found["tiers"]:
        scores = [rounded(item[side]["score"]) for side in ("before", "after")]
        assert told[item["region"]["name"]["zh"]][3:5] == scores
    assert str(found["changes_total"]) in page.locator(".lead").inner_text()
    assert serious(page) == []
    page.get_by_role("link", name="当时所见").last.click()
    page.wait_for_url(re.compile(r"/\?.*as_of=1"))


@pytest.mark.parametrize(
    ("address", "status"),
    [("/data/history?region=CN-XX&indicator=gdp", 404), ("/data/history?region=CN-SC&indicator=none", 404),
     ("/data/revisions?from=1&to=9", 404), ("/data/revisions?from=x&to=1", 422), ("/data/revisions?page=7", 200),
     ("/data?framework=asem", 200), ("/data?framework=hdi&as_of=1", 200), ("/data/revisions?from=3&to=3", 200)],
)  # fmt: skip
def test_odd_addresses_are_answered(client: FlaskClient, address: str, status: int) -> None:
    assert client.get(address).status_code == status


def test_the_template_is_that_of_the_year(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/data", java_script_enabled=False)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="下载").click()
    assert waiting.value.suggested_filename == "tierscore-cn-innovation-centre-2021.1-2021-zh.xlsx"


def test_a_phone_scrolls_down_only(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/data", size=PHONE)
    for address in ("/data", "/data/history?region=CN-SC&indicator=gdp", "/data/revisions?from=1&to=3"):
        page.goto(f"{site}{address}")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], address


@pytest.mark.parametrize(
    ("address", "queries"),
    [("/data?period=2020", 3), ("/data/history?region=CN-GD&indicator=gdp", 3), ("/data/revisions?from=2&to=3", 3),
     ("/compare?region=CN-GD&region=CN-CY", 1)],
)  # fmt: skip
def test_a_page_asks_the_database_little(
    app: Flask, client: FlaskClient, query_recorder: QueryRecorder, address: str, queries: int
) -> None:
    """The state, and what is not kept: the newest revisions, the rows of a history."""
    client.get(f"{address}&lang=zh")
    with query_recorder(app.extensions["tierscore"].database) as statements:
        answer = client.get(f"{address}&lang=en")
    assert len(statements) == queries, statements
    assert len(answer.data) < 200_000
