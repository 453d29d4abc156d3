"""Requests that take long have a few places in each worker, so that the others always find a thread.

Nobody waits for a place: whoever waits would hold a thread too. The answer is 503 with Retry-After.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from threading import BoundedSemaphore
from typing import Any, TypeVar, cast

from flask import Flask, current_app, g, request

from tierscore.api import metrics, upload
from tierscore.api.problems import Busy

LARGE_BODY = 1024 * 1024
_EXTENSION = "tierscore.places"

View = TypeVar("View", bound=Callable[..., Any])


class Places:
    """The places of one worker."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._free = BoundedSemaphore(number)

    def take(self) -> bool:
        """Takes a place if one is free, at once."""
        return self._free.acquire(blocking=False)

    def leave(self) -> None:
        """Gives a place back."""
        self._free.release()


def init_app(app: Flask, places: int) -> None:
    """Gives an application its places; must come after the guards, which know how large a body may be."""
    app.extensions[_EXTENSION] = Places(places)
    app.before_request(_take_for_large_body)
    app.teardown_request(_leave)


def heavy(view: View) -> View:
    """Marks a view that takes a place whatever it is asked."""
    return heavy_if(lambda *_args, **_kwargs: True)(view)


def heavy_if(is_heavy: Callable[..., bool]) -> Callable[[View], View]:
    """Marks a view that takes a place if this says so of its arguments."""

    def decorate(view: View) -> View:
        @wraps(view)
        def placed(*args: Any, **kwargs: Any) -> Any:
            if is_heavy(*args, **kwargs):
                take_place()
            return view(*args, **kwargs)

        return cast(View, placed)

    return decorate


def take_place() -> None:
    """Takes a place for the rest of this request, unless it has one; raises Busy when none is free."""
    if "has_place" in g:
        return
    meters, places = metrics.of(current_app), _places()
    if not places.take():
        meters.refused.inc()
        raise Busy(places=places.number)
    g.has_place = True
    meters.busy.inc()


def _take_for_large_body() -> None:
    """The body is read first: a client that sends slowly holds no place meanwhile.

    What becomes a job is only copied, and would have to be sent once more if there were no place.
    """
    if request.url_rule is None or request.method in ("GET", "HEAD", "OPTIONS") or upload.is_preferred():
        return
    length = request.content_length
    if length is None and "Transfer-Encoding" in request.headers:
        length = len(request.get_data(cache=True))
    if length is not None and length > LARGE_BODY:
        _read_body()
        take_place()


def _read_body() -> None:
    if request.mimetype == "multipart/form-data":
        request.files  # noqa: B018  reading it is what is wanted
    else:
        request.get_data(cache=True)


def _leave(_error: BaseException | None) -> None:
    if g.pop("has_place", False):
        _places().leave()
        metrics.of(current_app).busy.dec()


def _places() -> Places:
    return cast(Places, current_app.extensions[_EXTENSION])
