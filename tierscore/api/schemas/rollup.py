"""What the parts of a region add up to."""

from __future__ import annotations

from tierscore.api.schemas.assessment import Computed, RegionName
from tierscore.api.schemas.common import (
    Answer,
    MaybeNumber,
    MaybeText,
    Number,
    Text,
    Title,
    Whole,
    many,
    maybe,
    maybe_word,
    one,
    word,
)


class PoolingRule(Answer):
    """How an indicator's values add up."""

    kind = word("sum", "best", "ratio")
    weight = MaybeText(metadata={"description": "code of the indicator that a ratio is weighted by"})


class OwnObservation(Answer):
    """What was observed of the region itself."""

    value = Number()
    status = Text()
    source = Text()


class RegionPart(Answer):
    """A region that is directly a part of the one asked for."""

    region = Text()
    value = MaybeNumber()
    kind = maybe_word("observed", "rolled_up", description="its own value or that of its own parts; null: not known")
    missing_reason = MaybeText()
    weight = MaybeNumber(metadata={"description": "of a ratio"})
    status = MaybeText()
    source = MaybeText()


class RolledUpIndicator(Answer):
    """One indicator, added up."""

    code = Text()
    title = one(Title)
    unit = Text()
    pooling = maybe(PoolingRule)
    value = MaybeNumber(metadata={"description": "of all parts together; null as long as one of them is not known"})
    reason = maybe_word(
        "no_pooling", "no_children", "children_missing", "weights_missing", "no_weight", "too_large",
        description="why there is no value",
    )  # fmt: skip
    known = Whole(metadata={"description": "how many of the children have a value"})
    own = maybe(OwnObservation, "the region's own observation, which nothing is mixed with")
    parts = many(RegionPart)


class RollupAnswer(Computed):
    """What the parts of a region add up to in a year."""

    framework_status = word("illustrative", "official")
    period = Whole()
    region = one(RegionName)
    children = Whole(metadata={"description": "regions that are directly a part of it"})
    indicators = many(RolledUpIndicator)
