"""How columns go together: Pearson, Spearman and Kendall, over the units that both columns have."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tierscore.engine.matrix import Floats

# Conventions, not tests: what the field's reference package (COINr) colours as collinear and as negative.
REDUNDANT, CONFLICTING = 0.92, -0.4
LEAST_UNITS = 3


@dataclass(frozen=True)
class Correlations:
    """(columns, columns) each, in [-1, 1]; NaN with fewer than three common units, or where one does not vary."""

    pearson: Floats
    spearman: Floats
    kendall: Floats


def correlate(values: Floats) -> Correlations:
    """Of every two columns of (units, columns), NaN where missing; Kendall is tau-b.

    >>> found = correlate(np.array([[1.0, 1.0], [2.0, 4.0], [3.0, 9.0]]))
    >>> float(found.spearman[0, 1]), float(found.kendall[0, 1]), round(float(found.pearson[0, 1]), 4)
    (1.0, 1.0, 0.9897)
    """
    table = pd.DataFrame(values)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # of columns that do not vary, for which NaN is the answer
        pearson, spearman, kendall = (
            table.corr(method=method, min_periods=LEAST_UNITS).to_numpy(np.float64)
            for method in ("pearson", "spearman", "kendall")
        )
    return Correlations(*(np.clip(found, -1.0, 1.0) for found in (pearson, spearman, kendall)))


def flag(pearson: float) -> str | None:
    """What a correlation of two parts of one node says: ``redundant``, ``conflict``, or nothing.

    >>> flag(0.95), flag(-0.5), flag(0.3)
    ('redundant', 'conflict', None)
    """
    if pearson > REDUNDANT:
        return "redundant"
    return "conflict" if pearson < CONFLICTING else None
