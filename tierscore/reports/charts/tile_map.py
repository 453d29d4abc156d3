"""The regions as tiles, roughly where they lie: every one the same size, and no border drawn."""

# altair declares no types for what is called here.
# mypy: allow-untyped-calls

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tierscore.reports.charts.theme import CHOSEN, INK, Answer, Spec, altair, chart, shades, spec, tier_colour
from tierscore.reports.contrast import WHITE, ink_on
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
PAPER = "#ffffff"
LEFT, RIGHT, BOTTOM = 2, 8, 7


def tile_map(standings: Sequence[Answer], chosen: Sequence[str], tiers: Mapping[str, str], words: Words) -> Spec:
    """A tile for each region, the darker the higher its tier; those chosen are outlined.

    Regions that have no tile are left out; `tiers` are names by code, lowest first.
    """
    alt = altair()
    rows = [_tile(item, chosen, tiers, words) for item in standings if item["region"]["code"] in TILES]
    x = alt.X("column:O", axis=None, scale=alt.Scale(domain=list(range(LEFT, RIGHT + 1)), padding=0.04))
    y = alt.Y("row:O", axis=None, scale=alt.Scale(domain=list(range(BOTTOM + 1)), padding=0.04))
    known, unknown = ([row for row in rows if (row["tier"] is None) == missing] for missing in (False, True))
    tile = {"stroke": "#bbbbbb", "strokeWidth": 0.5}
    layers = [
        chart(known).mark_rect(**tile).encode(x=x, y=y, color=tier_colour(list(tiers.values()), words.say("Tier"))),
        chart(unknown).mark_rect(fill="#ffffff", **tile).encode(x=x, y=y),
        chart([row for row in rows if row["chosen"]]).mark_rect(fillOpacity=0, stroke=CHOSEN, strokeWidth=4)
        .encode(x=x, y=y),
        *(
            chart([row for row in rows if row["ink"] == ink]).mark_text(fontSize=14, color=ink)
            .encode(x=x, y=y, text=alt.Text("label:N"))
            for ink in (INK, PAPER)
        ),
    ]  # fmt: skip
    return spec(alt.layer(*layers), width=TILE * (RIGHT - LEFT + 1), height=TILE * (BOTTOM + 1))


def _tile(item: Answer, chosen: Sequence[str], tiers: Mapping[str, str], words: Words) -> Answer:
    code = item["region"]["code"]
    column, row, short = TILES[code]
    shade = dict(zip(tiers, shades(len(tiers)), strict=True)).get(item["tier"], PAPER)
    return {
        "column": column,
        "row": row,
        "label": short if words.language == "zh" else code.removeprefix("CN-"),
        "tier": tiers[item["tier"]] if item["tier"] is not None else None,
        "chosen": code in chosen,
        "ink": PAPER if ink_on(shade) == WHITE else INK,
    }
