"""Saved what-ifs: each with an ETag of its own, and changed only by who has seen it as it is."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request
from marshmallow import fields

from tierscore import __version__
from tierscore.api import etags
from tierscore.api.access import actor
from tierscore.api.bodies import said_in_body
from tierscore.api.context import reading, service
from tierscore.api.fields import Word, at_least_one, at_most
from tierscore.api.heavy import heavy
from tierscore.api.languages import language
from tierscore.api.once import once
from tierscore.api.pages import PageQuery, bound
from tierscore.api.parsing import QuerySchema
from tierscore.api.resources import PREFIX, Tagged, in_path
from tierscore.api.schemas.scenario import (
    Rebased,
    Scenario,
    ScenarioBody,
    ScenarioComparison,
    ScenarioPage,
    ScenarioResult,
)
from tierscore.api.what_if import asked_in
from tierscore.errors import Stale, Unconditional
from tierscore.services import scenarios
from tierscore.services.query import Saving
from tierscore.services.scenarios import Saved

MOST_COMPARED = 20
ID = in_path("id", "id of a scenario", "0f1e2d3c4b5a6978")
CHANGING = ("NOT_FOUND", "PRECONDITION_FAILED", "PRECONDITION_REQUIRED")
ONE = "/scenarios/<string:id>"

blueprint = Tagged("scenarios", "Saved what-ifs")


class ComparisonParameters(QuerySchema):
    """Which scenarios, in which order."""

    id = fields.List(
        Word(), required=True, validate=[at_least_one, at_most(MOST_COMPARED)], metadata={"description": "scenarios"}
    )


@blueprint.get("/scenarios")
@blueprint.query(PageQuery)
@blueprint.answers(ScenarioPage, paged=True)
def list_scenarios(query: dict[str, Any]) -> Response:
    """All scenarios, newest first."""
    found, total = reading().scenarios(query["page"], query["page_size"])
    body, headers = bound([scenarios.answer(item) for item in found], total, query)
    response = etags.answered(lambda: body, _tag([total, *map(scenarios.tag, found)]))
    response.headers.extend(headers)
    return response


@blueprint.post("/scenarios")
@once
@blueprint.body(ScenarioBody)
@blueprint.answers(Scenario, status=201)
def create_scenario(body: dict[str, Any]) -> Response:
    """Keeps a what-if, pinned to the framework version, year and data revision that it asks for."""
    return _changed(_saved(body, None), 201)


@blueprint.get("/scenarios/compare")
@blueprint.query(ComparisonParameters)
@blueprint.answers(ScenarioComparison)
@heavy
def compare_scenarios(query: dict[str, Any]) -> Response:
    """Scenarios side by side, region by region, each on its own base."""
    found = reading().some_scenarios(tuple(query["id"]))
    return etags.answered(lambda: reading().compare_scenarios(found), _tag(list(map(scenarios.tag, found))))


@blueprint.get(ONE, parameters=[ID])
@blueprint.query(QuerySchema)
@blueprint.answers(Scenario, errors=("NOT_FOUND",))
def get_scenario(_query: dict[str, Any], id: str) -> Response:  # noqa: A002
    """One scenario as it was saved."""
    found = reading().scenario(id)
    return etags.answered(lambda: scenarios.answer(found), scenarios.tag(found), weak=False)


@blueprint.put(ONE, parameters=[ID, "IF_MATCH"])
@blueprint.body(ScenarioBody)
@blueprint.answers(Scenario, errors=CHANGING)
def replace_scenario(body: dict[str, Any], id: str) -> Response:  # noqa: A002
    """Puts another what-if in a scenario's place; If-Match names what is replaced."""
    return _changed(_saved(body, _seen(id)), 200)


@blueprint.delete(ONE, parameters=[ID, "IF_MATCH"])
@blueprint.gives_nothing(errors=CHANGING)
def delete_scenario(id: str) -> str:  # noqa: A002
    """Removes a scenario; If-Match names what is removed."""
    service().delete_scenario(_seen(id), by=actor())
    return ""


@blueprint.get(f"{ONE}/result", parameters=[ID])
@blueprint.query(QuerySchema)
@blueprint.answers(ScenarioResult, errors=("NOT_FOUND",))
def get_scenario_result(_query: dict[str, Any], id: str) -> Response:  # noqa: A002
    """What a scenario comes to, always computed from the base that it is pinned to."""
    found = reading().scenario(id)
    return etags.answered(lambda: reading().scenario_result(found), tag_of_result(found))


@blueprint.post(f"{ONE}/rebase", parameters=[ID, "IF_MATCH"])
@once
@blueprint.answers(Rebased, errors=CHANGING)
def rebase_scenario(id: str) -> Response:  # noqa: A002
    """Pins a scenario to the newest data, and says which outcomes that changed."""
    rebased, answer = service().rebase_scenario(_seen(id), by=actor())
    response = jsonify(answer)
    etags.mark(response, scenarios.tag(rebased), weak=False)
    return response


def tag_of_result(scenario: Saved) -> str:
    """The tag of what is computed from a scenario, as the present request asks for it."""
    return _tag(scenarios.tag(scenario))


def _saved(body: dict[str, Any], seen: Saved | None) -> Saved:
    with said_in_body():
        return service().save_scenario(Saving(body["title"], body["author"], asked_in(body)), seen, by=actor())


def _changed(saved: Saved, status: int) -> Response:
    response = jsonify(scenarios.answer(saved))
    response.status_code = status
    response.headers["Location"] = f"{PREFIX}/scenarios/{saved.id}"
    etags.mark(response, scenarios.tag(saved), weak=False)
    return response


def _seen(identifier: str) -> Saved:
    """The scenario as the client has seen it.

    Raises Unconditional when the client does not say what it has seen, Stale when that is not how it is now.
    """
    if "If-Match" not in request.headers:
        raise Unconditional
    found = reading().scenario(identifier)
    if not request.if_match.contains(scenarios.tag(found)):
        raise Stale
    return found


def _tag(parts: Any) -> str:
    """The tag of a computed answer: what it was computed from, by which engine, in which language, for which page."""
    question = sorted(request.args.items(multi=True), key=lambda item: item[0])
    return etags.tag_of([parts, reading().snapshot.digest, __version__, language(), request.path, question])
