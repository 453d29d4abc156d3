"""A framework as arrays: what the steps need."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tierscore.engine import transform
from tierscore.engine.aggregate import declared_weights
from tierscore.engine.electre import Criteria
from tierscore.engine.impute import Filling
from tierscore.engine.matrix import Flags, Floats, Ints
from tierscore.engine.normalise import DISTANCES, Line, Scheme, line
from tierscore.engine.refused import Refused, labelled
from tierscore.engine.tier import Rule
from tierscore.engine.treat import Limits
from tierscore.framework.model import (
    ACROSS_UNITS,
    FORCES,
    STAGES,
    CentralPlace,
    ElectreTriB,
    Framework,
    Indicator,
    Knots,
    Leaf,
    Node,
    Scaling,
    ScoreBands,
)
from tierscore.framework.tree import leaves, nodes

VIEWED_FORCES = FORCES[:2]  # `overall` is a view of nothing


@dataclass(frozen=True)
class Treating:
    """Treatment as it is asked for: its limits, the columns left out, what follows where it was not enough."""

    limits: Limits
    exempt: Flags
    then_log: bool


@dataclass(frozen=True)
class Outranking:
    """A sort by profiles: (profiles, indicators) measured values, and what is asked of each criterion."""

    profiles: Floats
    criteria: Criteria
    cut: float


@dataclass(frozen=True)
class Parameters:
    """Arrays over the scored indicators, those in the index, in the order of the document.

    places : (indicators,), their places among all indicators of the framework, helpers included.
    index : the tree with its weights.  weights : (indicators,), sum 1.
    knots : (indicators, knots), NaN where there are none; knot_scores : (knots,).
    entries : (indicators, tiers), the measure at which each tier begins, NaN where that is not known beforehand.
    ceilings : (indicators,), the measure from which the score rises no more, or leaves the scale.
    bends : (indicators, bends), the measures at which a value function of declared numbers changes its slope.
    share, per, integer, actionable : bool (indicators,).
    denominators : (indicators,) places among all, 0 where there is none.
    direction : (indicators,), 1 or -1.  scale : (indicators,), of `per` measures.
    stages : (3, indicators), forces : (2, indicators), bool.
    transforms, filling, treating, schemes, outranking : the steps, None or empty where they are not asked for;
    named_units : the reference units of the scheme that has them, by the order of its columns.
    only_knots : whether nothing but knots stands between measure and score.  linear : whether all nodes are
    arithmetic means of declared weights.  alone : whether a unit's answer depends on no other unit but by totals.
    bounded : whether the scale's ends are the least and the most that a missing value can give.
    decimals : to how many the score is rounded before it is compared, None for not at all.
    """

    codes: tuple[str, ...]
    places: Ints
    index: Node
    weights: Floats
    knots: Floats
    knot_scores: Floats
    entries: Floats
    ceilings: Floats
    bends: Floats
    share: Flags
    per: Flags
    denominators: Ints
    scale: Floats
    integer: Flags
    actionable: Flags
    direction: Ints
    stages: Flags
    forces: Flags
    rule: Rule
    transforms: tuple[str, ...] | None
    filling: Filling | None
    treating: Treating | None
    schemes: tuple[Scheme, ...]
    named_units: tuple[str, ...]
    outranking: Outranking | None
    only_knots: bool
    linear: bool
    alone: bool
    bounded: bool
    derived: bool
    decimals: int | None

    @property
    def columns(self) -> dict[str, int]:
        """At which place each scored indicator stands."""
        return {code: place for place, code in enumerate(self.codes)}

    def fed_by(self, edited: Flags) -> Ints:
        """The scored indicators whose measures rest on any of these, (all indicators of the framework,)."""
        return np.flatnonzero(edited[self.places] | (self.per & edited[self.denominators]))

    def narrowed(self, columns: Ints) -> Parameters:
        """What measures and scores some of the indicators; tree, weights and rule are of all of them still."""
        return replace(
            self,
            places=self.places[columns],
            knots=self.knots[columns],
            share=self.share[columns],
            per=self.per[columns],
            denominators=self.denominators[columns],
            scale=self.scale[columns],
        )

    def compared(self, total: Floats) -> Floats:
        """Scores as they are compared with thresholds and each other: rounded where the framework says so."""
        return total if self.decimals is None else np.round(total, self.decimals)

    def at_units(self, units: Sequence[str]) -> list[Scheme]:
        """The schemes with the places of the units that they name; raises CannotScore for one that is not there."""
        return [
            replace(scheme, given={"unit": self._rows(units, scheme)})
            if scheme.method == "dist_to_reference"
            else scheme
            for scheme in self.schemes
        ]

    def _rows(self, units: Sequence[str], scheme: Scheme) -> Floats:
        rows = {unit: row for row, unit in enumerate(units)}
        with labelled("normalise", units, self.codes):
            for name, column in zip(self.named_units, scheme.columns, strict=True):
                if name not in rows:
                    template = (
                        "Step {step}: indicator {indicator} is compared with {name}, which is not among the units."
                    )
                    raise Refused(template, None, int(column), name=name)
        return np.array([rows[name] for name in self.named_units], dtype=np.float64)

    def weighed(self, index: Node) -> Parameters:
        """The same with a tree whose weights were derived."""
        weights = declared_weights(index, self.columns)
        outranking = self.outranking
        if outranking is not None:
            outranking = replace(outranking, criteria=replace(outranking.criteria, weights=weights))
        return replace(self, index=index, weights=weights, outranking=outranking, linear=_is_linear(index))


def parameters(framework: Framework) -> Parameters:
    """The arrays of a framework."""
    everywhere = {indicator.code: place for place, indicator in enumerate(framework.indicators)}
    in_index = {leaf.indicator for _, leaf in leaves(framework.index)}
    scored = [indicator for indicator in framework.indicators if indicator.code in in_index]
    columns = {indicator.code: place for place, indicator in enumerate(scored)}
    weights = declared_weights(framework.index, columns)
    only_knots, alone = _only_knots(framework, scored), _is_alone(framework, scored)
    knots = _knots(framework, scored)
    return Parameters(
        codes=tuple(columns),
        places=np.array([everywhere[code] for code in columns]),
        index=framework.index,
        weights=weights,
        knots=knots,
        knot_scores=np.array([*(tier.score for tier in framework.tiers), framework.scale.high]),
        entries=knots[:, :-1] if only_knots else np.array([_entries(framework, indicator) for indicator in scored]),
        ceilings=np.array([_ceiling(framework, indicator) for indicator in scored]),
        bends=np.array([_bends(framework, indicator) for indicator in scored]),
        share=_flags(scored, "national_share"),
        per=_flags(scored, "per"),
        denominators=np.array([everywhere.get(indicator.measure.denominator or "", 0) for indicator in scored]),
        scale=np.array([indicator.measure.scale for indicator in scored]),
        integer=np.array([indicator.integer for indicator in scored]),
        actionable=np.array([indicator.actionable for indicator in scored]),
        direction=np.array([indicator.direction for indicator in scored]),
        stages=np.array([[indicator.stage == stage for indicator in scored] for stage in STAGES]),
        forces=np.array([[indicator.force == force for indicator in scored] for force in VIEWED_FORCES]),
        rule=_rule(framework, scored),
        transforms=_transforms(scored),
        filling=_filling(framework, scored, columns),
        treating=_treating(framework, scored),
        schemes=_schemes(framework, scored, knots),
        named_units=tuple(unit for unit in map(_unit, scored) if unit),
        outranking=_outranking(framework, scored, weights),
        only_knots=only_knots,
        linear=_is_linear(framework.index),
        alone=alone,
        bounded=alone and _is_bounded(framework, scored),
        derived=any(node.weights is not None for _, node in nodes(framework.index)),
        decimals=framework.sort.decimals if isinstance(framework.sort, ScoreBands) else None,
    )


def _flags(scored: list[Indicator], measure: str) -> Flags:
    return np.array([indicator.measure.kind == measure for indicator in scored])


def _knots(framework: Framework, scored: list[Indicator]) -> Floats:
    none = (np.nan,) * (len(framework.tiers) + 1)
    return np.array([item.normalise.at if isinstance(item.normalise, Knots) else none for item in scored])


def _entries(framework: Framework, indicator: Indicator) -> Floats:
    """The measure at which each tier begins, where declared values alone say so."""
    thresholds = np.array([tier.score for tier in framework.tiers])
    rule = indicator.normalise
    if isinstance(framework.sort, ElectreTriB) or not _is_declared(framework, indicator):
        return np.full(thresholds.size, np.nan)
    values = np.array(rule.at[:-1]) if isinstance(rule, Knots) else _turned_round(framework, rule, thresholds)
    return transform.inverse(values[:, np.newaxis], [indicator.transform])[:, 0]


def _is_declared(framework: Framework, indicator: Indicator) -> bool:
    """Whether declared numbers alone lead from the measure to the score, so that there is a way back."""
    rule = indicator.normalise
    posts = isinstance(rule, Scaling) and rule.low is not None and rule.high is not None
    return framework.treat.method == "none" and (posts or isinstance(rule, Knots))


def _turned_round(framework: Framework, rule: Any, scores: Floats) -> Floats:
    """The value at which goalposts give each score, NaN where none does."""
    low, high = _range(framework, rule)
    values: Floats = rule.low + (scores - low) / (high - low) * (rule.high - rule.low)
    return np.where((scores >= low) & (scores <= high) | (not rule.clip), values, np.nan)


def _ceiling(framework: Framework, indicator: Indicator) -> float:
    """The measure that the scale's maximum is given for, or at which a clipped score rises no more."""
    rule = indicator.normalise
    if isinstance(rule, Knots):
        return rule.at[-1]
    if not isinstance(rule, Scaling) or not _is_declared(framework, indicator):
        return math.nan
    value = _turned_round(framework, rule, np.array([framework.scale.high]))
    if np.isnan(value[0]) and rule.high is not None:  # clipped below the scale's maximum
        value = np.array([rule.high])
    return float(transform.inverse(value[:, np.newaxis], [indicator.transform])[0, 0])


def _bends(framework: Framework, indicator: Indicator) -> Floats:
    """Padded with NaN to the number of knots; those of goalposts are where they are clipped."""
    rule, bends = indicator.normalise, np.full(len(framework.tiers) + 1, np.nan)
    if isinstance(rule, Knots):
        return np.array(rule.at)
    if isinstance(rule, Scaling) and rule.clip and _is_declared(framework, indicator):
        bends[:2] = rule.low, rule.high
    return bends


def _range(framework: Framework, rule: Scaling) -> tuple[float, float]:
    low, high = rule.range or (framework.scale.low, framework.scale.high)
    return low, high


def _transforms(scored: list[Indicator]) -> tuple[str, ...] | None:
    names = tuple(indicator.transform for indicator in scored)
    return None if set(names) == {"none"} else names


def _filling(framework: Framework, scored: list[Indicator], columns: dict[str, int]) -> Filling | None:
    rule = framework.impute
    if rule.method == "none":
        return None
    parents = np.zeros(len(scored), dtype=np.int64)
    for place, (_, node) in enumerate(nodes(framework.index)):
        inside = [columns[child.indicator] for child in node.children if isinstance(child, Leaf)]
        parents[inside] = place
    direction = np.array([float(indicator.direction) for indicator in scored])
    return Filling(rule.method, rule.by, rule.neighbours, parents, direction)


def _treating(framework: Framework, scored: list[Indicator]) -> Treating | None:
    rule = framework.treat
    if rule.method == "none":
        return None
    exempt = np.array([indicator.code in rule.exempt for indicator in scored])
    return Treating(Limits(rule.skew, rule.kurtosis, rule.max_points), exempt, rule.then == "log")


def _schemes(framework: Framework, scored: list[Indicator], knots: Floats) -> tuple[Scheme, ...]:
    """One scheme for each method; none where indicators have no scores at all."""
    methods = dict.fromkeys(item.normalise.method for item in scored if item.normalise is not None)
    return tuple(_scheme(framework, scored, method, knots) for method in methods)


def _method(indicator: Indicator) -> str | None:
    return None if indicator.normalise is None else indicator.normalise.method


def _unit(indicator: Indicator) -> str:
    return (indicator.normalise.unit or "") if isinstance(indicator.normalise, Scaling) else ""


def _scheme(framework: Framework, scored: list[Indicator], method: str, knots: Floats) -> Scheme:
    places = [place for place, indicator in enumerate(scored) if _method(indicator) == method]
    direction = np.array([float(scored[place].direction) for place in places])
    if method == "knots":
        scores = np.array([*(tier.score for tier in framework.tiers), framework.scale.high])
        nothing = np.zeros(0)
        at = knots[places]
        return Scheme(method, np.array(places), direction, nothing, nothing, nothing, nothing, at=at, scores=scores)
    rules = [rule for place in places if isinstance(rule := scored[place].normalise, Scaling)]
    low, rise, floor, ceiling = np.array([_line(framework, rule) for rule in rules], dtype=np.float64).T
    given = {
        name: np.array([getattr(rule, name) for rule in rules], dtype=np.float64) for name in ("low", "high", "target")
    }
    return Scheme(method, np.array(places), direction, low, rise, floor, ceiling, given)


def _line(framework: Framework, rule: Scaling) -> Line:
    cut_off = rule.cap if rule.method in DISTANCES else rule.clip
    return line(rule.method, _range(framework, rule), (rule.mean, rule.sd), cut_off)


def _rule(framework: Framework, scored: list[Indicator]) -> Rule:
    """The tests of `central_place`; bands of scores are the same without functions and quota, profiles have none."""
    sort = framework.sort
    quota = sort.origination if isinstance(sort, CentralPlace) else None
    codes = [tier.code for tier in framework.tiers]
    thresholds = np.array([tier.score for tier in framework.tiers])
    return Rule(
        thresholds=np.full(thresholds.size, np.nan) if isinstance(sort, ElectreTriB) else thresholds,
        cut=sort.cut if isinstance(sort, CentralPlace) else 0.0,
        quota_from=codes.index(quota.start) if quota else len(codes),
        quota_coverage=quota.coverage if quota else 0.0,
        quota_share=quota.share if quota else 0.0,
        origination=np.array([indicator.stage == "origination" for indicator in scored]),
    )


def _outranking(framework: Framework, scored: list[Indicator], weights: Floats) -> Outranking | None:
    sort = framework.sort
    if not isinstance(sort, ElectreTriB):
        return None
    by_code = {item.indicator: item for item in sort.thresholds}
    found = [by_code.get(indicator.code) for indicator in scored]
    criteria = Criteria(
        weights=weights,
        direction=np.array([float(indicator.direction) for indicator in scored]),
        indifference=np.array([item.q if item else 0.0 for item in found]),
        preference=np.array([item.p if item else 0.0 for item in found]),
        veto=np.array([item.v if item and item.v is not None else np.nan for item in found]),
    )
    profiles = [dict(profile) for profile in sort.profiles]
    return Outranking(
        np.array([[profile[indicator.code] for indicator in scored] for profile in profiles]), criteria, sort.cut
    )


def _only_knots(framework: Framework, scored: list[Indicator]) -> bool:
    plain = framework.impute.method == framework.treat.method == "none" and _transforms(scored) is None
    return plain and all(isinstance(indicator.normalise, Knots) for indicator in scored)


def _is_linear(index: Node) -> bool:
    return all(node.aggregate == "arithmetic" and node.weights is None for _, node in nodes(index))


def _is_alone(framework: Framework, scored: list[Indicator]) -> bool:
    """Whether a unit's answer rests on its own values, shares of the total and declared numbers alone."""
    fitted = any(_method(indicator) not in {"knots", "goalposts"} for indicator in scored if indicator.normalise)
    across = any(node.aggregate in ACROSS_UNITS or node.weights is not None for _, node in nodes(framework.index))
    steps = framework.impute.method != "none" or framework.treat.method != "none"
    return not (fitted or across or steps or isinstance(framework.sort, ElectreTriB))


def _is_bounded(framework: Framework, scored: list[Indicator]) -> bool:
    """Whether no indicator's score can leave the scale, and the scale's ends can be averaged."""
    scale = (framework.scale.low, framework.scale.high)
    positive = scale[0] > 0 or all(node.aggregate in {"arithmetic", "median"} for _, node in nodes(framework.index))
    return positive and all(
        isinstance(item.normalise, Knots)
        or (isinstance(item.normalise, Scaling) and item.normalise.clip and _range(framework, item.normalise) == scale)
        for item in scored
    )
