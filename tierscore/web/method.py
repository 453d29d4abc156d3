"""How the answer is computed, from the framework's own document."""

from __future__ import annotations

from tierscore.web.asked import asked
from tierscore.web.frame import frame
from tierscore.web.site import blueprint, page, render


@blueprint.get("/method")
@page
def show_method() -> str:
    """The page."""
    return render("method.html", frame=frame(asked()))
