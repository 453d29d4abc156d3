"""Uncertainty: what is varied over how many draws, and how sure the tiers are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields

from tierscore.api.fields import Choice, WholeInBody, Word, Year, at_most, refusal
from tierscore.api.schemas.assessment import Computed, RegionName
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
from tierscore.api.schemas.job import job_schema
from tierscore.services.query import UncertaintyAsked
from tierscore.services.uncertainty import DESIGNS
from tierscore.services.varied import FACTORS

MOST_REGIONS = 200
DEFAULTS = UncertaintyAsked.__dataclass_fields__


class FactorBody(fields.Field[str]):
    """A factor by its name, or an object with its name and its own spread; kept as the JSON text that it is."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not isinstance(value, str | dict):
            raise refusal("wrong_type", "A name, or an object with a name, is needed here.", value)
        return json.dumps(value, sort_keys=True)


class UncertaintyBody(Schema):
    """Which draws, and for whom they are told; nothing is stored but a large analysis' own job."""

    regions = fields.List(
        Word(), load_default=list, validate=at_most(MOST_REGIONS), metadata={"description": "all if left out"}
    )
    framework = Word()
    version = Word()
    period = Year()
    as_of = Word(metadata={"description": "digits are a data revision, else an ISO 8601 date or time"})
    samples = WholeInBody(
        load_default=DEFAULTS["samples"].default,
        metadata={"description": "up to 100,000; of a saltelli design a power of two up to 16,384"},
    )
    seed = WholeInBody(load_default=DEFAULTS["seed"].default, metadata={"description": "0 is a seed like any other"})
    design = Choice(*DESIGNS, load_default=DEFAULTS["design"].default)
    factors = fields.List(
        FactorBody(metadata={"type": ["string", "object"], "description": "a name, or {name, …} with its own spread"}),
        load_default=list,
        validate=at_most(len(FACTORS)),
        metadata={"description": f"of {', '.join(FACTORS)}; all that have something to vary if left out"},
    )
    draws = WholeInBody(load_default=0, metadata={"description": "how many drawn frameworks are told, up to 1000"})


class VariedFactor(Answer):
    """What was varied, how far, and who says so."""

    name = Text()
    parameters = fields.Dict(required=True)
    reference = Text(metadata={"description": "of the framework's bibliography, `assumption`, or `asked`"})


class Quantiles(Answer):
    """At 5, 50 and 95 % of the draws."""

    p5 = Number()
    p50 = Number()
    p95 = Number()


class UncertainRegion(Answer):
    """How sure the tier, the score and the rank of a region are."""

    region = one(RegionName)
    status = word("assessed", "insufficient_data")
    tier = MaybeText()
    tier_probability = fields.Dict(keys=fields.String(), values=fields.Float(), required=True, allow_none=True)
    no_tier_probability = MaybeNumber(metadata={"description": "of too little being known under the drawn weights"})
    present_probability = MaybeNumber()
    at_least_present = MaybeNumber()
    robust = Truth()
    score = maybe(Quantiles)
    rank = maybe(Quantiles)


class Outranking(Answer):
    """In which part of the draws the score of one region, a row, is above that of another, a column."""

    regions = codes()
    probability = many(fields.List(fields.Float()))


class Index(Answer):
    """An index of Sobol with its bootstrap interval at 95 %; null where the output does not vary."""

    value = MaybeNumber()
    low = MaybeNumber()
    high = MaybeNumber()


class OutputIndices(Answer):
    """The indices of one output, by factor."""

    first = many(Index)
    total = many(Index)


class RegionIndices(OutputIndices):
    """The indices of one region's output."""

    region = Text()


class Sobol(Answer):
    """Which factor moves what: first-order and total indices."""

    factors = codes()
    score = many(RegionIndices)
    tier = many(RegionIndices, "of the tier's number")
    rank_shift = one(OutputIndices, "of the mean distance from the present ranks")


class DrawnCell(Answer):
    """What was drawn for one cell."""

    region = Text()
    indicator = Text()
    drawn = Number()


class DrawnFramework(Answer):
    """One draw: everything that is needed to compute it again."""

    weights = fields.Dict(required=True, allow_none=True)
    knots = fields.Dict(required=True, allow_none=True, metadata={"description": "by what all knots are multiplied"})
    cut = MaybeNumber()
    missing = many(DrawnCell, "in [0, 1): which of the region's present scores, or which part of the scale")
    errors = many(DrawnCell, "by what the value is multiplied; `nation` is the nation's own")
    chosen = fields.Dict(required=True)


class UncertaintyAnswer(Computed):
    """How sure the tiers are."""

    framework_status = word("illustrative", "official")
    seed = Whole()
    samples = Whole()
    design = word(*DESIGNS)
    draws = Whole(metadata={"description": "rows of the design: the samples, or samples x (factors + 2)"})
    factors = many(VariedFactor)
    period = Whole()
    regions = many(UncertainRegion)
    outranking = maybe(Outranking, "null where more than 500 regions are told: ask for some of them")
    tie_groups = many(fields.List(fields.String()), "nobody in one is outranked by its first for sure")
    told_apart_from = Number(metadata={"description": "the probability from which one outranks another for sure"})
    sobol = maybe(Sobol, "of a saltelli design")
    drawn = many(DrawnFramework)


Job = job_schema(UncertaintyAnswer)
