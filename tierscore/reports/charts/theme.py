"""What all charts share: typeface, colours, and how a chart becomes a spec."""

# altair declares no types for what is called here.
# mypy: allow-untyped-calls

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tierscore.reports import fonts

Answer = dict[str, Any]
Spec = dict[str, Any]
Titles = Mapping[str, Mapping[str, str]]

# Cividis from light to dark, its yellow softened.
TIER_COLOURS = ("#fbe596", "#cbba69", "#958f78", "#666970", "#31446b", "#00204d")
CHOSEN, OTHERS, INK, FAINT = "#d55e00", "#9aa5b8", "#222222", "#e5e5e5"
WIDTH, ROW = 560, 20
FONT = ", ".join((fonts.FAMILY, *fonts.FALLBACKS))


def shades(count: int) -> list[str]:
    """As many colours as there are tiers, from light to dark, evenly apart on the way.

    >>> shades(3)
    ['#fbe596', '#7e7c74', '#00204d']
    """
    last = len(TIER_COLOURS) - 1
    return [_between(place * last / max(count - 1, 1)) for place in range(count)]


def _between(place: float) -> str:
    """The colour at a place on the way, between the two named ones beside it."""
    before = min(int(place), len(TIER_COLOURS) - 2)
    ends = [[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in TIER_COLOURS[before : before + 2]]
    parts = (low + (place - before) * (high - low) for low, high in zip(*ends, strict=True))
    return "#" + "".join(f"{int(part + 0.5):02x}" for part in parts)


def chart(rows: Sequence[Answer]) -> Any:
    """An empty chart of some rows."""
    import altair as alt  # noqa: PLC0415 - slow to load, and few need it

    return alt.Chart(alt.Data(values=list(rows)))


def names_axis(names: Sequence[str], field: str = "region", *, grid: bool = True) -> Any:
    """Names down the left side, in the order given."""
    import altair as alt  # noqa: PLC0415 - slow to load, and few need it

    return alt.Y(f"{field}:N", title=None, sort=list(names), axis=alt.Axis(labelLimit=260, grid=grid))


def tier_colour(names: Sequence[str], title: str | None) -> Any:
    """The colours of tiers, lowest first, with a legend."""
    import altair as alt  # noqa: PLC0415 - slow to load, and few need it

    return alt.Color("tier:N", title=title, scale=alt.Scale(domain=list(names), range=shades(len(names))))


def spec(drawn: Any, *, height: float, width: float = WIDTH, title: str | None = None) -> Spec:
    """The chart as a spec, in the reports' typeface. (It is not checked here, which is slow; tests check each.)"""
    sized = drawn.properties(width=width, height=height, **({} if title is None else {"title": title}))
    styled = (
        sized.configure(font=FONT, background="#ffffff", padding=4)
        .configure_view(stroke=None)
        .configure_axis(grid=True, gridColor=FAINT, labelFontSize=11, titleFontSize=11, titleFontWeight="normal")
        .configure_legend(orient="top", labelFontSize=11, titleFontSize=11, symbolStrokeColor=INK)
    )
    found: Spec = styled.to_dict(validate=False)
    return found
