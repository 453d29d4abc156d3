"""Evaluations over HTTP: the contract's shape, pointers into the body, nothing stored, nothing that ends in a 500."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.fitting import misfits
from tests.evaluations import MINMAX, derived, document, indicator
from tests.references import document_of, units_of
from tierscore.framework.parse_index import AGGREGATIONS, WEIGHTINGS
from tierscore.framework.parse_steps import IMPUTATIONS, NORMALISATIONS, TRANSFORMS

ADDRESS = "/api/v1/assessments/evaluate"
WRONG = {"method": "sigmoid"}
UNITS = [{"code": "A", "values": {"a": 1}}, {"code": "B", "values": {"a": 3}}, {"code": "C", "values": {}}]


def sent(framework: Any = None, units: Any = None, **more: Any) -> dict[str, Any]:
    return {
        "framework": document([indicator("a", MINMAX)]) if framework is None else framework,
        "units": UNITS if units is None else units,
        **more,
    }


def body_of(case: str) -> dict[str, Any]:
    units = [{"code": unit.code, "group": unit.group, "values": dict(unit.values)} for unit in units_of(case)]
    return {"framework": document_of(case)[0], "units": units}


@pytest.mark.parametrize(
    "body", [sent(), sent(steps=False), body_of("hdi"), body_of("tai")], ids=["a", "b", "hdi", "tai"]
)
def test_every_answer_fits_the_contract(client: FlaskClient, body: dict[str, Any]) -> None:
    answer = client.post(ADDRESS, json=body)
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert misfits(client.get("/openapi.json").json, ADDRESS, answer.json, "post") == []


def test_asem_over_http_has_every_step(client: FlaskClient) -> None:
    answer = client.post(ADDRESS, json=body_of("asem")).json
    assert len(answer["units"]) == 51
    steps = {entry["step"] for entry in answer["report"]}
    assert steps == {"measure", "impute", "treat", "normalise", "aggregate", "sort"}


def test_without_steps_there_are_neither_nodes_nor_indicators(client: FlaskClient) -> None:
    answer = client.post(ADDRESS, json=sent(steps=False)).json
    assert [(unit["code"], unit["tier"], unit["score"], unit["rank"]) for unit in answer["units"]] == [
        ("A", "low", 0.0, 2), ("B", "high", 1.0, 1), ("C", None, None, None),
    ]  # fmt: skip
    assert all({"nodes", "indicators"}.isdisjoint(unit) for unit in answer["units"])


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        (sent({"id": "x"}), "/framework/scale", "missing_key"),
        (sent(document([indicator("a", WRONG)])), "/framework/indicators/0/normalise/method", "unknown_word"),
        (sent(document([indicator("a", MINMAX)], levers="levers.yaml")), "/framework/levers", "wrong_type"),
        (sent("hdi"), "/framework", "wrong_type"),
        (sent(units=[{"code": "A", "values": {"b": 1}}]), "/units/0/values/b", "unknown_code"),
        (sent(units=[{"code": "A", "values": {"a": "1"}}]), "/units/0/values/a", "not_a_number"),
        (sent(units=[{"code": "A", "values": {"a": True}}]), "/units/0/values/a", "not_a_number"),
        (sent(units=[{"code": "A", "values": []}]), "/units/0/values", "wrong_type"),
        (sent(units=[{"code": "A"}]), "/units/0/values", "required"),
        (sent(units=[]), "/units", "wrong_count"),
        (sent(units=[UNITS[0], UNITS[0]]), "/units/1/code", "duplicate"),
        (sent(steps="yes"), "/steps", "not_a_flag"),
        (sent(more=1), "/more", "unknown_name"),
    ],
)  # fmt: skip
def test_a_wrong_body_is_a_problem_with_its_place(client: FlaskClient, body: Any, pointer: str, code: str) -> None:
    answer = client.post(ADDRESS, json=body)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert (pointer, code) in [(error["pointer"], error["code"]) for error in answer.json["errors"]]


@pytest.mark.parametrize(("language", "says"), [("en", "is the same for every unit"), ("zh", "在所有单元取值相同")])
def test_what_cannot_be_scored_says_step_and_indicator(client: FlaskClient, language: str, says: str) -> None:
    body = sent(units=[{"code": "A", "values": {"a": 2}}, {"code": "B", "values": {"a": 2}}])
    answer = client.post(ADDRESS, json=body, headers={"Accept-Language": language})
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/cannot-score")
    assert says in answer.json["detail"]
    (error,) = answer.json["errors"]
    assert (error["pointer"], error["field"]) == ("/framework/indicators/0", "a")


def test_what_cannot_be_scored_points_at_the_value_or_the_node(client: FlaskClient) -> None:
    zero = sent(document([indicator("a", MINMAX, transform="log")]), [UNITS[0], {"code": "B/~", "values": {"a": 0}}])
    assert client.post(ADDRESS, json=zero).json["errors"][0]["pointer"] == "/units/1/values/a"
    made = [indicator("i0", MINMAX), indicator("i1", MINMAX)]
    lone = [
        {"code": "A", "values": {"i0": 1}},
        {"code": "B", "values": {"i0": 2, "i1": 3}},
        {"code": "C", "values": {"i1": 1}},
    ]
    few = client.post(ADDRESS, json=sent(document(made, derived("entropy", 2)), lone)).json
    assert few["errors"][0]["pointer"] == "/framework/index"


def test_the_same_units_in_another_order_have_the_same_scores_and_another_digest_only_by_content(
    client: FlaskClient,
) -> None:
    first = client.post(ADDRESS, json=sent()).json
    again = client.post(ADDRESS, json=sent()).json
    assert first == again
    other = client.post(ADDRESS, json=sent(units=[*UNITS[:2], {"code": "C", "values": {"a": 0}}])).json
    assert other["data"]["digest"] != first["data"]["digest"]


RULES = {
    "knots": {"at": [0, 1, 2]},
    "goalposts": {"low": 0, "high": 2, "clip": False},
    "dist_to_target": {"target": 1},
    "dist_to_reference": {"unit": "0"},
}
NUMBERS = st.sampled_from([None, 0, 1, -1, 0.5, 1e-300, 1e60, -1e60, 7])
ANY = {
    "normalise": st.sampled_from(NORMALISATIONS),
    "transform": st.sampled_from(TRANSFORMS),
    "impute": st.sampled_from(IMPUTATIONS),
    "treat": st.sampled_from(["none", "winsorise"]),
    "aggregate": st.sampled_from(AGGREGATIONS),
    "weights": st.sampled_from([None, *WEIGHTINGS]),
    "values": st.lists(st.lists(NUMBERS, min_size=2, max_size=2), min_size=1, max_size=7),
}


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.fixed_dictionaries(ANY))
def test_any_combination_is_an_answer_or_a_clear_problem(client: FlaskClient, drawn: dict[str, Any]) -> None:
    """No warning, no 500, no NaN: whatever steps are put together, over whatever values."""
    rule = {"method": drawn["normalise"], **RULES.get(drawn["normalise"], {})}
    index: dict[str, Any] = {"aggregate": drawn["aggregate"]}
    if drawn["aggregate"] == "power":
        index["power"] = 2
    if drawn["weights"] is not None:
        more = {"pairwise": [[1, 2], ["1/2", 1]]} if drawn["weights"] == "ahp" else {}
        index |= derived(drawn["weights"], 2, **more)
    impute = {"method": drawn["impute"], **({"group": "g"} if drawn["impute"].startswith("group") else {})}
    made = [indicator("i0", rule, transform=drawn["transform"]), indicator("i1", rule)]
    children = [{"indicator": "i0", "weight": 1}, {"indicator": "i1", "weight": 2}]
    more = {"impute": impute, "treat": {"method": drawn["treat"]}}
    framework = document(made, {"children": children, **index}, **more)
    units = [
        {"code": str(row), "group": "g", "values": {f"i{place}": value for place, value in enumerate(values)}}
        for row, values in enumerate(drawn["values"])
    ]
    answer = client.post(ADDRESS, json={"framework": framework, "units": units})
    assert answer.status_code in {200, 422}, answer.text
    if answer.status_code == 422:
        assert answer.json["type"] in {"/problems/cannot-score", "/problems/invalid-input"}
        assert answer.json["errors"]
