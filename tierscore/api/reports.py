"""Comparisons, and reports as files."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields

from tierscore.api import etags
from tierscore.api.assessments import Versions, asked
from tierscore.api.context import reading
from tierscore.api.documents import handed_out
from tierscore.api.fields import Choice, Degree, Flag, WholeNumber, Word
from tierscore.api.heavy import heavy
from tierscore.api.languages import LANGUAGES, language
from tierscore.api.pages import Page, PageQuery, cut
from tierscore.api.parsing import QuerySchema
from tierscore.api.resources import Resources, Tagged, in_path
from tierscore.api.scenarios import tag_of_result
from tierscore.api.schemas.comparison import ComparisonPage
from tierscore.services.query import ComparisonAsked
from tierscore.services.reporting import ASKED, MEDIA_TYPES, FileAsked
from tierscore.services.scenarios import Saved

REPORT = "A file in the format asked for"

blueprint = Resources("reports", "Several regions side by side, as an answer and as a document")
scenario_blueprint = Tagged("scenario-reports", "Scenarios as documents")


class Beside(Versions):
    """Which regions and groups, against whom, since when."""

    region = fields.List(Word(), metadata={"description": "codes of 1 to 40 regions or groups", "example": ["CN-SC"]})
    since = WholeNumber(1, 9999, metadata={"description": "earlier year of the change; the one before if left out"})
    peer = fields.List(
        Word(), metadata={"description": "regions that strengths are measured against; all others if left out"}
    )
    target = Word(metadata={"description": "code of a tier; the next one up if left out"})
    integration = Degree(
        load_default=0.0, metadata={"description": "of the groups: 0 side by side, 1 added up", "default": 0}
    )


class ComparisonParameters(Beside, PageQuery):
    """Which comparison."""


class FileParameters(QuerySchema):
    """Which file."""

    format = Choice(*ASKED, load_default=ASKED[0], metadata={"description": "of the file", "default": ASKED[0]})
    lang = Choice(*LANGUAGES, metadata={"description": "of the report; as Accept-Language says if left out"})
    bom = Flag(
        load_default=False,
        metadata={"description": "of a CSV file: begin with the mark by which Excel knows UTF-8", "default": False},
    )


class ReportParameters(Beside, FileParameters):
    """Which report, as which file."""


@blueprint.get("/comparisons")
@blueprint.query(ComparisonParameters)
@blueprint.answers(ComparisonPage, paged=True)
@heavy
def get_comparison(query: dict[str, Any]) -> Page:
    """The full answers of some regions and groups, best first, with their peers, their change, and where all stand."""
    found = reading().comparison(_beside(query))
    return cut(found.pop("items"), query, **found)


@blueprint.get("/reports/comparison")
@blueprint.query(ReportParameters)
@blueprint.hands_out(MEDIA_TYPES[0], REPORT, also=MEDIA_TYPES[1:])
@heavy
def get_report(query: dict[str, Any]) -> Response:
    """The same as a document with charts, method and sources; of one region alone, its profile."""
    return handed_out(reading().report(_beside(query), _file(query)))


@scenario_blueprint.get("/reports/scenarios/<string:id>", parameters=[in_path("id", "id of a scenario", "7f3c")])
@scenario_blueprint.query(FileParameters)
@scenario_blueprint.hands_out(MEDIA_TYPES[0], REPORT, also=MEDIA_TYPES[1:], errors=("NOT_FOUND",))
def get_scenario_report(query: dict[str, Any], id: str) -> Response:  # noqa: A002
    """A scenario against its baseline as a document."""
    found = reading().scenario(id)
    tag = tag_of_result(found)
    if etags.client_has(tag):
        return etags.not_modified(tag)
    response = _made(found, _file(query))
    etags.mark(response, tag)
    return response


@heavy
def _made(scenario: Saved, file: FileAsked) -> Response:
    return handed_out(reading().scenario_report(scenario, file))


def _beside(query: dict[str, Any]) -> ComparisonAsked:
    return ComparisonAsked(
        query=asked(query, target=query.get("target"), integration=query["integration"]),
        subjects=tuple(query.get("region", ())),
        since=query.get("since"),
        peers=tuple(query.get("peer", ())),
    )


def _file(query: dict[str, Any]) -> FileAsked:
    return FileAsked(query["format"], query.get("lang", language()), query["bom"])
