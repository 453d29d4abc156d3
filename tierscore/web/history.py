"""One value over time: every year, every revision, who recorded it and where it was read."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, request

from tierscore.reports.charts.history import history
from tierscore.reports.links import followed
from tierscore.services.query import ObservationQuery
from tierscore.web.asked import asked
from tierscore.web.context import reading
from tierscore.web.figures import JSON
from tierscore.web.frame import frame
from tierscore.web.languages import words
from tierscore.web.site import blueprint, page, render

Answer = dict[str, Any]
MOST = 1000


@blueprint.get("/data/history")
@page
def show_history() -> str:
    """A form to choose a region and an indicator, and what was recorded of them."""
    found = _recorded()
    return render(
        "history.html",
        frame=frame(asked()),
        region=_named(reading().regions(), request.args.get("region", "")),
        indicator=_named(reading().indicators(), request.args.get("indicator", "")),
        regions=reading().regions(),
        indicators=reading().indicators(),
        found=found,
        newest=newest(found["items"]),
        followed=followed,
        sources={source["code"]: source for source in reading().sources()},
        several=len([item for item in found["items"] if item["value"] is not None]) > 1,
    )


@blueprint.get("/figures/history")
@page
def get_history_figure() -> Response:
    """The chart of the same, as a Vega-Lite spec with its data."""
    spec = history(_recorded()["items"], words())
    return Response(json.dumps(spec, ensure_ascii=False, allow_nan=False), mimetype=JSON)


def newest(items: list[Answer]) -> dict[int, int]:
    """Of each year the revision that holds now; items are listed newest first."""
    return {item["period"]: item["revision"] for item in reversed(items)}


def _recorded() -> Answer:
    """Everything recorded of the region and the indicator of the address; nothing where one is not given."""
    region, indicator = request.args.get("region"), request.args.get("indicator")
    if not region or not indicator:
        return {"items": [], "total": 0}
    asked_for = ObservationQuery((region,), (indicator,), as_of=asked().as_of, history=True, page_size=MOST)
    return reading().observations(asked_for)


def _named(known: list[Answer], code: str) -> Answer | None:
    return next((item for item in known if item["code"] == code), None)
