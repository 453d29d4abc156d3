"""The auditor's analysis of a framework. docs/methodology.md says how each number is computed."""

from __future__ import annotations

from marshmallow import fields

from tierscore.api.schemas.assessment import Computed
from tierscore.api.schemas.common import (
    Answer,
    MaybeNumber,
    MaybeText,
    Number,
    Text,
    Truth,
    Whole,
    codes,
    many,
    maybe,
    one,
    word,
)

Numbers = fields.Dict(keys=fields.String(), values=fields.Float(allow_none=True), required=True)


class Conventions(Answer):
    """What the flags go by."""

    sparse_below = Number()
    uneven_above = Number()
    redundant_above = Number()
    conflict_below = Number()
    least_units = Whole()
    seed = Whole()


class Description(Answer):
    """A column of measures."""

    indicator = Text()
    count = Whole()
    mean = MaybeNumber()
    median = MaybeNumber()
    deviation = MaybeNumber()
    least = MaybeNumber()
    greatest = MaybeNumber()
    skewness = MaybeNumber()
    kurtosis = MaybeNumber()
    most_frequent = MaybeNumber(metadata={"description": "the share of the most frequent value"})
    flags = codes("sparse, constant, skewed, uneven")


class Availability(Answer):
    """What a unit has."""

    unit = Text()
    observed = Whole()
    coverage = MaybeNumber()
    nodes = Numbers


class Coefficients(Answer):
    """How two columns go together, by each of three coefficients."""

    pearson = MaybeNumber()
    spearman = MaybeNumber()
    kendall = MaybeNumber()


class Within(Coefficients):
    """How two parts of a node go together."""

    node = Text()
    one = Text()
    other = Text()
    flag = MaybeText(metadata={"description": "redundant, conflict, or null"})


class Between(Coefficients):
    """How a part goes with a node above it."""

    part = Text()
    node = Text()
    flag = MaybeText(metadata={"description": "conflict, or null"})


class CorrelationLists(Answer):
    """Within the nodes, and between the levels."""

    within = many(Within)
    between = many(Between)


class Component(Answer):
    """A principal component."""

    eigenvalue = Number()
    explained = Number()
    loadings = Numbers


class NodeAudit(Answer):
    """Whether the parts of a node measure one thing."""

    node = Text()
    parts = codes()
    units = Whole(metadata={"description": "units that have every part"})
    alpha = MaybeNumber(metadata={"description": "Cronbach's alpha, over the units that have every part"})
    alpha_standardised = MaybeNumber(metadata={"description": "from the mean correlation, pair by pair"})
    components = fields.List(fields.Nested(Component), required=True, allow_none=True)


class Influence(Answer):
    """What an indicator weighs, and what it does to the order."""

    indicator = Text()
    weight = Number()
    influence = MaybeNumber()


class TradeOff(Answer):
    """What one more of an indicator is worth."""

    indicator = Text()
    step = Whole(metadata={"description": "1, or -1 where lower is better"})
    native_unit = Text()
    score_gain = MaybeNumber()
    worth = Numbers


class TradeOffs(Answer):
    """To one unit."""

    unit = Text()
    indicators = many(TradeOff)


class TierMove(Answer):
    """A unit in another tier."""

    unit = Text()
    before = MaybeText()
    after = MaybeText()


class LeftOut(Answer):
    """The framework without one indicator."""

    indicator = Text()
    scored = Truth()
    mean_rank_shift = MaybeNumber()
    greatest_rank_shift = Whole()
    spearman = MaybeNumber()
    tiers_moved = many(TierMove)


class Agreement(Coefficients):
    """How alike the scores of two frameworks order the units."""

    one = Text()
    other = Text()


class SideBySide(Answer):
    """A unit by every framework."""

    unit = Text()
    ranks = many(fields.Integer(allow_none=True))
    scores = many(fields.Float(allow_none=True))
    tiers = many(fields.String(allow_none=True))


class Frameworks(Answer):
    """This framework and the others asked for."""

    frameworks = codes("id@version, this one first")
    agreement = many(Agreement)
    units = many(SideBySide, "empty where there is no other framework")


class Beside(Answer):
    """An indicator of a unit beside its peers."""

    indicator = Text()
    score = Number()
    peers_median = Number()
    difference = Number()
    better_than = Number(metadata={"description": "the share of the peers that it is better than"})


class Profile(Answer):
    """Strengths and weaknesses of one unit."""

    unit = Text()
    peers = codes()
    strengths = many(Beside)
    weaknesses = many(Beside)


class Break(Answer):
    """How the scores fall into as many groups as there are tiers."""

    method = word("kmeans", "gaussian_mixture", "natural_breaks")
    entries = many(fields.Float(), "the least score of each group but the lowest")
    declared = many(fields.Float(allow_none=True), "the thresholds that decide")
    agreement = Number(
        metadata={"description": "adjusted Rand index of the groups and the tiers, 1 when they are the same"}
    )
    groups = many(fields.List(fields.String()), "the units of each group, the lowest group first")


class Audit(Computed):
    """The whole analysis."""

    period = Whole()
    conventions = one(Conventions)
    indicators = many(Description)
    availability = many(Availability)
    correlations = one(CorrelationLists)
    nodes = many(NodeAudit)
    influence = many(Influence)
    trade_offs = maybe(TradeOffs)
    leave_one_out = many(LeftOut)
    frameworks = one(Frameworks)
    profile = maybe(Profile)
    natural_breaks = many(Break)
