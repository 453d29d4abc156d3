"""Metrics in over HTTP: statuses, reports, limits, and that every worker's next answer shows what was stored."""

from __future__ import annotations

import io
import os
import tracemalloc
from collections.abc import Iterator
from datetime import date
from itertools import product
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.api.conftest import SETTINGS
from tests.api.serving import served
from tests.conftest import as_text
from tests.ingest.workbooks import workbook
from tests.keys import NAME, bearing, grant, with_key
from tierscore.api import create_app, sending
from tierscore.services.service import Service
from tierscore.storage.database import Database

OBSERVATIONS = "/api/v1/observations"
IMPORT = f"{OBSERVATIONS}/import"
LABS = {"region": "CN-SC", "indicator": "national_key_labs", "period": 2023, "value": 70}


@pytest.fixture
def sender(seeded: Database) -> FlaskClient:
    """A client of a service on a database of its own."""
    application = create_app(SETTINGS, Service(seeded))
    application.testing = True
    return with_key(application)


def send(client: FlaskClient, *changes: dict[str, Any], **more: Any) -> TestResponse:
    return client.post(OBSERVATIONS, json={"observations": [LABS | change for change in changes], **more})


def upload(client: FlaskClient, content: bytes, **form: str) -> TestResponse:
    return client.post(IMPORT, data={"file": (io.BytesIO(content), "metrics.csv"), **form})


def newest_revision(client: FlaskClient) -> int:
    return int(client.get("/api/v1/revisions").json["items"][0]["revision"])


def test_a_batch_is_201_with_its_revision(sender: FlaskClient) -> None:
    answer = send(sender, {})
    assert answer.status_code == 201
    assert answer.json == {"revision": 4, "accepted": 1, "unchanged": 0, "rejected": 0, "rows": []}
    assert sender.get(answer.headers["Location"]).json["recorded_by"] == NAME
    item = sender.get(f"{OBSERVATIONS}?region=CN-SC&indicator=national_key_labs&period=2023").json["items"][0]
    assert (item["value"], item["source"], item["revision"]) == (70, f"user:{NAME}", 4)


def test_sent_again_it_is_200_with_the_present_revision(sender: FlaskClient) -> None:
    send(sender, {})
    answer = send(sender, {})
    assert (answer.status_code, answer.json["revision"], answer.json["unchanged"]) == (200, 4, 1)
    assert "Location" not in answer.headers


def test_one_bad_row_is_422_and_nothing_is_stored(sender: FlaskClient) -> None:
    answer = send(sender, {}, {"region": "四穿", "value": -1, "unit": "rank"})
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert [(item["pointer"], item["code"]) for item in answer.json["errors"]] == [
        ("/observations/1/region", "unknown_code"),
        ("/observations/1/value", "out_of_range"),
        ("/observations/1/unit", "wrong_unit"),
    ]
    assert newest_revision(sender) == 3


def test_partial_stores_the_good_rows_and_reports_the_others(sender: FlaskClient) -> None:
    answer = send(sender, {}, {"region": "CN-XX"}, mode="partial")
    assert (answer.status_code, answer.json["accepted"], answer.json["rejected"]) == (201, 1, 1)
    assert answer.json["rows"][0]["pointer"] == "/observations/1/region"
    assert send(sender, {"region": "CN-XX"}, mode="partial").status_code == 422


@pytest.mark.parametrize("change", [{}, {"region": "CN-XX"}])
def test_a_dry_run_is_200_and_stores_nothing(sender: FlaskClient, change: dict[str, str]) -> None:
    answer = send(sender, change, dry_run=True)
    assert (answer.status_code, answer.json["revision"]) == (200, 3)
    assert answer.json["accepted"] + answer.json["rejected"] == 1
    assert newest_revision(sender) == 3


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/observations"),
        ({"observations": {}}, "/observations"),
        ({"observations": []}, "/observations"),
        ({"observations": [LABS], "mode": "all"}, "/mode"),
        ({"observations": [LABS], "dry_run": "true"}, "/dry_run"),
        ({"observations": [LABS], "dryrun": True}, "/dryrun"),
        ({"observations": ["x"]}, "/observations/0"),
        ({"observations": [LABS | {"value": "70"}]}, "/observations/0/value"),
        ({"observations": [LABS | {"value": [70]}]}, "/observations/0/value"),
        ({"observations": [LABS | {"valeu": 70}]}, "/observations/0/valeu"),
    ],
)
def test_a_body_of_another_shape_is_422_with_its_pointer(sender: FlaskClient, body: Any, pointer: str) -> None:
    answer = sender.post(OBSERVATIONS, json=body)
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"observations": [{"value": NaN}]}', 400),
        (b'{"observations": ' + b"[" * 100_000, 400),
        (b'{"observations": ' + b"[" * 40 + b"]" * 40 + b"}", 400),
        (b"{", 400),
        (b"\xff", 400),
    ],
)
def test_a_body_that_is_no_json_is_400(sender: FlaskClient, body: bytes, status: int) -> None:
    assert sender.post(OBSERVATIONS, data=body, content_type="application/json").status_code == status


def test_brackets_in_texts_are_not_depth(sender: FlaskClient) -> None:
    answer = send(sender, {"note": '{"[' * 40 + '"'})
    assert answer.status_code == 201


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_a_file_by_upload(sender: FlaskClient, encoding: str) -> None:
    answer = upload(
        sender, "region,indicator,period,value,note\n四川,national_key_labs,2023,70,估算\n".encode(encoding)
    )
    assert (answer.status_code, answer.json["accepted"]) == (201, 1)


def test_sdmx_csv_by_upload(sender: FlaskClient) -> None:
    head = "STRUCTURE,STRUCTURE_ID,ACTION,REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE"
    flow = "DATAFLOW,TIERSCORE:OBSERVATIONS(1.0)"
    lines = [head, f"{flow},I,CN-SC,national_key_labs,2023,70", f"{flow},X,CN-SC,national_key_labs,2024,70"]
    file = (io.BytesIO("\n".join(lines).encode()), "a.csv", "application/vnd.sdmx.data+csv;version=2.0.0")
    answer = sender.post(IMPORT, data={"file": file, "mode": "partial"})
    assert (answer.status_code, answer.json["accepted"]) == (201, 1)
    assert [(row["row"], row["field"], row["allowed"]) for row in answer.json["rows"]] == [
        (3, "ACTION", ["I", "A", "R", "M", "D"])
    ]


def test_a_workbook_by_upload(sender: FlaskClient) -> None:
    rows = [
        ["region", "indicator", "period", "value"],
        ["四川省", "national_key_labs", 2023, 70],
        ["重庆", "gdp", 2021, 1.5],
    ]
    answer = upload(sender, workbook(rows))
    assert (answer.status_code, answer.json["accepted"]) == (201, 2)
    assert upload(sender, workbook(rows)).json["unchanged"] == 2


def test_mistakes_in_a_workbook_name_row_and_column(sender: FlaskClient) -> None:
    rows = [
        ["region", "indicator", "period", "value"],
        ["CN-SC", "gdp", 2021, "=1+1"],
        ["CN-SC", "gdp", 2020, date(2020, 1, 2)],
    ]
    answer = upload(sender, workbook(rows))
    assert answer.status_code == 422
    assert [(item["row"], item["field"], item["code"], item["value"]) for item in answer.json["errors"]] == [
        (2, "value", "formula", "=1+1"),
        (3, "value", "date_cell", "2020-01-02"),
    ]


def test_mistakes_in_a_file_name_their_line(sender: FlaskClient) -> None:
    content = b'region,indicator,period,value\nCN-SC,national_key_labs,2023,"1,000"\nCN-SC,labs,23,x\n'
    answer = upload(sender, content)
    assert answer.status_code == 422
    assert [(item["row"], item["field"], item["code"]) for item in answer.json["errors"]] == [
        (2, "value", "thousands_separator"),
        (3, "indicator", "unknown_code"),
        (3, "period", "not_a_year"),
        (3, "value", "not_a_number"),
    ]
    chinese = sender.post(
        IMPORT, data={"file": (io.BytesIO(content), "a.csv")}, headers={"Accept-Language": "zh"}
    ).json["errors"]
    assert "千位分隔符" in chinese[0]["message"]


@pytest.mark.parametrize(
    ("data", "status", "parameter"),
    [
        ({"mode": "atomic"}, 422, "file"),
        ({"file": (io.BytesIO(b"x"), "a.csv"), "mode": "all"}, 422, "mode"),
        ({"file": (io.BytesIO(b"x"), "a.csv"), "dry_run": "yes"}, 422, "dry_run"),
        ({"file": (io.BytesIO(b"x"), "a.csv"), "colour": "red"}, 422, "colour"),
    ],
)
def test_a_form_of_another_shape(sender: FlaskClient, data: dict[str, Any], status: int, parameter: str) -> None:
    answer = sender.post(IMPORT, data=data, content_type="multipart/form-data")
    assert (answer.status_code, answer.json["errors"][0]["parameter"]) == (status, parameter)
    assert answer.json["detail"] == "form is not valid: 1 mistake(s)."


def test_other_media_types_are_415(sender: FlaskClient) -> None:
    assert sender.post(IMPORT, data=b"region", content_type="text/csv").status_code == 415
    assert sender.post(OBSERVATIONS, data={"x": "1"}).status_code == 415


def test_a_batch_may_be_larger_than_other_bodies_and_still_not_endless(
    sender: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sender.application.config["MAX_CONTENT_LENGTH"] < sending.LARGEST_BATCH
    view = sender.application.view_functions["sending.send_observations"]
    monkeypatch.setattr(view, "largest", 50)
    answer = send(sender, {})
    assert answer.status_code == 413
    assert "50 bytes" in answer.json["detail"]


def test_a_form_of_too_many_parts_is_413_and_says_so(sender: FlaskClient) -> None:
    parts = {f"part{number}": "x" for number in range(2000)}
    answer = sender.post(
        IMPORT, data={"file": (io.BytesIO(b"x"), "a.csv"), **parts}, content_type="multipart/form-data"
    )
    assert answer.status_code == 413
    assert answer.json["detail"] == "The form has too many parts, or a field beside the file that is too long."


def test_a_hundred_thousand_rows_in_one_request_take_bounded_memory(sender: FlaskClient) -> None:
    """Peak of what Python allocates, numpy's arrays included, as a multiple of the body's own size."""
    regions, indicators = (
        [item["code"] for item in sender.get(f"/api/v1/{kind}?page_size=1000").json["items"]]
        for kind in ("regions", "indicators")
    )
    cells = product(indicators, regions, range(1900, 2101))  # 1 is a value that every indicator may have
    lines = [f"{region},{indicator},{period},1" for indicator, region, period in cells]
    content = "\n".join(["region,indicator,period,value", *lines][:100_001]).encode()
    boundary, body = encode_multipart({"file": FileStorage(io.BytesIO(content), "metrics.csv")})
    tracemalloc.start()
    answer = sender.post(IMPORT, data=body, content_type=f"multipart/form-data; boundary={boundary}")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert answer.status_code == 201
    assert answer.json["accepted"] + answer.json["unchanged"] == 100_000
    assert peak < 160 * 2**20, f"{peak / 2**20:.0f} MiB for a body of {len(content) / 2**20:.1f} MiB"


@pytest.fixture
def address(seeded: Database) -> Iterator[str]:
    """Where three workers serve one database; how sure the tiers are is known, as after `tierscore seed`."""
    Service(seeded).settle_confidence()
    with served({**os.environ, "DATABASE_URL": as_text(seeded.url)}, workers=3) as url:
        yield f"{url}/api/v1"


def test_every_worker_shows_what_any_of_them_stored(seeded: Database, address: str) -> None:
    headers = bearing(grant(seeded))
    question = f"{address}/assessments/CN-SC"
    tags = {requests.get(question, timeout=60).headers["ETag"] for _ in range(20)}
    assert len(tags) == 1
    for value in (40, 70):
        batch = {"observations": [LABS | {"value": value}]}
        sent = requests.post(f"{address}/observations", json=batch, headers=headers, timeout=60)
        assert sent.status_code == 201
        answers = [requests.get(question, timeout=60) for _ in range(20)]
        assert {answer.json()["indicators"][1]["value"] for answer in answers} == {value}
        assert {answer.json()["data"]["revision"] for answer in answers} == {sent.json()["revision"]}
        new = {answer.headers["ETag"] for answer in answers}
        assert len(new) == 1
        assert not new & tags
        tags |= new
