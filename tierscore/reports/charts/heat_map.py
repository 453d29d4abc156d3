"""Functions by region: which tier each one supplies; what is missing is shown as missing."""

# altair declares no types for what is called here.
# mypy: allow-untyped-calls

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tierscore.reports.charts.theme import INK, Answer, Spec, altair, chart, names_axis, spec, tier_colour
from tierscore.reports.words import Words

CELL, NARROWEST, WIDEST = 22, 26, 90
LETTER = 6  # pixels of a Latin letter; a Chinese one has two of them


def heat_map(items: Sequence[Answer], tiers: Mapping[str, str], words: Words) -> Spec:
    """A cell for each indicator and region, the darker the higher the tier; a cross where the value is missing.

    Parameters
    ----------
    items : full answers, in the order of the columns.  tiers : names by code, lowest first.
    """
    alt = altair()
    regions = [words.name(item["region"]["name"]) for item in items]
    rows = list(_rows(items, tiers, words))
    indicators = list(dict.fromkeys(row["indicator"] for row in rows))
    wide = min(max(NARROWEST, 520 // max(len(regions), 1)), WIDEST)
    angle = 0 if max(map(_length, regions), default=0) <= wide else -35
    axis = alt.Axis(orient="top", labelAngle=angle, domain=False, ticks=False, grid=False)
    x = alt.X("region:N", title=None, sort=regions, axis=axis)
    y = names_axis(indicators, "indicator", grid=False)
    known = [row for row in rows if row["tier"] is not None]
    missing = [row for row in rows if row["tier"] is None]
    layers = [
        chart(known).mark_rect(stroke="#ffffff", strokeWidth=2).encode(
            x=x, y=y, color=tier_colour(list(tiers.values()), words.say("Supplies tier"))
        ),
        chart(missing).mark_text(text="×", fontSize=15, color=INK).encode(x=x, y=y),
    ]  # fmt: skip
    return spec(alt.layer(*layers), width=wide * len(regions), height=CELL * len(indicators))


def _length(name: str) -> int:
    """About how many pixels a name takes."""
    return LETTER * sum(2 if ord(letter) > 0x2E7F else 1 for letter in name)


def _rows(items: Sequence[Answer], tiers: Mapping[str, str], words: Words) -> Iterator[Answer]:
    for item in items:
        for cell in item["indicators"]:
            yield {
                "region": words.name(item["region"]["name"]),
                "indicator": words.name(cell["title"]),
                "tier": tiers[cell["supplies_tier"]] if cell["supplies_tier"] is not None else None,
            }
