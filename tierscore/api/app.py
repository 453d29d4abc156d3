"""The application factory: one flat list of what the service is made of."""

# flask-smorest declares no types for what is called here.
# mypy: allow-untyped-calls

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from tierscore import web
from tierscore.api import (
    access,
    assessments,
    context,
    contract,
    evaluation,
    events,
    frameworks,
    guards,
    headers,
    health,
    heavy,
    imports,
    indicators,
    kept_answers,
    languages,
    logs,
    metrics,
    observations,
    once,
    origins,
    panels,
    paths,
    problem_types,
    problems,
    regions,
    reports,
    revisions,
    scenarios,
    sending,
    template,
    trail,
    uncertainty,
    upload,
    watching,
    what_if,
)
from tierscore.api.strict_json import StrictJSON
from tierscore.errors import Invalid, Violation
from tierscore.operation import CACHE, Operation
from tierscore.services.service import Service
from tierscore.services.shelf import Shelf
from tierscore.settings import Settings
from tierscore.web import docs

LARGEST_BODY = 8 * 1024 * 1024


class Application(Flask):
    """Flask with strict JSON, and with an incident number in the log for each error nobody expected."""

    json_provider_class = StrictJSON

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself: none of ours is a coroutine, and Flask would ask that some 15 times a request."""
        return func

    def log_exception(self, exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None]) -> None:
        """Logs the traceback under the number that the client is shown."""
        problems.log_incident(exc_info[1])


def create_app(settings: Settings | None = None, services: Service | None = None) -> Flask:
    """The WSGI application.

    Parameters
    ----------
    settings : Settings, optional
        Read from the environment if not given.
    services : Service, optional
        Opened on the database of the settings if not given; nothing is connected before the first request.

    Raises
    ------
    Invalid
        Listing every bad setting.
    """
    settings = Settings.from_env(os.environ) if settings is None else settings
    app = Application("tierscore", static_folder=None)
    app.config.from_mapping(_config(settings))
    _operate(app, settings)
    context.init_app(app, _service(settings) if services is None else services)
    languages.init_app(app)
    access.init_app(app, settings)
    kept_answers.init_app(app)
    once.init_app(app, settings.operation.idempotency_hours)
    upload.init_app(app, settings.operation.import_megabytes)
    guards.init_app(app)
    heavy.init_app(app, settings.operation.heavy_places)
    headers.init_app(app)
    problems.init_app(app)
    api = contract.ContractApi(app)
    api.register_blueprint(health.blueprint)
    api.register_blueprint(metrics.blueprint)
    api.register_blueprint(regions.blueprint)
    api.register_blueprint(indicators.blueprint)
    api.register_blueprint(frameworks.blueprint)
    api.register_blueprint(observations.blueprint)
    api.register_blueprint(assessments.blueprint)
    api.register_blueprint(panels.blueprint)
    api.register_blueprint(revisions.blueprint)
    api.register_blueprint(sending.blueprint)
    api.register_blueprint(imports.blueprint)
    api.register_blueprint(template.blueprint)
    api.register_blueprint(evaluation.blueprint)
    api.register_blueprint(what_if.blueprint)
    api.register_blueprint(paths.blueprint)
    api.register_blueprint(uncertainty.blueprint)
    api.register_blueprint(scenarios.blueprint)
    api.register_blueprint(reports.blueprint)
    api.register_blueprint(reports.scenario_blueprint)
    api.register_blueprint(events.blueprint)
    api.register_blueprint(trail.blueprint)
    api.register_blueprint(problem_types.blueprint)
    app.register_blueprint(contract.blueprint)
    app.register_blueprint(docs.blueprint)
    web.init_app(app, context.reading)
    return app


def _config(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.secret_key,
        "MAX_CONTENT_LENGTH": LARGEST_BODY,
        **contract.CONFIG,
    }


def _operate(app: Flask, settings: Settings) -> None:
    """What stands before everything else: the log, the watch over requests, origins, proxies."""
    logs.set_up(settings.operation.log_format, settings.log_level)
    metrics.init_app(app)
    watching.init_app(app)
    origins.init_app(app, settings.operation.cors_origins)
    number = settings.operation.proxy_count
    if number:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=number, x_proto=number)  # type: ignore[method-assign]


def _service(settings: Settings) -> Service:
    """The service that is served: it may work in the background."""
    operation = settings.operation
    service = Service.open(
        settings.database_url,
        dask=settings.dask,
        background=True,
        pool_size=operation.pool_size,
        statement_seconds=operation.statement_seconds,
        shelf=_shelf(operation),
    )
    service.imports.begin()  # with what was received before a restart
    return service


def _shelf(operation: Operation) -> Shelf | None:
    """Where workers share what they read; raises Invalid for a folder that is not theirs alone."""
    if not operation.cache:
        return None
    try:
        return Shelf(Path(operation.cache), operation.cache_megabytes << 20)
    except OSError as error:
        template = "This is no folder that only the service's user may enter (mode 0700)."
        found = Violation("bad_cache", template, parameter=CACHE, value=operation.cache)
        raise Invalid("settings", [found]) from error
