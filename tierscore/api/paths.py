"""Paths: the least effort that reaches a tier; nothing is stored."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from tierscore.api.bodies import said_in_body
from tierscore.api.context import reading
from tierscore.api.heavy import heavy
from tierscore.api.resources import Resources
from tierscore.api.schemas.path import PathAnswer, PathBody
from tierscore.api.scopes import needs
from tierscore.services.keys import READ
from tierscore.services.query import AssessmentQuery, ExpectedEffect, PathAsked, Rivals

QUESTION = ("framework", "version", "period", "as_of", "target", "integration")

blueprint = Resources("paths", "The least effort that reaches a tier, and the levers for it")


@blueprint.post("/paths")
@blueprint.body(PathBody)
@blueprint.answers(PathAnswer)
@needs(READ)
@heavy
def ask_path(body: dict[str, Any]) -> Response:
    """The cheapest additions that reach a tier: step by step, in one leap, other plans, what blocks, which levers."""
    with said_in_body():
        answer = reading().path(asked_in(body))
    return jsonify(answer)  # as it is: its schema says the same, and a test holds both together


def asked_in(body: dict[str, Any]) -> PathAsked:
    """The path that a body asks for."""
    return PathAsked(
        region=body["region"],
        query=AssessmentQuery(**{name: body[name] for name in QUESTION if name in body}),
        costs=tuple(body["costs"].items()),
        upper_bounds=tuple(body["upper_bounds"].items()),
        fixed=tuple(body["fixed"].items()),
        rivals=_rivals(body["rivals"]) if "rivals" in body else Rivals(),
        expected_effects=tuple(ExpectedEffect(**item) for item in body["expected_effects"]),
        tolerance=body["tolerance"],
        alternatives=body["alternatives"],
        time_limit=body["time_limit"],
        confidence=body.get("confidence"),
    )


def _rivals(body: dict[str, Any]) -> Rivals:
    growth, years = body["growth"], body.get("years")
    if isinstance(growth, dict):
        return Rivals(rates=tuple(growth.items()), years=years)
    return Rivals(between=growth, years=years) if isinstance(growth, tuple) else Rivals(rate=growth, years=years)
