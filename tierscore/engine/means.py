"""The ways to make one score of several: weighted means and the weighted median (methodology, section 4).

Each takes scores (..., units, children) and weights of the same shape, 0 where a score is missing or left out, and
gives (..., units), NaN where no weight is present.
"""

from __future__ import annotations

import numpy as np

from tierscore.engine.matrix import Flags, Floats
from tierscore.engine.measure import positive
from tierscore.engine.threshold import EPS


def undefined(method: str, scores: Floats, weights: Floats, exponent: float = 1.0) -> Flags:
    """Which scores with a weight a mean is not defined of: (..., units, children).

    Geometric and harmonic means, and powers below 0, need scores above 0; other powers at least 0.

    >>> undefined("harmonic", np.array([0.0, 1.0, 0.0]), np.array([1.0, 1.0, 0.0]))
    array([ True, False, False])
    """
    counted: Flags = weights > 0
    if method in {"geometric", "harmonic"} or (method == "power" and exponent < 0):
        return counted & (scores <= 0)
    return counted & (scores < 0) & (method == "power")


def arithmetic(scores: Floats, weights: Floats) -> Floats:
    """Sum w s / sum w.

    >>> arithmetic(np.array([1.0, 4.0]), np.array([2.0, 1.0]))
    np.float64(2.0)
    """
    total: Floats = (weights * np.where(weights > 0, scores, 0.0)).sum(axis=-1)
    return total / positive(weights.sum(axis=-1))


def geometric(scores: Floats, weights: Floats) -> Floats:
    """exp(sum w ln s / sum w), of scores above 0.

    >>> geometric(np.array([1.0, 8.0]), np.array([2.0, 1.0])).round(12)
    np.float64(2.0)
    """
    return np.exp(arithmetic(np.log(np.where(weights > 0, scores, 1.0)), weights))


def harmonic(scores: Floats, weights: Floats) -> Floats:
    """Sum w / sum (w / s), of scores above 0.

    >>> harmonic(np.array([1.0, 2.0]), np.array([1.0, 2.0]))
    np.float64(1.5)
    """
    return 1.0 / arithmetic(1.0 / np.where(weights > 0, scores, 1.0), weights)


def power(scores: Floats, weights: Floats, exponent: float) -> Floats:
    """(sum w s**p / sum w)**(1/p), p not 0, of scores of at least 0; above 0 where p is below 0.

    >>> power(np.array([1.0, 7.0]), np.array([1.0, 1.0]), 2.0)
    np.float64(5.0)
    """
    return arithmetic(np.where(weights > 0, scores, 1.0) ** exponent, weights) ** (1.0 / exponent)


def median(scores: Floats, weights: Floats) -> Floats:
    """The score with half of the weight on either side; the middle between two where the halves meet there.

    >>> median(np.array([[9.0, 1.0, 5.0], [9.0, 1.0, 5.0]]), np.array([[1.0, 1.0, 1.0], [1.0, 2.0, 0.0]]))
    array([5., 1.])
    """
    order = np.argsort(np.where(weights > 0, scores, np.inf), axis=-1, kind="stable")
    sorted_scores = np.take_along_axis(np.where(weights > 0, scores, 0.0), order, axis=-1)
    reached = np.cumsum(np.take_along_axis(weights, order, axis=-1), axis=-1)
    reached = reached / positive(reached[..., -1:])
    low = (reached >= 0.5 - EPS).argmax(axis=-1)[..., np.newaxis]
    high = (reached > 0.5 + EPS).argmax(axis=-1)[..., np.newaxis]
    both = np.take_along_axis(sorted_scores, low, axis=-1) + np.take_along_axis(sorted_scores, high, axis=-1)
    return np.where(np.isnan(reached[..., -1]), np.nan, both[..., 0] / 2.0)
