"""How much a region can lose before it loses its tier (METHODS.md section 5)."""

from __future__ import annotations

import math

import numpy as np

from tierscore.engine.matrix import Floats
from tierscore.engine.threshold import EPS

# Beyond this many sums equal ones are merged; weights written with a few decimals have few distinct sums.
MERGE_ABOVE = 1 << 16


def smallest_loss(supplied_weights: Floats, weight_present: float, cut: float) -> float:
    """The least weight of supplied functions whose loss brings their share below the cut.

    Exact: it grows all sums of weights, one function at a time. A sum that is a loss already cannot become a smaller
    one, so only the least of those is kept.

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
    for weight in supplied_weights:
        grown = harmless + weight
        hurts = (everything - grown) / weight_present < cut - EPS
        if hurts.any():
            least = min(least, grown[hurts].min())
        harmless = _merged(np.concatenate([harmless, grown[~hurts]]))
    return math.nan if math.isinf(least) else least


def _merged(sums: Floats) -> Floats:
    return np.unique(np.round(sums, 12)) if sums.size > MERGE_ABOVE else sums
