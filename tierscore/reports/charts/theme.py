"""What all charts share: typeface, colours, and how a chart becomes a spec."""

# altair declares no types for what is called here.
# mypy: allow-untyped-calls

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from tierscore.reports import fonts

Answer = dict[str, Any]
Spec = dict[str, Any]
Titles = Mapping[str, Mapping[str, str]]

# Cividis from light to dark, its yellow softened.
TIER_COLOURS = ("#fbe596", "#cbba69", "#958f78", "#666970", "#31446b", "#00204d")
CHOSEN, OTHERS, INK, FAINT = "#d55e00", "#9aa5b8", "#222222", "#e5e5e5"
WIDTH, ROW = 560, 20
# Names are never cut short: to see whether they must be takes a third of the drawing.
TEXT = {"labelFontSize": 11, "titleFontSize": 11, "labelLimit": 0}
CONFIG = {
    "font": ", ".join((fonts.FAMILY, *fonts.FALLBACKS)),
    "background": "#ffffff",
    "padding": 4,
    "view": {"stroke": None},
    "axis": {"grid": True, "gridColor": FAINT, "titleFontWeight": "normal", **TEXT},
    "axisQuantitative": {"tickCount": 5},
    "legend": {"orient": "top", "symbolStrokeColor": INK, **TEXT},
}


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


@cache
def altair() -> Any:
    """The library, told not to check each part as it is made, which takes most of its time; tests check each chart."""
    import altair as alt  # noqa: PLC0415 - slow to load, and few need it
    from altair.utils import schemapi  # noqa: PLC0415 - the same

    schemapi.disable_debug_mode()
    return alt


def chart(rows: Sequence[Answer]) -> Any:
    """An empty chart of some rows."""
    packed = json.dumps(list(rows), ensure_ascii=False)  # a list would be copied at every step
    return altair().Chart(altair().Data(values=packed))


def names_axis(names: Sequence[str], field: str = "region", *, grid: bool = True) -> Any:
    """Names down the left side, in the order given."""
    return altair().Y(f"{field}:N", title=None, sort=list(names), axis=altair().Axis(grid=grid))


def tier_colour(names: Sequence[str], title: str | None) -> Any:
    """The colours of tiers, lowest first, with a legend."""
    return altair().Color("tier:N", title=title, scale=altair().Scale(domain=list(names), range=shades(len(names))))


def spec(drawn: Any, *, height: float, width: float = WIDTH, title: str | None = None) -> Spec:
    """The chart as a spec, in the reports' typeface. (It is not checked here: tests check each.)"""
    found: Spec = drawn.to_dict(validate=False)
    found |= {"width": width, "height": height, "config": CONFIG} | ({} if title is None else {"title": title})
    for part in (found, *found.get("layer", [])):
        if "data" in part:
            part["data"]["values"] = json.loads(part["data"]["values"])
    return found


def dots(rows: Sequence[Answer], *, chosen: bool, **places: Any) -> Any:
    """A dot for each row: small and grey, or large, orange and outlined for those chosen."""
    mark = (
        {"color": CHOSEN, "size": 110, "strokeWidth": 1.2}
        if chosen
        else {"color": OTHERS, "size": 45, "strokeWidth": 0}
    )
    return chart(rows).mark_circle(opacity=1, stroke=INK, **mark).encode(**places)
