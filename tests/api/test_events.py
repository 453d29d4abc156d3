"""The feed of tier changes over HTTP: a cursor that misses nothing, as fresh as its database."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.conftest import SETTINGS
from tests.conftest import QueryRecorder, as_text
from tests.keys import with_key
from tierscore.api import create_app
from tierscore.services.service import MOST_TOLD, Service
from tierscore.storage.database import Database

EVENTS, OBSERVATIONS = "/api/v1/events", "/api/v1/observations"
RANK = {"region": "CN-HB", "indicator": "regional_innovation_rank", "period": 2021}


@pytest.fixture
def own(seeded: Database) -> FlaskClient:
    return with_key(create_app(SETTINGS, Service(seeded)))


def send(client: FlaskClient, rank: int) -> int:
    stored = client.post(OBSERVATIONS, json={"observations": [{**RANK, "value": rank}]})
    assert stored.status_code == 201
    revision: int = stored.json["revision"]
    return revision


def read_on(client: FlaskClient, since: int, size: int = 10) -> tuple[list[dict[str, Any]], int]:
    """Everything after an event, as a client reads it: page by page with the cursor alone."""
    found: list[dict[str, Any]] = []
    while items := client.get(f"{EVENTS}?since={since}&page_size={size}").json["items"]:
        found += items
        since = items[-1]["number"]
    return found, since


def test_after_the_201_the_feed_says_who_moved(own: FlaskClient) -> None:
    seeded, cursor = read_on(own, 0)
    assert [event["number"] for event in seeded] == list(range(1, cursor + 1))
    revision = send(own, 25)
    answer = own.get(f"{EVENTS}?since={cursor}").json
    assert (answer["told"], answer["next_since"]) == (revision, cursor + answer["total"])
    (hubei,) = [item for item in answer["items"] if item["framework"]["id"] == "cn-innovation-centre"
                and item["period"] == 2021]  # fmt: skip
    assert (hubei["region"]["code"], hubei["revision"], hubei["direction"]) == ("CN-HB", revision, "down")
    assert hubei["recorded_at"] == own.get(f"/api/v1/revisions/{revision}").json["recorded_at"]
    assert own.get("/api/v1/assessments/CN-HB").json["tier"] == hubei["after"]["tier"]
    assert own.get(f"/api/v1/assessments/CN-HB?as_of={revision - 1}").json["tier"] == hubei["before"]["tier"]


def test_pages_lead_through_the_feed(own: FlaskClient) -> None:
    whole = own.get(EVENTS).json
    assert own.get(f"{EVENTS}?since=4&page_size=7&page=2").json["items"] == whole["items"][11:18]
    link = own.get(f"{EVENTS}?since=4&page_size=7").headers["Link"]
    assert f'<{EVENTS}?since=4&page_size=7&page=2>; rel="next"' in link
    beyond = own.get(f"{EVENTS}?since=999999999").json
    assert (beyond["items"], beyond["total"], beyond["next_since"], beyond["told"]) == ([], 0, 999999999, 3)
    assert read_on(own, 0, 4)[0] == whole["items"]


def test_another_worker_tells_what_this_one_stored(seeded: Database, own: FlaskClient) -> None:
    other = with_key(create_app(SETTINGS, Service.open(as_text(seeded.url))), key_of(own))
    before = other.get(EVENTS)
    send(own, 25)
    after = other.get(EVENTS, headers={"If-None-Match": before.headers["ETag"]})
    assert (after.status_code, after.json["told"]) == (200, 4)
    assert after.json["items"] == own.get(EVENTS).json["items"]
    other.application.extensions["tierscore"].close()


def test_nothing_new_is_304_and_costs_no_writing(
    seeded: Database, own: FlaskClient, query_recorder: QueryRecorder
) -> None:
    tag = own.get(EVENTS).headers["ETag"]
    with query_recorder(seeded) as statements:
        answer = own.get(EVENTS, headers={"If-None-Match": tag})
    assert (answer.status_code, answer.data) == (304, b"")
    assert len(statements) <= 6
    assert all(statement.lstrip().startswith("SELECT") and "FOR UPDATE" not in statement for statement in statements)


def test_a_call_tells_some_revisions_and_the_next_goes_on(own: FlaskClient) -> None:
    for number in range(MOST_TOLD):
        send(own, 2 + number)
    first, second = (own.get(EVENTS).json for _ in range(2))
    assert (first["told"], second["told"]) == (MOST_TOLD, MOST_TOLD + 3)
    assert second["items"][: first["total"]] == first["items"]


@pytest.mark.parametrize("query", ["since=-1", "since=x", "since=1&since=2", "since=1000000000", "until=3", "page=0"])
def test_a_mistake_is_422(own: FlaskClient, query: str) -> None:
    answer = own.get(f"{EVENTS}?{query}")
    assert (answer.status_code, answer.json["errors"][0]["parameter"]) == (422, query.partition("=")[0])


def key_of(client: FlaskClient) -> str:
    return str(client.environ_base["HTTP_AUTHORIZATION"]).removeprefix("Bearer ")
