"""How far the next tier is: each of its tests as a part of what is needed."""

# altair declares no types for what is called here.
# mypy: allow-untyped-calls

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tierscore.reports.charts.theme import INK, ROW, TIER_COLOURS, Answer, Spec, altair, chart, names_axis, spec
from tierscore.reports.words import Words

MOST = 1.5  # of what is needed; longer bars are cut there


def distance(items: Sequence[Answer], words: Words) -> Spec:
    """Bars of each region's tests at its target; at the line they are met."""
    alt = altair()
    rows = [row for item in items for row in _tests(item, words)]
    kinds = list(dict.fromkeys(row["test"] for row in rows))
    regions = list(dict.fromkeys(row["region"] for row in rows))
    colours = alt.Scale(domain=kinds, range=[TIER_COLOURS[1], TIER_COLOURS[4], TIER_COLOURS[2]][: len(kinds)])
    axis = alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1, 1.25, 1.5])
    x = alt.X(
        "part:Q", title=words.say("Part of what the next tier needs"), axis=axis, scale=alt.Scale(domain=[0, MOST])
    )
    layers = [
        chart(rows).mark_bar().encode(
            x=x,
            y=names_axis(regions),
            yOffset=alt.YOffset("test:N", sort=kinds),
            color=alt.Color("test:N", title=None, sort=kinds, scale=colours),
        ),
        chart([{"part": 1.0}]).mark_rule(color=INK, strokeDash=[4, 3]).encode(x=alt.X("part:Q")),
    ]  # fmt: skip
    return spec(alt.layer(*layers), height=2.2 * ROW * max(len(regions), 1))


def _tests(item: Answer, words: Words) -> Iterator[Answer]:
    """The tests of the target that have a measure; none in the top tier."""
    tier = next((tier for tier in item["tiers"] if tier["code"] == item["gap"]["target"]), None)
    if tier is None:
        return
    region = f"{words.name(item['region']['name'])} → {words.name(tier['title'])}"
    quota = tier["origination"] or {"share": None, "share_needed": None}
    found = (
        (words.say("Score"), item["score"], tier["threshold"]),
        (words.say("Functions"), tier["functions_share"], tier["functions_needed"]),
        (words.say("Origination"), quota["share"], quota["share_needed"]),
    )
    for test, value, needed in found:
        if value is not None and needed:
            yield {"region": region, "test": test, "part": min(value / needed, MOST)}
