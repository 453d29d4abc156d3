"""Files handed out."""

from __future__ import annotations

from flask import Response

from tierscore.services.handout import Document


def attached(document: Document) -> Response:
    """A response that a browser saves under the document's name."""
    response = Response(document.content, mimetype=document.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=document.name)
    return response
