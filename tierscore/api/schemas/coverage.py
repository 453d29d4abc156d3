"""How good the data of a period are."""

from __future__ import annotations

from tierscore.api.schemas.assessment import Computed, TierBounds
from tierscore.api.schemas.common import (
    Answer,
    MaybeText,
    MaybeWhole,
    Number,
    Text,
    Title,
    Truth,
    Whole,
    codes,
    many,
    one,
)


class IndicatorCoverage(Answer):
    """How many of the regions have a value of an indicator, and of what kind."""

    code = Text()
    title = one(Title)
    weight = Number()
    observed = Whole()
    share_observed = Number()
    sparse = Truth(metadata={"description": "observed for fewer than two thirds of the regions"})
    missing = Whole()
    estimated = Whole()
    other_definition = Whole()
    stale = Whole(metadata={"description": "of another year than the one assessed"})


class CoverageCell(Answer):
    """A cell that is not simply known."""

    region = Text()
    indicator = Text()
    states = codes("missing, estimated, other_definition, stale")
    missing_reason = MaybeText()
    period = MaybeWhole()
    status = MaybeText()
    source = MaybeText()


class Bearing(Answer):
    """What a missing value bears on: alone the tier, with the other missing ones the bounds."""

    region = Text()
    tier = MaybeText()
    alone = one(TierBounds, "the tiers that this value alone could lead to")
    tier_bounds = one(TierBounds, "the tiers with all that is missing at its lowest, and at its highest")
    lowest_if_best = MaybeText(metadata={"description": "the lowest bound if this value were at the scale's maximum"})
    highest_if_worst = MaybeText(metadata={"description": "the highest bound if it were at the minimum"})


class Widening(Answer):
    """The regions that a missing value of an indicator bears on."""

    indicator = Text()
    regions = many(Bearing)


class Coverage(Computed):
    """What is known, what is not, and what that could change."""

    period = Whole()
    regions = Whole()
    indicators = many(IndicatorCoverage)
    cells = many(CoverageCell)
    widens = many(Widening)
