"""The result of scoring: arrays and labels for all regions at once, no object per cell."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tierscore.engine import aggregate, nodes, normalise, steps, tier, unknown
from tierscore.engine.matrix import Cells, Flags, Floats, Ints, Matrix, Reasons, Years
from tierscore.engine.nodes import Nodes
from tierscore.engine.normalise import Fitted, Scheme
from tierscore.engine.parameters import Parameters
from tierscore.engine.steps import Steps
from tierscore.engine.threshold import EPS
from tierscore.engine.tier import Tests
from tierscore.framework.model import Framework


@dataclass(frozen=True)
class Measured:
    """The scored indicators' raw values and measures.

    cells : the raw cells, (regions, indicators).  values : measured, NaN where missing.
    denominators : (regions, indicators), raw values that a `per` measure divides by; of no meaning elsewhere.
    absence : why a measure is missing, (regions, indicators).
    totals : (indicators,), NaN where the measure needs none or it is unknown.
    totals_given : whether the total is the nation's own observation.  total_periods : its year, 0 where there is
    none or the summed values are of several years.
    observed : (indicators,), the share of the regions with a value.
    """

    cells: Cells
    values: Floats
    denominators: Floats
    absence: Reasons
    totals: Floats
    totals_given: Flags
    total_periods: Years
    observed: Floats


@dataclass(frozen=True)
class Views:
    """Scores and coverages by stage (regions, 3) and force (regions, 2); role: 1 growth pole, 0 power source, -1."""

    stage_scores: Floats
    stage_coverage: Floats
    force_scores: Floats
    force_coverage: Floats
    role: Ints


@dataclass(frozen=True)
class Scorecard:
    """Everything computed for one period; rows are regions, columns the scored indicators.

    scores, effective, contributions : (regions, indicators), NaN (scores, contributions) or 0 where missing.
    tree : the index from its leaves to its root; where all nodes are weighted sums, the root alone.
    coverage, score : (regions,).  assessed : coverage suffices.  rank : 1 is best, 0 without a tier.
    tier, tier_by_score, lowest, highest : (regions,), places in the framework's tiers, -1 for none.
    tier_of_function : (regions, indicators), highest tier each function is supplied at, -1 where missing.
    unproven : (regions, tiers).  uneven : (regions, indicators).

    What only full answers show is computed when it is first asked for, which a what-if over all regions seldom does.
    """

    matrix: Matrix
    framework: Framework
    parameters: Parameters
    measured: Measured
    steps: Steps
    tree: Nodes
    coverage: Floats
    score: Floats
    assessed: Flags
    rank: Ints
    tests: Tests
    tier: Ints

    @property
    def scores(self) -> Floats:
        """The indicators' scores."""
        return self.steps.scores

    @property
    def unknown(self) -> Flags:
        """The indicators without a value that counts."""
        return steps.unknown(self.steps, self.parameters)

    @property
    def effective(self) -> Floats:
        """Each indicator's weight in the score among what is present."""
        return self.tree.effective

    @cached_property
    def nodes(self) -> dict[str, Floats]:
        """The scores of all nodes of the index by their codes, (regions,) each."""
        given = self.parameters
        if not given.linear:  # the short way of weighted sums knows the root alone
            return self.tree.values
        return nodes.score_nodes(given.index, self.scores, given.columns).values

    @cached_property
    def fitted(self) -> list[tuple[Scheme, Fitted]]:
        """Each way to normalise with what it took from the regions; knots took nothing."""
        schemes = self.parameters.at_units(self.matrix.regions)
        return [(scheme, normalise.fit(self.steps.treated[..., scheme.columns], scheme)) for scheme in schemes]

    @cached_property
    def contributions(self) -> Floats:
        """Effective weight x score; NaN where the score is no sum of such parts."""
        parts = self.effective * self.scores
        return parts if self.parameters.linear else np.full(parts.shape, np.nan)

    @property
    def compared(self) -> Floats:
        """The score as it is compared with thresholds: rounded where the framework says so."""
        return self.parameters.compared(self.score)

    @cached_property
    def tier_by_score(self) -> Ints:
        """The tier if the score alone decided."""
        return tier.by_score(self.compared, self.parameters.rule.thresholds)

    @cached_property
    def tier_of_function(self) -> Ints:
        """The highest tier each function is supplied at."""
        highest: Ints = self._supply.sum(axis=-1) - 1
        return highest

    @cached_property
    def uneven(self) -> Flags:
        """Functions supplied two or more tiers above the region's own."""
        return tier.uneven(self._supply, self.tier)

    @cached_property
    def unproven(self) -> Flags:
        """Tiers that only a lack of origination coverage denies."""
        return tier.unproven(self.tests)

    @property
    def lowest(self) -> Ints:
        """The tier with every missing value at the scale's minimum."""
        return self._bounds[0]

    @property
    def highest(self) -> Ints:
        """The tier with every missing value at the scale's maximum."""
        return self._bounds[1]

    @cached_property
    def views(self) -> Views:
        """The same formulas over the indicators of each stage and force."""
        given, least = self.parameters, self.framework.min_coverage
        stage_scores, stage_coverage = aggregate.views(self.scores, given.weights, given.stages)
        force_scores, force_coverage = aggregate.views(self.scores, given.weights, given.forces)
        role = _role(force_scores, force_coverage, least, given.rule.thresholds[1])
        return Views(stage_scores, stage_coverage, force_scores, force_coverage, role)

    @cached_property
    def _supply(self) -> Flags:
        return tier.supplied(self.scores, self.parameters.rule.thresholds)

    @cached_property
    def _bounds(self) -> tuple[Ints, Ints]:
        if self.parameters.bounded:
            return unknown.bounds(self.scores, self.framework, self.parameters)
        nothing = np.full(self.tier.shape, -1)
        return nothing, nothing


def _role(scores: Floats, coverage: Floats, min_coverage: float, entry: float) -> Ints:
    """1: growth pole, cohesion at least radiation; 0: power source; -1: too little known, or below the second tier."""
    known = (coverage >= min_coverage - EPS).all(axis=-1) & (scores.max(axis=-1) >= entry - EPS)
    return np.where(known, (scores[:, 0] >= scores[:, 1]).astype(np.int64), -1)
