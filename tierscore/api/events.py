"""Tier changes as a feed."""

from __future__ import annotations

from typing import Any

from flask import Response

from tierscore.api import etags
from tierscore.api.context import reading, service
from tierscore.api.fields import WholeNumber
from tierscore.api.pages import PageQuery, bound
from tierscore.api.resources import Tagged
from tierscore.api.schemas.event import EventPage
from tierscore.services.service import MOST_TOLD

LAST = 999_999_999

blueprint = Tagged("events", "Which tiers changed")


class EventQuery(PageQuery):
    """Since which event."""

    since = WholeNumber(
        0, LAST, load_default=0, metadata={"description": "number of the last event that is known already"}
    )


@blueprint.get("/events")
@blueprint.query(EventQuery)
@blueprint.answers(EventPage, paged=True)
def list_events(query: dict[str, Any]) -> Response:
    """The tiers that accepted batches changed, oldest first; what is not written yet is written now."""
    service().tell(MOST_TOLD)
    found = reading().events(query["since"], query["page"], query["page_size"])
    cursor = max([query["since"], *(item["number"] for item in found["items"])])
    body, headers = bound(found["items"], found["total"], query, told=found["told"], next_since=cursor)
    response = etags.answered(lambda: body, etags.tag_of([body, query]))
    response.headers.extend(headers)
    return response
