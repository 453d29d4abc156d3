"""Bodies that are refused before, while and after they are parsed. Each trap of the HTTP part has its test."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from marshmallow import Schema, ValidationError
from werkzeug.test import TestResponse

from tierscore.api.fields import StrictNumber
from tierscore.api.strict_json import DEEPEST, MalformedBody, parse
from tierscore.errors import Violation

CELLS = "/api/v1/traps/cells"


def send(
    client: FlaskClient, body: bytes | str, media_type: str | None = "application/json", **more: Any
) -> TestResponse:
    return client.post(CELLS, data=body, content_type=media_type, **more)


def nested(levels: int) -> str:
    return "[" * levels + "]" * levels


def test_a_good_body_passes(trapped: FlaskClient) -> None:
    answer = send(trapped, '{"cells": [{"code": "四川", "value": 0}]}', "application/json; charset=utf-8")
    assert answer.status_code == 200
    assert answer.json == {"cells": [{"code": "四川", "value": 0.0}]}


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "application/xml", None])
def test_another_media_type_is_415_and_names_the_header(trapped: FlaskClient, media_type: str | None) -> None:
    answer = send(trapped, '{"cells": []}', media_type)
    assert (answer.status_code, answer.mimetype) == (415, "application/problem+json")
    (mistake,) = answer.json["errors"]
    assert mistake["header"] == "Content-Type"
    assert mistake["allowed"] == ["application/json"]


def test_an_encoded_body_is_415(trapped: FlaskClient) -> None:
    answer = send(trapped, b"\x1f\x8b", headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 415
    assert answer.json["errors"][0]["header"] == "Content-Encoding"


def test_a_route_may_take_another_media_type(trapped: FlaskClient) -> None:
    assert trapped.post("/api/v1/traps/file", data={"a": "b"}, content_type="multipart/form-data").status_code == 200
    refused = trapped.post("/api/v1/traps/file", json={})
    assert refused.status_code == 415
    assert refused.json["errors"][0]["allowed"] == ["multipart/form-data"]


@pytest.mark.parametrize("body", ["[" * 100_000, '{"a":' * 100_000, nested(DEEPEST + 1), '["\\"",' * 40])
def test_a_deep_body_is_a_problem_and_no_recursion_error(trapped: FlaskClient, body: str) -> None:
    answer = send(trapped, body)
    assert (answer.status_code, answer.json["type"]) == (400, "/problems/malformed-body")
    assert str(DEEPEST) in answer.json["detail"]


def test_brackets_within_texts_are_no_depth() -> None:
    text = json.dumps([["[" * 100, '\\"[[' * 100, "\\"]])
    assert parse(text.encode()) == json.loads(text)


def test_the_deepest_body_allowed_is_parsed() -> None:
    assert parse(nested(DEEPEST).encode()) is not None


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b'{"cells": [}', "line 1, column 12"),
        (b"", "line 1, column 1"),
        (b'\xff\xfe{"cells": []}', "UTF-8"),
        (b'{"cells": NaN}', "NaN is no number"),
        (b'{"cells": -Infinity}', "-Infinity is no number"),
        (b'{"cells": [], "cells": []}', "duplicate key 'cells'"),
        (b'{"cells": ' + b"9" * 5000 + b"}", "too long"),
        (b'{"cells": ["\\ud800"]}', "surrogate"),
        (b'{"\\udfff": 1}', "surrogate"),
    ],
)
def test_what_is_no_proper_json_says_why(body: bytes, problem: str) -> None:
    with pytest.raises(MalformedBody, match=problem):
        parse(body)


def test_malformed_json_is_400(trapped: FlaskClient) -> None:
    answer = send(trapped, '{"cells": [')
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")


def test_a_whole_surrogate_pair_is_one_character() -> None:
    assert parse(b'"\\ud83d\\ude00"') == "\N{GRINNING FACE}"


def test_a_large_body_is_413(shell: Flask) -> None:
    shell.config["MAX_CONTENT_LENGTH"] = 100
    answer = send(shell.test_client(), json.dumps({"cells": [{"code": "x" * 200, "value": 1}]}))
    assert (answer.status_code, answer.mimetype) == (413, "application/problem+json")
    assert "100 bytes" in answer.json["detail"]


@pytest.mark.parametrize("value", ["5", True, False, "", [1], {"a": 1}])
def test_a_strict_number_takes_nothing_for_a_number(trapped: FlaskClient, value: object) -> None:
    answer = send(trapped, json.dumps({"cells": [{"code": "a", "value": 1}, {"code": "b", "value": value}]}))
    assert answer.status_code == 422
    (mistake,) = answer.json["errors"]
    assert (mistake["pointer"], mistake["code"]) == ("/cells/1/value", "not_a_number")


@pytest.mark.parametrize("text", ["1e400", "-1e400", "1" + "0" * 400])
def test_a_number_beyond_floats_is_refused(trapped: FlaskClient, text: str) -> None:
    answer = send(trapped, f'{{"cells": [{{"code": "a", "value": {text}}}]}}')
    assert answer.status_code == 422
    assert answer.json["errors"][0]["code"] == "not_finite"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_strict_number_is_finite(value: float) -> None:
    with pytest.raises(ValidationError) as caught:
        Schema.from_dict({"value": StrictNumber()})().load({"value": value})
    (violation,) = caught.value.messages["value"]
    assert isinstance(violation, Violation)
    assert violation.code == "not_finite"


def test_every_mistake_of_a_body_has_its_pointer(trapped: FlaskClient) -> None:
    answer = send(trapped, '{"cells": [{"value": "x"}, 7, {"code": "a", "value": 1, "a/b~": 2}], "more": 1}')
    assert answer.status_code == 422
    found = {(mistake["pointer"], mistake["code"]) for mistake in answer.json["errors"]}
    assert found == {
        ("/cells/0/code", "required"),
        ("/cells/0/value", "not_a_number"),
        ("/cells/1", "wrong_type"),
        ("/cells/2/a~1b~0", "unknown_name"),
        ("/more", "unknown_name"),
    }
    assert answer.json["errors_total"] == 5


def test_a_missing_body_is_422(trapped: FlaskClient) -> None:
    answer = trapped.post(CELLS)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == "/cells"
