"""Idempotency-Key on whatever stores: a request that is sent again under its key gets its first answer again.

After the IETF's draft-ietf-httpapi-idempotency-key-header; the key is taken as it is written, quotation marks included.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import HTTPException

from tierscore.api.access import caller
from tierscore.api.context import service
from tierscore.api.fingerprint import fingerprint
from tierscore.api.idempotency_key import HEADER, REPLAYED, checked
from tierscore.api.problems import about_header
from tierscore.errors import OtherRequest, StillRunning, TierscoreError
from tierscore.services.once import Attempt, FirstAnswer

# Who may ask, how often and whether there is time for it says nothing of the request itself: such answers are not kept.
KEPT_REFUSALS = (400, 404, 409, 412, 413, 415, 422, 428)

_LIFETIME = "KEPT_FOR"
_NOT_KEPT = {"Content-Length"}
View = TypeVar("View", bound=Callable[..., Any])


def init_app(app: Flask, hours: int) -> None:
    """Says for how long an application keeps first answers."""
    app.config[_LIFETIME] = timedelta(hours=hours)


def once(view: View) -> View:
    """Marks a view that stores something. It goes right below the route, around the parsing of the body:

    @blueprint.post("/groups")
    @once
    @blueprint.body(GroupBody)
    """

    @wraps(view)
    def answer(*args: Any, **kwargs: Any) -> Any:
        key = request.headers.get(HEADER)
        if key is None:
            return view(*args, **kwargs)
        return _once(Attempt(caller(), checked(key), fingerprint()), lambda: view(*args, **kwargs))

    answer._apidoc = {**getattr(view, "_apidoc", {}), "once": True}  # type: ignore[attr-defined]
    return cast(View, answer)


def only_tries(is_dry: bool) -> None:
    """Said by a view that may be asked to store nothing: then its answer is not kept, and the key stays free."""
    g.only_tries = is_dry


def _once(attempt: Attempt, view: Callable[[], Any]) -> Response:
    made: list[Response] = []

    def work() -> tuple[FirstAnswer, bool]:
        response = _response(view)
        made.append(response)
        headers = tuple((name, value) for name, value in response.headers if name not in _NOT_KEPT)
        return FirstAnswer(response.status_code, headers, response.get_data()), _is_kept(response)

    try:
        earlier = service().once(attempt, current_app.config[_LIFETIME], work)
    except (OtherRequest, StillRunning) as error:
        raise about_header(error, HEADER) from None
    return made[0] if earlier is None else _again(earlier)


def _response(view: Callable[[], Any]) -> Response:
    """The answer of a view, a refusal as its problem; whatever nobody expected is raised as ever."""
    try:
        return current_app.make_response(view())
    except (TierscoreError, HTTPException) as error:
        return current_app.make_response(current_app.handle_user_exception(error))


def _is_kept(response: Response) -> bool:
    if g.get("only_tries", False):
        return False
    return response.status_code < 300 or response.status_code in KEPT_REFUSALS


def _again(earlier: FirstAnswer) -> Response:
    response = Response(earlier.body, earlier.status, list(earlier.headers))
    response.headers[REPLAYED] = "true"
    return response
