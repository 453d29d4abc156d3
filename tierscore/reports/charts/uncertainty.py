"""How sure tiers are: ranges of ranks, probabilities of tiers, what moves them."""

# altair declares no types for what is called here.
# mypy: allow-untyped-calls

from __future__ import annotations

from collections.abc import Sequence

from tierscore.reports.charts.theme import (
    OTHERS,
    ROW,
    TIER_COLOURS,
    Answer,
    Spec,
    Titles,
    altair,
    chart,
    names_axis,
    spec,
    tier_colour,
)
from tierscore.reports.uncertainty import FACTORS
from tierscore.reports.what_if import Names
from tierscore.reports.words import Words

DARK, LIGHT = TIER_COLOURS[-1], TIER_COLOURS[1]


def rank_bands(answer: Answer, words: Words) -> Spec:
    """Each region's rank from 5 to 95 % of the draws, the middle one marked, best on top."""
    alt = altair()
    rows = [
        {"region": words.name(item["region"]["name"]), **item["rank"]}
        for item in answer["regions"]
        if item["rank"] is not None
    ]
    base = chart(rows).encode(y=names_axis([words.name(item["region"]["name"]) for item in _by_rank(answer)]))
    axis = alt.X("p5:Q", title=words.say("Rank (1 is best)"), scale=alt.Scale(zero=False))
    bands = base.mark_bar(height=8, color=OTHERS).encode(x=axis, x2=alt.X2("p95:Q"))
    middles = base.mark_tick(color=DARK, thickness=3, size=14).encode(x=alt.X("p50:Q"))
    title = words.say("Ranks in 90 of 100 draws; the line is the middle")
    return spec(alt.layer(bands, middles), title=title, height=max(len(rows), 1) * ROW)


def tier_bars(answer: Answer, words: Words, titles: Titles) -> Spec:
    """Each region's probability of every tier, as one bar of 100 %."""
    return probability_bars(_by_rank(answer), words, titles, title=words.say("How often each tier"))


def probability_bars(items: Sequence[Answer], words: Words, titles: Titles, title: str | None = None) -> Spec:
    """The same of items with a `region` and a `tier_probability`, in the order given."""
    alt = altair()
    names = Names(titles, words)
    codes = list(items[0]["tier_probability"]) if items else []
    rows = [
        {"region": words.name(item["region"]["name"]), "tier": names.of(code), "place": place, "part": part}
        for item in items
        for place, (code, part) in enumerate(item["tier_probability"].items())
    ]
    axis = alt.Axis(format="%", tickCount=5)
    bars = (
        chart(rows)
        .mark_bar(stroke="#ffffff")
        .encode(
            x=alt.X("part:Q", title=words.say("Part of the draws"), axis=axis, stack="normalize"),
            y=names_axis([words.name(item["region"]["name"]) for item in items]),
            color=tier_colour([names.of(code) for code in codes], words.say("Tier")),
            order=alt.Order("place:Q"),
        )
    )
    return spec(bars, title=title, height=max(len(items), 1) * ROW)


def sobol_bars(answer: Answer, words: Words, region: str | None = None) -> Spec:
    """First-order and total indices of each factor on a region's score, or on the ranks, with 95 % intervals."""
    alt = altair()
    rows = _indices(answer["sobol"], words, region)
    kinds = [words.say("alone"), words.say("with others")]
    base = chart(rows).encode(
        y=alt.Y("factor:N", title=None, sort=list(dict.fromkeys(row["factor"] for row in rows))),
        yOffset=alt.YOffset("kind:N", sort=kinds),
    )
    axis = alt.X("value:Q", title=words.say("Part of the variance"))
    colour = alt.Color("kind:N", title=None, sort=kinds, scale=alt.Scale(domain=kinds, range=[LIGHT, DARK]))
    bars = base.mark_bar().encode(x=axis, color=colour)
    limits = base.mark_rule(color="#000000").encode(x=alt.X("low:Q"), x2=alt.X2("high:Q"))
    return spec(alt.layer(bars, limits), title=_moved(answer, words, region), height=2 * max(len(rows), 1) * ROW)


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
