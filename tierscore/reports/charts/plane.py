"""The plane of cohesion and radiation: what a centre draws in against what it sends out."""

# altair declares no types for what is called here.
# mypy: allow-untyped-calls

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tierscore.reports.charts.theme import INK, WIDTH, Answer, Spec, altair, chart, dots, spec
from tierscore.reports.words import Words

SIDE = 320
EDGE = 0.8  # of the way to the right edge, from where on labels stand to the left of their dots


def plane(standings: Sequence[Answer], chosen: Sequence[str], scale: tuple[float, float], words: Words) -> Spec:
    """A dot for each region of which both forces are known; those chosen are orange and named.

    Above the diagonal radiation is the greater: the centre is a power source; on it and below, a growth pole.
    """
    alt = altair()
    others, named = (list(_rows(standings, chosen, picked, words)) for picked in (False, True))
    low, high = scale
    ends = alt.Scale(domain=[low, high])
    x = alt.X("cohesion:Q", title=words.say("Cohesion (draws in)"), scale=ends)
    y = alt.Y("radiation:Q", title=words.say("Radiation (sends out)"), scale=ends)
    layers = [
        chart([{"cohesion": low, "radiation": low}, {"cohesion": high, "radiation": high}])
        .mark_line(color=INK, strokeDash=[4, 3], strokeWidth=1).encode(x=x, y=y),
        chart(_corners(low, high, words)).mark_text(color="#666666", fontSize=11)
        .encode(x=x, y=y, text=alt.Text("text:N")),
        dots(others, chosen=False, x=x, y=y),
        dots(named, chosen=True, x=x, y=y),
        *(_labels(side, x, y) for side in _sides(named, low, high, words)),
    ]  # fmt: skip
    return spec(alt.layer(*layers), height=SIDE, width=min(WIDTH, 480))


def _rows(standings: Sequence[Answer], chosen: Sequence[str], picked: bool, words: Words) -> Iterator[Answer]:
    """Those chosen, or the others, as far as both forces are known."""
    for item in standings:
        force = item["views"]["force"]
        scores = {name: force[name]["score"] for name in ("cohesion", "radiation")}
        if (item["region"]["code"] in chosen) == picked and None not in scores.values():
            yield {"region": words.name(item["region"]["name"]), **scores}


def _sides(rows: Sequence[Answer], low: float, high: float, words: Words) -> list[tuple[str, list[Answer]]]:
    """The labels to the right of their dots and, near the right edge, to the left; one for all that share a dot."""
    shared: dict[tuple[float, float], list[str]] = {}
    for row in rows:
        shared.setdefault((row["cohesion"], row["radiation"]), []).append(row["region"])
    labels: list[Answer] = [
        {"cohesion": cohesion, "radiation": radiation, "region": words.say(", ").join(names)}
        for (cohesion, radiation), names in shared.items()
    ]
    edge = low + EDGE * (high - low)
    left = [label for label in labels if label["cohesion"] > edge]
    right = [label for label in labels if label["cohesion"] <= edge]
    return [("left", right), ("right", left)]


def _labels(side: tuple[str, list[Answer]], x: Any, y: Any) -> Any:
    align, rows = side
    away = 8 if align == "left" else -8
    text = chart(rows).mark_text(fontSize=11, fontWeight="bold", color=INK, align=align, dx=away, dy=-2)
    return text.encode(x=x, y=y, text=altair().Text("region:N"))


def _corners(low: float, high: float, words: Words) -> list[Answer]:
    """What each side of the diagonal means, in its corner."""
    near, far = low + 0.16 * (high - low), low + 0.95 * (high - low)
    return [
        {"cohesion": near, "radiation": far, "text": words.say("Power source")},
        {"cohesion": high - near + low, "radiation": low + 0.05 * (high - low), "text": words.say("Growth pole")},
    ]
