"""The default normalisation: a piecewise-linear value function through declared knots (methodology, section 3)."""

from __future__ import annotations

import numpy as np

from tierscore.engine.matrix import Floats

NEAR = 2**14  # cells worked on at a time: what a processor keeps near


def score(measured: Floats, at: Floats, scores: Floats) -> Floats:
    """Scores of measured values, clipped to the scale outside the knots.

    Each segment adds its part of the way from its lower score to its upper one. At a knot the score is exact and it
    never falls on the way, also for floats, which interpolation by slopes does not promise.

    Parameters
    ----------
    measured : (..., indicators)
        Measured values, NaN where missing.
    at : (indicators, knots)
        The measure at the floor, at each tier's entry and at the ceiling; falling where lower is better.
    scores : (knots,)
        The scale's minimum, the tiers' thresholds, the scale's maximum.

    Returns
    -------
    (..., indicators)
        Scores on the scale, NaN where `measured` is.

    Examples
    --------
    >>> score(np.array([5.7, 99.0]), np.array([[0, 4.4, 7, 10, 16], [31, 8, 6, 4, 1]]), np.array([0, 40, 60, 80, 100]))
    array([50.,  0.])
    """
    total = np.full(measured.shape, float(scores[0]))
    part = np.empty(measured.shape)
    for segment, rise in enumerate(scores[1:] - scores[:-1]):
        start, end = at[:, segment], at[:, segment + 1]
        np.subtract(measured, start, out=part)
        np.divide(part, end - start, out=part)
        np.minimum(np.maximum(part, 0.0, out=part), 1.0, out=part)
        np.multiply(part, rise, out=part)
        np.add(total, part, out=total)
    return total


def score_many(measured: Floats, at: Floats, scores: Floats) -> Floats:
    """The same to 1e-12 in fewer passes over the values, for many tables at once: (..., regions, indicators).

    >>> score_many(np.array([[[5.7, 99.0]]]), np.array([[0, 4.4, 7], [31, 8, 6]]), np.array([0, 40, 60])).round(12)
    array([[[50.,  0.]]])
    """
    slopes = np.diff(scores) / np.diff(at, axis=1)
    low, high = np.minimum(at[:, :-1], at[:, 1:]), np.maximum(at[:, :-1], at[:, 1:])
    whole = max(min(NEAR // len(at), measured.size // len(at)), 1)  # rows that are worked on at a time
    base = np.tile(scores[0] - (slopes * at[:, :-1]).sum(axis=1), whole)
    segments = [[np.tile(part[:, place], whole) for part in (low, high, slopes)] for place in range(slopes.shape[1])]
    values, total = measured.reshape(-1), np.empty(measured.size)
    for start in range(0, values.size, base.size):
        block = slice(start, start + base.size)
        _add_segments(values[block], total[block], base, segments)
    return total.reshape(measured.shape)


def _add_segments(values: Floats, total: Floats, base: Floats, segments: list[list[Floats]]) -> None:
    """Fills `total`; all are of whole rows, one after the other, so that a processor takes many cells at once."""
    total[:] = base[: total.size]
    part = np.empty(total.size)
    for parts in segments:
        low, high, slopes = (each[: total.size] for each in parts)
        np.maximum(values, low, out=part)
        np.minimum(part, high, out=part)
        np.multiply(part, slopes, out=part)
        np.add(total, part, out=total)
