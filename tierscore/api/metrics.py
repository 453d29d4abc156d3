"""`GET /metrics` for Prometheus. Several workers of one gunicorn are added up: see `tierscore.api.serving`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from threading import Lock
from typing import Any, cast

from flask import Flask, Response, current_app
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from tierscore.api import kept_answers
from tierscore.api.context import service
from tierscore.api.resources import Described
from tierscore.services.kept import Usage

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
MEDIA_TYPE = "text/plain"
CONTENT_TYPE = f"{MEDIA_TYPE}; version=0.0.4; charset=utf-8"
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

_EXTENSION = "tierscore.metrics"

blueprint = Described("metrics", "What the service does, for Prometheus")


class Meters:
    """What one worker counts. Labels are bounded: templates of routes, known methods, statuses, names of our own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        shared: dict[str, Any] = {"registry": self.registry}
        self.requests = Counter("tierscore_requests", "Requests answered", ("route", "method", "status"), **shared)
        self.seconds = Histogram(
            "tierscore_request_seconds", "Time to answer", ("route", "method"), buckets=BUCKETS, **shared
        )
        self.busy = Gauge(
            "tierscore_heavy_places_busy", "Heavy requests being computed", multiprocess_mode="livesum", **shared
        )
        self.refused = Counter("tierscore_heavy_refused", "Heavy requests sent away: all places taken", **shared)
        self.kept = Counter(
            "tierscore_kept",
            "Values asked for: found (hit) or computed (miss)",
            ("store", "outcome"),
            **shared,
        )
        self.computing = Counter("tierscore_computing_seconds", "Time to compute what is kept", ("store",), **shared)
        self.rows = Counter("tierscore_rows_ingested", "Observations stored", **shared)
        self._requests: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def observe(self, route: str, method: str, status: int, seconds: float) -> None:
        """Counts a request. Looking a meter up by its labels costs more than counting, so it is done once."""
        key = route, method, status
        if key not in self._requests:
            self._requests[key] = self.requests.labels(route, method, str(status)), self.seconds.labels(route, method)
        counter, histogram = self._requests[key]
        counter.inc()
        histogram.observe(seconds)


class Growth:
    """What grew since it was last looked at: computations count by themselves, without knowing of Prometheus."""

    def __init__(self, meters: Meters) -> None:
        self._meters = meters
        self._seen: dict[str, Usage] = {}
        self._rows = 0
        self._lock = Lock()

    def count(self, usages: Iterable[tuple[str, Usage]], rows: int) -> None:
        """Adds what is new."""
        with self._lock:
            for name, usage in usages:
                seen = self._seen.setdefault(name, Usage())
                if usage.hits > seen.hits or usage.misses > seen.misses:
                    self._add(name, usage, seen)
            if rows > self._rows:
                self._meters.rows.inc(rows - self._rows)
                self._rows = rows

    def _add(self, name: str, usage: Usage, seen: Usage) -> None:
        hits, misses, seconds = usage.hits, usage.misses, usage.seconds
        if hits > seen.hits:
            self._meters.kept.labels(name, "hit").inc(hits - seen.hits)
        if misses > seen.misses:
            self._meters.kept.labels(name, "miss").inc(misses - seen.misses)
            self._meters.computing.labels(name).inc(seconds - seen.seconds)
        seen.hits, seen.misses, seen.seconds = hits, misses, seconds


def init_app(app: Flask) -> None:
    """Gives an application its meters."""
    meters = Meters()
    app.extensions[_EXTENSION] = meters, Growth(meters)


def of(app: Flask) -> Meters:
    """The meters of an application."""
    return cast(Meters, app.extensions[_EXTENSION][0])


def count_growth(app: Flask) -> None:
    """Brings the meters of what is kept and stored up to date."""
    held = service()
    app.extensions[_EXTENSION][1].count((*held.usages, ("answers_written", kept_answers.usage())), held.rows_ingested)


@blueprint.get("/metrics")
@blueprint.hands_out(MEDIA_TYPE, "Counters, gauges and histograms in the text format of Prometheus", attached=False)
def get_metrics() -> Response:
    """What all workers behind this address have done since the service was started."""
    return Response(generate_latest(_registry()), content_type=CONTENT_TYPE)


def _registry() -> CollectorRegistry:
    """Of all workers where they share a folder, else of this one."""
    if FOLDER not in os.environ:
        return of(current_app).registry
    shared = CollectorRegistry()
    MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
    return shared
