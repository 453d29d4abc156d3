"""Assessments: which tier, how far to the next, which levers."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from tierscore.api.context import reading
from tierscore.api.fields import Degree, WholeNumber, Word
from tierscore.api.observations import AS_OF
from tierscore.api.pages import Page, PageQuery, bound, part
from tierscore.api.parsing import QuerySchema
from tierscore.api.resources import Resources, in_path
from tierscore.api.schemas.assessment import AnyAssessment, AssessmentPage, Trace
from tierscore.services.query import AssessmentQuery

blueprint = Resources("assessments", "Which tier, how far to the next one, which levers close the distance")


class Subject(QuerySchema):
    """By which framework, for which year."""

    framework = Word(metadata={"description": "id of a framework; the default one if left out"})
    version = Word(metadata={"description": "its version; the newest if left out"})
    period = WholeNumber(1, 9999, metadata={"description": "year; the framework's reference period if left out"})


class Versions(Subject):
    """By which framework, for which year, on which data."""

    as_of = Word(metadata=AS_OF)


class AssessmentsParameters(Versions, PageQuery):
    """Which short answers."""

    region = fields.List(Word(), metadata={"description": "region codes; all if left out"})


class AssessmentParameters(Versions):
    """Which full answer."""

    target = Word(metadata={"description": "code of a tier; the next one up if left out"})
    integration = Degree(
        load_default=0.0,
        metadata={"description": "of a group: 0 side by side, 1 added up; a single region has none", "default": 0},
    )


@blueprint.get("/assessments")
@blueprint.query(AssessmentsParameters)
@blueprint.answers(AssessmentPage, paged=True)
def list_assessments(query: dict[str, Any]) -> Page:
    """The short answers of all reference regions, in rank order."""
    found = reading().assessments(asked(query, regions=tuple(query.get("region", ()))), part(query))
    return bound(found.pop("items"), found.pop("total"), query, **found)


@blueprint.get(
    "/assessments/<string:code>", parameters=[in_path("code", "code of a reference region or of a group", "CN-SC")]
)
@blueprint.query(AssessmentParameters)
@blueprint.answers(AnyAssessment, errors=("NOT_FOUND",))
def get_assessment(query: dict[str, Any], code: str) -> dict[str, Any]:
    """The full answer of one region or group: every number, where it is from, and what would change the tier."""
    return reading().assessment(code, asked(query, target=query.get("target"), integration=query["integration"]))


@blueprint.get("/assessments/<string:code>/trace", parameters=[in_path("code", "code of a reference region", "CN-SC")])
@blueprint.query(Versions)
@blueprint.answers(Trace, errors=("NOT_FOUND",))
def get_trace(query: dict[str, Any], code: str) -> dict[str, Any]:
    """Every step from the tier down to observations and sources, with parameters and references."""
    return reading().trace(code, asked(query))


def asked(query: dict[str, Any], **more: Any) -> AssessmentQuery:
    """The question that some parameters ask."""
    given: dict[str, Any] = {name: query.get(name) for name in ("framework", "version", "period", "as_of")}
    return AssessmentQuery(**given, **more)
