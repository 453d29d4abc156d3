"""Copeland's rule: rivals outranked minus rivals that outrank (methodology, sections 4 and 13)."""

from __future__ import annotations

import numpy as np

from tierscore.engine.matrix import Floats
from tierscore.engine.measure import positive
from tierscore.engine.threshold import EPS

AT_A_TIME = 256  # rows whose comparisons are in memory together


def outranking(scores: Floats, weights: Floats) -> Floats:
    """The part of the weight on which each unit is better than each other one, ties in halves: (..., units, units).

    Parameters
    ----------
    scores : (..., units, children)
        NaN where missing; two units are compared on what both have.
    weights : (children,)

    Returns
    -------
    (..., units, units)
        In [0, 1]; E[a, b] + E[b, a] = 1, and 0 on the diagonal. NaN where two units have nothing in common.

    Examples
    --------
    >>> outranking(np.array([[2.0, 1.0], [1.0, 1.0]]), np.array([3.0, 1.0]))
    array([[0.   , 0.875],
           [0.125, 0.   ]])
    """
    part = against(scores, scores, weights)
    places = np.arange(scores.shape[-2])
    part[..., places, places] = 0.0
    return part


def against(scores: Floats, rivals: Floats, weights: Floats) -> Floats:
    """The same of some units over others: (..., units, rivals), 1/2 where they are alike."""
    better, worse = (np.zeros((*scores.shape[:-1], rivals.shape[-2])) for _ in range(2))
    for child, weight in enumerate(weights):  # child by child: the whole cube of comparisons would not fit in memory
        own, other = scores[..., :, np.newaxis, child], rivals[..., np.newaxis, :, child]
        better += weight * (own > other)
        worse += weight * (own < other)
    present, there = ((~np.isnan(table)).astype(np.float64) for table in (scores, rivals))
    common = (present * weights) @ np.swapaxes(there, -1, -2)
    part: Floats = (better + 0.5 * (common - better - worse)) / positive(common)
    return part


def copeland(scores: Floats, weights: Floats) -> Floats:
    """How many rivals a unit outranks (part above 1/2) minus how many outrank it: (..., units).

    >>> copeland(np.array([[3.0], [2.0], [2.0], [1.0]]), np.ones(1))
    array([ 3.,  0.,  0., -3.])
    """
    units = scores.shape[-2]
    return np.concatenate(
        [points(scores[..., start : start + AT_A_TIME, :], scores, weights) for start in range(0, units, AT_A_TIME)],
        axis=-1,
    )


def points(scores: Floats, rivals: Floats, weights: Floats) -> Floats:
    """The same of some units among rivals: (..., units). A unit among its own rivals is alike itself."""
    part = against(scores, rivals, weights)
    won: Floats = (part > 0.5 + EPS).astype(np.float64) - (part < 0.5 - EPS)
    total: Floats = won.sum(axis=-1)
    return total
