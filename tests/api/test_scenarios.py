"""Scenarios over HTTP: conditional changes, results that never drift, rebase, and comparison."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.api.conftest import SETTINGS
from tests.api.fitting import misfits
from tests.keys import with_key
from tierscore.api import create_app
from tierscore.services.service import Service
from tierscore.storage.database import Database

ADDRESS = "/api/v1/scenarios"
ONE = f"{ADDRESS}/{{id}}"
LABS = {"op": "set", "region": "CN-SC", "indicator": "national_key_labs", "value": 18}
PLAN = {
    "title": "Three more laboratories",
    "author": "planner",
    "edits": [LABS],
    "framework_edits": [{"op": "set_cut", "value": 0.5}],
    "groups": [{"code": "CN-CY", "integration": 0.5}],
}
NEW = {"region": "CN-SC", "indicator": "national_key_labs", "period": 2021, "value": 25}


@pytest.fixture
def own(seeded: Database) -> FlaskClient:
    """A client of a service on a database of its own."""
    return with_key(create_app(SETTINGS, Service(seeded)))


def saved(client: FlaskClient, **changes: Any) -> TestResponse:
    answer = client.post(ADDRESS, json=PLAN | changes)
    assert answer.status_code == 201, answer.text
    return answer


def without_scenario(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "scenario"}


def test_every_answer_fits_the_contract(own: FlaskClient) -> None:
    document, created = own.get("/openapi.json").json, saved(own)
    address, match = created.headers["Location"], {"If-Match": created.headers["ETag"]}
    assert misfits(document, ADDRESS, created.json, "post", 201) == []
    assert misfits(document, ADDRESS, own.get(ADDRESS).json) == []
    assert misfits(document, ONE, own.get(address).json) == []
    assert misfits(document, f"{ONE}/result", own.get(f"{address}/result").json) == []
    compared = own.get(f"{ADDRESS}/compare?id={created.json['id']}")
    assert misfits(document, f"{ADDRESS}/compare", compared.json) == []
    rebased = own.post(f"{address}/rebase", headers=match)
    assert misfits(document, f"{ONE}/rebase", rebased.json, "post") == []
    replaced = own.put(address, json=PLAN, headers={"If-Match": rebased.headers["ETag"]})
    assert misfits(document, ONE, replaced.json, "put") == []


def test_it_is_kept_with_its_defaults_filled_in(own: FlaskClient) -> None:
    scenario = saved(own).json
    assert (scenario["framework"], scenario["version"], scenario["period"], scenario["revision"]) == (
        "cn-innovation-centre", "2021.1", 2021, 3,
    )  # fmt: skip
    assert scenario["groups"][0]["members"] == ["CN-SC", "CN-CQ"]
    assert (scenario["title"], scenario["author"], scenario["edits"]) == (PLAN["title"], "planner", [LABS])
    assert saved(own, edits=[]).json["edits"] == []


def test_the_result_is_the_what_if_and_never_drifts(own: FlaskClient) -> None:
    created = saved(own)
    address = f"{created.headers['Location']}/result"
    question = {name: value for name, value in PLAN.items() if name not in ("title", "author")}
    first = own.get(address).json
    assert without_scenario(first) == own.post("/api/v1/what-if", json=question | {"as_of": "3"}).json
    assert own.post("/api/v1/observations", json={"observations": [NEW]}).status_code == 201
    assert own.get(address).json == first
    assert own.post("/api/v1/what-if", json=question).json["changes"] != first["changes"]


def test_rebase_shows_what_the_newest_data_change(own: FlaskClient) -> None:
    created = saved(own, edits=[], framework_edits=[])
    own.post("/api/v1/observations", json={"observations": [NEW]})
    answer = own.post(f"{created.headers['Location']}/rebase", headers={"If-Match": created.headers["ETag"]})
    assert answer.status_code == 200
    assert (answer.json["from"]["revision"], answer.json["to"]["revision"]) == (3, 4)
    assert answer.json["scenario"]["revision"] == 4
    assert "CN-SC" in [move["region"]["code"] for move in answer.json["moved"]]
    assert answer.headers["ETag"] != created.headers["ETag"]


def test_a_deleted_group_stays_in_its_scenario(own: FlaskClient) -> None:
    name = {"zh": "湘皖", "en": "Hunan and Anhui"}
    own.post("/api/v1/groups", json={"code": "PAIR", "name": name, "members": ["CN-HN", "CN-AH"]})
    created = saved(own, groups=[{"code": "PAIR", "integration": 0.218}])
    before = own.get(f"{created.headers['Location']}/result").json
    own.delete("/api/v1/groups/PAIR")
    after = own.get(f"{created.headers['Location']}/result").json
    assert after["groups"] == before["groups"]
    assert after["groups"][0]["after"]["tier"] == "regional"


@pytest.mark.parametrize("method", ["put", "delete", "rebase"])
def test_a_change_must_say_what_it_was_made_from(own: FlaskClient, method: str) -> None:
    created = saved(own)
    address = created.headers["Location"]

    def change(**headers: str) -> TestResponse:
        if method == "put":
            return own.put(address, json=PLAN | {"title": "Other"}, headers=headers)
        return (
            own.delete(address, headers=headers)
            if method == "delete"
            else own.post(f"{address}/rebase", headers=headers)
        )

    assert (change().status_code, change().json["type"]) == (428, "/problems/if-match-needed")
    assert change(**{"If-Match": '"other"'}).status_code == 412
    assert change(**{"If-Match": created.headers["ETag"]}).status_code in (200, 204)
    again = change(**{"If-Match": created.headers["ETag"]})
    assert again.status_code == (404 if method == "delete" else 412)


def test_a_put_replaces_all_and_gives_another_tag(own: FlaskClient) -> None:
    created = saved(own)
    address = created.headers["Location"]
    new = {"title": "Other", "edits": []}
    answer = own.put(address, json=new, headers={"If-Match": created.headers["ETag"]})
    assert (answer.json["title"], answer.json["author"], answer.json["groups"]) == ("Other", "anonymous", [])
    assert own.get(address).headers["ETag"] == answer.headers["ETag"] != created.headers["ETag"]
    assert answer.json["created_at"] == created.json["created_at"]


@pytest.mark.parametrize("path", ["", "/result"])
def test_an_unchanged_scenario_is_304(own: FlaskClient, path: str) -> None:
    address = saved(own).headers["Location"] + path
    tag = own.get(address).headers["ETag"]
    assert own.get(address, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"edits": [LABS | {"value": -1}]}, "/edits/0/value"),
        ({"groups": [{"code": "CN-XY"}]}, "/groups/0/code"),
        ({"framework": "nope"}, "/framework"),
        ({"title": ""}, "/title"),
    ],
)
def test_what_cannot_be_computed_is_not_saved(own: FlaskClient, change: dict[str, Any], pointer: str) -> None:
    answer = own.post(ADDRESS, json=PLAN | change)
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)
    assert own.get(ADDRESS).json["total"] == 0


def test_scenarios_are_compared_side_by_side(own: FlaskClient) -> None:
    ids = [saved(own, edits=[LABS | {"value": value}], framework_edits=[]).json["id"] for value in (18, 28)]
    answer = own.get(f"{ADDRESS}/compare?id={ids[1]}&id={ids[0]}").json
    assert [scenario["id"] for scenario in answer["scenarios"]] == [ids[1], ids[0]]
    (sichuan,) = [region for region in answer["regions"] if region["region"] == "CN-SC"]
    more, fewer = sichuan["outcomes"]
    assert more["before"] == fewer["before"]
    assert more["after"]["score"] > fewer["after"]["score"] > fewer["before"]["score"]


def test_lists_are_newest_first_and_in_pages(own: FlaskClient) -> None:
    ids = [saved(own, title=f"Number {number}").json["id"] for number in range(3)]
    page = own.get(f"{ADDRESS}?page_size=2").json
    assert (len(page["items"]), page["total"]) == (2, 3)
    rest = own.get(f"{ADDRESS}?page_size=2&page=2").json["items"]
    assert [item["id"] for item in (*page["items"], *rest)] == ids[::-1]
