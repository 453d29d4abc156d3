"""Assessments, short and full. docs/methodology.md says what each number means and how it is computed."""

from __future__ import annotations

from marshmallow import fields

from tierscore.api.schemas.common import (
    Answer,
    DataVersion,
    EngineVersion,
    FrameworkVersion,
    MaybeNumber,
    MaybeText,
    MaybeTruth,
    MaybeWhole,
    Number,
    Paged,
    Text,
    Title,
    Truth,
    Whole,
    codes,
    many,
    maybe,
    maybe_many,
    maybe_word,
    one,
    word,
)
from tierscore.api.schemas.framework import Action, Passage


class RegionName(Answer):
    """A region by code and name."""

    code = Text()
    name = one(Title)


class Confidence(Answer):
    """How sure a tier is: a fixed analysis of the framework's declared spreads; POST /uncertainty has others."""

    tier_probability = fields.Dict(
        keys=fields.String(), values=fields.Float(), required=True, metadata={"description": "by the code of a tier"}
    )
    present_probability = Number(metadata={"description": "of the tier that is given"})
    at_least_present = Number()
    robust = Truth(metadata={"description": "whether the tier that is given has a probability of at least 0.9"})
    samples = Whole()
    seed = Whole()


class Summary(Answer):
    """The short answer of one region."""

    region = one(RegionName)
    period = Whole()
    status = word("assessed", "insufficient_data")
    tier = MaybeText()
    tier_by_score = MaybeText(metadata={"description": "the tier if the score alone decided"})
    score = MaybeNumber()
    rank = MaybeWhole()
    coverage = Number(metadata={"description": "weight of the indicators present, of all weight"})


class Computed(Answer):
    """The versions that every computed answer carries."""

    framework = one(FrameworkVersion)
    data = one(DataVersion)
    engine = one(EngineVersion)


class ListedSummary(Summary):
    """The short answer of one region, and how sure its tier is."""

    confidence = maybe(Confidence, "null without a tier, and while it is not known yet")


class AssessmentPage(Computed, Paged):
    """Short answers in rank order."""

    items = many(ListedSummary)


class DesignatedTier(Answer):
    """The tier that a plan says."""

    tier = Text()
    kind = Text(metadata={"description": "designated, or claimed by the region itself"})
    wording = Text()
    wording_en = Text()
    source = Text()


class TierBounds(Answer):
    """The tier with every missing value at the scale's least, and at its greatest."""

    lowest = MaybeText()
    highest = MaybeText()


class Cushion(Answer):
    """How far the region stands above the tests of its own tier."""

    score = MaybeNumber()
    functions_share = MaybeNumber()
    origination_share = MaybeNumber()
    smallest_loss = MaybeNumber(metadata={"description": "least weight of functions whose loss costs the tier"})


class OriginationTest(Answer):
    """The origination quota of one tier."""

    coverage = MaybeNumber()
    coverage_needed = Number()
    share = MaybeNumber()
    share_needed = Number()
    met = Truth()


class TierTests(Answer):
    """Every test of one tier."""

    code = Text()
    title = one(Title)
    threshold = MaybeNumber(metadata={"description": "null where profiles decide, not scores"})
    score_met = MaybeTruth()
    functions_share = MaybeNumber()
    functions_needed = MaybeNumber(metadata={"description": "null where the rule has no functions test"})
    functions_met = MaybeTruth()
    origination = maybe(OriginationTest)
    attained = Truth(metadata={"description": "the tests of this tier and of all below hold"})
    missing_functions = codes("present, but not supplied at this tier")
    unknown_functions = codes("without a value")


class View(Answer):
    """The score over some of the indicators."""

    score = MaybeNumber()
    coverage = Number()


class StageViews(Answer):
    """Scores by stage of the product cycle."""

    origination = one(View)
    extension = one(View)
    diffusion = one(View)


class ForceViews(Answer):
    """Scores by force."""

    cohesion = one(View)
    radiation = one(View)


class Views(Answer):
    """The same indicators seen by stage and by force."""

    stage = one(StageViews)
    force = one(ForceViews)
    role = maybe_word("growth_pole", "power_source")


class Total(Answer):
    """The national total that a share was taken of."""

    value = Number()
    period = MaybeWhole(metadata={"description": "null where the summed values are of several years"})
    kind = word("given", "summed")


class IndicatorResult(Answer):
    """One indicator, from its raw value and source to its part in the score."""

    code = Text()
    title = one(Title)
    value = MaybeNumber()
    unit = Text()
    period = MaybeWhole()
    status = MaybeText()
    source = MaybeText()
    total = maybe(Total)
    measure = Text()
    measured = MaybeNumber()
    treated = MaybeNumber(metadata={"description": "the measure after transform, imputation and treatment"})
    normalise = MaybeText(metadata={"description": "how that becomes a score"})
    fitted = fields.Dict(
        required=True,
        allow_none=True,
        metadata={"description": "the line: low + rise (direction x - origin) / width; or among how many it is ranked"},
    )
    knots = maybe_many(
        fields.Float(),
        "the measure at the scale's least, at each tier's entry, and at the greatest; null without knots",
    )
    score = MaybeNumber()
    weight = Number()
    effective_weight = MaybeNumber(metadata={"description": "weight among the indicators present"})
    contribution = MaybeNumber(metadata={"description": "effective weight times score"})
    supplies_tier = MaybeText()
    stage = MaybeText()
    force = MaybeText()
    flags = codes()
    missing_reason = MaybeText()


class NodeResult(Answer):
    """One node of the index."""

    code = Text()
    parent = MaybeText()
    aggregate = Text()
    power = MaybeNumber()
    weight = Number(metadata={"description": "relative, within its parent"})
    score = MaybeNumber()


class OriginationGap(Answer):
    """What the origination quota lacks."""

    coverage_gap = MaybeNumber()
    share_gap = MaybeNumber()


class Deficit(Answer):
    """A present indicator below the target tier."""

    indicator = Text()
    value = MaybeNumber()
    required = MaybeNumber(metadata={"description": "the raw value that would be enough, all else as it is"})
    shortfall = MaybeNumber()
    unit = Text()
    score_gain = MaybeNumber(metadata={"description": "null where the score is no weighted sum"})
    need = Number(metadata={"description": "its part in the unmet tests"})
    reason = MaybeText(metadata={"description": "why no value is required"})


class Unknown(Answer):
    """An indicator without a value."""

    indicator = Text()
    weight = Number()
    missing_reason = Text()


class ExemplarIndicator(Answer):
    """One indicator of an exemplar, beside the region's own."""

    indicator = Text()
    value = MaybeNumber()
    score = MaybeNumber()
    score_difference = MaybeNumber()


class Exemplar(Answer):
    """A region of at least the target tier, near in score."""

    region = Text()
    tier = Text()
    score = Number()
    difference = Number()
    indicators = many(ExemplarIndicator)


class Gap(Answer):
    """The way to the target tier; all null at the top."""

    target = MaybeText()
    score_gap = MaybeNumber()
    functions_gap = MaybeNumber()
    functions_share = MaybeNumber(metadata={"description": "supplied at the target, of the weight known"})
    functions_needed = MaybeNumber()
    origination = maybe(OriginationGap)
    deficits = many(Deficit, "greatest gain first")
    unknown_ = many(Unknown, name="unknown")
    exemplars = many(Exemplar)


class Reason(Answer):
    """A deficit that a lever answers, and its part of the need."""

    indicator = Text()
    part = Number()


class LeverHead(Answer):
    """A lever in short."""

    code = Text()
    title = one(Title)
    category = Text()
    reference = one(Passage)


class AppliedLever(LeverHead):
    """A lever that answers deficits."""

    priority = Number()
    acts_on = many(Action)
    because = many(Reason)


class Portfolio(Answer):
    """The fewest levers that answer everything that any lever answers."""

    levers = codes("in the catalogue's order")
    unanswered = codes("indicators that no lever answers")


class ShortAddition(Answer):
    """How much of what; below 0 for a value that is better when lower."""

    indicator = Text()
    add = Number()
    unit = Text()
    cost = Number()


class ShortPath(Answer):
    """The least effort that reaches a tier, in short; POST /paths has the whole."""

    target = Text()
    feasible = MaybeTruth(metadata={"description": "null where none is computed under this framework"})
    cost = MaybeNumber(metadata={"description": "1 is a whole tier's way in one indicator"})
    additions = many(ShortAddition)
    text = one(Title)


class LeverForUnknown(LeverHead):
    """A lever that acts on indicators without a value."""

    unknown_ = many(fields.String(), name="unknown")


class Quota(Answer):
    """The origination quota: from which tier, and how much."""

    start = Text(data_key="from", attribute="from")
    coverage = Number()
    share = Number()


class Scale(Answer):
    """The range of every score."""

    min = Number()
    max = Number()


class Rule(Answer):
    """The declared numbers that decide."""

    status = word("illustrative", "official")
    scale = one(Scale)
    min_coverage = Number()
    sort = word("central_place", "score_bands", "electre_tri_b")
    cut = MaybeNumber()
    decimals = MaybeWhole(metadata={"description": "to how many the score is rounded before it is compared"})
    origination = maybe(Quota)


class Source(Answer):
    """Where values were read."""

    code = Text()
    title = Text()
    url = MaybeText()
    copy = Text()


class Assessment(Computed, Summary):
    """The full answer of one region: it can be computed again from itself."""

    designated_tier = maybe(DesignatedTier)
    designation_gap = MaybeWhole(metadata={"description": "tiers from the assessed one up to the designated one"})
    unproven_tiers = codes()
    tier_bounds = one(TierBounds)
    rests_on_missing = MaybeTruth()
    cushion = one(Cushion)
    tiers = many(TierTests, "lowest first")
    views = one(Views)
    uneven_functions = codes("supplied two or more tiers above the region's own")
    nodes = many(NodeResult, "the index from its root down")
    indicators = many(IndicatorResult)
    gap = one(Gap)
    levers = many(AppliedLever, "by priority")
    levers_for_unknown = many(LeverForUnknown)
    portfolio = one(Portfolio)
    confidence = maybe(Confidence, "null without a tier, for groups, and while it is not known yet")
    path = maybe(ShortPath, "the least effort that reaches the target, in short; null without one and at the top")
    flags = codes()
    rule = one(Rule)
    sources = many(Source)


class Outcome(Answer):
    """A tier and a score."""

    tier = MaybeText()
    score = MaybeNumber()


class BroughtIndicator(Answer):
    """A member's own value, and by how much it moves the group's."""

    indicator = Text()
    value = MaybeNumber()
    adds = MaybeNumber()
    unit = Text()


class Brings(Answer):
    """What the group has more than without one member, the lead staying."""

    without = one(Outcome)
    score_change = MaybeNumber()
    indicators = many(BroughtIndicator)


class Member(Summary):
    """A member on its own; without the lead there is another group, so nothing is said of what it brings."""

    lead = Truth()
    brings = maybe(Brings)


class NearExemplar(Answer):
    """A region of at least the target tier, near in score."""

    region = Text()
    tier = Text()
    score = Number()
    difference = Number()


class BriefGap(Answer):
    """The way to the target tier, the exemplars in short."""

    target = MaybeText()
    score_gap = MaybeNumber()
    functions_gap = MaybeNumber()
    functions_share = MaybeNumber(metadata={"description": "supplied at the target, of the weight known"})
    functions_needed = MaybeNumber()
    origination = maybe(OriginationGap)
    deficits = many(Deficit, "greatest gain first")
    unknown_ = many(Unknown, name="unknown")
    exemplars = many(NearExemplar)


class AtDegree(Summary):
    """The group at one degree, and the way to the target from there."""

    gap = maybe(BriefGap)


class Lacking(Answer):
    """Which tests fail, up to the target, when everything is added up."""

    status = word("assessed", "insufficient_data")
    tiers = codes("whose tests fail")
    score = Truth()
    functions = Truth()
    origination = Truth()
    missing_functions = codes("present, but not supplied at the target")
    unknown_functions = codes("without a value")


class BreakEven(Answer):
    """The smallest degree of integration that reaches the target."""

    target = MaybeText()
    integration = MaybeNumber(metadata={"description": "null where no degree does"})
    holds_on = many(fields.List(fields.Float()), "intervals of degrees that reach it, from and to")
    lacking = maybe(Lacking)


class LowerBound(Answer):
    """What the others have of an indicator that the lead lacks."""

    indicator = Text()
    value = Number()
    unit = Text()
    members = codes()


class AnyAssessment(Assessment):
    """The full answer of a region; of a group, with what it is made of."""

    members = fields.List(fields.Nested(Member), metadata={"description": "of a group"})
    lead = fields.String(metadata={"description": "of a group: the member that side by side equals"})
    integration = fields.Float(metadata={"description": "of a group: the degree asked for"})
    side_by_side = fields.Nested(AtDegree, metadata={"description": "of a group: at degree 0"})
    added_up = fields.Nested(AtDegree, metadata={"description": "of a group: at degree 1"})
    break_even = fields.Nested(BreakEven, metadata={"description": "of a group"})
    lower_bounds = fields.List(fields.Nested(LowerBound), metadata={"description": "of a group"})


class Cited(Answer):
    """A reference, or an assumption declared as one."""

    code = Text()
    kind = Text()
    title = Text()
    note = MaybeText()


class TraceNode(Answer):
    """One step: what it is, its value, the parameters used, the references, and what it is made of."""

    step = word("tier", "test", "score", "node", "indicator", "measure", "observation", "sum", "source")
    code = Text()
    value = fields.Raw(required=True, allow_none=True, metadata={"description": "a number, a text, true or false"})
    parameters = fields.Dict(required=True)
    references = many(Cited)
    children = fields.List(fields.Nested("TraceNode"), required=True)


class Trace(Computed):
    """The tree from a region's tier down to its sources."""

    region = one(RegionName)
    period = Whole()
    status = word("assessed", "insufficient_data")
    tier = MaybeText()
    score = MaybeNumber()
    trace = one(TraceNode)
