"""Whether the parts of a node measure one thing: Cronbach's alpha and principal components."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tierscore.engine.matrix import Floats
from tierscore.engine.threshold import LEAST_SPREAD


@dataclass(frozen=True)
class Components:
    """Principal components of the correlations, the greatest first.

    eigenvalues, explained : (components,), the second as shares of all variance.  loadings : (children, components).
    """

    eigenvalues: Floats
    explained: Floats
    loadings: Floats


def complete(scores: Floats) -> Floats:
    """The units that have every child, (units, children)."""
    kept: Floats = scores[~np.isnan(scores).any(axis=1)]
    return kept


def cronbach(scores: Floats) -> float:
    """Cronbach's alpha: k / (k - 1) (1 - sum of the children's variances / variance of their sum), at most 1.

    NaN with fewer than two children or two complete units, or where the sum does not vary.

    >>> cronbach(np.array([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]])).__round__(6)
    0.888889
    """
    rows = complete(scores)
    count = scores.shape[1]
    if count < 2 or len(rows) < 2:
        return np.nan
    whole = float(rows.sum(axis=1).var(ddof=1))
    if whole == 0:
        return np.nan
    return float(count / (count - 1) * (1.0 - rows.var(axis=0, ddof=1).sum() / whole))


def standardised(correlations: Floats) -> float:
    """Alpha of standardised children, from their mean correlation r: k r / (1 + (k - 1) r); NaN where one is unknown.

    >>> standardised(np.array([[1.0, 0.5], [0.5, 1.0]])).__round__(6)
    0.666667
    """
    count = len(correlations)
    if count < 2:
        return np.nan
    mean = float(correlations[~np.eye(count, dtype=bool)].mean())
    return count * mean / (1.0 + (count - 1.0) * mean) if 1.0 + (count - 1.0) * mean > 0 else np.nan


def components(scores: Floats) -> Components | None:
    """Principal components of the children's correlations; None where one of them does not vary or units are few."""
    rows = complete(scores)
    if scores.shape[1] < 2 or len(rows) < 3 or (np.ptp(rows, axis=0) <= LEAST_SPREAD).any():
        return None
    values, vectors = np.linalg.eigh(np.corrcoef(rows, rowvar=False))
    values, vectors = np.maximum(values[::-1], 0.0), vectors[:, ::-1]
    upright = np.where(vectors.sum(axis=0) < 0, -1.0, 1.0)  # the sign of a component is free: more of it is better
    return Components(values, values / values.sum(), vectors * upright * np.sqrt(values))
