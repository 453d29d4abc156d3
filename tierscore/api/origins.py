"""Pages of other origins that may read the answers (CORS): none, unless the operator names them."""

from __future__ import annotations

from flask import Flask, Response, request

READABLE = (
    "ETag, Idempotency-Replayed, Link, Location, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, "
    "X-Request-ID"
)
SENDABLE = "Accept-Language, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-ID"
REMEMBERED_SECONDS = "600"


def init_app(app: Flask, origins: tuple[str, ...]) -> None:
    """Adds the headers to all responses of an application, if there are such origins.

    None of them may send cookies with what it asks: those are for our own pages alone.
    """
    if not origins:
        return

    def add(response: Response) -> Response:
        response.vary.add("Origin")
        origin = request.headers.get("Origin")
        if origin in origins:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = READABLE
            if _is_preflight():
                _allow(response)
        return response

    app.after_request(add)


def _is_preflight() -> bool:
    return request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers


def _allow(response: Response) -> None:
    response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "")
    response.headers["Access-Control-Allow-Headers"] = SENDABLE
    response.headers["Access-Control-Max-Age"] = REMEMBERED_SECONDS
