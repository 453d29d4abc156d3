"""What a column of measures looks like, and what in it an auditor should look at (OECD/JRC Handbook, steps 3 and 4)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tierscore.engine.matrix import Flags, Floats, Ints
from tierscore.engine.threshold import EPS
from tierscore.engine.treat import Limits, passes, shape

LEAST_OBSERVED = 2 / 3
MOST_ALIKE = 0.5  # the share of the values that one value may have before the column is called uneven


@dataclass(frozen=True)
class Description:
    """Statistics of each column, (indicators,) each; NaN where there are too few values.

    count : values present.  alike : the share of the most frequent value.  deviation : with n - 1.
    skewness, kurtosis : bias-corrected, the excess over a normal one.
    """

    count: Ints
    mean: Floats
    median: Floats
    deviation: Floats
    least: Floats
    greatest: Floats
    skewness: Floats
    kurtosis: Floats
    alike: Floats
    flags: dict[str, Flags]


def describe(values: Floats, limits: Limits | None = None) -> Description:
    """Describes a table of (units, indicators); NaN is missing."""
    present = ~np.isnan(values)
    count: Ints = present.sum(axis=0)
    some = np.where(count > 0, count, np.nan)
    mean = np.nansum(values, axis=0) / some
    squares = np.nansum((values - mean) ** 2, axis=0)
    skewness, kurtosis = shape(values)
    alike = np.array([_alike(column[~np.isnan(column)]) for column in values.T])
    least, greatest = np.fmin.reduce(values, axis=0), np.fmax.reduce(values, axis=0)
    flags = {
        "sparse": count < LEAST_OBSERVED * len(values) - EPS,
        "constant": (count > 0) & (least == greatest),
        "skewed": ~passes(values, limits or Limits()),
        "uneven": alike > MOST_ALIKE + EPS,
    }
    return Description(
        count=count,
        mean=mean,
        median=np.array([np.median(column[~np.isnan(column)]) if some_left else np.nan
                         for column, some_left in zip(values.T, count > 0, strict=True)]),
        deviation=np.sqrt(squares / np.where(count > 1, count - 1.0, np.nan)),
        least=least,
        greatest=greatest,
        skewness=skewness,
        kurtosis=kurtosis,
        alike=alike,
        flags=flags,
    )  # fmt: skip


def _alike(column: Floats) -> float:
    if column.size == 0:
        return np.nan
    return float(np.unique(column, return_counts=True)[1].max() / column.size)
