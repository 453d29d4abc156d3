"""Keys over HTTP: who may do what, and how others are refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.api.conftest import SETTINGS
from tests.conftest import QueryRecorder
from tests.keys import bearing, grant, with_key
from tierscore.api import create_app
from tierscore.services import keys as making
from tierscore.services.service import Service
from tierscore.settings import REQUIRED
from tierscore.storage import keys as key_rows
from tierscore.storage.database import Database

REGIONS, WHAT_IF = "/api/v1/regions", "/api/v1/what-if"
EDIT = {"edits": [{"op": "add", "region": "CN-SC", "indicator": "unicorns", "value": 1}]}

# Every call that is not open to all where reading is, and every POST that is. The rest are GETs.
NEEDED = {
    "sending.send_observations": "write",
    "sending.import_observations": "write",
    "imports.cancel_import": "write",
    "frameworks.publish_framework": "write",
    "regions.add_group": "write",
    "regions.delete_group": "write",
    "scenarios.create_scenario": "write",
    "scenarios.replace_scenario": "write",
    "scenarios.delete_scenario": "write",
    "scenarios.rebase_scenario": "write",
    "audit.list_changes": "admin",
    "what-if.ask_what_if": "read",
    "paths.ask_path": "read",
    "evaluation.evaluate_units": "read",
    "uncertainty.ask_uncertainty": "read",
    "uncertainty.cancel_uncertainty": "read",
}
NO_DATA = ("docs.", "contract.", "health.", "metrics.", "problem-types.")
PAGES = "web."  # tests/web/test_site.py


@pytest.fixture
def own(seeded: Database) -> Flask:
    """Reading is open, on a database of the test's own."""
    return create_app(SETTINGS, Service(seeded))


@pytest.fixture
def closed(seeded: Database) -> Flask:
    """Reading needs a key too."""
    return create_app(replace(SETTINGS, auth=REQUIRED), Service(seeded))


def address_of(rule: Any) -> str:
    """An address that a rule matches; what it names is not there."""
    return str(rule.build(dict.fromkeys(rule.arguments, 1), append_unknown=False)[1])


def told(answer: TestResponse) -> tuple[int, str, str]:
    assert answer.mimetype == "application/problem+json"
    return answer.status_code, answer.json["type"], answer.headers["WWW-Authenticate"]


NO_KEY = (401, "/problems/key-needed", 'Bearer realm="tierscore"')
WRONG = (401, "/problems/wrong-key", 'Bearer realm="tierscore", error="invalid_token"')


def lacking(scope: str) -> tuple[int, str, str]:
    challenge = f'Bearer realm="tierscore", error="insufficient_scope", scope="{scope}"'
    return 403, "/problems/scope-missing", challenge


def calls(app: Flask) -> list[tuple[str, str, str]]:
    """Endpoint, method and an address of every call of the API."""
    return [
        (rule.endpoint, next(iter((rule.methods or set()) - {"HEAD", "OPTIONS"})), address_of(rule))
        for rule in app.url_map.iter_rules()
        if not rule.endpoint.startswith((*NO_DATA, PAGES))
    ]


def test_where_reading_is_open_only_writing_and_the_trail_need_a_key(own: Flask) -> None:
    client = own.test_client()
    for endpoint, method, address in calls(own):
        scope = NEEDED.get(endpoint, "read")
        answer = client.open(address, method=method)
        if scope == "read":
            assert answer.status_code not in {401, 403}, endpoint
        else:
            assert told(answer) == NO_KEY, endpoint
            assert scope in answer.json["detail"]
            assert answer.json["errors"][0]["header"] == "Authorization"


def test_where_keys_are_required_every_call_needs_its_scope_and_no_other(closed: Flask, seeded: Database) -> None:
    for endpoint, method, address in calls(closed):
        assert told(closed.test_client().open(address, method=method)) == NO_KEY, endpoint
    for scope in ("read", "write", "admin"):
        client = with_key(closed, grant(seeded, scope, name=scope))
        for endpoint, method, address in calls(closed):
            answer, needed = client.open(address, method=method), NEEDED.get(endpoint, "read")
            if needed == scope:
                assert answer.status_code not in {401, 403}, endpoint
            else:
                assert told(answer) == lacking(needed), endpoint


def test_every_post_is_in_the_table(own: Flask) -> None:
    """What is in no table needs the scope write; this one has to say so."""
    posts = {endpoint for endpoint, method, _ in calls(own) if method != "GET"}
    assert set(NEEDED) - posts == {"audit.list_changes"}
    assert posts <= set(NEEDED)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/openapi.json", "/docs", "/docs/static/docs.js"])
def test_what_holds_no_data_is_open_and_looks_at_no_key(closed: Flask, path: str) -> None:
    client = closed.test_client()
    for headers in ({}, bearing("wrong")):
        with client.get(path, headers=headers) as answer:
            assert answer.status_code == 200


def test_a_call_that_is_not_there_is_not_there_without_a_key_too(closed: Flask) -> None:
    client = closed.test_client()
    assert (client.get("/api/v1/nothing").status_code, client.delete(REGIONS).status_code) == (404, 405)
    assert client.options(REGIONS).status_code == 200


def test_head_is_reading(own: Flask, closed: Flask) -> None:
    assert own.test_client().head(REGIONS).status_code == 200
    assert closed.test_client().head(REGIONS).status_code == 401


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_wrong_key_is_refused_even_where_reading_is_open(own: Flask, method: str) -> None:
    address = {"get": REGIONS, "post": WHAT_IF}[method]
    for given in ("", "x", "tierscore_0_0", "tierscore_" + "0" * 16 + "_" + "0" * 64, "é", "a=b", "a b", "x" * 10_000):
        answer = getattr(own.test_client(), method)(address, headers={"Authorization": f"Bearer {given}"})
        assert told(answer) == WRONG, given
        assert answer.json["detail"] == "The key is none of this service."
        assert answer.json["errors"] == [
            {"header": "Authorization", "code": "wrong_key", "message": answer.json["detail"]}
        ]


def test_the_word_bearer_has_no_case_and_other_schemes_are_no_key(own: Flask, seeded: Database) -> None:
    client, key = own.test_client(), grant(seeded)
    group = {"code": "A", "name": {"zh": "甲", "en": "A"}, "members": ["CN-HN", "CN-AH"]}
    assert client.post("/api/v1/groups", json=group, headers={"Authorization": f"bearer {key}"}).status_code == 201
    for other in ("Basic dXNlcjpwYXNz", "Token x", key):
        assert client.get(REGIONS, headers={"Authorization": other}).status_code == 200
        assert told(client.post("/api/v1/groups", json=group, headers={"Authorization": other})) == NO_KEY


def test_a_key_in_the_address_is_none(own: Flask, seeded: Database) -> None:
    assert told(own.test_client().get(f"/api/v1/audit?access_token={grant(seeded)}")) == NO_KEY


def test_an_expired_key_is_refused(own: Flask, seeded: Database) -> None:
    given, key = making.make("old", ["read"], "12h", datetime(2026, 1, 1, tzinfo=UTC))
    with seeded.write() as session:
        key_rows.add(session, key)
    answer = own.test_client().get(REGIONS, headers=bearing(given))
    assert told(answer) == WRONG
    assert answer.json["detail"] == "The key has expired."


def test_a_revoked_key_is_refused_by_every_worker_at_once(own: Flask, closed: Flask, seeded: Database) -> None:
    headers = bearing(grant(seeded, name="office"))
    clients = [own.test_client(), closed.test_client()]
    assert [client.get(REGIONS, headers=headers).status_code for client in clients] == [200, 200]
    Service(seeded).revoke_key("office")
    for client in clients:
        answer = client.get(REGIONS, headers=headers)
        assert told(answer) == WRONG
        assert answer.json["detail"] == "The key has been revoked."


def test_a_key_that_may_not_says_which_it_is_and_what_it_lacks(own: Flask, seeded: Database) -> None:
    client = with_key(own, grant(seeded, "read", "admin", name="读者"))
    answer = client.post("/api/v1/observations", json={}, headers={"Accept-Language": "zh"})
    assert told(answer) == lacking("write")
    assert answer.json["detail"] == "密钥 '读者' 没有 write 权限。"


def test_a_key_without_the_scope_read_reads_where_reading_is_open(own: Flask, seeded: Database) -> None:
    client = with_key(own, grant(seeded, "write"))
    assert client.get(REGIONS).status_code == 200
    assert client.post(WHAT_IF, json=EDIT).status_code == 200


def test_a_body_is_not_looked_at_without_a_key(own: Flask) -> None:
    """Neither its type, its size nor its depth."""
    client, address = own.test_client(), "/api/v1/observations"
    for body, kind in ((b"x", "text/plain"), (b"[" * 100_000, "application/json"), (b"0" * 40_000_000, "text/csv")):
        assert client.post(address, data=body, content_type=kind).status_code == 401


def test_no_answer_repeats_a_key(own: Flask, seeded: Database) -> None:
    client, key = own.test_client(), grant(seeded, "read")
    for given in (key, f"{key}0"):
        for answer in (
            client.post("/api/v1/groups", headers=bearing(given)),
            client.get(REGIONS, headers=bearing(given)),
        ):
            assert key.rsplit("_", 1)[1] not in answer.text + str(answer.headers)


def test_an_unchanged_answer_asked_with_a_key_needs_one_small_query(
    closed: Flask, seeded: Database, query_recorder: QueryRecorder
) -> None:
    client = with_key(closed)
    tag = client.get("/api/v1/assessments/CN-SC").headers["ETag"]
    with query_recorder(seeded) as again:
        assert client.get("/api/v1/assessments/CN-SC").status_code == 200
    with query_recorder(seeded) as unchanged:
        assert client.get("/api/v1/assessments/CN-SC", headers={"If-None-Match": tag}).status_code == 304
    assert len(again) == len(unchanged) == 1


def test_a_tag_is_no_way_past_a_key(closed: Flask) -> None:
    tag = with_key(closed).get(REGIONS).headers["ETag"]
    assert closed.test_client().get(REGIONS, headers={"If-None-Match": tag}).status_code == 401


# --- the contract -------------------------------------------------------------------------------------------------


def operations(client: FlaskClient) -> dict[str, dict[str, Any]]:
    document = client.get("/openapi.json").json
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    found = (item[method] for item in document["paths"].values() for method in item if method != "parameters")
    return {operation["operationId"]: operation for operation in found}


@pytest.mark.parametrize("auth", ["open", "required"])
def test_the_contract_says_which_key_each_call_needs(own: Flask, closed: Flask, auth: str) -> None:
    app = {"open": own, "required": closed}[auth]
    found = operations(app.test_client())
    for endpoint, _, _ in calls(app):
        operation, scope = found[endpoint.partition(".")[2]], NEEDED.get(endpoint, "read")
        open_to_all = auth == "open" and scope == "read"
        assert operation["security"] == [*([{}] if open_to_all else []), {"key": [scope]}], endpoint
        assert {"401", "429"} <= set(operation["responses"])
        assert ("403" in operation["responses"]) is not open_to_all
    assert "security" not in found["get_health"]


# --- the audit trail ----------------------------------------------------------------------------------------------


def test_the_trail_says_which_key_did_what(own: Flask, seeded: Database) -> None:
    client = with_key(own, grant(seeded, name="规划处"))
    since = client.get("/api/v1/audit").json["items"][-1]["number"]
    row = {"region": "CN-SC", "indicator": "national_key_labs", "period": 2023, "value": 70}
    client.post("/api/v1/observations", json={"observations": [row]})
    client.post("/api/v1/groups", json={"code": "A", "name": {"zh": "甲", "en": "A"}, "members": ["CN-HN", "CN-AH"]})
    saved = client.post("/api/v1/scenarios", json={"title": "t", **EDIT})
    match = {"If-Match": saved.headers["ETag"]}
    rebased = client.post(f"{saved.headers['Location']}/rebase", headers=match)
    replaced = client.put(
        saved.headers["Location"], json={"title": "u", **EDIT}, headers={"If-Match": rebased.headers["ETag"]}
    )
    client.delete(saved.headers["Location"], headers={"If-Match": replaced.headers["ETag"]})
    client.delete("/api/v1/groups/A")
    page = client.get(f"/api/v1/audit?since={since}").json
    assert page["total"] == 7
    assert {item["actor"] for item in page["items"]} == {"规划处"}
    assert [item["action"] for item in page["items"]] == [
        "revision_stored", "group_added", "scenario_created", "scenario_rebased", "scenario_changed",
        "scenario_removed", "group_removed",
    ]  # fmt: skip
    assert client.get("/api/v1/revisions/4").json["recorded_by"] == "规划处"


def test_the_trail_comes_in_pages_and_unchanged_as_304(own: Flask) -> None:
    client = with_key(own)
    page = client.get("/api/v1/audit?since=1&page=2&page_size=2")
    assert [item["number"] for item in page.json["items"]] == [4, 5]
    assert 'rel="prev"' in page.headers["Link"]
    assert "private" in page.headers["Cache-Control"]
    unchanged = client.get("/api/v1/audit?since=1&page=2&page_size=2", headers={"If-None-Match": page.headers["ETag"]})
    assert unchanged.status_code == 304
    assert client.get("/api/v1/audit?since=999999999").json["items"] == []
    assert client.get("/api/v1/audit?since=x").status_code == 422
    assert client.get("/api/v1/audit?until=1").status_code == 422
