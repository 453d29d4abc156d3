"""Regions and groups."""

from __future__ import annotations

from marshmallow import Schema, fields

from tierscore.api.fields import NewCode, Word, at_least_one, at_most
from tierscore.api.schemas.common import Answer, MaybeText, Paged, Text, Title, Truth, codes, many, one

MOST_MEMBERS = 200


class Region(Answer):
    """A region, or the nation itself (kind `nation`)."""

    code = Text()
    adcode = Text(metadata={"description": "administrative division code, GB/T 2260"})
    name = one(Title)
    kind = Text()
    macro_region = MaybeText()
    tags = codes("facts that limit which levers apply")
    parent = MaybeText(metadata={"description": "code of the region that it is a part of"})


class RegionPage(Paged):
    """Regions."""

    items = many(Region)


class Group(Answer):
    """Regions that are assessed together."""

    code = Text()
    name = one(Title)
    members = codes()
    own = Truth(metadata={"description": "a user's; the others come with the service and stay"})


class NameBody(Schema):
    """A name in the two languages."""

    zh = Word(required=True)
    en = Word(required=True)


class GroupBody(Schema):
    """A group of regions to be kept."""

    code = NewCode(required=True)
    name = fields.Nested(NameBody, required=True)
    members = fields.List(Word(), required=True, validate=[at_least_one, at_most(MOST_MEMBERS)])


class GroupPage(Paged):
    """Groups."""

    items = many(Group)
