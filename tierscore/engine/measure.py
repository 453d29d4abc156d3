"""What is scored of a raw value: the level, the share of the nation, or the amount per something (section 2)."""

from __future__ import annotations

import numpy as np

from tierscore.engine.matrix import Floats


def national_totals(values: Floats, nation: Floats) -> Floats:
    """The nation's own value where it is given, else the sum over the regions if every one has a value, else NaN.

    Parameters
    ----------
    values : (..., regions, indicators)
        Raw values of the reference regions, NaN where missing.
    nation : (..., indicators)
        The nation's own values, NaN where none is given.

    Returns
    -------
    (..., indicators)
        Totals in the indicators' units; NaN where they are unknown, never a partial sum.

    Examples
    --------
    >>> national_totals(np.array([[1.0, 1.0, np.nan], [2.0, 2.0, 2.0]]), np.array([9.0, np.nan, np.nan]))
    array([ 9.,  3., nan])
    """
    return np.where(np.isnan(nation), values.sum(axis=-2), nation)


def national_share(values: Floats, totals: Floats) -> Floats:
    """100 x value / total, in per cent; NaN where the value is missing or the total unknown or not above 0.

    `values` is (..., regions, indicators), `totals` is (..., indicators).

    >>> national_share(np.array([[3.0], [1.0]]), np.array([12.0]))
    array([[25.        ],
           [ 8.33333333]])
    """
    return 100.0 * values / positive(totals)[..., np.newaxis, :]


def per(values: Floats, denominators: Floats, scale: Floats) -> Floats:
    """Scale x value / denominator; NaN where either is missing or the denominator is not above 0.

    >>> per(np.array([[30.0]]), np.array([[60.0]]), np.array([100.0]))
    array([[50.]])
    """
    return scale * values / positive(denominators)


def positive(values: Floats) -> Floats:
    """What can be divided by: NaN where a value is not above 0."""
    return np.where(values > 0, values, np.nan)
