"""Files handed out."""

from __future__ import annotations

from flask import Response

from tierscore.services.handout import Document

HTML = "text/html"
# A page of ours holds its styles, charts and typeface itself, and runs and loads nothing.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "font-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)


def attached(document: Document) -> Response:
    """A response that a browser saves under the document's name."""
    return _named(document, "attachment")


def handed_out(document: Document) -> Response:
    """The same; a page is shown, and saved under that name."""
    if document.media_type != HTML:
        return attached(document)
    response = _named(document, "inline")
    response.headers["Content-Security-Policy"] = POLICY
    return response


def _named(document: Document, disposition: str) -> Response:
    response = Response(document.content, mimetype=document.media_type)
    response.headers.set("Content-Disposition", disposition, filename=document.name)
    return response
