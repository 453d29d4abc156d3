"""Groups over HTTP: a user's own are stored, assessed and removed; those of the service stay."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.conftest import SETTINGS
from tests.keys import with_key
from tierscore.api import create_app
from tierscore.services.service import Service
from tierscore.storage.database import Database

GROUPS = "/api/v1/groups"
PAIR = {"code": "HN-AH", "name": {"zh": "湘皖", "en": "Hunan and Anhui"}, "members": ["CN-HN", "CN-AH"]}


@pytest.fixture
def own(seeded: Database) -> FlaskClient:
    """A client of a service on a database of its own."""
    return with_key(create_app(SETTINGS, Service(seeded)))


def test_a_group_is_stored_listed_assessed_and_removed(own: FlaskClient) -> None:
    stored = own.post(GROUPS, json=PAIR)
    assert (stored.status_code, stored.json) == (201, PAIR | {"own": True})
    assert stored.headers["Location"] == "/api/v1/assessments/HN-AH"
    assert [group["code"] for group in own.get(GROUPS).json["items"]] == ["CN-CY", "HN-AH"]
    answer = own.get("/api/v1/assessments/HN-AH?integration=0.218").json
    assert (answer["tier"], answer["lead"], answer["side_by_side"]["tier"]) == ("regional", "CN-AH", "provincial")
    assert answer["break_even"]["integration"] == 0.218
    assert answer["break_even"]["holds_on"] == [[0.218, 1.0]]
    assert (own.delete(f"{GROUPS}/HN-AH").status_code, own.delete(f"{GROUPS}/HN-AH").status_code) == (204, 404)
    assert own.get("/api/v1/assessments/HN-AH").status_code == 404


def test_a_stored_group_gives_lists_another_tag(own: FlaskClient) -> None:
    tag = own.get(GROUPS).headers["ETag"]
    own.post(GROUPS, json=PAIR)
    assert own.get(GROUPS, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("code", ["CN-CY", "CN-SC", "CN"])
def test_a_code_that_is_taken_is_409(own: FlaskClient, code: str) -> None:
    answer = own.post(GROUPS, json=PAIR | {"code": code})
    assert (answer.status_code, answer.json["type"]) == (409, "/problems/already-there")


def test_a_group_of_the_service_stays(own: FlaskClient) -> None:
    answer = own.delete(f"{GROUPS}/CN-CY")
    assert (answer.status_code, answer.json["type"]) == (409, "/problems/protected")
    assert own.get("/api/v1/assessments/CN-CY").status_code == 200


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"members": ["CN-HN", "CN-XX"]}, "/members/1", "unknown_code"),
        ({"members": ["CN-HN", "CN-HN"]}, "/members/1", "duplicate"),
        ({"members": ["CN-CY"]}, "/members/0", "unknown_code"),
        ({"members": ["CN"]}, "/members/0", "unknown_code"),
        ({"members": []}, "/members", "too_few"),
        ({"code": "a b/c"}, "/code", "wrong_code"),
        ({"name": {"zh": "湘皖"}}, "/name/en", "required"),
        ({"nonsense": 1}, "/nonsense", "unknown_name"),
    ],
)
def test_a_mistake_is_422_and_nothing_is_stored(
    own: FlaskClient, change: dict[str, Any], pointer: str, code: str
) -> None:
    answer = own.post(GROUPS, json=PAIR | change)
    assert answer.status_code == 422
    assert (pointer, code) in [(item["pointer"], item["code"]) for item in answer.json["errors"]]
    assert own.get(GROUPS).json["total"] == 1


@pytest.mark.parametrize(
    ("path", "parameter"), [("CN-CY?integration=1.5", "integration"), ("CN-SC?integration=0.5", "integration")]
)
def test_a_degree_is_of_a_group_and_from_0_to_1(own: FlaskClient, path: str, parameter: str) -> None:
    answer = own.get(f"/api/v1/assessments/{path}")
    assert (answer.status_code, answer.json["errors"][0]["parameter"]) == (422, parameter)


def test_groups_may_overlap_and_have_one_member(own: FlaskClient) -> None:
    for code, members in (("ONE", ["CN-SC"]), ("MORE", ["CN-SC", "CN-HN"])):
        assert own.post(GROUPS, json=PAIR | {"code": code, "members": members}).status_code == 201
    one, alone = (own.get(f"/api/v1/assessments/{code}").json for code in ("ONE", "CN-SC"))
    assert {name: one[name] for name in ("tier", "score", "rank", "coverage", "indicators", "tiers")} == {
        name: alone[name] for name in ("tier", "score", "rank", "coverage", "indicators", "tiers")
    }
