"""Which ink is read best on a shade."""

from __future__ import annotations

BLACK, WHITE = "#000000", "#ffffff"


def ink_on(shade: str) -> str:
    """Black or white, whichever has the greater contrast on a colour ``#rrggbb`` (WCAG 2.2, relative luminance).

    >>> ink_on("#cbba69"), ink_on("#00204d")
    ('#000000', '#ffffff')
    """
    red, green, blue = (_linear(int(shade[at : at + 2], 16) / 255) for at in (1, 3, 5))
    lighter = 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05
    return BLACK if lighter / 0.05 >= 1.05 / lighter else WHITE


def _linear(part: float) -> float:
    return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
