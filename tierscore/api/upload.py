"""Files that are taken as jobs: who sends one with ``Prefer: respond-async`` (RFC 7240) need not wait for its import.

Such a body may be larger than others. It goes straight to disk, into the room of an import, and is gone with the
request unless a job was made of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from secrets import token_hex
from threading import Semaphore
from typing import IO, Any, TypeVar, cast

import flask
from flask import Flask, Response, current_app, g, request

from tierscore.api.context import service
from tierscore.api.idempotency_key import REPLAYED
from tierscore.api.problems import Busy
from tierscore.services.import_jobs import MOST_WAITING

HEADER, ASYNC = "Prefer", "respond-async"
PREFERENCE = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "description": f"`{ASYNC}`: take a file, which may be larger then, as a job and answer 202 at once",
    "schema": {"type": "string"},
}

_LARGEST, _PLACES = "LARGEST_IMPORT", "PLACES_FOR_FILES"
MOST_ARRIVING = 2  # in a worker at once: half of its threads, for a large body is read by one
_BLOCK = 1024 * 1024
_JSON = "application/json"
View = TypeVar("View", bound=Callable[..., Any])


class Crowded(Busy):
    """As many files wait for their import as may."""

    template = "{most} files wait for their import already."


class Arriving(Busy):
    """As many files are coming in as a worker has threads for."""

    template = "{most} files are coming in already."


@dataclass
class Upload:
    """A file that came with the present request.

    identifier : names its room.  parts : the files of a form.  digest : of a body that is the file.
    """

    identifier: str
    room: Path
    parts: ExitStack
    digest: str | None = None


class Request(flask.Request):
    """A request whose files go to the room of an import, where one is made for it."""

    def _get_file_stream(
        self, total_content_length: int | None, content_type: str | None, filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:  # fmt: skip
        upload: Upload | None = g.get("upload")
        if upload is None:
            return super()._get_file_stream(total_content_length, content_type, filename, content_length)
        return upload.parts.enter_context((upload.room / f"part-{token_hex(4)}").open("x+b"))


def init_app(app: Flask, megabytes: int) -> None:
    """Says how large a body of such a request may be."""
    app.config[_LARGEST] = megabytes * 1024 * 1024
    app.config[_PLACES] = Semaphore(MOST_ARRIVING)
    app.request_class = Request


def may_be_job(view: View) -> View:
    """Marks a view that takes files, also as jobs; it goes right below the route. Then `g.upload` has the file."""

    @wraps(view)
    def answer(*args: Any, **kwargs: Any) -> Any:
        if not is_preferred():
            return view(*args, **kwargs)
        with _received() as made:
            made.append(current_app.make_response(view(*args, **kwargs)))
        return made[0]

    answer.may_be_job = True  # type: ignore[attr-defined]
    answer._apidoc = _described(getattr(view, "_apidoc", {}))  # type: ignore[attr-defined]
    return cast(View, answer)


def is_preferred() -> bool:
    """Whether the present request is to be a job: its view takes such, its body is a file, and it asks for it."""
    view = current_app.view_functions.get(request.endpoint or "")
    return (
        getattr(view, "may_be_job", False) and request.mimetype != _JSON and is_async(request.headers.get(HEADER, ""))
    )


def is_async(preferences: str) -> bool:
    """Whether the header Prefer asks for an answer at once.

    >>> is_async("respond-async"), is_async("wait=10, Respond-Async; x=1"), is_async("return=minimal")
    (True, True, False)
    """
    return ASYNC in (item.partition(";")[0].strip().lower() for item in preferences.split(","))


def largest() -> int:
    """Bytes that the body of such a request may have."""
    return cast(int, current_app.config[_LARGEST])


def has_room() -> bool:
    """Whether one more file may wait."""
    return service().imports.has_room


def chosen(file: Any) -> Path:
    """Puts the file of a form where an import looks for it."""
    file.stream.close()
    path = Path(file.stream.name)
    return path.rename(g.upload.room / "file")


@contextmanager
def _received() -> Iterator[list[Response]]:
    """Makes room for the file of this request, and reads a body that is one; what became of it is put in the list."""
    received, made = service().imports.received, list[Response]()
    if not has_room():
        raise Crowded(most=MOST_WAITING)
    identifier = token_hex(16)
    try:
        with _place(), ExitStack() as parts:
            g.upload = Upload(identifier, received.room(identifier), parts)
            if request.mimetype != "multipart/form-data":
                g.upload.digest = _copied(g.upload.room / "file")
            yield made
    finally:
        if not (made and made[0].status_code == 202 and REPLAYED not in made[0].headers):
            received.drop(identifier)


@contextmanager
def _place() -> Iterator[None]:
    """Takes one of the threads that large files may hold while they come in."""
    places: Semaphore = current_app.config[_PLACES]
    if not places.acquire(blocking=False):
        raise Arriving(most=MOST_ARRIVING)
    try:
        yield
    finally:
        places.release()


def _copied(file: Path) -> str:
    """Writes the body to a file; its digest."""
    digest = hashlib.sha256()
    with file.open("xb") as opened:
        while block := request.stream.read(_BLOCK):
            digest.update(block)
            opened.write(block)
    return digest.hexdigest()


def _described(apidoc: dict[str, Any]) -> dict[str, Any]:
    return {**apidoc, "preference": True}
