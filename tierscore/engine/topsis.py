"""TOPSIS: how near a unit is to the best of everything and how far from the worst (Hwang & Yoon 1981)."""

from __future__ import annotations

import numpy as np

from tierscore.engine.matrix import Floats
from tierscore.engine.measure import positive
from tierscore.engine.refused import Refused


def closeness(scores: Floats, weights: Floats, reference: Floats | None = None) -> Floats:
    """Distance from the worst / (distance from the worst + distance from the best), in [0, 1], higher is better.

    The best and the worst are made of the greatest and the least score of each child among the units.

    Parameters
    ----------
    scores : (..., units, children)
        Higher is better; NaN where missing.
    weights : (..., units, children)
        0 where a score is missing or left out; relative within a unit.
    reference : (..., units, children), optional
        The units that the best and the worst are made of; these very units unless given.

    Returns
    -------
    (..., units)
        NaN where no weight is present.

    Raises
    ------
    Refused
        When the units do not differ at all.

    Examples
    --------
    >>> closeness(np.array([[0.0, 0.0], [1.0, 1.0], [1.0, 0.0]]), np.ones((3, 2)))
    array([0. , 1. , 0.5])
    """
    relative = weights / positive(weights.sum(axis=-1, keepdims=True))
    among = scores if reference is None else reference
    best = np.fmax.reduce(among, axis=-2, keepdims=True)
    worst = np.fmin.reduce(among, axis=-2, keepdims=True)
    from_best, from_worst = _distance(scores, best, relative), _distance(scores, worst, relative)
    apart = from_best + from_worst
    if (apart == 0).any():
        raise Refused("Step {step}: all units are the same in {indicator}, and none is nearer to the best.")
    return from_worst / apart


def _distance(scores: Floats, ideal: Floats, relative: Floats) -> Floats:
    apart = np.where(relative > 0, relative * (scores - ideal), 0.0)
    square: Floats = (apart * apart).sum(axis=-1)
    return np.sqrt(np.where(np.isnan(relative).all(axis=-1), np.nan, square))
