"""Published frameworks and their levers."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify
from marshmallow import fields

from tierscore.api.context import reading
from tierscore.api.fields import WholeNumber, Word
from tierscore.api.heavy import heavy
from tierscore.api.observations import AS_OF
from tierscore.api.pages import Page, PageQuery, cut
from tierscore.api.parsing import QuerySchema
from tierscore.api.resources import Resources, in_path
from tierscore.api.schemas.audit import Audit
from tierscore.api.schemas.framework import FrameworkPage, FrameworkWithDocument, LeverPage
from tierscore.services.query import AssessmentQuery

blueprint = Resources("frameworks", "What is measured and how, and which levers answer a gap")


VERSION = [in_path("id", "id of a framework", "cn-innovation-centre"), in_path("version", "its version", "2021.1")]


class LeverQuery(PageQuery):
    """Whose levers."""

    framework = Word(metadata={"description": "id of a framework; the default one if left out"})
    version = Word(metadata={"description": "its version; the newest if left out"})


@blueprint.get("/frameworks")
@blueprint.query(PageQuery)
@blueprint.answers(FrameworkPage, paged=True)
def list_frameworks(query: dict[str, Any]) -> Page:
    """All published framework versions, in short."""
    return cut(reading().frameworks(), query)


@blueprint.get(
    "/frameworks/<string:id>/<string:version>",
    parameters=VERSION,
)
@blueprint.query(QuerySchema)
@blueprint.answers(FrameworkWithDocument, errors=("NOT_FOUND",))
def get_framework(_query: dict[str, Any], id: str, version: str) -> dict[str, Any]:  # noqa: A002
    """One published framework version, with its document as it was published."""
    return reading().framework_document(id, version)


class AuditQuery(QuerySchema):
    """Of which year and data, beside which frameworks, and about whom."""

    period = WholeNumber(1, 9999, metadata={"description": "year; the framework's reference period if left out"})
    as_of = Word(metadata=AS_OF)
    against = fields.List(Word(), metadata={"description": "other frameworks, id or id@version, to be compared with"})
    region = Word(metadata={"description": "whose trade-offs and strengths are told; the middle one if left out"})
    peer = fields.List(Word(), metadata={"description": "the regions it is compared with; all others if left out"})


@blueprint.get(
    "/frameworks/<string:id>/<string:version>/audit",
    parameters=VERSION,
)
@blueprint.query(AuditQuery)
@blueprint.answers(Audit, errors=("NOT_FOUND",))
@heavy
def audit_framework(query: dict[str, Any], id: str, version: str) -> Response:  # noqa: A002
    """What an auditor asks: data, correlations, reliability, influence, trade-offs, robustness, natural breaks."""
    region = (query["region"],) if "region" in query else ()
    asked = AssessmentQuery(id, version, query.get("period"), query.get("as_of"), regions=region)
    peers = tuple(query.get("peer", ()))
    return jsonify(reading().audit(asked, tuple(query.get("against", ())), peers))  # its schema is held by a test


@blueprint.get("/levers")
@blueprint.query(LeverQuery)
@blueprint.answers(LeverPage, paged=True)
def list_levers(query: dict[str, Any]) -> Page:
    """The lever catalogue of a framework: on which indicators each acts, for whom, and where it was read."""
    return cut(reading().levers(query.get("framework"), query.get("version")), query)
