"""The charts of the pages: each a spec at an address of its own, so that no page waits for its charts."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from flask import Response, request

from tierscore.errors import UnknownCode
from tierscore.reports.charts.change import change
from tierscore.reports.charts.distance import distance
from tierscore.reports.charts.heat_map import heat_map
from tierscore.reports.charts.plane import plane
from tierscore.reports.charts.stages import stages
from tierscore.reports.charts.uncertainty import probability_bars
from tierscore.reports.words import Words
from tierscore.services.query import ComparisonAsked
from tierscore.web.asked import asked
from tierscore.web.context import reading
from tierscore.web.frame import Frame, frame
from tierscore.web.languages import words
from tierscore.web.site import blueprint, page

Answer = dict[str, Any]
Spec = dict[str, Any]
JSON = "application/json"


def _plane(found: Answer, around: Frame, said: Words) -> Spec:
    return plane(found["standings"], _codes(found), around.scale, said)


def _stages(found: Answer, around: Frame, said: Words) -> Spec:
    return stages(found["items"], around.scale, said)


def _distance(found: Answer, _around: Frame, said: Words) -> Spec:
    return distance([item for item in found["items"] if item["tier"] is not None], said)


def _probabilities(found: Answer, around: Frame, said: Words) -> Spec:
    known = [{"region": item["region"], **item["confidence"]} for item in found["items"] if item["confidence"]]
    return probability_bars(known, said, {tier["code"]: tier["title"] for tier in around.tiers})


def _change(found: Answer, around: Frame, said: Words) -> Spec:
    thresholds = [tier["threshold"] for tier in around.tiers[1:] if tier["threshold"] is not None]
    return change(found["items"], thresholds, said)


def _functions(found: Answer, around: Frame, said: Words) -> Spec:
    return heat_map(found["items"], {tier["code"]: said.name(tier["title"]) for tier in around.tiers}, said)


FIGURES: dict[str, Callable[[Answer, Frame, Words], Spec]] = {
    "plane": _plane,
    "stages": _stages,
    "distance": _distance,
    "probabilities": _probabilities,
    "change": _change,
    "functions": _functions,
}


@blueprint.get("/figures/<string:name>")
@page
def get_figure(name: str) -> Response:
    """A chart of the regions and groups named by ``region``, as a Vega-Lite spec with its data."""
    if name not in FIGURES:
        raise UnknownCode("figure", name, FIGURES)
    query = asked()
    found = reading().comparison(ComparisonAsked(query, tuple(request.args.getlist("region"))))
    spec = FIGURES[name](found, frame(query), words())
    return Response(json.dumps(spec, ensure_ascii=False, allow_nan=False), mimetype=JSON)


def _codes(found: Answer) -> list[str]:
    return [item["region"]["code"] for item in found["items"]]
