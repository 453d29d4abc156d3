"""One value over the years, as each vintage or revision gave it."""

# altair declares no types for what is called here.
# mypy: allow-untyped-calls

from __future__ import annotations

from collections.abc import Sequence

from tierscore.reports.charts.theme import CHOSEN, INK, ROW, Answer, Spec, altair, chart, spec
from tierscore.reports.words import Words

# Earlier ones, the nearest to the newest first; the newest is the colour of what is chosen.
EARLIER = ("#31446b", "#958f78", "#9aa5b8", "#cbba69")
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross")


def history(items: Sequence[Answer], words: Words) -> Spec:
    """A line with points for each vintage, or revision where there is none; withdrawn values leave a gap.

    Parameters
    ----------
    items : observations as ``GET /observations?history=true`` lists them.
    """
    alt = altair()
    known = sorted((item for item in items if item["value"] is not None), key=lambda item: item["revision"])
    names = list(dict.fromkeys(called(item, words) for item in reversed(known)))
    rows = [{"period": str(item["period"]), "value": item["value"], "series": called(item, words)} for item in known]
    unit = words.unit(known[-1]["unit"]) if known else ""
    base = chart(rows).encode(
        x=alt.X("period:O", title=words.say("Year"), axis=alt.Axis(labelAngle=0)),
        y=alt.Y("value:Q", title=unit, scale=alt.Scale(zero=False)),
        color=alt.Color("series:N", title=None, sort=names, scale=_scale(names, (CHOSEN, *EARLIER))),
    )
    shape = alt.Shape("series:N", title=None, sort=names, scale=_scale(names, SHAPES))
    layers = [base.mark_line(), base.mark_point(filled=True, size=90, stroke=INK, opacity=1).encode(shape=shape)]
    return spec(alt.layer(*layers), height=12 * ROW)


def called(item: Answer, words: Words) -> str:
    """The name of the line that a value is on."""
    return str(item["vintage"] or words.say("Revision {number}", number=item["revision"]))


def _scale(names: Sequence[str], ways: Sequence[str]) -> Answer:
    """A way of drawing for each name; the last one is shared by all that come after."""
    found: Answer = altair().Scale(
        domain=list(names), range=[ways[min(place, len(ways) - 1)] for place, _ in enumerate(names)]
    )
    return found
