"""Every request watched: its identifier, its line in the log, its part in the metrics."""

from __future__ import annotations

import logging
from time import perf_counter
from typing import Any

from flask import Flask, Response, current_app, g, request

from tierscore.api import metrics, request_ids

NO_ROUTE = "unmatched"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

_log = logging.getLogger("tierscore.requests")


def init_app(app: Flask) -> None:
    """Must come before everything else that looks at requests: it begins first and ends last."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.started = perf_counter()
    g.request_id = request_ids.accepted(request.headers.get(request_ids.HEADER))


def _end(response: Response) -> Response:
    response.headers[request_ids.HEADER] = g.request_id
    seconds = perf_counter() - g.started
    route, method = route_of_request(), request.method if request.method in METHODS else "other"
    metrics.of(current_app).observe(route, method, response.status_code, seconds)
    metrics.count_growth(current_app)
    if _log.isEnabledFor(logging.INFO):
        _log.info("request", extra={"known": _told(route, method, response.status_code, seconds)})
    return response


def route_of_request() -> str:
    """The template of the address: the address itself holds what was asked, and there is no end of addresses."""
    return NO_ROUTE if request.url_rule is None else request.url_rule.rule


def _told(route: str, method: str, status: int, seconds: float) -> dict[str, Any]:
    """`key_name` is the name of the key that was sent, where keys are known; `revision` that of the data read."""
    reading = g.get("reading")
    return {
        "method": method,
        "route": route,
        "status": status,
        "duration_ms": round(seconds * 1000, 3),
        "request_id": g.request_id,
        "key": g.get("key_name"),
        "revision": None if reading is None else reading.state.revision,
    }
