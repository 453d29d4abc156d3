"""From an earlier year to this one: where each score was and is."""

# altair declares no types for what is called here.
# mypy: allow-untyped-calls

from __future__ import annotations

from collections.abc import Sequence

from tierscore.reports.charts.theme import CHOSEN, INK, OTHERS, ROW, Answer, Spec, altair, chart, names_axis, spec
from tierscore.reports.words import Words


def change(items: Sequence[Answer], thresholds: Sequence[float], words: Words) -> Spec:
    """A line for each region from its earlier score (grey) to its present one (orange); thresholds are dashed."""
    alt = altair()
    rows = [
        {
            "region": words.name(item["region"]["name"]),
            "then": item["change"]["before"]["score"],
            "now": item["change"]["after"]["score"],
        }
        for item in items
        if item["change"] is not None
    ]
    rows = [row for row in rows if None not in row.values()]
    seen = [row[name] for row in rows for name in ("then", "now")]
    near = [{"score": value} for value in thresholds if seen and min(seen) - 5 <= value <= max(seen) + 5]
    axis = alt.X("then:Q", title=words.say("Score"), scale=alt.Scale(zero=False, nice=True))
    base = chart(rows).encode(y=names_axis([row["region"] for row in rows]))
    dashed = chart(near).mark_rule(color=INK, strokeDash=[4, 3]).encode(x=alt.X("score:Q"))
    layers = [
        *([dashed] if near else []),  # a layer without data has no extent, of which browsers warn
        base.mark_rule(color=INK).encode(x=axis, x2=alt.X2("now:Q")),
        base.mark_circle(color=OTHERS, size=90, opacity=1, stroke=INK).encode(x=axis),
        base.mark_circle(color=CHOSEN, size=110, opacity=1, stroke=INK).encode(x=alt.X("now:Q")),
    ]
    return spec(alt.layer(*layers), height=1.4 * ROW * max(len(rows), 1))
