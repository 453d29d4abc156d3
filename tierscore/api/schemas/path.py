"""Paths: which tier is to be reached on which terms, and the least effort that reaches it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields

from tierscore.api.fields import Amounts, StrictNumber, WholeInBody, Word, Year, at_most, refusal, within
from tierscore.api.schemas.assessment import AppliedLever, Computed, Portfolio, Reason, RegionName, ShortAddition
from tierscore.api.schemas.common import (
    Answer,
    MaybeNumber,
    MaybeText,
    MaybeTruth,
    Number,
    Text,
    Title,
    Truth,
    Whole,
    many,
    maybe,
    one,
    word,
)
from tierscore.api.schemas.uncertainty import VariedFactor
from tierscore.services.assessments import FIRST_PERIOD, LAST_PERIOD
from tierscore.services.query import PathAsked

MOST_EFFECTS = 200
DEFAULTS = PathAsked.__dataclass_fields__
AMOUNTS = {"type": "object", "additionalProperties": {"type": "number"}}


class Growth(StrictNumber):
    """A rate, an object of rates by indicator, or two periods."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if not isinstance(value, dict):
            rate = super()._deserialize(value, attr, data, **kwargs)
            within(-0.99, 10)(rate)
            return rate
        if {"from", "to"} & set(value):
            return self._periods(value)
        return Amounts().deserialize(value)

    def _periods(self, value: dict[str, Any]) -> tuple[int, int]:
        given: dict[str, Any] = _Periods().load(value)
        first, last = given["from_"], given["to"]
        if first >= last:
            raise ValidationError({"to": refusal("out_of_range", "A later period than {first} is needed.", last,
                                                 first=first).messages})  # fmt: skip
        return first, last


class _Periods(Schema):
    """From which period to which."""

    from_ = Year(required=True, data_key="from", validate=within(FIRST_PERIOD, LAST_PERIOD))
    to = Year(required=True, validate=within(FIRST_PERIOD, LAST_PERIOD))


class RivalsBody(Schema):
    """How the rest of the nation grows until the plan's date."""

    growth = Growth(
        required=True,
        metadata={
            "type": ["number", "object"],
            "description": "a rate a year of everything that shares are taken of; rates by indicator; or {from, to}: "
            "each other region changes once more as it did between these periods",
            "example": 0.05,
        },
    )
    years = StrictNumber(
        validate=within(0, 100),
        metadata={"description": "how many years it goes on; 1, or as many as there are between the periods"},
    )


class EffectBody(Schema):
    """What the user expects of a lever: so much of an indicator, for a cost."""

    lever = Word(required=True)
    indicator = Word(required=True)
    effect = StrictNumber(required=True, metadata={"description": "1e-6 to 1e12, in the indicator's unit"})
    cost = StrictNumber(load_default=1.0, metadata={"description": "0 to 1e6"})


class PathBody(Schema):
    """Which tier is to be reached by whom, and on which terms; nothing is stored."""

    region = Word(required=True, metadata={"description": "code of a reference region or of a group"})
    target = Word(metadata={"description": "code of a tier; the next one up if left out"})
    framework = Word()
    version = Word()
    period = Year()
    as_of = Word(metadata={"description": "digits are a data revision, else an ISO 8601 date or time"})
    integration = StrictNumber(
        load_default=0.0, validate=within(0, 1), metadata={"minimum": 0, "maximum": 1, "description": "of a group"}
    )
    costs = Amounts(load_default=dict, metadata={**AMOUNTS, "description": "of one unit of an indicator, 0 to 1e12"})
    upper_bounds = Amounts(load_default=dict, metadata={**AMOUNTS, "description": "the most that may be added"})
    fixed = Amounts(
        load_default=dict,
        metadata={**AMOUNTS, "description": "what is added in any case, as a change of the value; 0: nothing is"},
    )
    rivals = fields.Nested(RivalsBody, metadata={"description": "they stand still if left out"})
    expected_effects = fields.List(fields.Nested(EffectBody), load_default=list, validate=at_most(MOST_EFFECTS))
    tolerance = StrictNumber(
        load_default=DEFAULTS["tolerance"].default,
        validate=within(0, 10),
        metadata={
            "minimum": 0,
            "maximum": 10,
            "description": "by which part of the best cost alternatives may be dearer",
        },
    )
    alternatives = WholeInBody(load_default=DEFAULTS["alternatives"].default, validate=within(0, 10))
    time_limit = StrictNumber(
        load_default=DEFAULTS["time_limit"].default,
        validate=within(0.05, 30),
        metadata={
            "minimum": 0.05,
            "maximum": 30,
            "description": "seconds for each programme, and for each plan with `confidence`; a plan not proven best by "
            "then says so",
        },
    )
    confidence = StrictNumber(
        validate=within(0, 1),
        metadata={
            "minimum": 0,
            "maximum": 1,
            "description": "the part of 200 declared draws in which each plan must reach its tier, 0.9 for 90 %",
        },
    )


class Leaves(Answer):
    """What each test of the target lacks, 0 where it holds; null where the tier has no quota."""

    score = Number()
    functions_share = Number()
    origination_share = MaybeNumber()


class Addition(ShortAddition):
    """One addition, and what it does. They are in the order in which the next one helps most."""

    title = one(Title)
    current = Number()
    value = Number(metadata={"description": "current and add together"})
    unit_cost = Number()
    priced_by = word("default", "given", "expected_effect")
    score_before = Number()
    score_after = Number()
    score_gain = Number(metadata={"description": "what it adds to the region's score"})
    newly_supplies = Truth(metadata={"description": "the function, at the target tier"})
    leaves = one(Leaves, "what the tests lack once this and those before it are made")


class PlanLever(Answer):
    """A lever that acts on the plan; `levers` and GET /levers have the rest of it."""

    code = Text()
    priority = Number(metadata={"description": "by the gap"})
    plan_priority = Number(metadata={"description": "by the plan's additions: sum of relevance x part of the cost"})
    plan_because = many(Reason)


class Plan(Answer):
    """Additions that reach a tier."""

    to = Text()
    additions = many(Addition)
    cost = Number()
    proven_gap = Number(metadata={"description": "by which part a better plan may be cheaper; 0: none is"})
    holds_in = MaybeNumber(
        metadata={"description": "the part of the draws; null without `confidence` and if a missing value is assumed"}
    )
    score = Number(metadata={"description": "once the additions are made"})
    functions_share = Number()
    origination_share = MaybeNumber()
    levers = many(PlanLever)
    portfolio = one(Portfolio)


class PlanStep(Plan):
    """A plan to the next tier, from where the one before it ended."""

    from_ = fields.String(required=True, allow_none=True, attribute="from", data_key="from")


class Alternative(Plan):
    """Another plan in one leap that does without something the plans before it take."""

    dearer_by = Number()


class ExpectedEffect(Answer):
    """What the user expects of a lever. The service claims no effect."""

    indicator = Text()
    effect = Number()
    cost = Number()
    times_needed = Number(metadata={"description": "how many such effects the additions on the way are"})
    expected_by = word("user")


class LeverOfPath(AppliedLever):
    """A lever that acts on what is added on the way, or on the gap."""

    plan_priority = Number()
    plan_because = many(Reason)
    expected_effects = many(ExpectedEffect)


class BlockedTest(Answer):
    """A test of the target with everything added that may be."""

    test = word("coverage", "score", "functions_share", "origination_coverage", "origination_share")
    most = MaybeNumber()
    needed = Number()
    met = Truth()


class Held(Answer):
    """An indicator that cannot be added to as far as its ceiling."""

    indicator = Text()
    kind = word("not_actionable", "upper_bound", "fixed", "missing")
    weight = Number()


class PathReason(Answer):
    """Why there is no plan."""

    code = word("attained", "top", "not_reachable", "not_sure")
    text = one(Title)
    tests = many(BlockedTest)
    held = many(Held)


class Allowed(Answer):
    """Something that would have to be otherwise."""

    indicator = Text()
    kind = word("not_actionable", "upper_bound", "fixed", "missing")
    add = MaybeNumber(metadata={"description": "the change in the leap; null for what is missing"})
    unit = Text()
    measure = Text()
    measure_needed = MaybeNumber(metadata={"description": "what a missing one would have to measure at least"})


class Relaxation(Answer):
    """The fewest things that would have to be otherwise, and the plans then."""

    allows = many(Allowed)
    cost = MaybeNumber()
    steps = many(PlanStep)
    one_leap = one(Plan)
    levers = many(LeverOfPath)
    portfolio = one(Portfolio)


class BriefPlan(Answer):
    """A plan in short."""

    to = Text()
    cost = Number()
    additions = many(ShortAddition)


class MergingEnd(Answer):
    """The way at one end of integration."""

    integration = Number()
    tier = MaybeText()
    feasible = Truth(metadata={"description": "without what is allowed below"})
    allows = many(Allowed)
    cost = MaybeNumber()
    steps = many(BriefPlan)
    one_leap = maybe(BriefPlan)


class SavedAddition(Answer):
    """What all steps add at each end."""

    indicator = Text()
    side_by_side = Number()
    added_up = Number()
    unit = Text()


class Saved(Answer):
    """What merging alone saves."""

    cost = Number()
    additions = many(SavedAddition)


class Merging(Answer):
    """Side by side and added up at the same prices."""

    side_by_side = one(MergingEnd)
    added_up = one(MergingEnd)
    saved = maybe(Saved, "null where one end needs a relaxation that the other does not")


class Loss(Answer):
    """A change for the worse."""

    indicator = Text()
    value = Number()
    change = Number()
    left = Number()
    unit = Text()
    cost = MaybeNumber(metadata={"description": "at the prices of additions; null where it has none"})


class Losses(Answer):
    """The smallest losses that cost the present tier."""

    tier = Text()
    alone = many(Loss, "of one indicator, the others as they are, cheapest first; parts: just more than this")
    functions = many(Loss, "the cheapest set of functions whose loss costs the tier; empty where none does")


class Ignored(Answer):
    """Something that was given and has no part in the answer."""

    option = word("costs", "upper_bounds")
    indicator = Text()
    reason = word("missing", "not_actionable")


class WithoutConfidence(Answer):
    """The least effort if the values as they are decided alone."""

    cost = Number()
    holds_in = Number()


class PathConfidence(Answer):
    """In how many draws plans must reach their tier."""

    asked = Number()
    draws = Whole()
    needed = Whole()
    seed = Whole()
    factors = many(VariedFactor)
    holds_now = Number(metadata={"description": "the part of the draws in which the target is reached as things are"})
    holds_at_most = Number(metadata={"description": "with everything added that may be"})
    without = maybe(WithoutConfidence, "null where the values as they are do not reach the tier")


class PathAnswer(Computed):
    """The least effort that reaches a tier."""

    framework_status = word("illustrative", "official")
    region = one(RegionName)
    period = Whole()
    status = word("assessed", "insufficient_data")
    tier = MaybeText(metadata={"description": "the present one, among rivals as they are asked for"})
    score = MaybeNumber()
    lead = MaybeText(metadata={"description": "the member that additions go to; null for a region"})
    integration = MaybeNumber()
    target = MaybeText()
    feasible = MaybeTruth(metadata={"description": "null where there is no tier above"})
    reason = maybe(PathReason)
    cost = MaybeNumber(metadata={"description": "of all steps"})
    steps = many(PlanStep)
    one_leap = maybe(Plan)
    alternatives = many(Alternative)
    levers = many(LeverOfPath)
    portfolio = maybe(Portfolio)
    relaxation = maybe(Relaxation)
    merging = maybe(Merging, "null for a single region, and with confidence")
    losses = maybe(Losses, "null in the lowest tier and without one")
    confidence = maybe(PathConfidence, "null where none is asked for, and without a tier to reach")
    ignored = many(Ignored)
