"""Paths over HTTP: statuses, pointers, and the contract's shape."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.fitting import misfits

ADDRESS = "/api/v1/paths"
SICHUAN: dict[str, Any] = {"region": "CN-SC"}

QUESTIONS: tuple[dict[str, Any], ...] = (
    SICHUAN,
    SICHUAN | {"target": "quasi_national", "period": 2021, "as_of": "2022-06-30"},
    {"region": "CN-CY", "target": "quasi_national", "integration": 1, "alternatives": 0},
    {"region": "CN-GD", "tolerance": 1, "alternatives": 5},
    {"region": "CN-HB"},
    {"region": "CN-BJ"},
    {"region": "CN-HE", "target": "quasi_national"},
    SICHUAN | {"period": 2019},
    SICHUAN | {"costs": {"unicorns": 0}, "upper_bounds": {"national_key_labs": 3}, "fixed": {"rd_expenditure": 20.5}},
    SICHUAN | {"rivals": {"growth": 0.05, "years": 4}},
    SICHUAN | {"rivals": {"growth": {"unicorns": 0.1, "star_market_companies": -0.2}}},
    SICHUAN | {"rivals": {"growth": {"from": 2020, "to": 2021}}},
    SICHUAN | {"expected_effects": [{"lever": "attract_entities", "indicator": "national_key_labs", "effect": 2}]},
    SICHUAN | {"confidence": 0.9, "time_limit": 0.3},
    {"region": "CN-CY", "target": "regional", "integration": 0.5, "confidence": 0.8, "time_limit": 0.3},
    {"region": "CN-SD", "confidence": 0.8, "time_limit": 0.3},
    {"region": "CN-HB", "confidence": 0.5, "time_limit": 0.3},
    {"region": "CN-BJ", "confidence": 0.5},
)


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_every_answer_fits_the_contract(client: FlaskClient, question: dict[str, Any]) -> None:
    answer = client.post(ADDRESS, json=question)
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    document = client.get("/openapi.json").json
    assert misfits(document, ADDRESS, answer.json, "post") == []


def test_an_infeasible_path_is_an_answer(client: FlaskClient) -> None:
    answer = client.post(ADDRESS, json={"region": "CN-HB"})
    assert answer.status_code == 200
    assert (answer.json["feasible"], answer.json["reason"]["code"]) == (False, "not_reachable")
    assert answer.json["reason"]["text"]["zh"] == "限度之内没有方案能达到该层级。"


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"region": "CN-ZZ"}, "/region", "unknown_code"),
        ({"region": "CN"}, "/region", "unknown_code"),
        ({"region": 5}, "/region", "wrong_type"),
        ({"target": "galactic"}, "/target", "unknown_code"),
        ({"framework": "none"}, "/framework", "unknown_code"),
        ({"integration": 0.5}, "/integration", "no_group"),
        ({"integration": 2}, "/integration", "out_of_range"),
        ({"confidence": 1.5}, "/confidence", "out_of_range"),
        ({"confidence": "0.9"}, "/confidence", "not_a_number"),
        ({"costs": {"nothing": 1}}, "/costs/nothing", "unknown_code"),
        ({"costs": {"unicorns": -1}}, "/costs/unicorns", "out_of_range"),
        ({"costs": {"unicorns": None}}, "/costs/unicorns", "null"),
        ({"costs": {"unicorns": "1"}}, "/costs/unicorns", "not_a_number"),
        ({"costs": [1]}, "/costs", "wrong_type"),
        ({"fixed": {"national_key_labs": 1.5}}, "/fixed/national_key_labs", "not_whole"),
        ({"fixed": {"regional_innovation_rank": 1}}, "/fixed/regional_innovation_rank", "wrong_way"),
        ({"rivals": {}}, "/rivals/growth", "required"),
        ({"rivals": {"growth": "fast"}}, "/rivals/growth", "not_a_number"),
        ({"rivals": {"growth": -1}}, "/rivals/growth", "out_of_range"),
        ({"rivals": {"growth": {"from": 2021}}}, "/rivals/growth/to", "required"),
        ({"rivals": {"growth": {"from": 2021, "to": 2020}}}, "/rivals/growth/to", "out_of_range"),
        ({"rivals": {"growth": {"from": 2020, "to": 2021.5}}}, "/rivals/growth/to", "not_a_whole_number"),
        ({"rivals": {"growth": {"from": 1, "to": 2021}}}, "/rivals/growth/from", "out_of_range"),
        ({"rivals": {"growth": {"nothing": 0.1}}}, "/rivals/growth/nothing", "unknown_code"),
        ({"rivals": {"growth": 0.1, "years": -1}}, "/rivals/years", "out_of_range"),
        ({"tolerance": -0.1}, "/tolerance", "out_of_range"),
        ({"alternatives": 11}, "/alternatives", "out_of_range"),
        ({"alternatives": 1.5}, "/alternatives", "not_a_whole_number"),
        ({"time_limit": 0}, "/time_limit", "out_of_range"),
        ({"expected_effects": [{"lever": "x"}]}, "/expected_effects/0/indicator", "required"),
        ({"surprise": 1}, "/surprise", "unknown_name"),
    ],
)
def test_what_cannot_be_asked_is_named_with_its_place(
    client: FlaskClient, change: dict[str, Any], pointer: str, code: str
) -> None:
    answer = client.post(ADDRESS, json=SICHUAN | change)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert (pointer, code) in [(error["pointer"], error["code"]) for error in answer.json["errors"]]


def test_no_region_is_no_question(client: FlaskClient) -> None:
    answer = client.post(ADDRESS, json={})
    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json["errors"]] == [("/region", "required")]


def test_a_framework_without_a_plan_says_why(client: FlaskClient) -> None:
    answer = client.post(ADDRESS, json=SICHUAN | {"framework": "cn-entropy-topsis"})
    assert answer.status_code == 422
    assert "no plan is one's own" in answer.json["errors"][0]["message"]
    chinese = client.post(ADDRESS, json=SICHUAN | {"framework": "cn-entropy-topsis"}, headers={"Accept-Language": "zh"})
    assert "没有仅凭自身的方案" in chinese.json["errors"][0]["message"]
