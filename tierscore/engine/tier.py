"""The tier: score, functions and origination, each tested at every tier (methodology, section 5, `central_place`).

A mean threshold joined with a majority rule (MR-Sort; Leroy, Mousseau & Pirlot 2011) and an origination quota. Tiers
are counted from 0, the lowest; -1 is no tier.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tierscore.engine.aggregate import coverage, weight_of
from tierscore.engine.matrix import Flags, Floats, Ints
from tierscore.engine.measure import positive
from tierscore.engine.threshold import EPS


@dataclass(frozen=True)
class Rule:
    """The tier rule as arrays.

    thresholds : (tiers,), the score at which each tier begins.  cut : the functions share needed.
    quota_from : the first tier with an origination quota; the number of tiers where there is none.
    origination : (indicators,), which functions are origination.
    """

    thresholds: Floats
    cut: float
    quota_from: int
    quota_coverage: float
    quota_share: float
    origination: Flags


@dataclass(frozen=True)
class Tests:
    """Every test of every tier. Shapes (..., regions, tiers) unless said otherwise.

    score_met, functions_met, origination_met, met : bool; origination_met is true below the quota's first tier.
    functions_share, origination_share : in [0, 1], NaN where nothing is present.
    origination_coverage : (..., regions).  coverage_met : whether the origination coverage suffices.
    share_met : whether the origination share does.
    """

    score_met: Flags
    functions_share: Floats
    functions_met: Flags
    origination_coverage: Floats
    origination_share: Floats
    coverage_met: Flags
    share_met: Flags
    met: Flags


def supplied(scores: Floats, thresholds: Floats) -> Flags:
    """Whether each function is supplied at each tier: (..., regions, indicators, tiers); never where missing.

    >>> supplied(np.array([59.9999999999, np.nan]), np.array([0, 40, 60]))
    array([[ True,  True,  True],
           [False, False, False]])
    """
    met: Flags = scores[..., np.newaxis] >= thresholds - EPS
    return met


def supplied_share(supply: Flags, weights: Floats, present: Flags) -> Floats:
    """Weight of the functions supplied at each tier / weight present: (..., regions, tiers); NaN if none is present."""
    weight_present = weight_of(present, weights)
    weight_supplied = weight_of(np.ascontiguousarray(np.swapaxes(supply, -1, -2)), weights)
    return weight_supplied / positive(weight_present)[..., np.newaxis]


def run_tests(scores: Floats, total: Floats, weights: Floats, rule: Rule) -> Tests:
    """Tests every tier for every region.

    Parameters
    ----------
    scores : (..., regions, indicators)
        Indicator scores, NaN where missing.
    total : (..., regions)
        The regions' scores, NaN where nothing is present.
    weights : (indicators,)
        Declared weights.
    """
    present = ~np.isnan(scores)
    supply = supplied(scores, rule.thresholds)
    origination = weights * rule.origination
    score_met = total[..., np.newaxis] >= rule.thresholds - EPS
    functions_share = supplied_share(supply, weights, present)
    functions_met = functions_share >= rule.cut - EPS
    quota = _origination(supply, present, origination, rule)
    met = score_met & functions_met & quota.coverage_met & quota.share_met
    met[..., 0] = True  # the first tier always holds
    return Tests(
        score_met, functions_share, functions_met, quota.coverage, quota.share, quota.coverage_met, quota.share_met, met
    )


def with_score(tests: Tests, total: Floats, rule: Rule) -> Tests:
    """The same tests with other scores of the regions, (..., regions), where every function is supplied as before."""
    score_met = total[..., np.newaxis] >= rule.thresholds - EPS
    met = score_met & tests.functions_met & tests.coverage_met & tests.share_met
    met[..., 0] = True
    return replace(tests, score_met=score_met, met=met)


@dataclass(frozen=True)
class _Quota:
    coverage: Floats
    share: Floats
    coverage_met: Flags
    share_met: Flags


def _origination(supply: Flags, present: Flags, weights: Floats, rule: Rule) -> _Quota:
    share = supplied_share(supply, weights, present)
    enough = coverage(present, weights)
    free = np.arange(rule.thresholds.size) < rule.quota_from
    return _Quota(
        coverage=enough,
        share=share,
        coverage_met=free | (enough >= rule.quota_coverage - EPS)[..., np.newaxis],
        share_met=free | (share >= rule.quota_share - EPS),
    )


def highest(met: Flags) -> Ints:
    """The highest tier whose test and all below hold: (..., regions) from (..., regions, tiers)."""
    held: Ints = np.logical_and.accumulate(met, axis=-1).sum(axis=-1)
    return held - 1


def by_score(total: Floats, thresholds: Floats) -> Ints:
    """The tier if the score alone decided; -1 where there is no score.

    >>> by_score(np.array([39.9, 40.0, np.nan]), np.array([0, 40, 60]))
    array([ 0,  1, -1])
    """
    return highest(total[..., np.newaxis] >= thresholds - EPS)


def unproven(tests: Tests) -> Flags:
    """Tiers whose score, functions and origination share hold and whose origination coverage fails."""
    return tests.score_met & tests.functions_met & tests.share_met & ~tests.coverage_met


def uneven(supply: Flags, tier: Ints) -> Flags:
    """Functions supplied two or more tiers above the region's own: (..., regions, indicators); none without a tier."""
    reach = supply.sum(axis=-1) - 1
    own = tier[..., np.newaxis]
    above: Flags = (own >= 0) & (reach >= own + 2)
    return above
