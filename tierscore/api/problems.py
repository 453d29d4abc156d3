"""Errors as RFC 9457 problem details: which exception is which problem, and how a problem is written."""

from __future__ import annotations

import errno
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from secrets import token_hex
from typing import Any

from flask import Flask, Response, current_app, g, jsonify, request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import ClientDisconnected, HTTPException

from tierscore.api.context import service
from tierscore.api.languages import fill, language, sentence, shortened
from tierscore.api.strict_json import MalformedBody
from tierscore.errors import (
    AlreadyPublished,
    AlreadyThere,
    CannotScore,
    Interrupted,
    Invalid,
    KeyNeeded,
    NotReady,
    OtherRequest,
    Protected,
    ScopeMissing,
    Stale,
    StillRunning,
    TierscoreError,
    Unconditional,
    UnknownCode,
    Violation,
    WrongKey,
)
from tierscore.services import failures

MEDIA_TYPE = "application/problem+json"
MOST_LISTED = 1000
INCIDENT = "Quote incident {incident} when you report this."


class UnsupportedMedia(TierscoreError):
    """A body in a media type or content coding that the route does not take."""

    code = "unsupported_media_type"
    template = "The body's {header} {value!r} is not accepted here."


class Busy(TierscoreError):
    """Every place for heavy requests is taken."""

    code = "busy"
    template = "All {places} places for requests that take long are taken."


@dataclass(frozen=True)
class HeaderViolation(Violation):
    """A mistake in a request header."""

    header: str | None = None


@dataclass(frozen=True)
class Kind:
    """A type of problem: status, last part of its type URI, title, and what WWW-Authenticate says (RFC 6750)."""

    status: int
    slug: str
    title: str
    challenge: str = ""
    again: int | None = None  # seconds after which to try again

    @property
    def type(self) -> str:
        """The type URI, relative to the service."""
        return f"/problems/{self.slug}"


_REALM = 'Bearer realm="tierscore"'

BY_ERROR: dict[type[TierscoreError], Kind] = {
    MalformedBody: Kind(400, "malformed-body", "The body cannot be read."),
    KeyNeeded: Kind(401, "key-needed", "A key is needed.", _REALM),
    WrongKey: Kind(401, "wrong-key", "The key opens nothing.", f'{_REALM}, error="invalid_token"'),
    ScopeMissing: Kind(
        403, "scope-missing", "The key is not for this.", f'{_REALM}, error="insufficient_scope", scope="{{scope}}"'
    ),
    UnknownCode: Kind(404, "unknown-code", "A code names nothing."),
    AlreadyPublished: Kind(409, "already-published", "A published version never changes."),
    AlreadyThere: Kind(409, "already-there", "The code is taken."),
    Protected: Kind(409, "protected", "This comes with the service and stays."),
    StillRunning: Kind(409, "still-running", "The first request is still running.", again=1),
    Stale: Kind(412, "stale", "It has changed since it was fetched."),
    Unconditional: Kind(428, "if-match-needed", "A change must say what it was made from."),
    UnsupportedMedia: Kind(415, "unsupported-media-type", "The media type is not accepted."),
    OtherRequest: Kind(422, "other-request", "The key is another request's."),
    CannotScore: Kind(422, "cannot-score", "The framework cannot be computed on these data."),
    Invalid: Kind(422, "invalid-input", "The input breaks a rule."),
    Busy: Kind(503, "busy", "The service is busy.", again=2),
    Interrupted: Kind(500, "interrupted", "It was begun and has not come to its end."),
    NotReady: Kind(503, "not-ready", "The service is not ready.", again=5),
}

BY_STATUS: dict[int, Kind] = {
    400: Kind(400, "bad-request", "The request cannot be understood."),
    404: Kind(404, "not-found", "There is nothing at this address."),
    405: Kind(405, "method-not-allowed", "This method is not offered here."),
    408: Kind(408, "too-slow", "The request did not arrive in time."),
    413: Kind(413, "too-large", "The body is too large."),
    416: Kind(416, "no-such-range", "There is no such part of it."),
    431: Kind(431, "head-too-large", "The headers are larger than 64 KiB."),
    429: Kind(429, "too-many-requests", "Too many requests were made."),
    500: Kind(500, "internal-error", "The service has failed."),
}


def init_app(app: Flask) -> None:
    """Registers a handler for every error of the table; HTTP's own errors come through `ContractApi`."""
    for error in BY_ERROR:
        app.register_error_handler(error, from_error)
    for kind in failures.KINDS:
        app.register_error_handler(kind, from_database)
    app.register_error_handler(ParseException, _unreadable)
    app.register_error_handler(OSError, _without_room)


def from_error(error: TierscoreError) -> Response:
    """The problem of one of the service's own errors, by the nearest of its classes that is in the table."""
    kind = next(BY_ERROR[cls] for cls in type(error).__mro__ if cls in BY_ERROR)
    if isinstance(error, UnknownCode):
        return _unknown_code(kind, error)
    response = write(kind, fill(error.template, error.params), error.violations)
    if kind.challenge:
        response.headers["WWW-Authenticate"] = kind.challenge.format(**error.params)
    return response


def from_database(error: Exception) -> Response:
    """The problem of a database that cannot do what it should; any other of its errors is an incident."""
    found = failures.meaning(error, service().readiness)
    if found is None:
        raise error
    current_app.logger.warning("not ready: %s", found.message, exc_info=error)
    return from_error(found)


def from_http(error: HTTPException) -> Response:
    """The problem of an HTTP error, its headers (such as Allow) kept."""
    # A body that no longer comes while a thread reads it.
    status = 408 if isinstance(error, ClientDisconnected) else error.code or 500
    if status >= 500:
        return _incident(status)
    kind = BY_STATUS.get(status) or replace(BY_STATUS[400], status=status)
    template = _too_large() if status == 413 else _HTTP_DETAIL.get(status, kind.title)
    response = write(kind, fill(template, _about_request()))
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers.set(name, value)
    return response


def _unreadable(_error: ParseException) -> Response:
    """A body in chunks that are none, which the server finds only when it is read."""
    kind = BY_STATUS[400]
    return write(kind, fill(kind.title, {}))


def _without_room(error: OSError) -> Response:
    """A full disk, such as that of temporary files; any other of the system's errors is an incident."""
    if error.errno not in (errno.ENOSPC, errno.EDQUOT):
        raise error
    full = NotReady(problem="there is no room for temporary files")
    current_app.logger.warning("not ready: %s", full.message, exc_info=error)
    return from_error(full)


def body(
    kind: Kind, detail: str, violations: Sequence[Violation] = (), status: int | None = None, **more: Any
) -> dict[str, Any]:
    """A problem: at most `MOST_LISTED` mistakes listed, all counted."""
    return {
        "type": kind.type,
        "title": fill(kind.title, {}),
        "status": kind.status if status is None else status,
        "detail": detail,
        **more,
        "errors": [listed(violation) for violation in violations[:MOST_LISTED]],
        "errors_total": len(violations),
    }


def write(
    kind: Kind, detail: str, violations: Sequence[Violation] = (), status: int | None = None, **more: Any
) -> Response:
    """A problem as a response."""
    told = body(kind, detail, violations, status, **more)
    response = jsonify(told)
    response.status_code = told["status"]
    response.mimetype = MEDIA_TYPE
    response.content_language = language()
    if kind.again is not None:
        response.headers["Retry-After"] = str(kind.again)
    return response


def about_header(error: TierscoreError, header: str) -> TierscoreError:
    """The same error with the header that it is about. What was sent there is never repeated."""
    error.violations = (HeaderViolation(error.code, error.template, error.params, header=header),)
    return error


def listed(violation: Violation) -> dict[str, Any]:
    """One mistake as the contract has it; what is not known is left out."""
    entry = {
        "pointer": violation.pointer,
        "parameter": violation.parameter,
        "header": violation.header if isinstance(violation, HeaderViolation) else None,
        "row": violation.row,
        "field": violation.field,
        "value": _printable(violation.value),
        "code": violation.code,
        "message": sentence(violation),
        "allowed": list(violation.allowed) or None,
    }
    return {name: value for name, value in entry.items() if value is not None}


def log_incident(error: BaseException | None) -> None:
    """Logs an error nobody expected under a new number, which the client is shown instead of the error."""
    g.incident = token_hex(8)
    where = "nowhere" if request.url_rule is None else request.url_rule.rule
    known = {"known": {"incident": g.incident}}
    current_app.logger.error("incident %s: %s %s", g.incident, request.method, where, exc_info=error, extra=known)


_HTTP_DETAIL = {
    404: "Nothing is served at {path}.",
    405: "{method} is not offered at {path}; the header Allow names what is.",
}

_TOO_LARGE = "The body is larger than {largest} bytes."
_LARGE_FILE = (
    "The body is larger than {largest} bytes; send a file with Prefer: respond-async to have it taken as a job."
)


_CROWDED_FORM = "The form has too many parts, or a field beside the file that is too long."


def _too_large() -> str:
    if _fits():
        return _CROWDED_FORM
    view = current_app.view_functions.get(request.endpoint or "")
    return _LARGE_FILE if getattr(view, "may_be_job", False) else _TOO_LARGE


def _fits() -> bool:
    """Whether the body as a whole is within its limit, so that something inside it is not."""
    return request.content_length is not None and request.content_length <= (request.max_content_length or math.inf)


def _about_request() -> dict[str, Any]:
    largest = request.max_content_length
    return {"path": request.path, "method": request.method, "largest": largest}


def _unknown_code(kind: Kind, error: UnknownCode) -> Response:
    """404 for a code that is itself what was asked for, 422 for one that merely limits the question."""
    status = 404 if error.parameter in (None, "framework") else 422
    return write(kind, fill(error.template, error.params), [error.as_violation()], status)


def _incident(status: int) -> Response:
    if "incident" not in g:
        log_incident(None)
    detail = fill(INCIDENT, {"incident": g.incident})
    return write(BY_STATUS[500], detail, status=status, incident=g.incident)


def _printable(value: Any) -> Any:
    """What was given, if JSON can say it in a reasonable length, else as text."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    return shortened(value if isinstance(value, str) else repr(value))


def known_types() -> Iterable[Kind]:
    """Every type of problem that the service documents."""
    return [*BY_ERROR.values(), *BY_STATUS.values()]
