"""What a request asks, in one digest: the same for a retry, however it is packed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from operator import itemgetter

from flask import g, request
from werkzeug.datastructures import FileStorage


def fingerprint() -> str:
    """SHA-256 over method, path, parameters, media type, If-Match and content of the present request (64 hex digits).

    Of a form the parts count, not its bytes: each sending has another boundary, and the name of a file says nothing.
    """
    is_form = request.mimetype == "multipart/form-data"
    asked = [
        request.method,
        request.path,
        sorted(request.args.items(multi=True)),
        request.mimetype,
        request.headers.get("If-Match"),
        list(_parts()) if is_form else _digest_of_body(),
    ]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def _digest_of_body() -> str:
    """Of a body that went to disk it is known already."""
    upload = g.get("upload")
    if upload is not None:
        return str(upload.digest)
    return hashlib.sha256(request.get_data(cache=True)).hexdigest()


def _parts() -> Iterator[tuple[str, str, str]]:
    """Fields and files by name; those of one name in their order."""
    for name, value in sorted(request.form.items(multi=True), key=itemgetter(0)):
        yield "field", name, value
    for name, file in sorted(request.files.items(multi=True), key=itemgetter(0)):
        yield "file", name, _digest(file)


def _digest(file: FileStorage) -> str:
    """The digest of a file, which is then read from its beginning again."""
    digest = hashlib.file_digest(file.stream, "sha256").hexdigest()  # type: ignore[arg-type]
    file.stream.seek(0)
    return digest
