"""The bench: what would be if some metrics changed."""

from __future__ import annotations

from tierscore.web.asked import asked
from tierscore.web.frame import frame
from tierscore.web.site import blueprint, page, render


@blueprint.get("/what-if")
@page
def show_bench() -> str:
    """The page."""
    return render("bench.html", frame=frame(asked()))
