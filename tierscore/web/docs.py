"""The contract as a page: Swagger UI from its package, with our own template and script."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from flask import Blueprint, Response, abort, make_response, render_template, request, send_from_directory
from flask_babel import force_locale, get_locale

# Names for people; the pages have these two languages.
LANGUAGES = {"en": "English", "zh": "中文"}
ASSETS = ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")
POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

blueprint = Blueprint(
    "docs", __name__, url_prefix="/docs", template_folder="templates", static_folder="static", static_url_path="/static"
)


@blueprint.get("")
def show_docs() -> Response:
    """The page, in the language that ``lang`` or else the browser asks for."""
    wanted = request.args.get("lang", "")
    language = wanted if wanted in LANGUAGES else str(get_locale())
    with force_locale(language):
        page = render_template("docs.html", language=language, languages=LANGUAGES)
    return _with_policy(make_response(page), language)


@blueprint.get("/assets/<string:name>")
def get_asset(name: str) -> Response:
    """One of the package's files that the page needs."""
    if name not in ASSETS:
        abort(404)
    return send_from_directory(_packaged(), name, max_age=3600)


@cache
def _packaged() -> Path:
    """Where the package keeps Swagger UI; its own code, which would register other routes, is not run."""
    spec = find_spec("flask_swagger_ui")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("flask_swagger_ui")
    return Path(spec.origin).parent / "dist"


def _with_policy(response: Response, language: str) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.content_language = language
    response.vary.add("Accept-Language")
    return response
