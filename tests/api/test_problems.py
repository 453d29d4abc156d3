"""Errors as problem details."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import werkzeug.exceptions
from flask import Flask
from flask.testing import FlaskClient

from tests.api.traps import ERRORS
from tierscore import errors
from tierscore.api import problem_types, problems
from tierscore.api.languages import LONGEST_VALUE
from tierscore.web.sign_in import Elsewhere

MEMBERS = ["type", "title", "status", "detail", "errors", "errors_total"]


@pytest.mark.parametrize(
    ("name", "status", "slug"),
    [
        ("invalid", 422, "invalid-input"),
        ("path-code", 404, "unknown-code"),
        ("framework-code", 404, "unknown-code"),
        ("query-code", 422, "unknown-code"),
        ("cannot-score", 422, "cannot-score"),
        ("published", 409, "already-published"),
        ("not-ready", 503, "not-ready"),
    ],
)
def test_every_error_is_its_problem(trapped: FlaskClient, name: str, status: int, slug: str) -> None:
    answer = trapped.get(f"/api/v1/traps/errors/{name}")
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert list(answer.json) == MEMBERS
    assert (answer.json["type"], answer.json["status"]) == (f"/problems/{slug}", status)
    assert answer.json["detail"] == ERRORS[name].message


def test_every_kind_of_error_is_in_the_table() -> None:
    own = {cls for cls in vars(errors).values() if isinstance(cls, type) and issubclass(cls, errors.TierscoreError)}
    assert own - set(problems.BY_ERROR) == {errors.TierscoreError}


def test_types_of_problems_are_distinct() -> None:
    types = [kind.type for kind in problems.known_types()]
    assert len(set(types)) == len(types)


def errors_below(error: type[errors.TierscoreError]) -> Iterator[type[errors.TierscoreError]]:
    for kind in error.__subclasses__():
        yield kind
        yield from errors_below(kind)


def test_every_error_of_the_package_is_a_documented_problem() -> None:
    own = {kind for kind in errors_below(errors.TierscoreError) if kind.__module__.startswith("tierscore.")}
    own -= {Elsewhere}  # said on the page of its form only, which answers with a page
    assert len(own) > len(problems.BY_ERROR)
    assert [kind for kind in own if not set(kind.__mro__) & set(problems.BY_ERROR)] == []


@pytest.mark.parametrize("status", [406, 409, 410, 414, 416, 417, 431, 451, 501, 507])
def test_whatever_http_says_is_a_documented_problem(shell: Flask, status: int) -> None:
    with shell.test_request_context():
        answer = problems.from_http(werkzeug.exceptions.default_exceptions.get(status, InsufficientStorage)())
    assert answer.status_code == answer.json["status"] == status
    assert answer.json["type"] in {kind.type for kind in problems.known_types()}


class InsufficientStorage(werkzeug.exceptions.HTTPException):
    code = 507


@pytest.mark.parametrize("kind", problems.known_types(), ids=lambda kind: kind.slug)
def test_a_type_is_an_address_that_says_what_to_do(trapped: FlaskClient, kind: problems.Kind) -> None:
    english, chinese = (trapped.get(kind.type, headers={"Accept-Language": language}) for language in ("en", "zh"))
    assert english.json == {
        "type": kind.type, "status": kind.status, "title": kind.title, "remedy": problem_types.REMEDIES[kind.slug],
    }  # fmt: skip
    assert (chinese.headers["Content-Language"], chinese.headers["Vary"]) == ("zh", "Accept-Language")
    assert chinese.json["remedy"].endswith("。")


def test_there_is_no_remedy_without_its_problem() -> None:
    assert set(problem_types.REMEDIES) == {kind.slug for kind in problems.known_types()}


def test_an_unknown_type_comes_with_the_nearest(trapped: FlaskClient) -> None:
    answer = trapped.get("/problems/invalid")
    assert (answer.status_code, answer.json["errors"][0]["allowed"]) == (404, ["invalid-input"])
    assert trapped.get("/problems/stale?x=1").status_code == 422


def test_an_error_outside_the_table_is_a_bug(trapped: FlaskClient) -> None:
    with pytest.raises(type(ERRORS["unlisted"])):
        trapped.get("/api/v1/traps/errors/unlisted")


def test_a_mistake_says_where_what_and_why(trapped: FlaskClient) -> None:
    answer = trapped.get("/api/v1/traps/errors/invalid")
    assert answer.json["errors"] == [{"pointer": "/a/0", "value": 3, "code": "odd", "message": "3 is odd."}]


def test_an_unknown_code_comes_with_the_nearest(trapped: FlaskClient) -> None:
    (mistake,) = trapped.get("/api/v1/traps/errors/query-code").json["errors"]
    assert mistake["parameter"] == "region"
    assert mistake["allowed"][0] == "CN-SC"


def test_at_most_a_thousand_mistakes_are_listed_and_all_are_counted(trapped: FlaskClient) -> None:
    body = trapped.get("/api/v1/traps/errors/many").json
    assert (len(body["errors"]), body["errors_total"]) == (1000, 1500)
    assert body["errors"][0]["row"] == 0


@pytest.mark.parametrize(("name", "shown"), [("nan", "nan"), ("strange", "{'a': {1}}")])
def test_a_value_that_json_cannot_say_is_shown_as_text(trapped: FlaskClient, name: str, shown: str) -> None:
    assert trapped.get(f"/api/v1/traps/errors/{name}").json["errors"][0]["value"] == shown


def test_a_long_value_is_cut(trapped: FlaskClient) -> None:
    (mistake,) = trapped.get("/api/v1/traps/errors/long").json["errors"]
    assert (len(mistake["value"]), mistake["value"][-1]) == (LONGEST_VALUE, "…")
    assert len(mistake["message"]) < 2 * LONGEST_VALUE
    assert len(trapped.get("/" + "x" * 5000).json["detail"]) < 2 * LONGEST_VALUE


def test_a_mistake_in_a_header_names_it(trapped: FlaskClient) -> None:
    assert trapped.get("/api/v1/traps/errors/header").json["errors"][0]["header"] == "If-Match"


def test_405_keeps_allow(trapped: FlaskClient) -> None:
    answer = trapped.delete("/api/v1/regions")
    assert (answer.status_code, answer.mimetype) == (405, "application/problem+json")
    assert {"GET", "HEAD"} <= set(answer.headers["Allow"].split(", "))


def test_405_comes_before_the_body_is_looked_at(trapped: FlaskClient) -> None:
    assert trapped.post("/api/v1/regions", data="[" * 100_000, content_type="text/plain").status_code == 405


@pytest.mark.parametrize("path", ["/nowhere", "/api/v1/", "/api/v1/regions/", "/api/v1/regions/R1/x", "/docs/assets/x"])
def test_no_such_address_is_404(trapped: FlaskClient, path: str) -> None:
    answer = trapped.get(path)
    assert (answer.status_code, answer.json["type"]) == (404, "/problems/not-found")
    assert path in answer.json["detail"]


@pytest.mark.parametrize("path", ["/api/v1/regions/R%001", "/api/v1/regions/R%0A", "/%7F"])
def test_an_unprintable_path_is_404(trapped: FlaskClient, path: str) -> None:
    assert trapped.get(path).status_code == 404


def test_an_incident_shows_its_number_and_nothing_else(shell: Flask, caplog: pytest.LogCaptureFixture) -> None:
    shell.config["PROPAGATE_EXCEPTIONS"] = False
    with caplog.at_level(logging.ERROR):
        answer = shell.test_client().get("/api/v1/traps/bug")
    assert (answer.status_code, answer.mimetype) == (500, "application/problem+json")
    assert set(answer.json) == {*MEMBERS, "incident"}
    assert "hunter2" not in answer.text
    assert answer.json["errors"] == []
    assert answer.json["incident"] in caplog.text
    assert "hunter2" in caplog.text
    assert "Traceback" in caplog.text


def test_two_incidents_have_two_numbers(shell: Flask) -> None:
    shell.config["PROPAGATE_EXCEPTIONS"] = False
    client = shell.test_client()
    numbers = {client.get("/api/v1/traps/bug").json["incident"] for _ in range(2)}
    assert len(numbers) == 2


def test_a_bug_fails_the_test_that_meets_it(trapped: FlaskClient) -> None:
    with pytest.raises(RuntimeError, match="hunter2"):
        trapped.get("/api/v1/traps/bug")


def test_a_nan_is_never_sent(shell: Flask) -> None:
    shell.config["PROPAGATE_EXCEPTIONS"] = False
    answer = shell.test_client().get("/api/v1/traps/nan")
    assert answer.status_code == 500
    assert "NaN" not in answer.text


@pytest.mark.parametrize(
    "path", ["/healthz", "/api/v1/regions", "/nowhere", "/api/v1/traps/bug", "/docs", "/docs/assets/swagger-ui.css"]
)
def test_every_response_has_the_security_headers(shell: Flask, path: str) -> None:
    shell.config["PROPAGATE_EXCEPTIONS"] = False
    with shell.test_client().get(path) as answer:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
