"""Regions and their groups."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from tierscore.api.access import actor
from tierscore.api.assessments import Versions, asked
from tierscore.api.bodies import said_in_body
from tierscore.api.context import reading, service
from tierscore.api.fields import Word
from tierscore.api.once import once
from tierscore.api.pages import Page, PageQuery, cut
from tierscore.api.parsing import QuerySchema
from tierscore.api.resources import PREFIX, Resources, in_path
from tierscore.api.schemas.region import Group, GroupBody, GroupPage, Region, RegionPage
from tierscore.api.schemas.rollup import RollupAnswer

blueprint = Resources("regions", "Regions, and groups of regions that are assessed together")


class RegionsParameters(PageQuery):
    """Which regions; all that is said must hold."""

    kind = Word(metadata={"description": "a kind of region, such as province, city or county"})
    parent = Word(metadata={"description": "code of a region: those that are directly a part of it"})
    within = Word(metadata={"description": "code of a region: those that are a part of it at any level"})


@blueprint.get("/regions")
@blueprint.query(RegionsParameters)
@blueprint.answers(RegionPage, paged=True)
def list_regions(query: dict[str, Any]) -> Page:
    """Regions, and the nation."""
    wanted = {name: query[name] for name in ("kind", "parent", "within") if name in query}
    return cut(reading().regions(**wanted), query)


@blueprint.get("/regions/<string:code>", parameters=[in_path("code", "code of a region", "CN-SC")])
@blueprint.query(QuerySchema)
@blueprint.answers(Region, errors=("NOT_FOUND",))
def get_region(_query: dict[str, Any], code: str) -> dict[str, Any]:
    """One region."""
    return reading().region(code)


class RollupParameters(Versions):
    """Which indicators, by which framework, in which year."""

    indicator = fields.List(Word(), metadata={"description": "indicator codes; all of the framework if left out"})


@blueprint.get("/regions/<string:code>/rollup", parameters=[in_path("code", "code of a region", "CN")])
@blueprint.query(RollupParameters)
@blueprint.answers(RollupAnswer, errors=("NOT_FOUND",))
def get_rollup(query: dict[str, Any], code: str) -> dict[str, Any]:
    """What the parts of a region add up to, by each indicator's pooling rule, and which of them are not known."""
    return reading().rollup(code, asked(query), tuple(query.get("indicator", ())))


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
