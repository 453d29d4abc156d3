"""Several years side by side."""

from __future__ import annotations

from marshmallow import fields

from tierscore.api.schemas.assessment import Computed, RegionName
from tierscore.api.schemas.common import Answer, MaybeNumber, MaybeText, Whole, codes, many, maybe_word, one, word


class PanelStep(Answer):
    """From one year to the next."""

    start = Whole(data_key="from", attribute="from")
    to = Whole()
    change = MaybeNumber(metadata={"description": "of the score, as published"})
    like_for_like = MaybeNumber(
        metadata={"description": "over the indicators there in both years; null where regions are compared"}
    )
    before = MaybeText()
    after = MaybeText()
    moved_by = maybe_word("values", "data", description="what moved the tier; null where it stayed")


class PanelRegion(Answer):
    """One region through the years."""

    region = one(RegionName)
    scores = many(fields.Float(allow_none=True))
    ranks = many(fields.Integer(allow_none=True))
    tiers = many(fields.String(allow_none=True))
    coverage = many(fields.Float(allow_none=True))
    change = MaybeNumber(metadata={"description": "of the score, from the first year to the last"})
    annual_growth = MaybeNumber(metadata={"description": "compound annual rate of the score"})
    steps = many(PanelStep)


class Movement(Answer):
    """Who went from one tier to another between the first year and the last."""

    before = MaybeText()
    after = MaybeText()
    regions = codes()


class PanelAnswer(Computed):
    """Several years of the reference regions."""

    framework_status = word("illustrative", "official")
    periods = many(fields.Integer())
    bounds = word("per_period", "common")
    regions = many(PanelRegion)
    movements = many(Movement)
