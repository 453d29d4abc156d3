"""The workbook to fill in: what stands in it, and that ingest reads it back."""

from __future__ import annotations

import io
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook as Book
from openpyxl.worksheet.worksheet import Worksheet

from tierscore.errors import Invalid, UnknownCode
from tierscore.ingest.workbook import DATA_SHEET
from tierscore.services.ingesting import table_of_file
from tierscore.services.query import AssessmentQuery
from tierscore.services.service import Service
from tierscore.storage.database import Database

HEADER = ["region", "indicator", "period", "value", "unit", "status", "vintage", "source", "note"]


@pytest.fixture
def service(seeded: Database) -> Service:
    return Service(seeded)


def template(service: Service, *regions: str, language: str = "zh", period: int | None = None) -> bytes:
    return service.reading().template(AssessmentQuery(period=period, regions=regions), language).content


def opened(content: bytes) -> Book:
    return load_workbook(io.BytesIO(content))


def data(book: Book) -> Worksheet:
    sheet = book[DATA_SHEET]
    assert isinstance(sheet, Worksheet)
    return sheet


def filled(content: bytes, values: dict[tuple[str, str], Any]) -> bytes:
    """The template as its user sends it, values by the region's name and the indicator."""
    book = opened(content)
    for row in data(book).iter_rows(min_row=2):
        row[3].value = values.get((str(row[0].value), str(row[1].value)))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.mark.parametrize(("language", "name"), [("zh", "四川省"), ("en", "Sichuan")])
def test_it_has_a_row_for_every_region_and_indicator_of_the_framework(
    service: Service, language: str, name: str
) -> None:
    rows = list(data(opened(template(service, language=language))).iter_rows(values_only=True))
    framework = service.reading().snapshot.framework().framework
    assert list(rows[0]) == HEADER
    assert len(rows) == 1 + 31 * len(framework.indicators)
    wanted = {(indicator.code, indicator.unit) for indicator in framework.indicators}
    assert {(row[1], row[4]) for row in rows if row[0] == name} == wanted
    assert {(row[2], row[3]) for row in rows[1:]} == {(2021, None)}


def test_sent_back_as_it_is_there_is_nothing_to_store(service: Service) -> None:
    raw = table_of_file(template(service))
    assert [violation.code for violation in raw.violations] == ["no_rows"]
    with pytest.raises(Invalid):
        service.ingest(raw)


@pytest.mark.parametrize(("language", "name"), [("zh", "四川省"), ("en", "Sichuan")])
def test_filled_in_it_is_stored(service: Service, language: str, name: str) -> None:
    content = template(service, "CN-SC", "CN-CQ", language=language, period=2024)
    values = {(name, "national_key_labs"): 15, (name, "rd_expenditure"): 1400.25}
    report = service.ingest(table_of_file(filled(content, values)))
    assert (report.accepted, report.rejected) == (2, 0)
    raw = table_of_file(filled(content, values | {(name, "gdp"): "1,000"}))
    with pytest.raises(Invalid) as refused:
        service.ingest(raw)
    (violation,) = refused.value.violations
    row = next(row[0].row for row in data(opened(content)).iter_rows() if (row[0].value, row[1].value) == (name, "gdp"))
    assert (violation.row, violation.field, violation.code) == (row, "value", "thousands_separator")


def test_excel_refuses_what_ingest_would(service: Service) -> None:
    sheet = data(opened(template(service, "CN-SC", "CN-CQ")))
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    places = {row[1].value: row[0].row for row in sheet.iter_rows(min_row=2) if row[0].value == "四川省"}
    rank = rules[f"D{places['regional_innovation_rank']}:D{places['regional_innovation_rank'] + 1}"]
    assert (rank.type, rank.formula1, rank.formula2) == ("whole", "1", "31")
    assert rank.promptTitle == "区域创新能力综合排名"
    assert rank.prompt.endswith("1 至 31 之间的整数")
    statuses = next(rule for rule in rules.values() if rule.type == "list")
    assert statuses.formula1 == '"A,E,P,D,M"'


def test_rules_and_codes_are_sheets_that_a_reader_sees(service: Service) -> None:
    zh, en = opened(template(service)), opened(template(service, language="en"))
    assert (zh.sheetnames, en.sheetnames) == (["observations", "说明", "代码"], ["observations", "help", "codes"])
    assert all(sheet.sheet_state == "visible" for sheet in zh)
    codes = [row[1] for row in zh["代码"].iter_rows(min_row=2, values_only=True)]
    assert {"CN-SC", "national_key_labs", "S001"} <= set(codes)
    assert "user:anonymous" not in codes
    said = [str(cell) for row in zh["说明"].iter_rows(values_only=True) for cell in row if cell]
    assert any("不要" in sentence for sentence in said)
    assert not any(sentence.startswith("Fill in") for sentence in said)


def test_the_same_question_has_the_same_bytes(service: Service) -> None:
    assert template(service) == template(service)
    assert template(service) != template(service, period=2020)


def test_an_unknown_region_is_told(service: Service) -> None:
    with pytest.raises(UnknownCode):
        template(service, "CN-XX")
