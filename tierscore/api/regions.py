"""Regions and their groups."""

from __future__ import annotations

from typing import Any

from tierscore.api.context import reading
from tierscore.api.pages import Page, PageQuery, cut
from tierscore.api.parsing import QuerySchema
from tierscore.api.resources import Resources, in_path
from tierscore.api.schemas.region import GroupPage, Region, RegionPage

blueprint = Resources("regions", "Regions, and groups of regions that are assessed together")


@blueprint.get("/regions")
@blueprint.query(PageQuery)
@blueprint.answers(RegionPage, paged=True)
def list_regions(query: dict[str, Any]) -> Page:
    """All regions, and the nation."""
    return cut(reading().regions(), query)


@blueprint.get("/regions/<string:code>", parameters=[in_path("code", "code of a region", "CN-SC")])
@blueprint.query(QuerySchema)
@blueprint.answers(Region, errors=("NOT_FOUND",))
def get_region(_query: dict[str, Any], code: str) -> dict[str, Any]:
    """One region."""
    return reading().region(code)


@blueprint.get("/groups")
@blueprint.query(PageQuery)
@blueprint.answers(GroupPage, paged=True)
def list_groups(query: dict[str, Any]) -> Page:
    """All groups of regions, with their members."""
    return cut(reading().groups(), query)
