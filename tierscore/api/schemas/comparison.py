"""Several regions and groups side by side."""

from __future__ import annotations

from marshmallow import fields

from tierscore.api.schemas.assessment import AnyAssessment, Computed, Summary, Views
from tierscore.api.schemas.audit import Beside
from tierscore.api.schemas.common import (
    Answer,
    MaybeNumber,
    MaybeText,
    MaybeWhole,
    Number,
    Paged,
    Text,
    Title,
    Whole,
    codes,
    many,
    maybe_word,
    one,
    word,
)


class Peers(Answer):
    """What one is strong and weak in, against the median of its peers."""

    peers = codes("whom it is compared with")
    strengths = many(Beside, "greatest difference first")
    weaknesses = many(Beside, "greatest difference first")


class YearlyStand(Answer):
    """Where one stood in a year."""

    status = word("assessed", "insufficient_data")
    tier = MaybeText()
    score = MaybeNumber()
    rank = MaybeWhole()
    coverage = Number()


class YearlyIndicatorChange(Answer):
    """One indicator in both years."""

    indicator = Text()
    unit = Text()
    before = MaybeNumber()
    after = MaybeNumber()
    score_change = MaybeNumber()


class YearlyChange(Answer):
    """From an earlier year to the one asked about."""

    start = Whole(data_key="from", attribute="from")
    to = Whole()
    before = one(YearlyStand)
    after = one(YearlyStand)
    change = MaybeNumber(metadata={"description": "of the score, as published"})
    like_for_like = MaybeNumber(
        metadata={"description": "over the indicators there in both years; null where regions are compared"}
    )
    moved_by = maybe_word("values", "data", description="what moved the tier; null where it stayed")
    indicators = many(YearlyIndicatorChange)


class Compared(AnyAssessment):
    """A full answer, with peers and change."""

    peers = one(Peers)
    change = one(YearlyChange)


class RankedRegion(Summary):
    """Where a reference region stands among all."""

    views = one(Views)


class ComparisonPage(Computed, Paged):
    """A page of a comparison."""

    framework_status = word("illustrative", "official")
    framework_title = one(Title)
    period = Whole()
    since = Whole(metadata={"description": "the earlier year"})
    items = many(Compared, "best score first", name="items")
    standings = many(fields.Nested(RankedRegion), "all reference regions, in rank order")
