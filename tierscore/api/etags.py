"""Conditional GETs: a tag made of everything that an answer depends on, so nothing is computed to compare it."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any, TypeVar, cast

from flask import Response, current_app, g, jsonify, request

from tierscore import __version__
from tierscore.api import kept_answers, representations
from tierscore.api.context import reading
from tierscore.api.languages import language
from tierscore.services.query import AssessmentQuery

# Answers that tell how sure tiers are, as far as it is known.
TELL_CONFIDENCE = ("/api/v1/assessments", "/api/v1/comparisons")

View = TypeVar("View", bound=Callable[..., Any])


def answer_unchanged() -> Response | None:
    """Before a view: 304 if the client has the answer already, else the answer itself if it was written before.

    It costs the one query that reads the state.
    """
    if request.method not in ("GET", "HEAD"):
        return None
    g.etag = current_tag()
    return not_modified(g.etag) if client_has(g.etag) else kept_answers.find(g.etag)


def tag_answer(response: Response) -> Response:
    """After a view: the tag on an answer that was found, and 304 if the client asked for any change at all."""
    if response.status_code == 200 and "etag" in g:
        kept_answers.keep(g.etag, response)
        mark(response, g.etag)
        return not_modified(g.etag) if request.if_none_match.star_tag else response
    return response


def current_tag() -> str:
    """The tag of the present request.

    The data's digest, the catalogue's and frameworks', the engine, the language, the form, the question itself.
    Parameters are sorted by name; values of the same name stay in their order. Of assessments and comparisons also
    whether it is known by now how sure their tiers are.
    """
    now = reading()
    question = sorted(request.args.items(multi=True), key=lambda item: item[0])
    parts = [now.fingerprint, __version__, language(), representations.wanted(), request.path, question]
    return tag_of([*parts, now.settled(_asked())] if request.path.startswith(TELL_CONFIDENCE) else parts)


def _asked() -> AssessmentQuery:
    """Which assessment the parameters mean, as far as they can be read: a view says what is wrong with them."""
    period = request.args.get("period", type=int)
    given: dict[str, Any] = {name: request.args.get(name) for name in ("framework", "version", "as_of")}
    return AssessmentQuery(**given, period=period)


def kept_by_body(view: View) -> View:
    """Marks a view that computes only from its body and the database: the same body again gets what was written."""

    @wraps(view)
    def answer(*args: Any, **kwargs: Any) -> Any:
        body = sha256(request.get_data(cache=True)).hexdigest()
        tag = tag_of([reading().fingerprint, __version__, language(), request.path, body])
        found = kept_answers.find(tag)
        if found is not None:
            return found
        response = current_app.make_response(view(*args, **kwargs))
        kept_answers.keep(tag, response)
        return response

    return cast(View, answer)


def tag_of(parts: Any) -> str:
    """A short digest of JSON values and times."""
    return sha256(json.dumps(parts, default=str).encode()).hexdigest()[:32]


def client_has(tag: str) -> bool:
    """Whether If-None-Match names the tag, weak or strong. (``*`` waits until it is known that there is an answer.)"""
    return tag in request.if_none_match.as_set(include_weak=True)


def mark(response: Response, tag: str, *, weak: bool = True) -> None:
    """Sets the tag; weak, where the bytes may differ and the meaning does not."""
    response.set_etag(tag, weak=weak)
    response.cache_control.no_cache = True
    response.vary.add("Accept-Language")
    representations.vary(response)


def not_modified(tag: str, *, weak: bool = True) -> Response:
    """304 with the headers that the full answer would carry."""
    response = Response(status=304)
    response.headers.remove("Content-Type")
    mark(response, tag, weak=weak)
    return response


def answered(answer: Callable[[], Any], tag: str, *, weak: bool = True) -> Response:
    """The answer with its tag, or 304 before it is computed."""
    if client_has(tag):
        return not_modified(tag, weak=weak)
    response = jsonify(answer())
    mark(response, tag, weak=weak)
    return response
