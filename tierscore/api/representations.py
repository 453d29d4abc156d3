"""In which form a client wants an answer that there is in several: its Accept header against what is offered.

JSON is what everything is answered in, so whoever says nothing, or nothing that fits, gets it: a header that cannot be
met is no reason to refuse (RFC 9110, section 12.5.1), and mistakes are told in JSON in any case.
"""

from __future__ import annotations

from flask import Response, request

from tierscore.services.sdmx_csv import MEDIA_TYPE as SDMX_CSV

JSON = "application/json"

# A client may leave the version out, which is then the one there is.
_OFFERED = {"/api/v1/observations": {JSON: JSON, SDMX_CSV: SDMX_CSV, SDMX_CSV.partition(";")[0]: SDMX_CSV}}


def wanted() -> str:
    """The media type to answer the present request in, by the weights its Accept header gives.

    Of the same weight, the type that is said more exactly.
    """
    offered = _OFFERED.get(request.path)
    if offered is None:
        return JSON
    return offered[request.accept_mimetypes.best_match(offered, JSON)]


def vary(response: Response) -> None:
    """Tells caches that the answer depends on the header, where it does."""
    if request.path in _OFFERED:
        response.vary.add("Accept")
