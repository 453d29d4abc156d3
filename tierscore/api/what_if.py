"""What would be if: edits over an answer; nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response, current_app

from tierscore.api import etags
from tierscore.api.bodies import said_in_body
from tierscore.api.context import reading
from tierscore.api.heavy import heavy_if
from tierscore.api.resources import Resources
from tierscore.api.schemas.what_if import WhatIfAnswer, WhatIfBody
from tierscore.api.scopes import needs
from tierscore.api.strict_json import pieced
from tierscore.services.keys import READ
from tierscore.services.query import AssessmentQuery, CellEdit, FrameworkEdit, GroupAsked, WhatIf
from tierscore.services.sheet import Answer

# What takes some 20 ms and more, measured: a group is as much work as some ten edits.
MANY_EDITS = 100
MANY_GROUPS = 5

blueprint = Resources("what-if", "What would be if")


def is_heavy(body: dict[str, Any]) -> bool:
    """Whether a what-if takes a place among the heavy requests."""
    return len(body["edits"]) + len(body["framework_edits"]) > MANY_EDITS or len(body["groups"]) > MANY_GROUPS


@blueprint.post("/what-if")
@etags.kept_by_body
@blueprint.body(WhatIfBody)
@blueprint.answers(WhatIfAnswer)
@needs(READ)
@heavy_if(is_heavy)
def ask_what_if(body: dict[str, Any]) -> Response:
    """Before and after some edits, for the regions asked for and for all others that move."""
    with said_in_body():
        answer = reading().what_if(asked_in(body))
    written = pieced(current_app.json.dumps, answer, _said(answer))
    return Response(written + b"\n", mimetype="application/json")  # its schema says the same, and a test holds both


def _said(answer: Answer) -> Iterator[tuple[Answer, str]]:
    """Where an answer has parts that others have, too, in the order in which they are written."""
    for note in answer["notes"]:
        yield note, "text"
    for change in answer["changes"]:
        yield change, "region"
        yield change, "before"
        yield change["after"], "region"
        for lever in change["after"].get("levers", ()):
            yield lever, "title"


def asked_in(body: dict[str, Any]) -> WhatIf:
    """The what-if that a body asks."""
    versions: dict[str, Any] = {name: body.get(name) for name in ("framework", "version", "period", "as_of")}
    return WhatIf(
        query=AssessmentQuery(**versions),
        edits=tuple(CellEdit(**item) for item in body["edits"]),
        framework_edits=tuple(FrameworkEdit(**item) for item in body["framework_edits"]),
        groups=tuple(_group(item) for item in body["groups"]),
        regions=tuple(body["regions"]),
    )


def _group(item: dict[str, Any]) -> GroupAsked:
    return GroupAsked(item.get("code"), tuple(item.get("members", ())), item["integration"])
