"""Regions and their groups."""

from __future__ import annotations

from typing import Any

from tierscore.api.access import actor
from tierscore.api.bodies import said_in_body
from tierscore.api.context import reading, service
from tierscore.api.once import once
from tierscore.api.pages import Page, PageQuery, cut
from tierscore.api.parsing import QuerySchema
from tierscore.api.resources import PREFIX, Resources, in_path
from tierscore.api.schemas.region import Group, GroupBody, GroupPage, Region, RegionPage

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


@blueprint.post("/groups")
@once
@blueprint.body(GroupBody)
@blueprint.answers(Group, status=201)
def add_group(body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Stores a group of regions; a region may be in several, a group in none."""
    with said_in_body():
        added = service().add_group(body["code"], body["name"], tuple(body["members"]), by=actor())
    return added, 201, {"Location": f"{PREFIX}/assessments/{body['code']}"}


@blueprint.delete("/groups/<string:code>", parameters=[in_path("code", "code of a group", "CN-CY")])
@blueprint.gives_nothing(errors=("NOT_FOUND", "CONFLICT"))
def delete_group(code: str) -> str:
    """Removes a group; those that come with the service stay."""
    service().delete_group(code, by=actor())
    return ""
