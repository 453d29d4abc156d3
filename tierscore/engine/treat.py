"""Outliers: winsorised, or the whole column on a logarithmic scale (methodology, section 3). Off by default."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tierscore.engine.matrix import Flags, Floats
from tierscore.engine.threshold import EPS

OFFSET = 0.01


@dataclass(frozen=True)
class Limits:
    """When a column passes, and how many cells may be replaced before it is taken to a logarithmic scale."""

    skew: float = 2.0
    kurtosis: float = 3.5
    max_points: int = 5


@dataclass(frozen=True)
class Treated:
    """The treated table and what was done to it.

    values : (..., units, indicators).  replaced : cells that were winsorised.  logged : (..., indicators), columns
    on the logarithmic scale.
    """

    values: Floats
    replaced: Flags
    logged: Flags


def treat(values: Floats, limits: Limits, exempt: Flags | None = None, *, then_log: bool = True) -> Treated:
    """Winsorises each column that fails; one that still fails goes back and is taken to a logarithmic scale.

    Parameters
    ----------
    values : (..., units, indicators)
        Before direction is applied, NaN where missing.
    exempt : (indicators,), optional
        Columns to leave as they are.
    then_log : bool
        Whether what still fails goes on a logarithmic scale; else it stays winsorised.
    """
    left = np.zeros(values.shape[-1], dtype=bool) if exempt is None else exempt
    tried, replaced = winsorise(values, limits, left)
    logged = ~passes(tried, limits) & ~left & then_log
    whole = logged[..., np.newaxis, :]
    return Treated(np.where(whole, log_of(values), tried), replaced & ~whole, logged)


def winsorise(values: Floats, limits: Limits, exempt: Flags) -> tuple[Floats, Flags]:
    """Takes the most extreme value on the side of the skew to the next one, until a column passes or enough is done.

    Ties go together, so a round may replace several cells. A column that runs out of rounds stays as it then is.

    Returns
    -------
    (..., units, indicators), (..., units, indicators)
        The values, and which of them were replaced.
    """
    now, replaced = values.copy(), np.zeros(values.shape, dtype=bool)
    columns = np.arange(values.shape[-1])  # those that some table still fails
    for _ in range(limits.max_points):
        part, done = now[..., columns], replaced[..., columns]
        skew, kurtosis = shape(part)
        failing = ~_small(skew, kurtosis, limits) & ~exempt[columns] & (done.sum(axis=-2) < limits.max_points)
        open_ = failing.reshape(-1, columns.size).any(axis=0)
        if not open_.any():
            break
        columns = columns[open_]
        side = np.where(skew[..., open_] < 0, -1.0, 1.0)[..., np.newaxis, :]
        now[..., columns], extreme = _round(part[..., open_], side, failing[..., np.newaxis, open_])
        replaced[..., columns] |= extreme
    return now, replaced


def _round(values: Floats, side: Floats, failing: Flags) -> tuple[Floats, Flags]:
    """One round: the most extreme cells take the value next to theirs; and which cells these are."""
    signed = side * values
    extreme = failing & (signed == np.fmax.reduce(signed, axis=-2, keepdims=True))
    following = np.fmax.reduce(np.where(extreme, np.nan, signed), axis=-2, keepdims=True)
    return np.where(extreme, side * following, values), extreme


def passes(values: Floats, limits: Limits) -> Flags:
    """Whether the skewness or the kurtosis is small enough, (..., indicators); also where neither is defined."""
    return _small(*shape(values), limits)


def _small(skew: Floats, kurtosis: Floats, limits: Limits) -> Flags:
    return ~(np.abs(skew) >= limits.skew - EPS) | ~(kurtosis >= limits.kurtosis - EPS)


def log_of(values: Floats) -> Floats:
    """log(x - min + 0.01 (max - min)), the least and the greatest of each column.

    >>> log_of(np.array([[0.0], [99.0]])).round(6).ravel()
    array([-0.01005,  4.60507])
    """
    least = np.fmin.reduce(values, axis=-2, keepdims=True)
    width = np.fmax.reduce(values, axis=-2, keepdims=True) - least
    return np.log(values - least + OFFSET * np.where(width > 0, width, np.nan))


def shape(values: Floats) -> tuple[Floats, Floats]:
    """The bias-corrected (type 2) skewness and excess kurtosis of each column, (..., indicators) each.

    NaN where a column has no spread, or too few values: below 3 for the skewness, below 4 for the kurtosis.

    >>> skew, kurtosis = shape(np.array([[1.0], [2.0], [3.0], [6.0]]))
    >>> skew.round(6), kurtosis.round(6)
    (array([1.19034]), array([1.5]))
    """
    n, second, third, fourth = _moments(values)
    with np.errstate(divide="ignore", invalid="ignore"):
        skew = third / second**1.5 * np.sqrt(n * (n - 1.0)) / (n - 2.0)
        kurtosis = ((n + 1.0) * (fourth / second**2 - 3.0) + 6.0) * (n - 1.0) / ((n - 2.0) * (n - 3.0))
    spread = second > 0
    return np.where(spread & (n > 2), skew, np.nan), np.where(spread & (n > 3), kurtosis, np.nan)


def _moments(values: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """How many values a column has, and its central moments of order 2, 3 and 4."""
    present = ~np.isnan(values)
    n = present.sum(axis=-2).astype(np.float64)
    some = np.maximum(n, 1.0)
    mean = (np.where(present, values, 0.0).sum(axis=-2) / some)[..., np.newaxis, :]
    apart = np.where(present, values - mean, 0.0)
    square = apart * apart
    second, third, fourth = (power.sum(axis=-2) / some for power in (square, square * apart, square * square))
    return n, second, third, fourth
