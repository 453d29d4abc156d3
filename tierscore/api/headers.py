"""Headers that every response carries, errors too."""

from __future__ import annotations

from flask import Flask, Response

ALWAYS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


def init_app(app: Flask) -> None:
    """Adds the headers to all responses of an application."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    for name, value in ALWAYS.items():
        response.headers.setdefault(name, value)
    return response
