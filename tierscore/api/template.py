"""The workbook that a statistics office fills in and sends back."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields

from tierscore.api.assessments import Subject, asked
from tierscore.api.context import reading
from tierscore.api.documents import attached
from tierscore.api.fields import Choice, Word
from tierscore.api.languages import LANGUAGES, language
from tierscore.api.resources import Resources
from tierscore.services.handout import XLSX

blueprint = Resources("template", "A form for metrics")


class TemplateParameters(Subject):
    """Which workbook."""

    region = fields.List(Word(), metadata={"description": "region codes; the reference regions if left out"})
    lang = Choice(*LANGUAGES, metadata={"description": "of names and help; as Accept-Language says if left out"})


@blueprint.get("/observations/template")
@blueprint.query(TemplateParameters)
@blueprint.hands_out(XLSX, "A workbook for `POST /observations/import`")
def get_template(query: dict[str, Any]) -> Response:
    """An XLSX workbook to fill in: a row per region and indicator of a framework, with names, units and limits."""
    question = asked(query, regions=tuple(query.get("region", ())))
    return attached(reading().template(question, query.get("lang", language())))
