"""What a page reads: one reading of the database for the whole request, handed over by the application."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from flask import Flask, current_app

from tierscore.services.reading import Reading

_EXTENSION = "tierscore.web"


def init_app(app: Flask, reading: Callable[[], Reading]) -> None:
    """Tells the pages of an application how to come to the present request's reading."""
    app.extensions[_EXTENSION] = reading


def reading() -> Reading:
    """The present request's reading."""
    return cast(Callable[[], Reading], current_app.extensions[_EXTENSION])()
