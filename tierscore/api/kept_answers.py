"""Answers as they were written, kept by their tag: a tag names everything that its answer depends on.

So a kept answer is as fresh as one that is computed again: whatever changes in the database makes another tag.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import cast

from flask import Flask, Response, current_app, g

from tierscore.services.kept import Kept, Usage

MOST_BYTES = 32 * 1024 * 1024
_EXTENSION = "tierscore.answers"
_JSON = "application/json"


@dataclass(frozen=True)
class Written:
    """The body of an answer, and the pages it leads to."""

    body: bytes
    link: str | None


def init_app(app: Flask) -> None:
    """Gives an application room for answers, `MOST_BYTES` at most."""
    app.extensions[_EXTENSION] = Kept[Written](MOST_BYTES, lambda written: len(written.body))


def usage() -> Usage:
    """How often answers were asked for."""
    return _answers().usage


def find(tag: str) -> Response | None:
    """The answer with this tag, if it is kept."""
    written = _answers().find(tag)
    if written is None:
        return None
    g.is_kept = True
    response = Response(written.body, mimetype=_JSON)
    if written.link is not None:
        response.headers["Link"] = written.link
    return response


def keep(tag: str, response: Response) -> None:
    """Keeps the answer with this tag, if it is JSON that was found and just computed, and no file to be saved."""
    if "is_kept" in g or response.status_code != 200 or response.mimetype != _JSON:
        return
    if "Content-Disposition" in response.headers:
        return
    written = Written(response.get_data(), response.headers.get("Link"))
    _answers().put(tag, written, perf_counter() - g.started)


def _answers() -> Kept[Written]:
    return cast(Kept[Written], current_app.extensions[_EXTENSION])
