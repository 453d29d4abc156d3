"""The result of scoring: arrays and labels for all regions at once, no object per cell."""

from __future__ import annotations

from dataclasses import dataclass

from tierscore.engine.matrix import Cells, Flags, Floats, Ints, Matrix
from tierscore.engine.parameters import Parameters
from tierscore.engine.tier import Tests


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
    absence: Ints
    totals: Floats
    totals_given: Flags
    total_periods: Ints
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
    coverage, score : (regions,).  assessed : coverage suffices.  rank : 1 is best, 0 without a tier.
    tier, tier_by_score, lowest, highest : (regions,), places in the framework's tiers, -1 for none.
    tier_of_function : (regions, indicators), highest tier each function is supplied at, -1 where missing.
    unproven : (regions, tiers).  uneven : (regions, indicators).
    """

    matrix: Matrix
    parameters: Parameters
    measured: Measured
    scores: Floats
    effective: Floats
    contributions: Floats
    coverage: Floats
    score: Floats
    assessed: Flags
    rank: Ints
    tests: Tests
    tier: Ints
    tier_by_score: Ints
    tier_of_function: Ints
    unproven: Flags
    lowest: Ints
    highest: Ints
    uneven: Flags
    views: Views
