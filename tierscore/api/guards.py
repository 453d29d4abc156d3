"""What is refused before a body is parsed: other media types, other codings, bottomless nests, unprintable paths."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, current_app, request
from werkzeug.exceptions import NotFound

from tierscore.api import upload
from tierscore.api.problems import HeaderViolation, UnsupportedMedia
from tierscore.api.strict_json import refuse_depth

JSON = "application/json"
View = TypeVar("View", bound=Callable[..., object])


def init_app(app: Flask) -> None:
    """Puts the guards before every request of an application."""
    app.before_request(_refuse_unprintable_path)
    app.before_request(_refuse_body)


def accepts(*media_types: str) -> Callable[[View], View]:
    """Marks a view that takes bodies in other media types than JSON."""

    def mark(view: View) -> View:
        view.accepts = media_types  # type: ignore[attr-defined]
        return view

    return mark


def takes_up_to(size: int) -> Callable[[View], View]:
    """Marks a view that takes larger bodies than others do, in bytes."""

    def mark(view: View) -> View:
        view.largest = size  # type: ignore[attr-defined]
        return view

    return mark


def _refuse_unprintable_path() -> None:
    """No code holds a control character, and PostgreSQL cannot even be asked for one."""
    if not request.path.isprintable():
        raise NotFound


def _refuse_body() -> None:
    if request.endpoint is None or request.method in ("GET", "HEAD", "OPTIONS") or not _has_body():
        return
    view = current_app.view_functions[request.endpoint]
    request.max_content_length = _largest(view)
    _refuse_header("Content-Encoding", request.content_encoding or "identity", ("identity",))
    accepted = getattr(view, "accepts", (JSON,))
    _refuse_header("Content-Type", request.mimetype, accepted)
    if request.mimetype == JSON:
        refuse_depth(request.get_data(cache=True))


def _largest(view: object) -> int:
    if upload.is_preferred():
        return upload.largest()
    largest: int = getattr(view, "largest", current_app.config["MAX_CONTENT_LENGTH"])
    return largest


def _has_body() -> bool:
    return request.content_length not in (None, 0) or "Transfer-Encoding" in request.headers


def _refuse_header(header: str, value: str, allowed: tuple[str, ...]) -> None:
    if value.lower() in allowed:
        return
    params = {"header": header, "value": value}
    violation = HeaderViolation(
        code=UnsupportedMedia.code, template=UnsupportedMedia.template, params=params,
        value=value, allowed=allowed, header=header,
    )  # fmt: skip
    raise UnsupportedMedia(violations=[violation], **params)
