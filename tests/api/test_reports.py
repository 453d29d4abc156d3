"""Comparisons and reports over HTTP: every format opened for real, its numbers those of the answer."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from bs4 import BeautifulSoup
from docx import Document
from flask.testing import FlaskClient
from openpyxl import load_workbook
from pypdf import PdfReader

from tests.api.conftest import SETTINGS
from tests.keys import with_key
from tierscore.api import create_app
from tierscore.reports.formats import FORMATS
from tierscore.reports.numbers import rounded
from tierscore.services.service import Service
from tierscore.storage.database import Database

Answer = dict[str, Any]

FIVE = "region=CN-SC&region=CN-CQ&region=CN-HB&region=CN-SN&region=CN-CY&period=2021"
REPORT = f"/api/v1/reports/comparison?{FIVE}"


@pytest.fixture(scope="module")
def items(app: Any) -> list[Answer]:
    return list(app.test_client().get(f"/api/v1/comparisons?{FIVE}").json["items"])


@pytest.fixture
def own(seeded: Database) -> FlaskClient:
    """A client of a database that the test may change."""
    return with_key(create_app(SETTINGS, Service(seeded)))


def scores(items: list[Answer]) -> list[str]:
    return [rounded(item["score"]) for item in items]


def test_a_comparison_is_a_list_of_full_answers_best_first(client: FlaskClient, items: list[Answer]) -> None:
    assert [item["region"]["code"] for item in items] == ["CN-SC", "CN-CY", "CN-HB", "CN-SN", "CN-CQ"]
    sichuan = client.get("/api/v1/assessments/CN-SC?period=2021").json
    assert {name: items[0][name] for name in sichuan if name != "confidence"} == {
        name: value for name, value in sichuan.items() if name != "confidence"
    }
    page = client.get(f"/api/v1/comparisons?{FIVE}&page_size=2&page=2").json
    assert page["items"] == items[2:4] and (page["page"], page["page_size"], page["total"]) == (2, 2, 5)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_html_has_the_answer_s_numbers(client: FlaskClient, items: list[Answer], language: str) -> None:
    answer = client.get(f"{REPORT}&format=html&lang={language}")
    assert answer.mimetype == "text/html" and answer.headers["Content-Disposition"].startswith("inline; ")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    page = BeautifulSoup(answer.data, "html.parser")
    rows = [[cell.text for cell in row("td")] for row in page.select('table[data-code="ranking"] tbody tr')]
    assert [row[4] for row in rows] == scores(items)
    assert [row[1] for row in rows] == [item["region"]["name"][language] for item in items]
    assert len(page("svg")) == 8


@pytest.mark.parametrize("language", ["zh", "en"])
def test_word_has_the_answer_s_numbers(client: FlaskClient, items: list[Answer], language: str) -> None:
    answer = client.get(f"{REPORT}&format=docx&lang={language}")
    assert answer.mimetype == FORMATS["docx"].media_type
    word = Document(io.BytesIO(answer.data))
    rows = [[cell.text for cell in row.cells] for row in word.tables[0].rows][1:]
    assert [row[4] for row in rows] == scores(items)
    assert len(word.inline_shapes) == 8
    data = next(table for table in word.tables if len(table.rows) == 61)
    said = {row.cells[2].text for row in data.rows[1:]}
    assert {"87,186", "1,214.5", "–"} <= said


@pytest.mark.parametrize("language", ["zh", "en"])
def test_excel_has_real_numbers_at_full_precision(client: FlaskClient, items: list[Answer], language: str) -> None:
    answer = client.get(f"{REPORT}&format=xlsx&lang={language}")
    assert answer.mimetype == FORMATS["xlsx"].media_type
    book = load_workbook(io.BytesIO(answer.data))
    sheet = book[{"zh": "数据", "en": "Data"}[language]]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    cells = [(item["region"]["code"], cell) for item in items for cell in item["indicators"]]
    assert [(row[0], row[2], row[4], row[9], row[10]) for row in rows] == [
        (code, cell["code"], cell["value"], cell["measured"], cell["score"]) for code, cell in cells
    ]
    assert sheet.freeze_panes == "C2" and sheet.auto_filter.ref.startswith("A1:P61")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pdf_has_the_answer_s_numbers_bookmarks_and_pages(
    client: FlaskClient, items: list[Answer], language: str
) -> None:
    answer = client.get(f"{REPORT}&format=pdf&lang={language}")
    assert answer.mimetype == "application/pdf"
    pdf = PdfReader(io.BytesIO(answer.data))
    text = "\n".join(page.extract_text() for page in pdf.pages)
    assert all(score in text for score in scores(items)) and "87,186" in text
    assert {"zh": "第 2 页", "en": "Page 2 of"}[language] in text
    assert pdf.outline[0].title == {"zh": "摘要", "en": "Summary"}[language]
    first = pdf.pages[0].extract_text()
    assert {"zh": "湖北省", "en": "Hubei"}[language] in first and {"zh": "区域", "en": "Regional"}[language] in first


@pytest.mark.parametrize("bom", [True, False])
def test_csv_is_the_data_alone(client: FlaskClient, items: list[Answer], bom: bool) -> None:
    answer = client.get(f"{REPORT}&format=csv&lang=zh&bom={str(bom).lower()}")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.data.startswith(b"\xef\xbb\xbf") == bom
    head, *rows = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert head[:5] == ["地区代码", "地区", "指标代码", "指标", "数值"]
    values = [cell["value"] for item in items for cell in item["indicators"]]
    assert [float(row[4]) if row[4] else None for row in rows] == values


def test_json_has_the_comparison_and_the_report(client: FlaskClient, items: list[Answer]) -> None:
    answer = client.get(f"{REPORT}&format=json&lang=en")
    assert answer.mimetype == "application/json" and answer.json["answer"]["items"] == items
    ranking = answer.json["sections"][1]["blocks"][0]
    assert [row[5] for row in ranking["rows"]] == [item["score"] for item in items]


@pytest.mark.parametrize("form", ["html", "pdf", "docx", "xlsx", "csv", "json"])
def test_what_a_report_says_of_itself_gives_it_again(client: FlaskClient, form: str) -> None:
    first = client.get(f"{REPORT}&format=json&lang=en&integration=0.5&peer=CN-GD&target=quasi_national")
    call, command = first.json["again"]
    assert command.startswith("tierscore --lang en report CN-SC CN-CQ CN-HB CN-SN CN-CY --period 2021 --since 2020")
    address = call.removeprefix("GET ").replace("format=json", f"format={form}")
    once, twice = client.get(address), client.get(address)
    assert once.status_code == 200 and once.data == twice.data
    if form == "json":
        assert once.json["answer"] == first.json["answer"]


def test_an_unchanged_report_is_not_sent_again(client: FlaskClient) -> None:
    tag = client.get(f"{REPORT}&format=csv").headers["ETag"]
    assert client.get(f"{REPORT}&format=csv", headers={"If-None-Match": tag}).status_code == 304
    assert client.get(f"{REPORT}&format=json", headers={"If-None-Match": tag}).status_code == 200


def test_the_language_is_the_parameter_s_and_else_the_header_s(client: FlaskClient) -> None:
    for asked, header, title in (("", "zh", "摘要"), ("&lang=en", "zh", "Summary"), ("&lang=zh", "en", "摘要")):
        answer = client.get(f"{REPORT}&format=json{asked}", headers={"Accept-Language": header})
        assert answer.json["sections"][0]["heading"] == title


def test_a_file_has_a_name(client: FlaskClient) -> None:
    names = [
        client.get(f"/api/v1/reports/comparison?{query}&format=csv&lang=en").headers["Content-Disposition"]
        for query in ("region=CN-SC", FIVE)
    ]
    assert names == [
        "attachment; filename=tierscore-CN-SC-2021-en.csv",
        "attachment; filename=tierscore-comparison-5-2021-en.csv",
    ]


@pytest.mark.parametrize("call", ["comparisons", "reports/comparison"])
@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("", 422, "wrong_count"),
        ("region=CN-ZZ", 422, "unknown_code"),
        ("region=CN-SC&region=CN-SC", 422, "named_twice"),
        ("&".join(f"region=CN-{place}" for place in range(200)), 422, "wrong_count"),
        ("region=CN-SC&peer=CN", 422, "unknown_code"),
        ("region=CN-SC&since=0", 422, "out_of_range"),
        ("region=CN-SC&since=1000", 422, "out_of_range"),
        ("region=CN-SC&period=x", 422, "not_a_whole_number"),
        ("region=CN-SC&integration=0.5", 422, "no_group"),
        ("region=CN-CY&integration=2", 422, "not_a_degree"),
        ("region=CN-SC&framework=none", 404, "unknown_code"),
        ("region=CN-SC&target=none", 422, "unknown_code"),
        ("region=CN-SC&regions=CN-CQ", 422, "unknown_name"),
    ],
)
def test_a_wrong_question_is_a_problem(client: FlaskClient, call: str, query: str, status: int, code: str) -> None:
    answer = client.get(f"/api/v1/{call}?{query}")
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert [item["code"] for item in answer.json["errors"]] == [code]


@pytest.mark.parametrize(("query", "name"), [("format=odt", "format"), ("lang=fr", "lang"), ("bom=maybe", "bom")])
def test_an_unknown_format_or_language_is_a_problem(client: FlaskClient, query: str, name: str) -> None:
    answer = client.get(f"/api/v1/reports/comparison?region=CN-SC&{query}")
    assert answer.status_code == 422
    assert answer.json["errors"][0]["parameter"] == name and answer.json["errors"][0]["allowed"]


def test_a_region_without_enough_data_has_a_report_that_says_so(client: FlaskClient) -> None:
    answer = client.get("/api/v1/reports/comparison?region=CN-NM&period=2022&format=html&lang=en")
    assert answer.status_code == 200
    assert "Inner Mongolia: no tier, the data cover" in BeautifulSoup(answer.data, "html.parser").text


def test_a_scenario_has_a_report_against_its_baseline(own: FlaskClient) -> None:
    body = {"title": "=三个实验室", "edits": [{"op": "add", "region": "CN-SC", "indicator": "unicorns", "value": 16}]}
    saved = own.post("/api/v1/scenarios", json=body).json
    result = own.get(f"/api/v1/scenarios/{saved['id']}/result").json
    address = f"/api/v1/reports/scenarios/{saved['id']}?lang=zh"
    told = own.get(f"{address}&format=json")
    rows = told.json["sections"][2]["blocks"][1]["rows"]
    assert [row[4] for row in rows] == [item["after"]["score"] for item in result["changes"]]
    for form in ("html", "pdf", "docx", "xlsx", "csv"):
        assert own.get(f"{address}&format={form}").status_code == 200
    tag = told.headers["ETag"]
    assert own.get(f"{address}&format=json", headers={"If-None-Match": tag}).status_code == 304
    changed = own.get(f"/api/v1/scenarios/{saved['id']}")
    body["edits"][0]["value"] = 1
    headers = {"If-Match": changed.headers["ETag"]}
    assert own.put(f"/api/v1/scenarios/{saved['id']}", json=body, headers=headers).status_code == 200
    again = own.get(f"{address}&format=json", headers={"If-None-Match": tag})
    assert again.status_code == 200 and json.loads(again.data)["sections"] != told.json["sections"]
    assert own.get("/api/v1/reports/scenarios/none").status_code == 404
