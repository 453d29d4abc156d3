"""Batches that no honest client sends end in problems, and so does one bad row among many."""

from __future__ import annotations

import io
import json
import zipfile
from itertools import islice, product
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.conftest import SETTINGS
from tests.ingest.workbooks import part, with_parts, workbook
from tests.keys import with_key
from tierscore.api import create_app
from tierscore.services.service import Service
from tierscore.storage.database import Database

OBSERVATIONS = "/api/v1/observations"
IMPORT = f"{OBSERVATIONS}/import"
LABS = {"region": "CN-SC", "indicator": "national_key_labs", "period": 2023, "value": 70}
COLUMNS = ["region", "indicator", "period", "value"]
SHEET = "xl/worksheets/sheet1.xml"
HEADER = b"region,indicator,period,value\n"


@pytest.fixture
def sender(seeded: Database) -> FlaskClient:
    application = create_app(SETTINGS, Service(seeded))
    return with_key(application)  # not `testing`: what is raised must become an answer


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 50_000_000)
    return packed.getvalue()


def laughs() -> bytes:
    """Entities that would grow to gigabytes."""
    content = workbook([COLUMNS, ["CN-SC", "gdp", 2021, 1]])
    sheet = part(content, SHEET)
    entities = b"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>]>"
    return with_parts(content, {SHEET: entities + sheet.replace(b"CN-SC", b"&b;")})


FILES = {
    "empty": b"",
    "header only": HEADER,
    "zip bomb": bomb(),
    "utf-16": "region,indicator,period,value\n四川,gdp,2021,1\n".encode("utf-16"),
    "nul": HEADER + b"CN-SC\x00,gdp,2021,1\n",
    "nan": HEADER + b"CN-SC,gdp,2021,NaN\n",
    "infinite": HEADER + b"CN-SC,gdp,2021,1e999\n",
    "long number": HEADER + b"CN-SC,gdp,2021," + b"9" * 5000 + b"\n",
    "workbook without rows": workbook([COLUMNS]),
    "workbook with a growing entity": laughs(),
    "half a workbook": workbook([COLUMNS, ["CN-SC", "gdp", 2021, 1]])[:2000],
    "formula": workbook([COLUMNS, ["CN-SC", "gdp", 2021, "=1+1"]]),
    "infinite in a workbook": workbook([COLUMNS, ["CN-SC", "gdp", 2021, "1e999"]]),
    "open quote": HEADER + b'"CN-SC,gdp,2021,1\n' * 1000,
}


@pytest.mark.parametrize("name", FILES)
def test_hostile_files_are_problems(sender: FlaskClient, name: str) -> None:
    answer = sender.post(IMPORT, data={"file": (io.BytesIO(FILES[name]), "metrics.csv")})
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert answer.json["errors"]
    assert sender.get("/api/v1/revisions").json["total"] == 3


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999", "1" + "0" * 400, "9" * 5000])
def test_hostile_numbers_are_problems(sender: FlaskClient, number: str) -> None:
    body = json.dumps({"observations": [LABS]}).replace("70", number)
    answer = sender.post(OBSERVATIONS, data=body, content_type="application/json")
    assert answer.status_code in (400, 422)
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("field", ["note", "vintage", "source", "unit", "status", "region", "indicator", "period"])
@pytest.mark.parametrize("text", ["\x00", "x" * 100_000], ids=["nul", "long"])
def test_hostile_texts_are_refused(sender: FlaskClient, field: str, text: str) -> None:
    answer = sender.post(OBSERVATIONS, json={"observations": [LABS | {field: text}]})
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)


def many(regions: list[str], bad: int) -> list[dict[str, Any]]:
    cells = product(("gdp", "population"), regions, range(1900, 2101))
    rows = [
        {"region": region, "indicator": indicator, "period": period, "value": 1.5}
        for indicator, region, period in islice(cells, 10_000)
    ]
    rows[bad]["value"] = -1
    return rows


@pytest.fixture
def regions(sender: FlaskClient) -> list[str]:
    return [item["code"] for item in sender.get("/api/v1/regions?page_size=1000").json["items"]]


def test_one_bad_row_in_ten_thousand_is_told_alike_in_all_forms(sender: FlaskClient, regions: list[str]) -> None:
    rows = many(regions, 7_777)
    assert len(rows) == 10_000
    lines = [list(row.values()) for row in rows]
    files = {
        "metrics.csv": "\n".join(",".join(map(str, line)) for line in [COLUMNS, *lines]).encode(),
        "metrics.xlsx": workbook([COLUMNS, *lines]),
    }
    answers = [sender.post(OBSERVATIONS, json={"observations": rows})]
    answers += [sender.post(IMPORT, data={"file": (io.BytesIO(files[name]), name)}) for name in files]
    assert [answer.status_code for answer in answers] == [422] * 3
    told = [item for answer in answers for item in answer.json["errors"]]
    assert [item["row"] for item in told] == [7_778, 7_779, 7_779]  # in a list by position, in a file by line
    assert {(item["field"], item["code"], item["value"], item["message"]) for item in told} == {
        ("value", "out_of_range", "-1", told[0]["message"])
    }
    assert sender.get("/api/v1/revisions").json["total"] == 3
