"""The audit trail, for those who may read it."""

from __future__ import annotations

from typing import Any

from flask import Response

from tierscore.api import etags
from tierscore.api.context import reading
from tierscore.api.fields import WholeNumber
from tierscore.api.pages import PageQuery, bound
from tierscore.api.resources import Tagged
from tierscore.api.schemas.trail import TrailPage
from tierscore.api.scopes import needs
from tierscore.services.keys import ADMIN

LAST = 999_999_999

blueprint = Tagged("audit", "Who changed what, and when")


class TrailQuery(PageQuery):
    """Since which change."""

    since = WholeNumber(
        0, LAST, load_default=0, metadata={"description": "number of the last change that is known already"}
    )


@blueprint.get("/audit")
@blueprint.query(TrailQuery)
@blueprint.answers(TrailPage, paged=True)
@needs(ADMIN)
def list_changes(query: dict[str, Any]) -> Response:
    """Every change of data, groups, frameworks, scenarios and keys, oldest first; nothing is ever taken back."""
    found = reading().trail(query["since"], query["page"], query["page_size"])
    body, headers = bound(found["items"], found["total"], query)
    response = etags.answered(lambda: body, etags.tag_of([found, query]))
    response.headers.extend(headers)
    response.cache_control.private = True
    return response
