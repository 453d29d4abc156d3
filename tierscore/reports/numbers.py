"""Numbers as a person reads them: rounded here and nowhere before."""

from __future__ import annotations

import math

MISSING = "–"


def rounded(value: float | None, decimals: int = 2) -> str:
    """A number with a fixed count of decimals; a dash where it is missing.

    >>> rounded(42.5131), rounded(None)
    ('42.51', '–')
    """
    return MISSING if value is None else f"{value:,.{decimals}f}"


def percent(share: float | None) -> str:
    """A share in [0, 1] as whole per cent.

    >>> percent(2 / 3)
    '67%'
    """
    return MISSING if share is None else f"{100 * share:.0f}%"


def tenths(share: float | None) -> str:
    """A share in [0, 1] as per cent with one decimal, where whole ones would hide what is lacking.

    >>> tenths(0.6591)
    '65.9%'
    """
    return MISSING if share is None else f"{100 * share:.1f}%"


def signed(change: float | None) -> str:
    """A change with its sign and two decimals; a dash where it is missing.

    >>> signed(1.5), signed(-0.25), signed(None)
    ('+1.50', '-0.25', '–')
    """
    return MISSING if change is None else f"{change:+.2f}"


def outward(change: float) -> str:
    """A signed change, rounded so that it is not less: whole from 1000 on, else two decimals at most.

    >>> outward(3.0), outward(16.2987), outward(-5.0), outward(33257.2)
    ('+3', '+16.3', '-5', '+33,258')
    """
    decimals = 0 if abs(change) >= 1000 else 2
    size = math.ceil(round(abs(change) * 10**decimals, 6)) / 10**decimals
    return ("-" if change < 0 else "+") + plain(size)


def plain(value: float | None) -> str:
    """A raw value: whole numbers without decimals, others with as many as needed: two at most from 100 on, else four.

    >>> plain(15.0), plain(1545.585593), plain(2.26), plain(12.28070175)
    ('15', '1,545.59', '2.26', '12.2807')
    """
    if value is None:
        return MISSING
    if float(value).is_integer():
        return f"{value:,.0f}"
    return f"{value:,.{2 if abs(value) >= 100 else 4}f}".rstrip("0").rstrip(".")


def enough(required: float, *, upward: bool) -> float:
    """A required value as a person would write it, with the decimals of `plain`, and never short of it.

    >>> enough(1545.5855928870299, upward=True), enough(1.23456, upward=False), enough(8.0, upward=False)
    (1545.59, 1.2345, 8.0)
    """
    factor = 10 ** (2 if abs(required) >= 100 else 4)
    scaled = round(required * factor, 6)
    return (math.ceil(scaled) if upward else math.floor(scaled)) / factor
