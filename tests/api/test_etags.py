"""Conditional GETs."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.api.conftest import SETTINGS
from tests.api.stand_in import StandIn
from tests.conftest import QueryRecorder
from tierscore.api import create_app, etags
from tierscore.services.service import Service
from tierscore.storage.database import Database

REGIONS = "/api/v1/regions"


def tag(client: FlaskClient, address: str = REGIONS, **headers: str) -> str:
    return client.get(address, headers=headers).headers["ETag"]


def test_an_answer_has_a_weak_tag_and_must_be_asked_for_again(trapped: FlaskClient) -> None:
    answer = trapped.get(REGIONS)
    assert answer.headers["ETag"].startswith('W/"')
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Vary"] == "Accept-Language"


@pytest.mark.parametrize("form", ["{}", '{}, "other"', '"other", {}'])
def test_the_tag_sent_back_is_304_without_a_body(trapped: FlaskClient, form: str) -> None:
    known = tag(trapped)
    answer = trapped.get(REGIONS, headers={"If-None-Match": form.format(known)})
    assert (answer.status_code, answer.data) == (304, b"")
    assert (answer.headers["ETag"], answer.headers["Vary"]) == (known, "Accept-Language")
    assert answer.headers["Cache-Control"] == "no-cache"


def test_the_comparison_is_weak(trapped: FlaskClient) -> None:
    strong = tag(trapped).removeprefix("W/")
    assert trapped.get(REGIONS, headers={"If-None-Match": strong}).status_code == 304


def test_another_tag_is_the_full_answer(trapped: FlaskClient) -> None:
    assert trapped.get(REGIONS, headers={"If-None-Match": 'W/"other"'}).status_code == 200


def test_a_star_matches_what_is_there_and_nothing_else(trapped: FlaskClient) -> None:
    star = {"If-None-Match": "*"}
    assert trapped.get(REGIONS, headers=star).status_code == 304
    assert trapped.get(f"{REGIONS}/R9", headers=star).status_code == 404
    assert trapped.get(f"{REGIONS}?nonsense=1", headers=star).status_code == 422


def test_an_error_has_no_tag(trapped: FlaskClient) -> None:
    assert "ETag" not in trapped.get(f"{REGIONS}/R9").headers


def test_head_answers_as_get_does(trapped: FlaskClient) -> None:
    full, head = trapped.get(REGIONS), trapped.head(REGIONS)
    assert (head.status_code, head.data) == (200, b"")
    assert {name: head.headers[name] for name in ("ETag", "Link", "Content-Length")} == {
        name: full.headers[name] for name in ("ETag", "Link", "Content-Length")
    }
    assert trapped.head(REGIONS, headers={"If-None-Match": tag(trapped)}).status_code == 304


@pytest.mark.parametrize("change", [{"revision": 4, "data_digest": "d4"}, {"catalogue": 8}])
def test_a_change_of_the_database_changes_the_tag(
    trapped: FlaskClient, stand_in: StandIn, change: dict[str, object]
) -> None:
    before = tag(trapped)
    stand_in.change(**change)
    assert trapped.get(REGIONS, headers={"If-None-Match": before}).status_code == 200
    assert tag(trapped) != before


def test_another_framework_changes_the_tag(trapped: FlaskClient, stand_in: StandIn) -> None:
    before = tag(trapped)
    stand_in.framework_digest = "f2"
    assert tag(trapped) != before


def test_another_engine_changes_the_tag(trapped: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tag(trapped)
    monkeypatch.setattr(etags, "__version__", "0.0.0")
    assert tag(trapped) != before


def test_another_language_changes_the_tag(trapped: FlaskClient) -> None:
    assert tag(trapped, **{"Accept-Language": "zh"}) != tag(trapped, **{"Accept-Language": "en"})


def test_another_question_changes_the_tag(trapped: FlaskClient) -> None:
    addresses = [REGIONS, f"{REGIONS}?page=2", f"{REGIONS}?page=3", f"{REGIONS}/R1", "/api/v1/frameworks"]
    assert len({tag(trapped, address) for address in addresses}) == len(addresses)


def test_the_order_of_parameters_does_not_change_the_tag(trapped: FlaskClient) -> None:
    assert tag(trapped, f"{REGIONS}?page=1&page_size=2") == tag(trapped, f"{REGIONS}?page_size=2&page=1")


def test_a_request_reads_the_state_once(trapped: FlaskClient, stand_in: StandIn) -> None:
    known = tag(trapped)
    trapped.get(REGIONS, headers={"If-None-Match": known})
    assert stand_in.readings == 2


def test_the_contract_has_a_tag_of_its_own(trapped: FlaskClient) -> None:
    known = tag(trapped, "/openapi.json")
    assert trapped.get("/openapi.json", headers={"If-None-Match": known}).status_code == 304


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/assessments",
        "/api/v1/assessments?period=2020&page_size=5",
        "/api/v1/assessments?as_of=1",
        "/api/v1/assessments/CN-SC",
        "/api/v1/regions",
        "/api/v1/levers",
    ],
)
def test_an_answer_on_an_unchanged_database_needs_one_small_query(
    seeded: Database, query_recorder: QueryRecorder, address: str
) -> None:
    client = create_app(SETTINGS, Service(seeded)).test_client()
    known = tag(client, address)
    with query_recorder(seeded) as again:
        assert client.get(address).status_code == 200
    with query_recorder(seeded) as unchanged:
        assert client.get(address, headers={"If-None-Match": known}).status_code == 304
    assert len(again) == 1
    assert again == unchanged
    assert "state" in again[0]
