"""Headers that every response carries, errors too."""

from __future__ import annotations

from flask import Flask, Response

# A page says itself what it may load; an answer of the API is no page, whatever somebody gets a browser to do with it.
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


def init_app(app: Flask) -> None:
    """Adds the headers to all responses of an application."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    for name, value in ALWAYS.items():
        response.headers.setdefault(name, value)
    return response
