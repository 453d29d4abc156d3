"""Several regions side by side, and as a file."""

from __future__ import annotations

from tierscore.web.asked import asked
from tierscore.web.frame import frame
from tierscore.web.site import blueprint, page, render


@blueprint.get("/compare")
@page
def show_comparison() -> str:
    """The page."""
    return render("comparison.html", frame=frame(asked()))
