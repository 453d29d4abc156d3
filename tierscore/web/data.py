"""What is known: values, gaps, revisions; and a way to send more."""

from __future__ import annotations

from tierscore.web.asked import asked
from tierscore.web.frame import frame
from tierscore.web.site import blueprint, page, render


@blueprint.get("/data")
@page
def show_data() -> str:
    """The page."""
    return render("data.html", frame=frame(asked()))
