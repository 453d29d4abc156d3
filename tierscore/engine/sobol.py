"""How much of an output's variance each factor explains: the indices of Sobol, from a Saltelli design (section 10)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tierscore.engine.matrix import Floats, Ints

RESAMPLES = 1000
ENDS = (0.025, 0.975)  # of an interval at 95 %
FLAT = 1e-12  # of the largest value, or of the variance: what varies less varies by rounding only
CELLS = 2**20  # weights of resamples held at a time, 8 MB


@dataclass(frozen=True)
class Estimate:
    """An index of each factor on each output, and the ends of its interval at 95 %, (factors, outputs) each.

    NaN for an output that is constant or lacks a value; of an interval also where no resample varies. Estimates are
    not clipped: a small one can be below 0, a large one above 1.
    """

    value: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Indices:
    """What a factor explains on its own (`first`), and what it takes part in, interactions included (`total`)."""

    first: Estimate
    total: Estimate


def indices(outputs: Floats, factors: int, seed: int, resamples: int = RESAMPLES) -> Indices:
    """First-order and total indices of each factor, with bootstrap intervals.

    Parameters
    ----------
    outputs : (n (factors + 2), outputs), at the rows of a "saltelli" `Design`, in their order.
    factors : how many the design has.
    seed : of the bootstrap; 0 is a seed like any other.
    resamples : of the n base points, at least 1; all outputs share them.

    Raises
    ------
    ValueError : where the rows are not those of such a design, or there is no resample.

    Notes
    -----
    First order: mean of B (AB - A), total: mean of (A - AB)^2 / 2 (Jansen), each over the variance of A and B together
    (Saltelli et al. 2010, doi:10.1016/j.cpc.2009.09.018, table 2 (b) and (f)).  Intervals are percentiles.  They take
    base points for independent; those of a Sobol sequence are more even, so intervals are rather too wide.

    Examples
    --------
    Of two factors the output is the first one, 0 or 1; every pair of its values in A and B occurs once.

    >>> rows = [[a, b, a, b] for a in (0.0, 1.0) for b in (0.0, 1.0)]
    >>> found = indices(np.reshape(rows, (16, 1)), 2, seed=0)
    >>> found.first.value.ravel().tolist(), found.total.value.ravel().tolist()
    ([1.0, 0.0], [1.0, 0.0])
    """
    points, left = divmod(len(outputs), factors + 2)
    if left or not points or resamples < 1:
        raise ValueError("Indices need outputs of whole base points, and at least one resample.")
    terms = _terms(_standardised(outputs).reshape(points, factors + 2, -1))
    value = _ratios(terms.mean(axis=1))
    low, high = _interval(_ratios(_resampled(terms, seed, resamples)))
    first, total = (Estimate(value[order], low[order], high[order]) for order in (0, 1))
    return Indices(first, total)


def _standardised(outputs: Floats) -> Floats:
    """Outputs with mean 0 and deviation 1; 0 throughout for those that have no index."""
    known = np.isfinite(outputs).all(axis=0)
    values = np.where(known, outputs, 0.0)
    varies = np.ptp(values, axis=0) > FLAT * np.abs(values).max(axis=0)
    values = np.where(varies, values, 0.0)
    standardised: Floats = (values - values.mean(axis=0)) / np.where(varies, values.std(axis=0), 1.0)
    return standardised


def _terms(values: Floats) -> Floats:
    """What is averaged over base points, (2 + 2 factors, n, outputs): sum, squares, first order, total.

    All are plain means, so that a resample is a matrix of weights times them.
    """
    a, b, mixed = values[:, 0], values[:, -1], np.moveaxis(values[:, 1:-1], 1, 0)
    spread = [(a + b) / 2, (a**2 + b**2) / 2]
    return np.concatenate([spread, b * (mixed - a), (mixed - a) ** 2 / 2])


def _ratios(means: Floats) -> Floats:
    """Indices (2, factors, ..., outputs) from means (2 + 2 factors, ..., outputs); NaN where nothing varies."""
    variance = means[1] - means[0] ** 2
    variance = np.where(variance > FLAT, variance, np.nan)
    return means[2:].reshape(2, -1, *variance.shape) / variance


def _resampled(terms: Floats, seed: int, resamples: int) -> Floats:
    """Means over base points drawn with replacement, (terms, resamples, outputs)."""
    # A stream of its own: the design of the same seed is scrambled by the plain one.
    random = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(0,)))
    points = terms.shape[1]
    size = max(CELLS // points, 1)
    blocks = [min(size, resamples - start) for start in range(0, resamples, size)]
    drawn = (random.integers(points, size=(block, points)) for block in blocks)
    means: Floats = np.concatenate([_counts(rows) @ terms for rows in drawn], axis=1) / points
    return means


def _counts(rows: Ints) -> Floats:
    """How often each base point is drawn, (resamples, n), from those drawn, (resamples, n)."""
    resamples, points = rows.shape
    places = rows + points * np.arange(resamples)[:, np.newaxis]
    return np.bincount(places.ravel(), minlength=rows.size).reshape(rows.shape).astype(np.float64)


def _interval(drawn: Floats) -> Floats:
    """Both ends, (2, 2, factors, outputs), of indices (2, factors, resamples, outputs) without the unknown ones.

    As numpy's nanquantile, which goes through outputs one by one.
    """
    ordered = np.sort(drawn, axis=2)  # NaN last
    last = np.maximum((~np.isnan(ordered)).sum(axis=2, keepdims=True) - 1, 0)
    ends = []
    for share in ENDS:
        below = np.floor(share * last).astype(np.int64)
        at, after = (np.take_along_axis(ordered, np.minimum(place, last), axis=2) for place in (below, below + 1))
        ends.append((at + (share * last - below) * (after - at))[:, :, 0])
    return np.stack(ends)
