"""Signing in, where reading needs a key: what a session opens, what it never does, and how it ends."""

from __future__ import annotations

import base64
import json
import logging
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner
from werkzeug.test import TestResponse

from tests.api.conftest import SETTINGS
from tests.api.test_access import EDIT, NEEDED, WHAT_IF, calls
from tests.conftest import recorded, sqlite_url
from tests.keys import bearing, grant
from tests.web.conftest import Open, serious, served
from tierscore.api import create_app
from tierscore.services import keys as making
from tierscore.services.service import Service
from tierscore.settings import ALWAYS, REQUIRED
from tierscore.storage import keys as key_rows
from tierscore.storage.database import Database
from tierscore.web.session import HOURS

OWN = {"Sec-Fetch-Site": "same-origin"}
REGIONS = "/api/v1/regions"
CLOSED = replace(SETTINGS, auth=REQUIRED)


@pytest.fixture(scope="module")
def service(seeded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    service = Service.open(sqlite_url(shutil.copy(seeded_file, tmp_path_factory.mktemp("sign-in") / "closed.db")))
    yield service
    service.close()


@pytest.fixture(scope="module")
def database(service: Service) -> Database:
    return service.database


@pytest.fixture(scope="module")
def closed(service: Service) -> Flask:
    """Where reading needs a key."""
    return create_app(CLOSED, service)


@pytest.fixture(scope="module")
def closed_site(closed: Flask) -> Iterator[str]:
    yield from served(closed)


@pytest.fixture(scope="module")
def reader(database: Database) -> str:
    """A key that opens everything, so that what a session does not open is the session's doing."""
    return grant(database, name="规划处")


def signed_in(client: FlaskClient, key: str, to: str = "/", headers: dict[str, str] = OWN, **more: Any) -> TestResponse:
    return client.post("/sign-in?lang=en", data={"key": key, "next": to}, headers=headers, **more)


@pytest.fixture
def visitor(closed: Flask, reader: str) -> FlaskClient:
    """Somebody who has signed in."""
    client = closed.test_client()
    assert signed_in(client, reader).status_code == 303
    return client


class Later(datetime):
    """A clock two hours ahead."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        return datetime.now(tz) + timedelta(hours=2)


def forgets(answer: TestResponse) -> bool:
    return any(cookie.startswith("tierscore=;") for cookie in answer.headers.getlist("Set-Cookie"))


# --- the way in and out -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/", "/regions/CN-SC?period=2020&lang=en", "/method", "/find?q=CN-SC"])
def test_a_page_leads_to_the_form_and_back(closed: Flask, reader: str, address: str) -> None:
    client = closed.test_client()
    led = client.get(address)
    assert (led.status_code, led.headers["Cache-Control"]) == (303, "no-store, private")
    form = client.get(led.location)
    assert form.status_code == 200
    hidden = re.search(r'name="next" value="([^"]*)"', form.text)
    assert hidden is not None
    came = signed_in(client, reader, hidden[1].replace("&amp;", "&"))
    assert (came.status_code, came.location) == (303, address)
    assert client.get(address).status_code in (200, 302)


@pytest.mark.parametrize(("lang", "said"), [("zh", "登录"), ("en", "Sign in")])
def test_the_form_is_in_both_languages_and_tells_no_data(closed: Flask, lang: str, said: str) -> None:
    form = closed.test_client().get(f"/sign-in?lang={lang}")
    assert said in form.text and 'type="password"' in form.text
    assert "CN-" not in form.text and "四川" not in form.text and "Sichuan" not in form.text
    assert form.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in form.headers


def test_signing_out_ends_it_and_who_is_in_is_led_on(visitor: FlaskClient) -> None:
    assert visitor.get("/sign-in?next=/method").location == "/method"
    assert "/sign-out" in visitor.get("/").text
    out = visitor.post("/sign-out", headers=OWN)
    assert (out.status_code, out.location, forgets(out)) == (303, "/sign-in", True)
    assert visitor.get("/").status_code == 303


def test_a_page_of_somebody_else_signs_nobody_out(visitor: FlaskClient) -> None:
    assert not forgets(visitor.post("/sign-out", headers={"Sec-Fetch-Site": "cross-site"}))
    assert visitor.get("/").status_code == 200


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "https://evil.example/", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)",
               "evil", "/sign-in?next=/", "/sign-out", ""]
)  # fmt: skip
def test_one_is_led_nowhere_else(closed: Flask, reader: str, wanted: str) -> None:
    client = closed.test_client()
    assert signed_in(client, reader, wanted).location == "/?lang=en"
    assert client.get("/sign-in", query_string={"next": wanted}).location == "/"


# --- what the browser carries -------------------------------------------------------------------------------------


def test_the_cookie_holds_the_id_of_the_key_and_not_the_key(closed: Flask, reader: str) -> None:
    cookie = signed_in(closed.test_client(), reader).headers["Set-Cookie"]
    value, *flags = cookie.split("; ")
    assert sorted(flags) == ["HttpOnly", "Path=/", "SameSite=Strict"]
    name, _, signed = value.partition("=")
    payload = signed.split(".")[0]
    assert name == "tierscore"
    assert json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))) == {"key": reader.split("_")[1]}
    assert reader.split("_")[2] not in cookie


def test_over_tls_or_by_setting_it_is_for_encrypted_connections_only(service: Service, reader: str) -> None:
    always = create_app(replace(CLOSED, cookie_secure=ALWAYS), service)
    for app, base in ((create_app(CLOSED, service), "https://localhost"), (always, "http://localhost")):
        cookie = signed_in(app.test_client(), reader, base_url=base).headers["Set-Cookie"]
        assert cookie.startswith("__Host-tierscore=") and "; Secure" in cookie


def test_it_ends_after_some_hours_whatever_the_browser_keeps(
    visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = time.time() + HOURS * 3600
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: int(seconds) - 60)
    assert visitor.get("/").status_code == 200
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: int(seconds) + 60)
    assert visitor.get("/").status_code == 303


def test_a_cookie_that_somebody_else_signed_opens_nothing(service: Service, closed: Flask, reader: str) -> None:
    other = create_app(replace(CLOSED, secret_key="1" * 32), service)
    forged = signed_in(other.test_client(), reader).headers["Set-Cookie"].split(";")[0].partition("=")[2]
    client = closed.test_client()
    client.set_cookie("tierscore", forged)
    assert (client.get("/").status_code, client.get(REGIONS).status_code) == (303, 401)


# --- what it opens ------------------------------------------------------------------------------------------------


def test_it_opens_reading_and_never_what_stores_or_administers(visitor: FlaskClient, closed: Flask) -> None:
    for endpoint, method, address in calls(closed):
        answer = visitor.open(address, method=method, headers=OWN)
        if NEEDED.get(endpoint, "read") == "read" and method in ("GET", "POST"):
            assert answer.status_code not in (401, 403), endpoint
        else:
            assert (answer.status_code, answer.json["type"]) == (401, "/problems/key-needed"), endpoint
    assert visitor.post(WHAT_IF, json=EDIT, headers=OWN).status_code == 200
    assert visitor.get("/figures/plane?region=CN-SC").status_code == 200


def test_the_key_itself_still_opens_the_rest(visitor: FlaskClient, reader: str) -> None:
    body = {"code": "A", "name": {"zh": "甲", "en": "A"}, "members": ["CN-HN", "CN-AH"]}
    assert visitor.post("/api/v1/groups", json=body, headers=bearing(reader)).status_code == 201
    assert visitor.delete("/api/v1/groups/A", headers=bearing(reader)).status_code == 204
    assert visitor.get(REGIONS, headers=bearing("wrong")).status_code == 401


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
                                     {"Origin": "http://localhost:81"}])  # fmt: skip
def test_a_page_of_somebody_else_asks_nothing_by_it(visitor: FlaskClient, headers: dict[str, str]) -> None:
    assert visitor.post(WHAT_IF, json=EDIT, headers=headers).status_code == 401


@pytest.mark.parametrize("came_from", ["none", "same-origin", "same-site", "cross-site"])
def test_wherever_an_address_was_followed_the_page_is_shown(visitor: FlaskClient, came_from: str) -> None:
    """A browser sends the cookie only where it should; what it sends is good, or one would be led around in circles."""
    assert visitor.get("/method", headers={"Sec-Fetch-Site": came_from}).status_code == 200


def test_no_cache_between_keeps_what_was_read(visitor: FlaskClient) -> None:
    page, answer, chart = visitor.get("/"), visitor.get(REGIONS), visitor.get("/figures/plane?region=CN-SC")
    assert "no-store" in page.headers["Cache-Control"]
    for response in (page, answer, chart, visitor.get(f"{REGIONS}/R9")):
        assert "private" in response.headers["Cache-Control"]
        assert {"Cookie", "Accept-Language"} <= set(response.vary) or response.status_code == 404
    tag = {"If-None-Match": page.headers["ETag"]}
    assert (
        visitor.get("/", headers=tag).status_code,
        visitor.application.test_client().get("/", headers=tag).status_code,
    ) == (304, 303)


def test_the_log_names_the_key(closed: Flask, reader: str, caplog: pytest.LogCaptureFixture) -> None:
    client = closed.test_client()
    with caplog.at_level(logging.INFO, "tierscore.requests"):
        signed_in(client, reader)
        client.get("/method")
    assert [record.known["key"] for record in caplog.records] == ["规划处", "规划处"]
    assert reader.split("_")[2] not in caplog.text


# --- when the key goes --------------------------------------------------------------------------------------------


def test_a_key_that_is_revoked_ends_its_sessions_at_once(service: Service, closed: Flask) -> None:
    client, key = closed.test_client(), grant(service.database, "read", name="guest")
    signed_in(client, key)
    with recorded(service.database) as statements:
        assert client.get("/?period=2020").status_code == 200
    service.revoke_key("guest")
    answer = client.get(REGIONS)
    assert (answer.status_code, answer.json["type"], forgets(answer)) == (401, "/problems/key-needed", True)
    signed_in(client, key)
    assert (client.get("/").status_code, client.get("/sign-in").status_code) == (303, 200)
    assert len([text for text in statements if "api_keys" in text]) <= 1  # with the snapshot, not with each request


def test_recognising_a_session_asks_the_database_nothing(visitor: FlaskClient, database: Database) -> None:
    visitor.get(REGIONS)
    with recorded(database) as statements:
        assert visitor.get(REGIONS).status_code == 200
    assert len(statements) == 1


def test_an_expired_key_ends_its_sessions(closed: Flask, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    given, key = making.make("short", ["read"], "1h", datetime.now(UTC))
    with database.write() as session:
        key_rows.add(session, key)
    client = closed.test_client()
    signed_in(client, given)
    assert client.get("/").status_code == 200
    monkeypatch.setattr("tierscore.services.key_answers.datetime", Later)
    answer = client.get("/")
    assert (answer.status_code, forgets(answer)) == (303, True)


# --- who is kept out ----------------------------------------------------------------------------------------------


def test_what_is_no_key_for_reading_is_said_on_the_form(closed: Flask, database: Database) -> None:
    client, writer = closed.test_client(), grant(database, "write", "admin", name="robot")
    for given, status, said in (("", 401, "none of this service"), ("tierscore_0_0", 401, "none of this service"),
                                ("x" * 10_000, 401, "none of"), (writer, 403, "lacks the scope read")):  # fmt: skip
        answer = signed_in(client, given)
        assert (answer.status_code, "Set-Cookie" in answer.headers) == (status, False)
        assert said in answer.text and 'role="alert"' in answer.text
        assert writer.split("_")[2] not in answer.text
    assert client.post("/sign-in", data={"key": "x" * 20_000}, headers=OWN).status_code == 413
    assert client.post("/sign-in", json={"key": "x"}, headers=OWN).status_code == 415


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 403),
        ({"Origin": "http://localhost"}, 303),
        ({"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"}, 303),
    ],
)
def test_nobody_is_signed_in_by_a_form_of_somebody_else(
    closed: Flask, reader: str, headers: dict[str, str], status: int
) -> None:
    answer = signed_in(closed.test_client(), reader, headers=headers)
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (status, status == 303)


def test_trying_keys_is_counted(service: Service, reader: str) -> None:
    app = create_app(replace(CLOSED, limit_per_address="2/day", limit_per_key="2/day"), service)
    client = app.test_client()
    tries = [signed_in(client, f"tierscore_0_{number}").status_code for number in range(4)]
    assert tries == [401, 401, 429, 429]
    assert signed_in(client, reader).status_code == 429
    elsewhere = {"environ_overrides": {"REMOTE_ADDR": "192.0.2.9"}}
    assert signed_in(client, reader, **elsewhere).status_code == 303
    assert [client.get(REGIONS).status_code for _ in range(3)] == [200, 200, 429]  # by the key, not the address


# --- where reading is open ----------------------------------------------------------------------------------------


def test_where_reading_is_open_nobody_signs_in_and_no_cookie_is_set(service: Service, reader: str) -> None:
    client = create_app(SETTINGS, service).test_client()
    client.set_cookie("tierscore", "something")
    answers = [client.get("/sign-in"), client.get("/sign-in?next=/method"), signed_in(client, reader, "/method"),
               client.post("/sign-out", headers=OWN)]  # fmt: skip
    assert [answer.location for answer in answers] == ["/", "/method", "/method", "/"]
    for answer in (*answers, client.get("/"), client.get(REGIONS), client.post(WHAT_IF, json=EDIT)):
        assert "Set-Cookie" not in answer.headers and "Cookie" not in answer.vary
    assert "/sign-out" not in client.get("/").text


# --- in a browser -------------------------------------------------------------------------------------------------


def test_a_link_on_another_site_leads_to_the_page_of_who_has_signed_in(
    closed_site: str, reader: str, open_page: Open
) -> None:
    page = open_page(f"{closed_site}/method")
    page.get_by_label("访问密钥").fill(reader)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(f"{closed_site}/method")
    page.goto("data:text/html,<a id=on href='" + closed_site + "/data'>on</a>")
    page.click("#on")
    page.wait_for_url(f"{closed_site}/data")


def test_a_person_signs_in_looks_around_asks_and_signs_out(closed_site: str, reader: str, open_page: Open) -> None:
    site = closed_site
    page = open_page(f"{site}/?period=2020")
    assert "/sign-in" in page.url and serious(page) == []
    page.get_by_label("访问密钥").fill(reader)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(f"{site}/?period=2020")
    assert "2020" in page.locator("h1").inner_text()
    asked = """edit => fetch("/api/v1/what-if", {method: "POST", body: JSON.stringify(edit),
               headers: {"Content-Type": "application/json"}}).then(answer => answer.status)"""
    assert page.evaluate(asked, EDIT) == 200
    page.goto(f"{site}/method")  # as if its address were typed
    assert "/sign-in" not in page.url
    page.evaluate("sessionStorage.setItem('tierscore.key', 'k')")
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url(re.compile("/sign-in"))
    assert page.evaluate("sessionStorage.getItem('tierscore.key')") is None
    page.go_back()
    page.wait_for_url(re.compile("/sign-in"))
