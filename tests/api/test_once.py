"""Idempotency-Key over HTTP: what is sent again is done once, and told again byte for byte."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.api.conftest import SETTINGS
from tests.conftest import QueryRecorder
from tests.keys import bearing, grant, with_key
from tests.mutations import DOCUMENT
from tierscore.api import create_app
from tierscore.errors import NotReady
from tierscore.services import once as retries
from tierscore.services.once import Attempt, FirstAnswer
from tierscore.services.service import Service
from tierscore.storage import first_answers
from tierscore.storage.database import Database
from tierscore.storage.tables import AuditRow, FirstAnswerRow
from tierscore.storage.turns import turn

OBSERVATIONS, IMPORT = "/api/v1/observations", "/api/v1/observations/import"
GROUPS, SCENARIOS, FRAMEWORKS = "/api/v1/groups", "/api/v1/scenarios", "/api/v1/frameworks"
KEY = {"Idempotency-Key": "8e03978e-40d5-43e8-bc93-6894a57f9324"}
LABS = {"region": "CN-SC", "indicator": "national_key_labs", "period": 2023, "value": 70}
PAIR = {"code": "HN-AH", "name": {"zh": "湘皖", "en": "Hunan and Anhui"}, "members": ["CN-HN", "CN-AH"]}
PLAN = {
    "title": "Three more",
    "edits": [{"op": "set", "region": "CN-SC", "indicator": "national_key_labs", "value": 18}],
}
FILE = b"region,indicator,period,value\nCN-SC,national_key_labs,2023,70\n"
MEANT = ("Location", "ETag", "Content-Type", "Content-Language", "Cache-Control", "Vary")


@pytest.fixture
def service(seeded: Database) -> Iterator[Service]:
    opened = Service(seeded)
    yield opened
    opened.close()


@pytest.fixture
def application(service: Service) -> Flask:
    application = create_app(SETTINGS, service)
    application.testing = True
    return application


@pytest.fixture
def own(application: Flask) -> FlaskClient:
    """A client of a service on a database of its own."""
    return with_key(application)


def batch(client: FlaskClient, headers: dict[str, str] = KEY, value: float = 70, **more: Any) -> TestResponse:
    return client.post(OBSERVATIONS, json={"observations": [LABS | {"value": value}], **more}, headers=headers)


def upload(client: FlaskClient, content: bytes = FILE, name: str = "a.csv", **fields: str) -> TestResponse:
    return client.post(IMPORT, data={"file": (io.BytesIO(content), name), **fields}, headers=KEY)


def kept(service: Service) -> int:
    with service.database.read() as session:
        return session.scalars(select(func.count()).select_from(FirstAnswerRow)).one()


def changes(service: Service) -> int:
    with service.database.read() as session:
        return session.scalars(select(func.count()).select_from(AuditRow)).one()


def is_again(answer: TestResponse) -> bool:
    return answer.headers.get("Idempotency-Replayed") == "true"


def test_every_post_that_stores_takes_the_key_and_nothing_else_does(own: FlaskClient) -> None:
    """A POST that needs the scope write stores: its view is marked with `once`."""
    document = own.get("/openapi.json").json
    takes, stores = set(), set()
    for path, item in document["paths"].items():
        for method in {"get", "post", "put", "delete"} & set(item):
            if any(parameter.get("name") == "Idempotency-Key" for parameter in item[method].get("parameters", [])):
                takes.add((method, path))
                assert {"409", "422"} <= set(item[method]["responses"])
            if method == "post" and item[method]["security"] == [{"key": ["write"]}]:
                stores.add((method, path))
    assert takes == stores
    assert {path for _, path in stores} >= {OBSERVATIONS, IMPORT, GROUPS, SCENARIOS, f"{SCENARIOS}/{{id}}/rebase"}


def rebase(client: FlaskClient) -> TestResponse:
    first = client.get(SCENARIOS).json["items"]
    made = first[0] if first else client.post(SCENARIOS, json=PLAN).json
    match = f'"{made["id"]}.1"'
    return client.post(f"{SCENARIOS}/{made['id']}/rebase", headers={**KEY, "If-Match": match})


STORING = {
    "batch": batch,
    "file": upload,
    "group": lambda client: client.post(GROUPS, json=PAIR, headers=KEY),
    "scenario": lambda client: client.post(SCENARIOS, json=PLAN, headers=KEY),
    "rebase": rebase,
    "framework": lambda client: client.post(FRAMEWORKS, json=DOCUMENT, headers=KEY),
}


@pytest.mark.parametrize("name", STORING)
def test_sent_again_it_is_told_again_and_stored_once(own: FlaskClient, service: Service, name: str) -> None:
    first = STORING[name](own)
    after = changes(service)
    again = STORING[name](own)
    assert (first.status_code, is_again(first)) == (200 if name == "rebase" else 201, False)
    assert (again.status_code, is_again(again)) == (first.status_code, True)
    assert again.data == first.data
    assert [again.headers.get(header) for header in MEANT] == [first.headers.get(header) for header in MEANT]
    assert again.headers["X-Request-ID"] != first.headers["X-Request-ID"]
    assert (changes(service), kept(service)) == (after, 1)


def test_another_request_needs_another_key(own: FlaskClient, service: Service) -> None:
    assert batch(own).status_code == 201
    others = [batch(own, value=71), batch(own, mode="partial"), own.post(GROUPS, json=PAIR, headers=KEY), upload(own)]
    for answer in others:
        assert (answer.status_code, answer.json["type"]) == (422, "/problems/other-request")
        assert [(item["header"], item["code"]) for item in answer.json["errors"]] == [
            ("Idempotency-Key", "other_request")
        ]
    assert (is_again(batch(own)), kept(service)) == (True, 1)
    assert batch(own, {"Idempotency-Key": "another"}, value=71).status_code == 201


def test_another_caller_has_keys_of_its_own(application: Flask, own: FlaskClient, service: Service) -> None:
    other = with_key(application, grant(service.database, "write", name="other"))
    assert (batch(own).status_code, batch(other).status_code, batch(other, value=72).status_code) == (201, 201, 422)
    assert kept(service) == 2


def test_a_form_is_the_same_however_it_is_packed(own: FlaskClient, service: Service) -> None:
    assert upload(own).status_code == 201
    assert is_again(upload(own, name="b.csv"))
    parts = {"file": FileStorage(io.BytesIO(FILE), "c.csv")}
    boundary, body = encode_multipart(parts, boundary="another")
    packed = own.post(IMPORT, data=body, content_type=f"multipart/form-data; boundary={boundary}", headers=KEY)
    assert is_again(packed)
    for other in (upload(own, FILE + b"\n"), upload(own, mode="partial"), upload(own, dry_run="true")):
        assert other.json["type"] == "/problems/other-request"


def test_a_refusal_is_final_for_its_key(own: FlaskClient, service: Service) -> None:
    taken = PAIR | {"code": "CN-CY"}
    for body, status in ((taken, 409), (PAIR | {"members": []}, 422)):
        headers = {"Idempotency-Key": str(status), "Accept-Language": "zh"}
        first = own.post(GROUPS, json=body, headers=headers)
        again = own.post(GROUPS, json=body, headers=headers | {"Accept-Language": "en"})
        assert (first.status_code, again.status_code, is_again(again)) == (status, status, True)
        assert (again.data, again.mimetype) == (first.data, "application/problem+json")
        assert again.headers["Content-Language"] == "zh"
    assert batch(own, value=-1).status_code == 422
    assert batch(own).json["type"] == "/problems/other-request"


def test_who_may_not_leaves_the_key_free(application: Flask, own: FlaskClient, service: Service) -> None:
    reader = application.test_client()
    refused = [batch(reader), batch(reader, KEY | bearing("wrong"))]
    refused.append(batch(reader, KEY | bearing(grant(service.database, "read", name="reader"))))
    assert [answer.status_code for answer in refused] == [401, 401, 403]
    assert kept(service) == 0


def test_what_went_wrong_leaves_the_key_free(
    application: Flask, own: FlaskClient, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    application.testing = False
    for error, status in ((NotReady(problem="it is away"), 503), (ZeroDivisionError(), 500)):
        with monkeypatch.context() as patch:
            patch.setattr(first_answers, "keep", lambda *_args, error=error: raise_it(error))
            assert batch(own).status_code == status
        assert (kept(service), service.reading().state.revision) == (0, 3)
    assert (batch(own).json["revision"], is_again(batch(own))) == (4, True)


def raise_it(error: Exception) -> None:
    raise error


@pytest.mark.parametrize("send", [batch, upload])
def test_a_dry_run_leaves_the_key_free(own: FlaskClient, service: Service, send: Any) -> None:
    for _ in range(2):
        tried = send(own, dry_run=True if send is batch else "true")
        assert (tried.status_code, is_again(tried)) == (200, False)
    assert kept(service) == 0
    assert send(own).status_code == 201


@pytest.mark.parametrize("text", ["", " ", "x" * 256, "clé", "a\tb", "a\x7fb"])
def test_what_is_no_key_is_refused(client: FlaskClient, text: str) -> None:
    answer = batch(client, {"Idempotency-Key": text})
    assert answer.status_code == 422
    (mistake,) = answer.json["errors"]
    assert (mistake["header"], mistake["code"]) == ("Idempotency-Key", "bad_key")


def test_a_key_may_be_long_and_hold_anything_printable(own: FlaskClient) -> None:
    key = {"Idempotency-Key": '"' + "~ " * 126 + '!"'}
    assert len(key["Idempotency-Key"]) == 255
    assert (batch(own, key).status_code, is_again(batch(own, key))) == (201, True)


def test_what_is_not_answered_yet_is_409(own: FlaskClient, service: Service) -> None:
    """Another process holds the turn; once it is gone, however it went, the request is done."""
    with service.database.look() as connection:
        caller = connection.exec_driver_sql("SELECT id FROM api_keys").scalar_one()
    elsewhere = Database.open(service.database.url.render_as_string(hide_password=False))
    with turn(elsewhere, f"{caller} {KEY['Idempotency-Key']}") as ours:
        assert ours
        running = batch(own)
        assert batch(own, {"Idempotency-Key": "another"}, value=71).status_code == 201
    elsewhere.dispose()
    assert (running.status_code, running.json["type"]) == (409, "/problems/still-running")
    assert running.headers["Retry-After"] == "1"
    assert (batch(own).status_code, is_again(batch(own))) == (201, True)


def test_where_turns_fail_the_second_stores_nothing(service: Service) -> None:
    """An answer comes to be kept while the work is done, though the turn was free: that answer counts."""
    attempt = Attempt("caller", "key", "0" * 64)
    first = FirstAnswer(201, (("Location", "/first"),), b"first")

    def work() -> tuple[FirstAnswer, bool]:
        now = datetime.now(UTC)
        elsewhere = Database.open(service.database.url.render_as_string(hide_password=False))
        with elsewhere.write() as session:
            assert first_answers.keep(session, attempt, first, now, now + timedelta(hours=1))
        elsewhere.dispose()
        service.add_group("HN-AH", PAIR["name"], ("CN-HN", "CN-AH"))
        return FirstAnswer(201, (), b"second"), True

    assert service.once(attempt, timedelta(hours=1), work) == first
    assert [group["code"] for group in service.reading().groups()] == ["CN-CY"]


def test_an_expired_answer_makes_room(service: Service, seeded: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    hours = SETTINGS.operation.idempotency_hours
    assert hours == 24
    client = with_key(
        create_app(replace(SETTINGS, operation=replace(SETTINGS.operation, idempotency_hours=2)), service)
    )
    assert batch(client).status_code == 201
    monkeypatch.setattr(retries, "datetime", Later)
    again = batch(client)
    assert (again.status_code, is_again(again), again.json["unchanged"]) == (200, False, 1)
    assert (is_again(batch(client)), kept(service)) == (True, 1)


class Later(datetime):
    """Two hours and a minute from now."""

    @classmethod
    def now(cls, tz: Any = None) -> datetime:
        return datetime.now(tz) + timedelta(hours=2, minutes=1)


def test_what_follows_a_batch_follows_its_commit(
    own: FlaskClient, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    monkeypatch.setattr(service, "background", True)
    monkeypatch.setattr(service, "settle_confidence", lambda: seen.append(service.reading().state.revision))
    batch(own)
    batch(own)
    assert (seen, service.rows_ingested) == ([4], 1)


def test_put_and_delete_need_no_key_and_look_at_none(own: FlaskClient, service: Service) -> None:
    made = own.post(SCENARIOS, json=PLAN)
    for title in ("A", "B"):
        match = {"If-Match": made.headers["ETag"]}
        made = own.put(made.headers["Location"], json=PLAN | {"title": title}, headers=KEY | match)
        assert (made.status_code, made.json["title"]) == (200, title)
    assert own.delete(made.headers["Location"], headers={"If-Match": made.headers["ETag"]}).status_code == 204
    assert kept(service) == 0


def test_a_key_costs_few_statements_and_its_lack_none(
    own: FlaskClient, service: Service, query_recorder: QueryRecorder
) -> None:
    batch(own, {})  # whatever is read but once
    batch(own, {}, value=71)
    with query_recorder(service.database) as plain:
        batch(own, {}, value=73)
    with query_recorder(service.database) as keyed:
        batch(own, value=72)
    with query_recorder(service.database) as again:
        assert is_again(batch(own, value=72))
    with query_recorder(service.database) as read:
        own.get("/api/v1/regions/CN-SC", headers=KEY)
    turns = sum("pg_try_advisory" in statement for statement in keyed)
    assert not any("first_answers" in statement for statement in [*plain, *read])
    assert len(keyed) - turns == len(plain) + 3  # looked for, kept, the expired removed
    assert sum("first_answers" in statement for statement in keyed) == 3
    assert len(again) - turns == 2  # the state, the answer
