"""Charts of how sure tiers are, as Vega-Lite specs with their data: for pages and for files alike.

Colours are told apart by the colour-blind and in grey print: tiers go from light to dark.
"""

# altair declares no types for what is called here.
# mypy: allow-untyped-calls

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tierscore.reports.uncertainty import FACTORS
from tierscore.reports.what_if import Names
from tierscore.reports.words import Words

Answer = dict[str, Any]
Spec = dict[str, Any]
Titles = Mapping[str, Mapping[str, str]]

# Cividis from light to dark, one for each of up to six tiers.
TIER_COLOURS = ("#e8dfb0", "#c3b369", "#8a8779", "#575d6d", "#233e6c", "#00204d")
WIDTH, ROW = 460, 20


def rank_bands(answer: Answer, words: Words) -> Spec:
    """Each region's rank from 5 to 95 % of the draws, the middle one marked, best on top."""
    import altair as alt  # noqa: PLC0415 - slow to load, and few need it

    rows = [
        {"region": words.name(item["region"]["name"]), **item["rank"]}
        for item in answer["regions"]
        if item["rank"] is not None
    ]
    base = _chart(rows).encode(y=_regions([words.name(item["region"]["name"]) for item in _by_rank(answer)]))
    axis = alt.X("p5:Q", title=words.say("Rank (1 is best)"), scale=alt.Scale(zero=False))
    bands = base.mark_bar(height=8, color="#9aa5b8").encode(x=axis, x2="p95:Q")
    middles = base.mark_tick(color="#00204d", thickness=3, size=14).encode(x="p50:Q")
    return _spec(alt.layer(bands, middles), words.say("Ranks in 90 of 100 draws; the line is the middle"), len(rows))


def tier_bars(answer: Answer, words: Words, titles: Titles) -> Spec:
    """Each region's probability of every tier, as one bar of 100 %."""
    import altair as alt  # noqa: PLC0415 - slow to load, and few need it

    names = Names(titles, words)
    known = _by_rank(answer)
    codes = list(known[0]["tier_probability"]) if known else []
    rows = [
        {"region": words.name(item["region"]["name"]), "tier": names.of(code), "place": place, "part": part}
        for item in known
        for place, (code, part) in enumerate(item["tier_probability"].items())
    ]
    colours = alt.Scale(domain=[names.of(code) for code in codes], range=_shades(len(codes)))
    chart = (
        _chart(rows)
        .mark_bar()
        .encode(
            x=alt.X("part:Q", title=words.say("Part of the draws"), axis=alt.Axis(format="%"), stack="normalize"),
            y=_regions([words.name(item["region"]["name"]) for item in known]),
            color=alt.Color("tier:N", title=words.say("Tier"), scale=colours),
            order=alt.Order("place:Q"),
        )
    )
    return _spec(chart, words.say("How often each tier"), len(known))


def sobol_bars(answer: Answer, words: Words, region: str | None = None) -> Spec:
    """First-order and total indices of each factor on a region's score, or on the ranks, with 95 % intervals."""
    import altair as alt  # noqa: PLC0415 - slow to load, and few need it

    rows = _indices(answer["sobol"], words, region)
    kinds = [words.say("alone"), words.say("with others")]
    base = _chart(rows).encode(
        y=alt.Y("factor:N", title=None, sort=list(dict.fromkeys(row["factor"] for row in rows))),
        yOffset=alt.YOffset("kind:N", sort=kinds),
    )
    axis = alt.X("value:Q", title=words.say("Part of the variance"))
    colour = alt.Color("kind:N", title=None, sort=kinds, scale=alt.Scale(domain=kinds, range=["#c3b369", "#233e6c"]))
    bars = base.mark_bar().encode(x=axis, color=colour)
    limits = base.mark_rule(color="#000000").encode(x="low:Q", x2="high:Q")
    return _spec(alt.layer(bars, limits), _moved(answer, words, region), 2 * len(rows))


def _moved(answer: Answer, words: Words, region: str | None) -> str:
    """What the bars are about."""
    if region is None:
        return words.say("What moves the ranks")
    names = {item["region"]["code"]: words.name(item["region"]["name"]) for item in answer["regions"]}
    return words.say("What moves the score of {region}", region=names[region])


def _indices(sobol: Answer, words: Words, region: str | None) -> list[Answer]:
    found = sobol["rank_shift"] if region is None else next(item for item in sobol["score"] if item["region"] == region)
    return [
        {"factor": words.say(FACTORS[name]), "kind": words.say(kind), **index}
        for output, kind in (("first", "alone"), ("total", "with others"))
        for name, index in zip(sobol["factors"], found[output], strict=True)
        if index["value"] is not None
    ]


def _by_rank(answer: Answer) -> list[Answer]:
    """The regions with a tier, by their middle rank; those with the same one as they come."""
    return sorted(
        (item for item in answer["regions"] if item["rank"] is not None), key=lambda item: item["rank"]["p50"]
    )


def _shades(count: int) -> list[str]:
    """As many colours as there are tiers, as far apart as they can be."""
    last = len(TIER_COLOURS) - 1
    return [TIER_COLOURS[round(place * last / max(count - 1, 1))] for place in range(count)]


def _chart(rows: Sequence[Answer]) -> Any:
    import altair as alt  # noqa: PLC0415 - slow to load, and few need it

    return alt.Chart(alt.Data(values=list(rows)))


def _regions(names: Sequence[str]) -> Any:
    import altair as alt  # noqa: PLC0415 - slow to load, and few need it

    return alt.Y("region:N", title=None, sort=list(names))


def _spec(chart: Any, title: str, rows: int) -> Spec:
    sized = chart.properties(width=WIDTH, height=max(rows, 1) * ROW, title=title)
    spec: Spec = sized.configure_view(stroke=None).configure_axis(grid=True, gridColor="#e5e5e5").to_dict()
    return spec
