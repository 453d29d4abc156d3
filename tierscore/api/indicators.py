"""The indicator catalogue."""

from __future__ import annotations

from typing import Any

from tierscore.api.context import reading
from tierscore.api.pages import Page, PageQuery, cut
from tierscore.api.resources import Resources
from tierscore.api.schemas.indicator import IndicatorPage

blueprint = Resources("indicators", "What is observed: units, and which values are accepted")


@blueprint.get("/indicators")
@blueprint.query(PageQuery)
@blueprint.answers(IndicatorPage, paged=True)
def list_indicators(query: dict[str, Any]) -> Page:
    """The indicator catalogue that every observation is checked against."""
    return cut(reading().indicators(), query)
