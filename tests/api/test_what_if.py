"""What-ifs over HTTP: statuses, pointers, the contract's shape, and the same answer from every worker at once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient

from tests.api.fitting import misfits
from tests.api.serving import served
from tests.conftest import as_text
from tierscore.storage.database import Database

ADDRESS = "/api/v1/what-if"
LABS = {"op": "set", "region": "CN-SC", "indicator": "national_key_labs", "value": 18}
CUT = {"op": "set_cut", "value": 0.5}

QUESTIONS: tuple[dict[str, Any], ...] = (
    {},
    {"edits": []},
    {"edits": [LABS]},
    {"edits": [LABS | {"value": 2}], "regions": ["CN-CQ"], "period": 2020, "as_of": "2022-06-30"},
    {"edits": [LABS | {"indicator": "regional_innovation_rank", "value": 1}], "groups": [{"code": "CN-CY"}]},
    {"groups": [{"members": ["CN-HN", "CN-AH"], "integration": 0.218}, {"code": "CN-CY", "integration": 1}]},
    {"framework_edits": [CUT, {"op": "drop", "indicator": "unicorns"}], "regions": ["CN-BJ"]},
    {"framework_edits": [{"op": "set_knots", "indicator": "national_key_labs", "value": [0, 10, 20, 30, 40]}]},
    {"framework_edits": [{"op": "set_threshold", "tier": "regional", "value": 30}]},
    {"framework": "cn-innovation-centre", "version": "2021.1", "period": 1999, "edits": [LABS]},
)


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_every_answer_fits_the_contract(client: FlaskClient, question: dict[str, Any]) -> None:
    answer = client.post(ADDRESS, json=question)
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    document = client.get("/openapi.json").json
    assert misfits(document, ADDRESS, answer.json, "post") == []


def test_edits_say_what_they_found_and_left(client: FlaskClient) -> None:
    edits = [LABS, LABS | {"op": "add", "value": 2}]
    answer = client.post(ADDRESS, json={"edits": edits}).json
    assert [(edit["op"], edit["value"], edit["old"], edit["new"]) for edit in answer["edits"]] == [
        ("set", 18, 15, 18), ("add", 2, 18, 20),
    ]  # fmt: skip
    (change,) = [change for change in answer["changes"] if change["asked_for"]]
    assert {part["indicator"] for part in change["moved_by"]} == {"national_key_labs"}
    assert change["score_change"] == change["after"]["score"] - change["before"]["score"] > 0


@pytest.mark.parametrize(
    ("question", "pointer", "code"),
    [
        ({"edits": [LABS | {"value": -1}]}, "/edits/0/value", "out_of_range"),
        ({"edits": [LABS | {"value": 2.5}]}, "/edits/0/value", "not_whole"),
        ({"edits": [LABS | {"indicator": "regional_innovation_rank", "value": 0}]}, "/edits/0/value", "out_of_range"),
        ({"edits": [LABS | {"region": "CN-XX"}]}, "/edits/0/region", "unknown_code"),
        ({"edits": [LABS, LABS | {"region": "CN"}]}, "/edits/1/region", "nation"),
        ({"edits": [LABS | {"indicator": "luck"}]}, "/edits/0/indicator", "unknown_code"),
        ({"edits": [LABS | {"op": "divide"}]}, "/edits/0/op", "unknown_word"),
        ({"edits": [LABS | {"value": "18"}]}, "/edits/0/value", "not_a_number"),
        ({"edits": [LABS | {"value": True}]}, "/edits/0/value", "not_a_number"),
        ({"edits": [LABS | {"valeu": 1}]}, "/edits/0/valeu", "unknown_name"),
        ({"edits": [{"op": "set", "region": "CN-SC"}]}, "/edits/0/indicator", "required"),
        ({"edits": {}}, "/edits", "wrong_type"),
        ({"edits": [LABS] * 1001}, "/edits", "too_many"),
        ({"framework_edits": [CUT | {"value": 2}]}, "/framework_edits/0", "wrong_number"),
        ({"framework_edits": [CUT, {"op": "set_cut"}]}, "/framework_edits/1/value", "required"),
        ({"framework_edits": [CUT | {"tier": "regional"}]}, "/framework_edits/0/tier", "unknown_name"),
        (
            {"framework_edits": [{"op": "drop", "indicator": "gdp"}]},
            "/framework_edits/0/indicator",
            "unknown_code",
        ),
        ({"groups": [{"code": "CN-XY"}]}, "/groups/0/code", "unknown_code"),
        ({"groups": [{}]}, "/groups/0", "code_or_members"),
        ({"groups": [{"code": "CN-CY", "members": ["CN-SC"]}]}, "/groups/0", "code_or_members"),
        ({"groups": [{"members": ["CN-SC", "CN-CY"]}]}, "/groups/0/members/1", "unknown_code"),
        ({"groups": [{"members": ["CN-SC", "CN-SC"]}]}, "/groups/0/members/1", "duplicate"),
        ({"groups": [{"code": "CN-CY", "integration": 1.5}]}, "/groups/0/integration", "out_of_range"),
        ({"regions": ["CN-SC", "CN"]}, "/regions/1", "unknown_code"),
        ({"framework": "nope"}, "/framework", "unknown_code"),
        ({"version": "1999"}, "/version", "unknown_code"),
        ({"period": 20}, "/period", "out_of_range"),
        ({"period": "2021"}, "/period", "not_a_whole_number"),
        ({"as_of": "soon"}, "/as_of", "bad_as_of"),
        ({"as_of": "99"}, "/as_of", "bad_as_of"),
        ({"nonsense": 1}, "/nonsense", "unknown_name"),
    ],
    ids=str,
)
def test_a_mistake_is_422_with_its_pointer(
    client: FlaskClient, question: dict[str, Any], pointer: str, code: str
) -> None:
    answer = client.post(ADDRESS, json=question)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert (pointer, code) in [(item.get("pointer"), item["code"]) for item in answer.json["errors"]]


@pytest.mark.parametrize(("body", "status"), [(b"{", 400), (b'{"edits": NaN}', 400), (b"[" * 100_000, 400)])
def test_what_is_no_json_is_400(client: FlaskClient, body: bytes, status: int) -> None:
    assert client.post(ADDRESS, data=body, content_type="application/json").status_code == status


def test_another_media_type_is_415(client: FlaskClient) -> None:
    assert client.post(ADDRESS, data="edits=1").status_code == 415


def test_mistakes_are_told_in_chinese(client: FlaskClient) -> None:
    answer = client.post(ADDRESS, json={"edits": [LABS | {"value": -1}]}, headers={"Accept-Language": "zh"})
    assert answer.json["errors"][0]["message"] == "national_key_labs 不小于 0；此改动使其为 -1。"


def test_a_get_of_a_what_if_is_405(client: FlaskClient) -> None:
    assert client.get(ADDRESS).status_code == 405


@pytest.fixture
def address(seeded: Database) -> Iterator[str]:
    """Where four workers serve one database."""
    with served({**os.environ, "DATABASE_URL": as_text(seeded.url)}, workers=4) as url:
        yield url


def test_a_hundred_at_once_on_four_workers_answer_as_alone(address: str) -> None:
    questions = [
        {
            "edits": [LABS | {"value": number}, LABS | {"region": "CN-CQ", "op": "add", "value": number % 7}],
            "framework_edits": [CUT | {"value": number / 200}] if number % 3 == 0 else [],
            "groups": [{"code": "CN-CY", "integration": number / 100}],
        }
        for number in range(100)
    ]

    def ask(question: dict[str, Any]) -> tuple[int, bytes]:
        answer = requests.post(f"{address}{ADDRESS}", json=question, timeout=60)
        return answer.status_code, answer.content

    alone = [ask(question) for question in questions]
    with ThreadPoolExecutor(max_workers=100) as pool:
        together = list(pool.map(ask, questions))
    assert together == alone
    assert {status for status, _ in alone} == {200}
    assert len({content for _, content in alone}) == 100
