"""Routes that only tests have: bodies to be refused, answers that go wrong, every error there is."""

from __future__ import annotations

import math
from typing import Any

from marshmallow import Schema, fields

from tierscore.api.fields import StrictNumber
from tierscore.api.guards import accepts
from tierscore.api.parsing import QuerySchema
from tierscore.api.problems import HeaderViolation
from tierscore.api.resources import Resources
from tierscore.api.scopes import needs
from tierscore.errors import (
    AlreadyPublished,
    CannotScore,
    Invalid,
    NotReady,
    TierscoreError,
    UnknownCode,
    Violation,
)
from tierscore.services.keys import READ

blueprint = Resources("traps", "Routes of the tests")


class Unlisted(TierscoreError):
    """An error that no table knows."""


class Cell(Schema):
    code = fields.String(required=True)
    value = StrictNumber(required=True, allow_none=True)


class Cells(Schema):
    cells = fields.List(fields.Nested(Cell), required=True)


class Value(Schema):
    value = fields.Float(allow_nan=True)


ERRORS: dict[str, TierscoreError] = {
    "invalid": Invalid("document", [Violation("odd", "{value!r} is odd.", {"value": 3}, pointer="/a/0", value=3)]),
    "many": Invalid("document", [Violation("odd", "Odd.", row=row) for row in range(1500)]),
    "nan": Invalid("document", [Violation("odd", "Odd.", value=math.nan)]),
    "long": Invalid("document", [Violation("odd", "{value!r} is odd.", {"value": "x" * 5000}, value="x" * 5000)]),
    "strange": Invalid("document", [Violation("odd", "Odd.", value={"a": {1}})]),
    "header": Invalid("document", [HeaderViolation("odd", "Odd.", header="If-Match")]),
    "path-code": UnknownCode("region", "CN-S", ["CN-SC", "CN-CQ"]),
    "framework-code": UnknownCode("framework", "b", ["a"], "framework"),
    "query-code": UnknownCode("region", "CN-S", ["CN-SC", "CN-CQ"], "region"),
    "cannot-score": CannotScore(
        "Step {step}: indicator {indicator} of {unit} is missing: {reason}.",
        step="missing",
        indicator="gdp",
        unit="CN-SC",
        reason="no_observation",
    ),
    "published": AlreadyPublished(id="a", version="1"),
    "not-ready": NotReady(problem="no database"),
    "unlisted": Unlisted(),
}


@blueprint.post("/traps/cells")
@blueprint.arguments(Cells)
@blueprint.response(200, Cells)
@needs(READ)
def post_cells(body: dict[str, Any]) -> dict[str, Any]:
    return body


@blueprint.post("/traps/file")
@blueprint.response(200, Value)
@accepts("multipart/form-data")
@needs(READ)
def post_file() -> dict[str, Any]:
    return {"value": 1.0}


@blueprint.get("/traps/nan")
@blueprint.response(200, Value)
def get_nan() -> dict[str, Any]:
    return {"value": math.nan}


@blueprint.get("/traps/bug")
@blueprint.query(QuerySchema)
@blueprint.response(200, Value)
def get_bug(_query: dict[str, Any]) -> dict[str, Any]:
    raise RuntimeError("password=hunter2")


@blueprint.get("/traps/errors/<string:name>")
@blueprint.response(200, Value)
def get_error(name: str) -> dict[str, Any]:
    raise ERRORS[name]
