"""Regions and groups."""

from __future__ import annotations

from tierscore.api.schemas.common import Answer, MaybeText, Paged, Text, Title, codes, many, one


class Region(Answer):
    """A region, or the nation itself (kind `nation`)."""

    code = Text()
    adcode = Text(metadata={"description": "administrative division code, GB/T 2260"})
    name = one(Title)
    kind = Text()
    macro_region = MaybeText()
    tags = codes("facts that limit which levers apply")


class RegionPage(Paged):
    """Regions."""

    items = many(Region)


class Group(Answer):
    """Regions that are assessed together."""

    code = Text()
    name = one(Title)
    members = codes()


class GroupPage(Paged):
    """Groups."""

    items = many(Group)
