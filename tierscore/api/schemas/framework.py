"""Frameworks and levers."""

from __future__ import annotations

from marshmallow import fields

from tierscore.api.schemas.common import (
    Answer,
    FrameworkVersion,
    Number,
    Paged,
    Text,
    Title,
    Truth,
    codes,
    many,
    one,
    word,
)


class Framework(FrameworkVersion):
    """A published framework version, in short."""

    status = word("illustrative", "official")
    title = one(Title)


class FrameworkWithDocument(Framework):
    """A published framework version with its document."""

    document = fields.Dict(required=True, metadata={"description": "the document as it was published"})
    regions = codes("the reference set: as the document names it, or as its rule meant it when it was published")


class FrameworkPage(Paged):
    """Framework versions."""

    items = many(Framework)


class Action(Answer):
    """An indicator that a lever acts on."""

    indicator = Text()
    relevance = Number(metadata={"description": "declared, above 0 and at most 1"})


class Passage(Answer):
    """Where a lever was read."""

    source = Text(metadata={"description": "key of the bibliography"})
    section = Text()
    passage = Text()


class Lever(Answer):
    """An institutional measure."""

    code = Text()
    title = one(Title)
    description = one(Title)
    category = Text()
    acts_on = many(Action)
    tiers = codes("targets it helps to reach; empty: any")
    groups_only = Truth(metadata={"description": "a collaboration of several regions"})
    tags = codes("tags of which a region needs one; empty: none")
    reference = one(Passage)


class LeverPage(Paged):
    """Levers."""

    items = many(Lever)
