"""A framework as arrays: what the steps need."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tierscore.engine.aggregate import declared_weights
from tierscore.engine.matrix import Flags, Floats, Ints
from tierscore.engine.tier import Rule
from tierscore.framework.model import FORCES, STAGES, Framework, Indicator
from tierscore.framework.tree import leaves

VIEWED_FORCES = FORCES[:2]  # `overall` is a view of nothing


@dataclass(frozen=True)
class Parameters:
    """Arrays over the scored indicators, those in the index, in the order of the document.

    places : (indicators,), their places among all indicators of the framework, helpers included.
    knots : (indicators, knots); knot_scores : (knots,).  weights : (indicators,), sum 1.
    share, per, integer : bool (indicators,).  denominators : (indicators,) places among all, 0 where there is none.
    direction : (indicators,), 1 or -1.  scale : (indicators,), of `per` measures.
    stages : (3, indicators), forces : (2, indicators), bool.
    """

    codes: tuple[str, ...]
    places: Ints
    knots: Floats
    knot_scores: Floats
    weights: Floats
    share: Flags
    per: Flags
    denominators: Ints
    scale: Floats
    integer: Flags
    direction: Ints
    stages: Flags
    forces: Flags
    rule: Rule

    @property
    def columns(self) -> dict[str, int]:
        """At which place each scored indicator stands."""
        return {code: place for place, code in enumerate(self.codes)}


def parameters(framework: Framework) -> Parameters:
    """The arrays of a framework."""
    everywhere = {indicator.code: place for place, indicator in enumerate(framework.indicators)}
    in_index = {leaf.indicator for _, leaf in leaves(framework.index)}
    scored = [indicator for indicator in framework.indicators if indicator.code in in_index]
    columns = {indicator.code: place for place, indicator in enumerate(scored)}
    return Parameters(
        codes=tuple(columns),
        places=np.array([everywhere[code] for code in columns]),
        knots=np.array([indicator.normalise.at for indicator in scored if indicator.normalise]),
        knot_scores=np.array([*(tier.score for tier in framework.tiers), framework.scale.high]),
        weights=declared_weights(framework.index, columns),
        share=_flags(scored, "national_share"),
        per=_flags(scored, "per"),
        denominators=np.array([everywhere.get(indicator.measure.denominator or "", 0) for indicator in scored]),
        scale=np.array([indicator.measure.scale for indicator in scored]),
        integer=np.array([indicator.integer for indicator in scored]),
        direction=np.array([indicator.direction for indicator in scored]),
        stages=np.array([[indicator.stage == stage for indicator in scored] for stage in STAGES]),
        forces=np.array([[indicator.force == force for indicator in scored] for force in VIEWED_FORCES]),
        rule=_rule(framework, scored),
    )


def _flags(scored: list[Indicator], measure: str) -> Flags:
    return np.array([indicator.measure.kind == measure for indicator in scored])


def _rule(framework: Framework, scored: list[Indicator]) -> Rule:
    quota = framework.sort.origination
    codes = [tier.code for tier in framework.tiers]
    return Rule(
        thresholds=np.array([tier.score for tier in framework.tiers]),
        cut=framework.sort.cut,
        quota_from=codes.index(quota.start) if quota else len(codes),
        quota_coverage=quota.coverage if quota else 0.0,
        quota_share=quota.share if quota else 0.0,
        origination=np.array([indicator.stage == "origination" for indicator in scored]),
    )
