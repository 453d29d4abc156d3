"""What a request works with: the service of this worker, and one reading of the database for the whole request."""

from __future__ import annotations

from typing import cast

from flask import Flask, current_app, g

from tierscore.services.reading import Reading
from tierscore.services.service import Service

_EXTENSION = "tierscore"


def init_app(app: Flask, service: Service) -> None:
    """Hands the service to the application."""
    app.extensions[_EXTENSION] = service


def service() -> Service:
    """The service of this worker."""
    return cast(Service, current_app.extensions[_EXTENSION])


def reading() -> Reading:
    """What this request reads, as of one state of the database; taken once, by one small query."""
    if "reading" not in g:
        g.reading = service().reading()
    return cast(Reading, g.reading)
