"""The tier ladder: every region on the tier that it attains, at its score; thresholds are dashed."""

# altair declares no types for what is called here.
# mypy: allow-untyped-calls

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from tierscore.reports.charts.theme import INK, Answer, Spec, altair, chart, dots, spec
from tierscore.reports.numbers import plain
from tierscore.reports.words import Words

RUNG = 74  # pixels between two tiers
TOO_NEAR = 11.0  # per cent of the scale within which two labels would touch
LANES = (0.2, -0.2, 0.36, -0.36)  # how far beside its rung a label stands, in rungs


def ladder(standings: Sequence[Answer], chosen: Sequence[str], tiers: Sequence[Answer], words: Words) -> Spec:
    """A dot for each assessed region; those chosen are orange and named.

    Parameters
    ----------
    standings : short answers.  chosen : codes of regions.  tiers : ``{code, title, threshold}``, lowest first.
    """
    alt = altair()
    places = {tier["code"]: place for place, tier in enumerate(tiers)}
    others, named = (list(_rows(standings, chosen, picked, places, words)) for picked in (False, True))
    scores = [row["score"] for row in (*others, *named)]
    width = max(scores, default=0.0) - min(scores, default=0.0)
    labels = [row | {"lane": lane} for row, lane in zip(named, lanes(named, max(width, 1.0)), strict=True)]
    x = alt.X("score:Q", title=words.say("Score"), scale=alt.Scale(zero=False, nice=True))
    y = _rungs(tiers, words)
    layers = [
        chart(_thresholds(tiers)).mark_rule(color=INK, strokeDash=[4, 3]).encode(x=alt.X("score:Q")),
        chart(_thresholds(tiers)).mark_text(align="left", dx=4, dy=13, fontSize=10, color=INK)
        .encode(x=alt.X("score:Q"), y=alt.Y("place:Q"), text=alt.Text("label:N")),
        dots(others, chosen=False, x=x, y=y),
        dots(named, chosen=True, x=x, y=y),
        chart(labels).mark_text(fontSize=11, fontWeight="bold", color=INK)
        .encode(x=x, y=alt.Y("lane:Q"), text=alt.Text("region:N")),
    ]  # fmt: skip
    return spec(alt.layer(*layers), height=RUNG * len(tiers))


def _rows(
    standings: Sequence[Answer], chosen: Sequence[str], picked: bool, places: dict[str, int], words: Words
) -> Iterator[Answer]:
    """Those chosen, or the others, as far as they have a tier and a score."""
    for item in standings:
        if item["tier"] is not None and item["score"] is not None and (item["region"]["code"] in chosen) == picked:
            yield {
                "region": words.name(item["region"]["name"]),
                "score": item["score"],
                "place": places[item["tier"]],
            }


def lanes(rows: Sequence[Answer], width: float) -> list[float]:
    """Where each label stands: beside its rung, on the next lane where its left neighbour on the rung is too near.

    >>> near = [{"place": 1, "score": 40.0}, {"place": 1, "score": 41.0}, {"place": 0, "score": 41.0}]
    >>> lanes(near, 100.0)
    [1.2, 0.8, 0.2]
    """
    found = [0.0] * len(rows)
    last: dict[int, tuple[float, int]] = {}
    for row in sorted(range(len(rows)), key=lambda row: (rows[row]["place"], rows[row]["score"])):
        place, score = rows[row]["place"], rows[row]["score"]
        before = last.get(place)
        lane = (before[1] + 1) % len(LANES) if before and 100 * (score - before[0]) / width < TOO_NEAR else 0
        last[place] = (score, lane)
        found[row] = place + LANES[lane]
    return found


def _thresholds(tiers: Sequence[Answer]) -> list[Answer]:
    return [
        {"score": tier["threshold"], "place": place, "label": f"≥ {plain(tier['threshold'])}"}
        for place, tier in enumerate(tiers)
        if place > 0 and tier["threshold"] is not None
    ]


def _rungs(tiers: Sequence[Answer], words: Words) -> Any:
    """The tiers up the left side, by their names."""
    alt = altair()
    names = [json.dumps(words.name(tier["title"]), ensure_ascii=False) for tier in tiers]
    said = "".join(f"datum.value == {place} ? {name} : " for place, name in enumerate(names)) + "''"
    axis = alt.Axis(values=list(range(len(tiers))), labelExpr=said, labelFontSize=12)
    return alt.Y("place:Q", title=None, axis=axis, scale=alt.Scale(domain=[-0.5, len(tiers) - 0.5], nice=False))
