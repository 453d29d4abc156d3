"""The bench: what is typed or slid is asked of the API, and its answer is what the page says."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Locator, Page, Route, expect

from tests.conftest import recorded
from tests.keys import bearing, with_key
from tests.web.conftest import PHONE, Open, serious
from tierscore.reports import numbers
from tierscore.reports.numbers import percent, plain, rounded, signed, tenths

SICHUAN = "/what-if?lang=en&region=CN-SC"
FACILITIES, UNICORNS, AWARDS = "large_science_facilities", "unicorns", "national_st_awards_led"
Answer = dict[str, Any]


def test_typing_and_sliding_say_what_the_api_says(site: str, client: FlaskClient, open_page: Open) -> None:
    page = open_page(f"{site}{SICHUAN}", lang="en")
    assert fact(page, "score") == rounded(told(client)[0]["after"]["score"])
    number(page, FACILITIES).fill("9")
    settled(page, "large_science_facilities:9")
    check(page, told(client, edit(FACILITIES, 9)))
    slide(page, UNICORNS, 15)
    settled(page, "unicorns:15")
    check(page, told(client, edit(FACILITIES, 9), edit(UNICORNS, 15)))
    assert number(page, UNICORNS).input_value() == "15"
    number(page, AWARDS).fill("3")  # a value that is missing
    settled(page, "national_st_awards_led:3")
    check(page, told(client, edit(FACILITIES, 9), edit(UNICORNS, 15), edit(AWARDS, 3)))
    page.get_by_role("link", name="中文").click()  # what leads on takes the edits along
    assert number(page, AWARDS).input_value() == "3"
    assert page.locator("#edits li").count() == 3


def test_an_answer_that_a_later_question_has_overtaken_is_dropped(site: str, open_page: Open) -> None:
    page = open_page(f"{site}{SICHUAN}", lang="en")
    held: list[Route] = []
    page.route("**/api/v1/what-if", lambda route: route.continue_() if held else held.append(route))
    for value in ("10", "12"):
        with page.expect_request("**/api/v1/what-if"):
            number(page, UNICORNS).fill(value)
    settled(page, "unicorns:12")
    with page.expect_request_finished(lambda asked: "what-if" in asked.url):
        number(page, UNICORNS).fill("13")
    assert [route.request.failure for route in held] == ["net::ERR_ABORTED"]


def test_what_is_required_can_be_set_until_the_tier_is_reached(site: str, client: FlaskClient, open_page: Open) -> None:
    page = open_page(f"{site}{SICHUAN}", lang="en")
    gap = told(client)[0]["before"]["gap"]
    assert page.locator(".need [data-said]").first.inner_text() == "suffices"
    for deficit in gap["deficits"]:
        field(page, deficit["indicator"]).locator(".set").click()
        settled(page, deficit["indicator"])
        if fact(page, "tier") != "Provincial":
            break
        assert field(page, deficit["indicator"]).locator(".need [data-said]").inner_text() == "suffices"
    assert fact(page, "tier") == "Regional"
    assert "Sichuan: Regional, score" in page.locator("#verdict").inner_text()
    assert "To Quasi-national" in page.locator("#ahead").inner_text()


def test_undo_redo_reset_and_back(site: str, open_page: Open) -> None:
    page = open_page(f"{site}{SICHUAN}", lang="en")
    unicorns = number(page, UNICORNS)
    for value in ("10", "12"):
        unicorns.fill(value)
        unicorns.press("Enter")
        settled(page, f"unicorns:{value}")
    page.get_by_role("button", name="Undo").click()
    expect(unicorns).to_have_value("10")
    page.keyboard.press("Control+z")
    expect(unicorns).to_have_value("4")
    assert page.get_by_role("button", name="Undo").is_disabled()
    page.keyboard.press("Control+Shift+z")
    expect(unicorns).to_have_value("10")
    page.get_by_role("button", name="Reset all").click()
    expect(unicorns).to_have_value("4")
    assert "edit=" not in page.url
    page.go_back()
    expect(unicorns).to_have_value("10")
    page.reload()  # the way outlives a page
    page.get_by_role("button", name="Redo").click()
    expect(unicorns).not_to_have_value("10")


def test_a_link_shows_the_same_elsewhere_with_and_without_scripts(site: str, open_page: Open) -> None:
    """What the server writes into the page and what the script says of the same answer are one text."""
    page = open_page(f"{site}{SICHUAN}", lang="zh")
    slide(page, UNICORNS, 15)
    number(page, FACILITIES).fill("16")
    settled(page, "large_science_facilities:16")
    address = page.url.replace("lang=en", "lang=zh")
    plainly = open_page(address, java_script_enabled=False)
    lively = open_page(address)
    number(lively, FACILITIES).fill("16")
    expect(lively.locator("#verdict")).not_to_be_empty()
    assert lively.locator("#others tbody tr").count() > 0
    for place in (".verdict dl >> nth=0", ".verdict dl >> nth=1", "#ahead", ".more", ".fields tbody"):
        assert lively.locator(place).all_text_contents() == plainly.locator(place).all_text_contents(), place
    assert "区域" in plainly.locator("#ahead").inner_text()


def test_without_scripts_the_form_computes(site: str, client: FlaskClient, open_page: Open) -> None:
    page = open_page(f"{site}{SICHUAN}", lang="en", java_script_enabled=False)
    number(page, FACILITIES).fill("9")
    page.get_by_role("button", name="Compute").click()
    assert "edit=CN-SC:large_science_facilities:9" in page.url and page.url.count("edit=") == 1
    check(page, told(client, edit(FACILITIES, 9)))
    page.get_by_role("link", name="Remove this edit").click()
    assert "edit=" not in page.url


def test_a_wrong_value_is_said_at_its_field(site: str, client: FlaskClient, open_page: Open) -> None:
    page = open_page(f"{site}{SICHUAN}", lang="en", refused=(422,))
    problem = field(page, UNICORNS).locator(".problem")
    number(page, UNICORNS).fill("2.5")
    expect(problem).to_contain_text("whole numbers")
    assert number(page, UNICORNS).get_attribute("aria-invalid") == "true"
    assert "unicorns" not in page.url
    number(page, UNICORNS).fill("5")
    expect(problem).to_be_hidden()
    check(page, told(client, edit(UNICORNS, 5)))


def test_a_link_with_a_wrong_value_says_so_at_its_field_and_computes_the_rest(client: FlaskClient) -> None:
    text = client.get(f"{SICHUAN}&edit=CN-SC:unicorns:2.5&edit=CN-SC:{FACILITIES}:9").text
    assert "unicorns is counted in whole numbers; this makes it 2.5." in text
    assert rounded(told(client, edit(FACILITIES, 9))[0]["after"]["score"]) in text
    assert [item["value"] for item in bench_in(text)["edits"]] == [9]


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("edit=CN-SC:unicorns", 422, "CN-SC:unicorns"),
        ("edit=CN-SC:unicorns:nan", 422, "unicorns:nan"),
        ("edit=CN-SC:unicorns:divide:2", 422, "divide"),
        ("edit=CN-XX:unicorns:2", 422, "CN-XX"),
        ("rule=set_knots", 422, "set_knots"),
        ("group=0.5", 422, "0.5"),
        ("group=CN-CY:2", 422, "from 0 to 1"),
        ("rule=set_cut:7", 422, "7"),
        ("group=CN-XX:1", 422, "CN-XX"),
    ],
)
def test_an_address_that_says_nothing_is_refused(client: FlaskClient, address: str, status: int, said: str) -> None:
    answer = client.get(f"/what-if?lang=en&region=CN-SC&{address}")
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert said in answer.text


def test_edits_of_the_framework_and_all_else_of_a_scenario_open_again(own_app: Flask, own_key: str) -> None:
    api = with_key(own_app, own_key)
    edits = [edit(UNICORNS, 9) | {"op": "add"}]
    rules = [{"op": "set_cut", "value": 0.2}, {"op": "drop", "indicator": UNICORNS},
             {"op": "set_knots", "indicator": FACILITIES, "value": [0, 4, 7, 10, 16]},
             {"op": "set_threshold", "tier": "regional", "value": 45}]  # fmt: skip
    groups = [{"code": "CN-CY", "integration": 0.5}, {"members": ["CN-HN", "CN-AH"], "integration": 0}]
    body = {"title": "All", "period": 2021, "edits": edits, "framework_edits": rules, "groups": groups}
    saved = api.post("/api/v1/scenarios", json=body).json
    opened = api.get(f"/what-if/scenarios/{saved['id']}?lang=en", follow_redirects=True)
    assert opened.status_code == 200 and opened.request.args["scenario"] == f"{saved['id']}.1"
    data = bench_in(opened.text)
    assert [data["edits"], [rule["body"] for rule in data["rules"]]] == [edits, rules]
    assert data["groups"] == [{"group": "CN-CY", "integration": 0.5}, {"group": "CN-HN,CN-AH", "integration": 0}]
    assert "4 becomes 13 companies" in opened.text and "Left out · Unicorn companies" in opened.text


def test_a_page_reads_one_row_of_the_database(own_app: Flask) -> None:
    client = own_app.test_client()
    client.get(f"{SICHUAN}&region=CN-CY")
    database = own_app.extensions["tierscore"].database
    with recorded(database) as statements:
        assert client.get(f"{SICHUAN}&edit=CN-SC:unicorns:15&edit=CN-GD:unicorns:15&group=CN-CY:0.5").status_code == 200
    assert len(statements) == 1


def test_who_is_not_there_is_not_found(client: FlaskClient) -> None:
    assert client.get("/what-if?region=Atlantis").status_code == 404
    assert client.get("/what-if/scenarios/none").status_code == 404
    nearest = client.get("/what-if/choose?q=Atlantis&lang=en", follow_redirects=True)
    assert "What if: Zhejiang" in nearest.text


def test_a_group_is_moved_by_its_integration_and_its_members(site: str, client: FlaskClient, open_page: Open) -> None:
    page = open_page(f"{site}/what-if?lang=en", lang="en")
    page.locator(".choose input[type=search]").fill("Chengdu-Chongqing economic circle")
    page.get_by_role("button", name="Put on the bench").click()
    page.locator("#integration").evaluate("(slider) => { slider.value = 0.5; }")
    page.locator("#integration").dispatch_event("change")
    settled(page, "group=CN-CY:0.5")
    number(page, FACILITIES, "CN-CQ").fill("4")
    settled(page, "CN-CQ:large_science_facilities:4")
    asked = {"edits": [edit(FACILITIES, 4, "CN-CQ")], "groups": [{"code": "CN-CY", "integration": 0.5}]}
    group = what_if(client, asked)["groups"][0]
    check(page, [group, *what_if(client, asked)["changes"]])
    assert page.locator("#degree").inner_text() == percent(0.5)


def test_a_group_of_ones_own_and_several_regions(site: str, open_page: Open) -> None:
    page = open_page(f"{site}{SICHUAN}&edit=CN-SC:unicorns:15", lang="en")
    page.get_by_text("A group of one's own").click()
    page.locator("select[name=member]").select_option(["CN-HN", "CN-AH"])
    page.get_by_role("button", name="Put together").click()
    assert "Anhui, Hunan" in page.locator("h1").inner_text()
    assert page.locator(".tabs a").all_inner_texts() == ["Anhui, Hunan", "Sichuan"]
    assert page.locator("#edits li").count() == 1  # an edit of who is not looked at
    page.locator("#edits .remove").click()
    expect(page.locator("#edited")).to_be_hidden()


def test_a_scenario_is_saved_changed_by_somebody_else_and_compared(
    own_app: Flask, own_site: str, own_key: str, open_page: Open
) -> None:
    page = open_page(f"{own_site}{SICHUAN}&edit=CN-SC:unicorns:15", lang="en", refused=(401, 412))
    api = own_app.test_client()
    save(page, "Eleven more", "no key")
    expect(page.locator("#saving")).to_contain_text("key")
    save(page, "Eleven more", own_key)
    expect(page.locator("#saving")).to_have_text("“Eleven more” is saved.")
    [saved] = api.get("/api/v1/scenarios").json["items"]
    assert saved["edits"] == [edit(UNICORNS, 15)]
    number(page, UNICORNS).fill("20")
    settled(page, "unicorns:20")
    page.get_by_role("button", name="Overwrite").click()
    expect(page.locator("#scenarios tbody tr")).to_have_count(1)
    settled(page, f"scenario={saved['id']}.2")
    theirs(api, own_key, saved["id"])
    page.get_by_role("button", name="Overwrite").click()
    expect(page.locator("#conflict")).to_contain_text("Somebody has changed “Eleven more” since")
    page.get_by_role("button", name="Save mine as a new one").click()
    expect(page.locator("#scenarios tbody tr")).to_have_count(2)
    compare(page, api)
    page.get_by_role("link", name="Theirs").click()
    expect(number(page, FACILITIES)).to_have_value("9")
    expect(page.locator("#opened")).to_contain_text("Theirs")
    remove(page, "Theirs")
    rebase(page, api, own_key)
    assert [item["title"] for item in api.get("/api/v1/scenarios").json["items"]] == ["Eleven more"]


def test_numbers_are_written_as_reports_write_them(site: str, open_page: Open) -> None:
    values = [0, -0.0, 0.125, 0.375, 2.5, 1.005, 1.015, -0.001, 1234567.891, 999.995, 100.005, 12.28070175, 1e-9, 15.0,
              -3.25, 1545.585593, 0.5, 1.5, 0.005, 0.015, 0.045, 99.99995, 1e15, -1234.5]  # fmt: skip
    page = open_page(f"{site}/?lang=en")
    said = page.evaluate(
        """async (values) => {
        const { rounded, percent, tenths, signed, plain, enough } = await import("/static/numbers.js");
        return values.map((value) => [rounded(value), percent(value), tenths(value), signed(value), plain(value),
          enough(value, true), enough(value, false)]);
    }""",
        values,
    )
    for value, texts in zip(values, said, strict=True):
        ends = [numbers.enough(value, upward=True), numbers.enough(value, upward=False)]
        assert texts == [rounded(value), percent(value), tenths(value), signed(value), plain(value), *ends], value


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nobody_is_kept_out(site: str, open_page: Open, lang: str) -> None:
    address = f"{site}/what-if?lang={lang}&region=CN-CY&edit=CN-SC:unicorns:15&edit=CN-SC:{FACILITIES}:16"
    page = open_page(address, lang=lang, size=PHONE if lang == "zh" else {"width": 1366, "height": 768})
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    number(page, "tech_contracts_absorbed").scroll_into_view_if_needed()
    result = page.locator(".verdict").bounding_box()  # stays in sight
    assert result["y"] >= 0 and result["y"] + result["height"] < page.viewport_size["height"] / 2


def test_other_frameworks_and_years(client: FlaskClient) -> None:
    for address in ("framework=cn-entropy-topsis", "framework=hdi", "framework=tai&period=2001", "period=2019"):
        assert client.get(f"/what-if?lang=en&{address}").status_code == 200, address


# ---- what the tests share


def field(page: Page, indicator: str, region: str = "CN-SC") -> Locator:
    return page.locator(f'table[data-region="{region}"] tr[data-indicator="{indicator}"]')


def number(page: Page, indicator: str, region: str = "CN-SC") -> Locator:
    return field(page, indicator, region).locator("input[type=number]")


def slide(page: Page, indicator: str, value: float) -> None:
    slider = field(page, indicator).locator("input[type=range]")
    slider.evaluate("(slider, value) => { slider.value = value; }", value)
    slider.dispatch_event("input")
    slider.dispatch_event("change")


def settled(page: Page, part: str) -> None:
    """Waits until the address says it: then the answer is shown."""
    page.wait_for_url(re.compile(re.escape(part)))


def edit(indicator: str, value: float, region: str = "CN-SC") -> Answer:
    return {"op": "set", "region": region, "indicator": indicator, "value": value}


def bench_in(text: str) -> Answer:
    """The bench as the page hands it to its script."""
    return json.loads(re.search(r'id="bench-data">(.*?)</script>', text)[1])["bench"]


def what_if(client: FlaskClient, asked: Answer) -> Answer:
    answer = client.post("/api/v1/what-if", json=asked)
    assert answer.status_code == 200, answer.json
    return answer.json


def told(client: FlaskClient, *edits: Answer) -> list[Answer]:
    return what_if(client, {"edits": list(edits), "regions": ["CN-SC"]})["changes"]


def fact(page: Page, name: str) -> str:
    return page.locator(f'[data-fact="{name}"] [data-said=after]').inner_text()


def check(page: Page, changes: list[Answer]) -> None:
    """The panel says what the API says of the first, and who else moves."""
    own, *others = changes
    before, after = own["before"], own["after"]
    said = {
        item.get_attribute("data-fact"): item.locator("dd").inner_text().split() for item in page.locator(".fact").all()
    }
    assert said["score"][-2:] == [rounded(after["score"]), signed(own["score_change"])]
    assert said["rank"][2 * (before["rank"] != after["rank"])] == str(after["rank"])
    assert tenths(after["gap"]["functions_share"]) in said["functions"]
    parts = sorted((signed(part["change"]) for part in own["moved_by"]), key=lambda text: -abs(float(text)))
    assert page.locator("#parts b").all_inner_texts() == parts
    assert page.locator("#levers b").all_inner_texts() == [percent(item["priority"]) for item in after["levers"][:5]]
    moved = [item for item in others if item["before"] != item["after"] and (item["rank_change"] or item["tier_moved"])]
    rows = page.locator("#others tbody tr").all_text_contents()
    assert rows == [row_of(item) for item in moved]


def row_of(item: Answer) -> str:
    tiers = {
        "provincial": "Provincial",
        "regional": "Regional",
        "quasi_national": "Quasi-national",
        "international": "International",
    }
    both = [
        [f"{tiers[item[side]['tier']]}" for side in ("before", "after")],
        [str(item[side]["rank"]) for side in ("before", "after")],
    ]
    said = [" → ".join(dict.fromkeys(pair)) for pair in both]
    return "".join([item["region"]["name"]["en"], *said, signed(item["score_change"])])


def save(page: Page, title: str, key: str) -> None:
    page.locator("#save [name=title]").fill(title)
    page.locator("#save [name=key]").fill(key)
    page.get_by_role("button", name="Save as a new scenario").click()


def theirs(api: FlaskClient, key: str, identifier: str) -> None:
    tag = api.get(f"/api/v1/scenarios/{identifier}").headers["ETag"]
    body = {"title": "Theirs", "edits": [edit(FACILITIES, 9)]}
    answer = api.put(f"/api/v1/scenarios/{identifier}", json=body, headers={**bearing(key), "If-Match": tag})
    assert answer.status_code == 200


def compare(page: Page, api: FlaskClient) -> None:
    for box in page.locator("#scenarios input[type=checkbox]").all():
        box.check()
    page.get_by_role("button", name="Compare those chosen").click()
    row = page.locator("#compared tbody tr", has_text="Sichuan")
    expect(row).to_be_visible()
    ids = [item["id"] for item in api.get("/api/v1/scenarios").json["items"]]
    outcomes = api.get("/api/v1/scenarios/compare", query_string={"id": ids}).json["regions"][0]["outcomes"]
    for cell, outcome in zip(row.locator("td").all(), outcomes, strict=True):
        assert rounded(outcome["after"]["score"]) in cell.inner_text()


def rebase(page: Page, api: FlaskClient, key: str) -> None:
    row = {"region": "CN-SC", "indicator": UNICORNS, "period": 2021, "value": 6}
    assert api.post("/api/v1/observations", json={"observations": [row]}, headers=bearing(key)).status_code == 201
    page.reload()
    page.get_by_role("button", name="Bring to the newest data").click()
    expect(page.locator("#saving")).to_contain_text("is on the newest data now; ")


def remove(page: Page, title: str) -> None:
    row = page.locator("#scenarios tbody tr", has=page.get_by_role("link", name=title))
    row.get_by_role("button", name="Delete").click()
    row.get_by_role("button", name="Delete for good?").click()
    expect(row).to_have_count(0)
