"""Several regions side by side: picked, shown as the report will say it, and handed out as a file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from tierscore.errors import UnknownCode
from tierscore.reports.document import Figure, Section, Table
from tierscore.services.comparing import MOST
from tierscore.services.query import AssessmentQuery, ComparisonAsked
from tierscore.services.reporting import ASKED
from tierscore.web.asked import asked, number
from tierscore.web.context import reading
from tierscore.web.figures import JSON
from tierscore.web.frame import Frame, frame
from tierscore.web.languages import words
from tierscore.web.site import blueprint, page, render

Answer = dict[str, Any]
Pairs = list[tuple[str, str]]

CALLED = {"docx": "Word", "pdf": "PDF", "xlsx": "Excel", "html": "HTML", "csv": "CSV", "json": "JSON"}
# The report's charts, and the table that shows the same.
BEHIND = {"ladder": "ranking", "distance": "tests", "functions": "values", "stages": "views", "forces": "views",
          "change": "change"}  # fmt: skip
# Subjects from which on what is said of each alone is folded, and from which on it is left to a page of its own.
FOLDED_FROM, APART_FROM = 4, 13


@dataclass(frozen=True)
class Shelf:
    """What may be picked under one heading: ``{code, name, find}`` each."""

    title: str
    choices: Sequence[Answer]


@dataclass(frozen=True)
class Builder:
    """A comparison as it is being put together: what was asked, and how an address says it."""

    asked: ComparisonAsked
    names: dict[str, str]

    @cached_property
    def chosen(self) -> Pairs:
        """Code and name of those to be compared, in the order asked for."""
        return [(code, self.names[code]) for code in self.asked.subjects if code in self.names]

    @cached_property
    def parameters(self) -> Pairs:
        """The question as the API takes it: nothing that was not asked for."""
        query = self.asked.query
        several = [("region", code) for code in self.asked.subjects] + [("peer", code) for code in self.asked.peers]
        single = {
            "framework": query.framework,
            "version": query.version,
            "period": query.period,
            "as_of": query.as_of,
            "since": self.asked.since,
            "target": query.target,
            "integration": query.integration or None,
        }
        return several + [(name, str(value)) for name, value in single.items() if value is not None]

    @property
    def address(self) -> str:
        """The same as the end of an address."""
        return urlencode(self.parameters)


@blueprint.get("/compare")
@page
def show_comparison() -> str:
    """The regions to pick from, and what the report says of those picked."""
    query = asked()
    items, groups = reading().assessments(query)["items"], reading().groups()
    around, builder = frame(query), Builder(_beside(), _names([*items, *groups]))
    sections = reading().findings(builder.asked, words()) if builder.asked.subjects else ()
    apart = len(builder.asked.subjects) >= APART_FROM
    return render(
        "comparison.html",
        frame=around,
        builder=builder,
        shelves=list(_shelves(items, groups, around)),
        groups=[group["code"] for group in groups],
        sections=[section for section in sections if section.level == 1 or not apart],
        apart=apart,
        behind=BEHIND,
        is_table=lambda block: isinstance(block, Table),
        is_figure=lambda block: isinstance(block, Figure),
        folded=len(builder.asked.subjects) >= FOLDED_FROM,
        most=MOST,
        formats=[(form, name) for form, name in CALLED.items() if form in ASKED],
    )


@blueprint.get("/compare/figures/<string:code>")
@page
def get_report_figure(code: str) -> Response:
    """One chart of the report on those picked, as a Vega-Lite spec with its data."""
    found = {figure.code: figure for figure in _figures(reading().findings(_beside(), words()))}
    if code not in found:
        raise UnknownCode("figure", code, found)
    return Response(json.dumps(found[code].spec, ensure_ascii=False, allow_nan=False), mimetype=JSON)


def _figures(sections: Sequence[Section]) -> Iterator[Figure]:
    return (block for section in sections for block in section.blocks if isinstance(block, Figure))


def _beside() -> ComparisonAsked:
    """What the address asks to compare. A degree of integration without a group is left out: it would mean nothing."""
    query, subjects = asked(), tuple(filter(None, request.args.getlist("region")))
    known = {group["code"] for group in reading().groups()}
    return ComparisonAsked(
        query=query if known & set(subjects) else _alone(query),
        subjects=subjects,
        since=int(number("since", int)) if request.args.get("since") else None,
        peers=tuple(filter(None, request.args.getlist("peer"))),
    )


def _alone(query: AssessmentQuery) -> AssessmentQuery:
    return AssessmentQuery(query.framework, query.version, query.period, query.as_of, query.target)


def _names(known: Sequence[Answer]) -> dict[str, str]:
    return {choice["code"]: choice["name"] for choice in map(_choice, known)}


def _choice(item: Answer) -> Answer:
    """A region or group to pick: its code, its name, and all that a search may find it by."""
    place = item.get("region", item)
    named = place["name"]
    return {
        "code": place["code"],
        "name": words().name(named),
        "find": f"{named['zh']} {named['en']} {place['code']}".casefold(),
    }


def _shelves(items: Sequence[Answer], groups: Sequence[Answer], around: Frame) -> Iterator[Shelf]:
    """Groups, then the regions by tier, the highest first; those without a tier last."""
    said = words()
    named = [(said.say("Groups"), groups)]
    named += [
        (said.name(tier["title"]), [item for item in items if item["tier"] == tier["code"]])
        for tier in reversed(around.tiers)
    ]
    named.append((said.say("insufficient data"), [item for item in items if item["tier"] is None]))
    return (Shelf(title, [_choice(item) for item in found]) for title, found in named if found)
