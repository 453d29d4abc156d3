"""Published frameworks and their levers."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from flask import Response, jsonify, request
from marshmallow import fields

from tierscore.api.access import actor
from tierscore.api.context import reading, service
from tierscore.api.fields import WholeNumber, Word
from tierscore.api.guards import JSON, accepts, takes_up_to
from tierscore.api.heavy import heavy, take_place
from tierscore.api.observations import AS_OF
from tierscore.api.once import once
from tierscore.api.pages import Page, PageQuery, cut
from tierscore.api.parsing import QuerySchema
from tierscore.api.resources import PREFIX, Resources, in_path
from tierscore.api.schemas.audit import Audit
from tierscore.api.schemas.framework import Framework, FrameworkPage, FrameworkWithDocument, LeverPage
from tierscore.api.strict_json import parse, refuse_depth
from tierscore.services.publishing import document_of_yaml
from tierscore.services.query import AssessmentQuery

blueprint = Resources("frameworks", "What is measured and how, and which levers answer a gap")

YAML = "application/yaml"
LARGEST_DOCUMENT = 256 * 1024  # some 3 s to read as YAML; the largest one that comes with the service is 67 kB

_SCHEMA = {"type": "object", "description": "a framework document; docs/framework-format.md has every key"}
DOCUMENT = {"required": True, "content": {media_type: {"schema": _SCHEMA} for media_type in (JSON, YAML)}}

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


@blueprint.post("/frameworks")
@once
@blueprint.form(DOCUMENT)
@blueprint.answers(Framework, status=201, also={200: "The same document is published already"}, errors=("CONFLICT",))
@takes_up_to(LARGEST_DOCUMENT)
@accepts(JSON, YAML)
def publish_framework() -> tuple[dict[str, Any], int, dict[str, str]]:
    """Publishes a framework version, for good: a published version never changes, a change is a new version."""
    published, new = service().publish(_document(), by=actor())
    address = f"{PREFIX}/frameworks/{quote(published['id'])}/{quote(published['version'])}"
    return published, 201 if new else 200, {"Location": address}


def _document() -> Any:
    """What the body says. YAML takes long to read, so it takes a place; it may be no deeper than JSON."""
    if request.mimetype != YAML:
        return parse(request.get_data(cache=True))
    take_place()
    document = document_of_yaml(request.get_data(cache=True))
    refuse_depth(json.dumps(document).encode())
    return document


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
