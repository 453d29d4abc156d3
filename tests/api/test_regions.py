"""Regions listed by their place, and what their parts add up to, over HTTP."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

REGIONS = "/api/v1/regions"


def test_lists_are_cut_after_they_are_filtered(client: FlaskClient) -> None:
    answer = client.get(f"{REGIONS}?kind=municipality&parent=CN&within=CN&page_size=3")
    assert [item["code"] for item in answer.json["items"]] == ["CN-BJ", "CN-TJ", "CN-SH"]
    assert {item["parent"] for item in answer.json["items"]} == {"CN"}
    assert answer.json["total"] == 4
    assert "kind=municipality&parent=CN&within=CN&page_size=3&page=2" in answer.headers["Link"]
    assert client.get(f"{REGIONS}?within=CN-SC").json["items"] == []


@pytest.mark.parametrize("name", ["kind", "parent", "within"])
def test_what_is_no_kind_or_region_is_422(client: FlaskClient, name: str) -> None:
    answer = client.get(f"{REGIONS}?{name}=provinces")
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    (mistake,) = answer.json["errors"]
    assert (mistake["parameter"], mistake["code"]) == (name, "unknown_code")
    assert ("province" in mistake.get("allowed", [])) == (name == "kind")


def test_provinces_add_up_to_the_nation(client: FlaskClient) -> None:
    address = f"{REGIONS}/CN/rollup?period=2021&indicator=rd_expenditure&indicator=large_science_facilities"
    answer = client.get(address).json
    assert (answer["children"], answer["region"]["code"], answer["period"]) == (31, "CN", 2021)
    spent, facilities = answer["indicators"]
    assert (spent["known"], spent["reason"], spent["pooling"]["kind"]) == (31, None, "sum")
    assert spent["value"] == pytest.approx(sum(part["value"] for part in spent["parts"]), rel=1e-12)
    assert {part["kind"] for part in spent["parts"]} == {"observed"}
    assert (facilities["value"], facilities["reason"]) == (None, "children_missing")
    assert facilities["known"] == sum(part["value"] is not None for part in facilities["parts"]) < 31


@pytest.mark.parametrize(
    ("address", "status", "parameter"),
    [
        (f"{REGIONS}/CN-ZZ/rollup", 404, None),
        (f"{REGIONS}/CN/rollup?indicator=luck", 422, "indicator"),
        (f"{REGIONS}/CN/rollup?framework=nothing", 404, "framework"),
        (f"{REGIONS}/CN/rollup?period=1", 422, "period"),
        (f"{REGIONS}/CN/rollup?as_of=99", 422, "as_of"),
    ],
)
def test_what_cannot_be_added_up_says_why(
    client: FlaskClient, address: str, status: int, parameter: str | None
) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.json["errors"][0].get("parameter") == parameter


def test_it_is_known_again_by_its_etag(client: FlaskClient) -> None:
    address = f"{REGIONS}/CN/rollup?period=2021&indicator=rd_expenditure"
    etag = client.get(address).headers["ETag"]
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 304
