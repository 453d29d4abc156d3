"""Numbers as a person reads them: rounded here and nowhere before."""

from __future__ import annotations

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
