"""The OpenAPI 3.1 document, made from the code that answers, and where it is served."""

# flask-smorest declares no types for what is called here.
# mypy: allow-untyped-calls

from __future__ import annotations

import http
from collections.abc import Callable
from threading import Lock
from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify
from flask_smorest import Api
from flask_smorest.utils import prepare_response
from werkzeug.exceptions import HTTPException

from tierscore import __version__
from tierscore.api import etags, problems
from tierscore.api.schemas.problem import Problem
from tierscore.api.scopes import SCHEMES

DESCRIPTION = """\
Which tier is a region's innovation centre, how far is the next one, and which institutional levers close that distance?

Names are in snake_case; a missing number is null, with a reason beside it. Lists come in pages with a `Link` header.
GETs carry a weak `ETag`: send it back in `If-None-Match`. Errors are problem details (RFC 9457); their sentences follow
`Accept-Language` (zh, en). Every computed answer names the versions of framework, data and engine that made it.
What stores needs a key with the scope write, in `Authorization: Bearer`; a service may ask for one to read, too.
It takes an `Idempotency-Key`, so that a request that is sent again is done once.
"""

CONFIG: dict[str, Any] = {
    "API_TITLE": "tierscore",
    "API_VERSION": __version__,
    "OPENAPI_VERSION": "3.1.0",
    "API_SPEC_OPTIONS": {
        "info": {
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "components": {"securitySchemes": SCHEMES},
    },
}

blueprint = Blueprint("contract", __name__)


class ContractApi(Api):
    """flask-smorest's Api, whose errors are problem details, in the answers and in the document."""

    ERROR_SCHEMA = Problem  # type: ignore[assignment]

    def __init__(self, app: Flask) -> None:
        self._left: list[Callable[[], None]] = []
        self._describing = Lock()
        super().__init__(app)

    def later(self, describe: Callable[[], None]) -> None:
        """Leaves a part of the document until somebody asks for it."""
        self._left.append(describe)

    def document(self) -> dict[str, Any]:
        """The whole document."""
        with self._describing:
            while self._left:
                self._left.pop(0)()
        document: dict[str, Any] = self.spec.to_dict()
        return document

    def handle_http_exception(self, error: HTTPException) -> Response:
        """The problem of an HTTP error."""
        return problems.from_http(error)

    def _register_responses(self) -> None:
        """Declares every error as application/problem+json, which the base class does not."""
        for status in http.HTTPStatus:
            self._register_response(status.name, status.phrase, has_body=status >= 400)
        self._register_response("DEFAULT_ERROR", "Any other error", has_body=True)

    def _register_response(self, name: str, description: str, *, has_body: bool) -> None:
        response: dict[str, Any] = {"description": description}
        if has_body:
            response["schema"] = self.ERROR_SCHEMA
        prepare_response(response, self.spec, problems.MEDIA_TYPE)
        self.spec.components.response(name, response, lazy=True)


@blueprint.get("/openapi.json")
def openapi_document() -> Response:
    """The contract. It changes with the code only, so its tag is made of the document itself."""
    document = document_of_app()
    tag = etags.tag_of(document)
    if etags.client_has(tag):
        return etags.not_modified(tag)
    response = jsonify(document)
    etags.mark(response, tag)
    return response


def document_of_app() -> dict[str, Any]:
    """The OpenAPI document of the current application."""
    api = current_app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    document: dict[str, Any] = api.document()
    return document
