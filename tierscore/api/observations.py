"""Observations as of a moment."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields

from tierscore.api import representations
from tierscore.api.context import reading
from tierscore.api.fields import Flag, WholeNumber, Word
from tierscore.api.pages import Page, PageQuery, bound
from tierscore.api.resources import Resources
from tierscore.api.schemas.observation import ObservationPage
from tierscore.errors import Invalid, Violation
from tierscore.services.query import ObservationQuery
from tierscore.services.sdmx_csv import MEDIA_TYPE as SDMX_CSV
from tierscore.services.sdmx_csv import sdmx_csv

AS_OF = {"description": "digits are a data revision, else an ISO 8601 date (its last instant, UTC) or time"}

blueprint = Resources("observations", "Values with unit, status, source and revision")


class ObservationParameters(PageQuery):
    """Which observations; a repeated filter means any of its values."""

    region = fields.List(Word(), metadata={"description": "region codes"})
    indicator = fields.List(Word(), metadata={"description": "indicator codes"})
    period = fields.List(WholeNumber(1, 9999), metadata={"description": "years"})
    as_of = Word(metadata=AS_OF)
    history = Flag(metadata={"description": "list replaced revisions too"})


@blueprint.get("/observations")
@blueprint.query(ObservationParameters)
@blueprint.answers(ObservationPage, paged=True)
@blueprint.or_as(SDMX_CSV)
def list_observations(query: dict[str, Any]) -> Page | Response:
    """Observations as of a moment: newest period first, then by region and indicator.

    By the Accept header as JSON or as SDMX-CSV 2.0, a page at a time; CSV has no place for replaced revisions.
    """
    as_csv = representations.wanted() == SDMX_CSV
    if as_csv and query.get("history", False):
        template = "SDMX-CSV has one value of each cell; replaced revisions are listed in JSON."
        raise Invalid("query", [Violation("not_in_csv", template, parameter="history", value=True)])
    found = reading().observations(
        ObservationQuery(
            regions=tuple(query.get("region", ())),
            indicators=tuple(query.get("indicator", ())),
            periods=tuple(query.get("period", ())),
            as_of=query.get("as_of"),
            history=query.get("history", False),
            page=query["page"],
            page_size=query["page_size"],
        )
    )
    body, headers = bound(found["items"], found["total"], query, data=found["data"])
    if as_csv:
        return Response("".join(sdmx_csv(found["items"])), content_type=f"{SDMX_CSV}; charset=utf-8", headers=headers)
    return body, headers
