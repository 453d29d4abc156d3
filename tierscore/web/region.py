"""One region or group: which tier and why, how far the next one is, which levers close the distance."""

from __future__ import annotations

from tierscore.web.asked import asked
from tierscore.web.context import reading
from tierscore.web.frame import frame
from tierscore.web.site import blueprint, page, render


@blueprint.get("/regions/<string:code>")
@page
def show_region(code: str) -> str:
    """The page of a region or group."""
    query = asked()
    return render("region.html", frame=frame(query), answer=reading().assessment(code, query))
