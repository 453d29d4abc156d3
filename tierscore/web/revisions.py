"""The revisions of the data, and what changed from one to another."""

from __future__ import annotations

from typing import Any

from flask import request

from tierscore.web.asked import asked, number
from tierscore.web.context import reading
from tierscore.web.frame import frame
from tierscore.web.site import blueprint, page, render

Answer = dict[str, Any]
LISTED = 100
MOST_CHANGES = 200


@blueprint.get("/data/revisions")
@page
def show_revisions() -> str:
    """The list, a form to choose two, and what changed between them."""
    shown = max(1, int(number("page", int))) if request.args.get("page") else 1
    return render(
        "revisions.html",
        frame=frame(asked()),
        revisions=reading().revisions(shown, LISTED),
        shown=shown,
        last=-(-reading().state.revision // LISTED),
        newest=reading().state.revision,
        found=_compared(),
        names={item["code"]: item["name"] for item in reading().regions()},
        titles={item["code"]: item["title"] for item in reading().indicators()},
        most=MOST_CHANGES,
    )


def _compared() -> Answer | None:
    """What changed between the two revisions of the address; None where it does not name two."""
    if not (request.args.get("from") and request.args.get("to")):
        return None
    first, second = (int(number(name, int)) for name in ("from", "to"))
    return reading().compare_revisions(first, second, asked())
