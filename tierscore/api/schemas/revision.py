"""Revisions, and what changed between two of them."""

from __future__ import annotations

from marshmallow import fields

from tierscore.api.schemas.assessment import RegionName
from tierscore.api.schemas.common import (
    Answer,
    DataVersion,
    EngineVersion,
    FrameworkVersion,
    MaybeNumber,
    MaybeText,
    MaybeWhole,
    Moment,
    Number,
    Paged,
    Text,
    Truth,
    Whole,
    many,
    maybe,
    one,
)


class Revision(Answer):
    """One accepted batch of observations."""

    revision = Whole()
    recorded_at = Moment()
    recorded_by = Text()
    note = Text()
    rows = Whole(metadata={"description": "observations stored in it"})
    digest = Text(metadata={"description": "SHA-256, chained over all revisions up to this one"})


class RevisionPage(Paged):
    """Revisions, newest first."""

    items = many(Revision)


class Said(Answer):
    """What the newest observation of a cell said; a null value is one withdrawn."""

    value = MaybeNumber()
    status = Text()
    source = Text()
    vintage = Text()


class Change(Answer):
    """A cell whose newest observation differs; null where there was none."""

    region = Text()
    indicator = Text()
    period = Whole()
    before = maybe(Said)
    after = maybe(Said)


class Standing(Answer):
    """Where a region stood."""

    status = Text()
    tier = MaybeText()
    score = MaybeNumber()
    rank = MaybeWhole()
    coverage = Number()


class Move(Answer):
    """A region whose tier, score or rank differs."""

    region = one(RegionName)
    tier_moved = Truth()
    score_change = MaybeNumber()
    before = one(Standing)
    after = one(Standing)


class RevisionComparison(Answer):
    """What changed from one revision to another, and which regions moved because of it."""

    framework = one(FrameworkVersion)
    engine = one(EngineVersion)
    period = Whole()
    from_ = fields.Nested(DataVersion, required=True, attribute="from", data_key="from")
    to = one(DataVersion)
    changes_total = Whole()
    changes = many(Change)
    tiers = many(Move, "in the order of the later ranks")
