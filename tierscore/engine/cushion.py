"""How much a region can lose before it loses its tier (methodology, section 5)."""

from __future__ import annotations

import math

import numpy as np

from tierscore.engine.aggregate import weight_of
from tierscore.engine.matrix import Floats
from tierscore.engine.scorecard import Scorecard
from tierscore.engine.threshold import EPS

# Functions are tried this many at a time: few enough for memory, many enough for speed.
AT_A_TIME = 6
# Every subset of that many, one a row; the first 2**n rows use only the first n.
SUBSETS = (np.arange(1 << AT_A_TIME)[:, np.newaxis] >> np.arange(AT_A_TIME)) & 1
# Beyond this many sums equal ones are merged; weights written with a few decimals have few distinct sums.
MERGE_ABOVE = 1 << 16


def smallest_loss_of(card: Scorecard, row: int) -> float:
    """`smallest_loss` of a region at its own tier; NaN in the lowest tier and without one."""
    tier, rule, weights = card.tier[row], card.parameters.rule, card.parameters.weights
    if tier <= 0:
        return math.nan
    supplied = card.tier_of_function[row] >= tier
    return smallest_loss(weights[supplied], float(weight_of(~np.isnan(card.scores[row]), weights)), rule.cut)


def smallest_loss(supplied_weights: Floats, weight_present: float, cut: float) -> float:
    """The least weight of supplied functions whose loss brings their share below the cut.

    Exact: it grows the sums of all subsets, a few functions at a time. A sum that hurts already cannot become a
    smaller one, so only the least of those is kept.

    Parameters
    ----------
    supplied_weights : (functions,)
        Weights of the functions supplied at the region's tier.
    weight_present : float
        Weight of everything present; a lost function stays present.
    cut : float
        The share needed.

    Returns
    -------
    float
        The sum of the lost weights; NaN where even the loss of all does not cost the share (a cut of 0).

    Examples
    --------
    Losing 0.3 leaves 0.7 of 1, still two thirds; the least loss that hurts is 0.3 + 0.1.

    >>> round(smallest_loss(np.array([0.6, 0.3, 0.1]), 1.0, 2 / 3), 12)
    0.4
    """
    everything = supplied_weights.sum()
    harmless, least = np.zeros(1), math.inf
    for start in range(0, supplied_weights.size, AT_A_TIME):
        grown = np.add.outer(harmless, _subset_sums(supplied_weights[start : start + AT_A_TIME])).ravel()
        hurts = (everything - grown) / weight_present < cut - EPS
        least = float(grown[hurts].min(initial=least))
        harmless = _merged(grown[~hurts])
    return math.nan if math.isinf(least) else least


def _subset_sums(weights: Floats) -> Floats:
    return SUBSETS[: 1 << weights.size, : weights.size] @ weights


def _merged(sums: Floats) -> Floats:
    return np.unique(np.round(sums, 12)) if sums.size > MERGE_ABOVE else sums
