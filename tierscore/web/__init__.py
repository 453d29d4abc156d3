"""Pages for people, drawn on the server; what moves on them asks the API."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from tierscore.services.reading import Reading
from tierscore.web import (
    bench,
    comparison,
    context,
    data,
    failures,
    figures,
    history,
    home,
    method,
    region,
    revisions,
    sign_in,
    site,
)

# Each adds its views to the site's blueprint.
__all__ = [
    "bench",
    "comparison",
    "data",
    "failures",
    "figures",
    "history",
    "home",
    "init_app",
    "method",
    "region",
    "revisions",
    "sign_in",
]


def init_app(app: Flask, reading: Callable[[], Reading]) -> None:
    """Adds the pages to an application; `reading` gives the present request's reading."""
    context.init_app(app, reading)
    app.register_blueprint(site.blueprint)
