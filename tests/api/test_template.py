"""The workbook to fill in, over HTTP."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from tierscore.services.handout import XLSX

ADDRESS = "/api/v1/observations/template"


def sheets(content: bytes) -> list[str]:
    return list(load_workbook(io.BytesIO(content)).sheetnames)


def test_it_comes_as_a_file_with_a_name(client: FlaskClient) -> None:
    answer = client.get(f"{ADDRESS}?period=2024&lang=zh")
    assert (answer.status_code, answer.mimetype) == (200, XLSX)
    wanted = "attachment; filename=tierscore-cn-innovation-centre-2021.1-2024-zh.xlsx"
    assert answer.headers["Content-Disposition"] == wanted
    assert sheets(answer.data) == ["observations", "说明", "代码"]


@pytest.mark.parametrize(
    ("accepted", "asked", "second"), [("zh", "", "说明"), ("en", "", "help"), ("zh", "&lang=en", "help")]
)
def test_the_parameter_decides_the_language_and_else_the_header(
    client: FlaskClient, accepted: str, asked: str, second: str
) -> None:
    answer = client.get(f"{ADDRESS}?region=CN-SC{asked}", headers={"Accept-Language": accepted})
    assert sheets(answer.data)[1] == second


def test_asked_again_it_is_not_made_again(client: FlaskClient) -> None:
    tag = client.get(ADDRESS).headers["ETag"]
    assert client.get(ADDRESS, headers={"If-None-Match": tag}).status_code == 304
    assert client.get(f"{ADDRESS}?lang=zh", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("framework=nothing", 404),
        ("version=0", 422),
        ("period=1", 422),
        ("region=CN-XX", 422),
        ("lang=fr", 422),
        ("as_of=3", 422),
    ],
)
def test_a_wrong_question_is_a_problem(client: FlaskClient, query: str, status: int) -> None:
    answer = client.get(f"{ADDRESS}?{query}")
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
