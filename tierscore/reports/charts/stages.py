"""The stage profile: how far a centre originates, extends and diffuses innovation."""

# altair declares no types for what is called here.
# mypy: allow-untyped-calls

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tierscore.reports.charts.theme import ROW, TIER_COLOURS, Answer, Spec, altair, chart, names_axis, spec
from tierscore.reports.words import Words

HEADERS = {"origination": "Origination", "extension": "Extension", "diffusion": "Diffusion"}


def stages(items: Sequence[Answer], scale: tuple[float, float], words: Words) -> Spec:
    """Three bars for each region, one for each stage of which enough is known."""
    alt = altair()
    rows = list(_rows(items, words))
    names = [words.say(name) for name in HEADERS.values()]
    colours = alt.Scale(domain=names, range=[TIER_COLOURS[5], TIER_COLOURS[3], TIER_COLOURS[1]])
    bars = (
        chart(rows)
        .mark_bar()
        .encode(
            x=alt.X("score:Q", title=words.say("Score"), scale=alt.Scale(domain=list(scale))),
            y=names_axis([words.name(item["region"]["name"]) for item in items]),
            yOffset=alt.YOffset("stage:N", sort=names),
            color=alt.Color("stage:N", title=None, sort=names, scale=colours),
        )
    )
    return spec(bars, height=2.2 * ROW * max(len(items), 1))


def _rows(items: Sequence[Answer], words: Words) -> Iterator[Answer]:
    for item in items:
        for stage, title in HEADERS.items():
            score = item["views"]["stage"][stage]["score"]
            if score is not None:
                yield {"region": words.name(item["region"]["name"]), "stage": words.say(title), "score": score}
