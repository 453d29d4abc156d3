"""The regions as tiles, roughly where they lie: every one the same size, and no border drawn."""

# altair declares no types for what is called here.
# mypy: allow-untyped-calls

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tierscore.reports.charts.theme import CHOSEN, INK, Answer, Spec, chart, spec, tier_colour
from tierscore.reports.words import Words

TILE = 46
# Column and row of each tile, and its Chinese abbreviation.
TILES = {
    "CN-HL": (8, 0, "黑"), "CN-NM": (6, 1, "蒙"), "CN-LN": (7, 1, "辽"), "CN-JL": (8, 1, "吉"),
    "CN-XJ": (2, 2, "新"), "CN-GS": (3, 2, "甘"), "CN-NX": (4, 2, "宁"), "CN-SX": (5, 2, "晋"), "CN-HE": (6, 2, "冀"),
    "CN-BJ": (7, 2, "京"), "CN-XZ": (2, 3, "藏"), "CN-QH": (3, 3, "青"), "CN-SN": (4, 3, "陕"), "CN-HA": (5, 3, "豫"),
    "CN-SD": (6, 3, "鲁"), "CN-TJ": (7, 3, "津"), "CN-SC": (3, 4, "川"), "CN-CQ": (4, 4, "渝"), "CN-HB": (5, 4, "鄂"),
    "CN-AH": (6, 4, "皖"), "CN-JS": (7, 4, "苏"), "CN-SH": (8, 4, "沪"), "CN-YN": (3, 5, "滇"), "CN-GZ": (4, 5, "黔"),
    "CN-HN": (5, 5, "湘"), "CN-JX": (6, 5, "赣"), "CN-ZJ": (7, 5, "浙"), "CN-GX": (4, 6, "桂"), "CN-GD": (5, 6, "粤"),
    "CN-FJ": (6, 6, "闽"), "CN-HI": (4, 7, "琼"),
}  # fmt: skip
LEFT, RIGHT, BOTTOM = 2, 8, 7
LIGHT_ON_DARK = 0.5  # of the way from the lightest tier to the darkest, from where on letters are white


def tile_map(standings: Sequence[Answer], chosen: Sequence[str], tiers: Mapping[str, str], words: Words) -> Spec:
    """A tile for each region, the darker the higher its tier; those chosen are outlined.

    Regions that have no tile are left out; `tiers` are names by code, lowest first.
    """
    import altair as alt  # noqa: PLC0415 - slow to load, and few need it

    rows = [_tile(item, chosen, tiers, words) for item in standings if item["region"]["code"] in TILES]
    x = alt.X("column:O", axis=None, scale=alt.Scale(domain=list(range(LEFT, RIGHT + 1)), padding=0.04))
    y = alt.Y("row:O", axis=None, scale=alt.Scale(domain=list(range(BOTTOM + 1)), padding=0.04))
    base = chart(rows).encode(x=x, y=y)
    known = "datum.tier != null"
    colour = alt.condition(known, tier_colour(list(tiers.values()), words.say("Tier")), alt.value("#ffffff"))
    picked = "datum.chosen"
    layers = [
        base.mark_rect().encode(
            color=colour,
            stroke=alt.condition(picked, alt.value(CHOSEN), alt.value("#bbbbbb")),
            strokeWidth=alt.condition(picked, alt.value(4), alt.value(0.5)),
        ),
        base.mark_text(fontSize=14).encode(
            text="label:N", color=alt.condition("datum.dark", alt.value("#ffffff"), alt.value(INK))
        ),
    ]  # fmt: skip
    return spec(alt.layer(*layers), width=TILE * (RIGHT - LEFT + 1), height=TILE * (BOTTOM + 1))


def _tile(item: Answer, chosen: Sequence[str], tiers: Mapping[str, str], words: Words) -> Answer:
    code = item["region"]["code"]
    column, row, short = TILES[code]
    order = list(tiers)
    dark = item["tier"] is not None and order.index(item["tier"]) >= LIGHT_ON_DARK * (len(order) - 1)
    return {
        "column": column,
        "row": row,
        "label": short if words.language == "zh" else code.removeprefix("CN-"),
        "tier": tiers[item["tier"]] if item["tier"] is not None else None,
        "chosen": code in chosen,
        "dark": dark,
    }
