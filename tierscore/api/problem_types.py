"""What the types of problems mean and what to do about each, at the addresses that their URIs are."""

# flask-smorest declares no types for what is called here.
# mypy: allow-untyped-calls

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from tierscore.api.languages import fill, language
from tierscore.api.parsing import QuerySchema
from tierscore.api.problems import known_types
from tierscore.api.resources import Described, in_path
from tierscore.api.schemas.problem import ProblemType
from tierscore.errors import UnknownCode

REMEDIES = {
    "malformed-body": "Send well-formed JSON in UTF-8, without NaN, repeated keys or deep nests.",
    "key-needed": "Send a key in the header Authorization; whoever runs the service makes one.",
    "wrong-key": "Ask for another key; this one is unknown, expired or revoked.",
    "scope-missing": "Ask for a key with the scope that is named.",
    "unknown-code": "Look the code up in its list; the nearest ones are in the member allowed.",
    "already-published": "Publish it as a new version.",
    "already-there": "Choose another code.",
    "protected": "Leave it as it is, and add one of your own beside it.",
    "still-running": "Send it again after the seconds in the header Retry-After.",
    "stale": "Fetch it again, make the change on that, and send the new ETag.",
    "if-match-needed": "Fetch what is to be changed and send its ETag in the header If-Match.",
    "unsupported-media-type": "Use one of the media types in the member allowed, without a content coding.",
    "other-request": "Send a new key in Idempotency-Key, or the first request again as it was.",
    "cannot-score": "Change the framework or the values at the place that is named.",
    "invalid-input": "Mend every mistake listed; each says where it is and what is allowed there.",
    "busy": "Send the request again after the seconds in the header Retry-After.",
    "not-ready": "Send the request again after the seconds in Retry-After; if that goes on, tell the operator.",
    "interrupted": "Send the file again; if it ends like that again, tell the operator.",
    "bad-request": "Compare the request with the contract at /openapi.json.",
    "not-found": "Look the address up in the contract at /openapi.json.",
    "method-not-allowed": "Use one of the methods in the header Allow.",
    "too-large": "Send less at once, such as a batch in several parts; or a file as a job, by Prefer: respond-async.",
    "too-slow": "Send it again, faster or in smaller parts.",
    "head-too-large": "Send shorter headers and a shorter address.",
    "no-such-range": "Leave the header Range out.",
    "too-many-requests": "Wait for the seconds in the header Retry-After.",
    "internal-error": "Tell whoever runs the service the number of the incident.",
}

blueprint = Described("problem-types", "What can go wrong, and what to do about it")


@blueprint.get(
    "/problems/<string:slug>", parameters=[in_path("slug", "last part of a problem's type", "invalid-input")]
)
@blueprint.query(QuerySchema)
@blueprint.answers(ProblemType, errors=("NOT_FOUND",))
def get_problem_type(_query: dict[str, Any], slug: str) -> Response:
    """What a type of problem means, and what to do about it."""
    known = {kind.slug: kind for kind in known_types()}
    if slug not in known:
        raise UnknownCode("problem type", slug, known)
    kind = known[slug]
    told = {"type": kind.type, "status": kind.status, "title": fill(kind.title, {}), "remedy": fill(REMEDIES[slug], {})}
    response = jsonify(told)
    response.content_language = language()
    response.vary.add("Accept-Language")
    return response
