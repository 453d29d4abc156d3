"""Observations as of a moment."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from tierscore.api.context import reading
from tierscore.api.fields import Flag, WholeNumber, Word
from tierscore.api.pages import Page, PageQuery, bound
from tierscore.api.resources import Resources
from tierscore.api.schemas.observation import ObservationPage
from tierscore.services.query import ObservationQuery

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
def list_observations(query: dict[str, Any]) -> Page:
    """Observations as of a moment: newest period first, then by region and indicator."""
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
    return bound(found["items"], found["total"], query, data=found["data"])
