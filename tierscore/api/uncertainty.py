"""Uncertainty: how sure the tiers are; large analyses are jobs."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from tierscore.api.bodies import said_in_body
from tierscore.api.context import reading, service
from tierscore.api.heavy import heavy
from tierscore.api.parsing import QuerySchema
from tierscore.api.resources import PREFIX, Tagged, in_path
from tierscore.api.schemas.uncertainty import Job, UncertaintyAnswer, UncertaintyBody
from tierscore.api.scopes import needs
from tierscore.services import jobs
from tierscore.services.jobs import Submitted
from tierscore.services.keys import READ
from tierscore.services.query import AssessmentQuery, UncertaintyAsked

QUESTION = ("framework", "version", "period", "as_of")
ONE = "/uncertainty/<string:job>"
JOB = in_path("job", "id of a job", "0f1e2d3c4b5a69780f1e2d3c4b5a6978")
SOON = 1  # seconds after which a client may ask again

blueprint = Tagged("uncertainty", "How sure is the tier?")


@blueprint.post("/uncertainty")
@blueprint.body(UncertaintyBody)
@blueprint.or_starts(Job, "A large analysis is computed as a job; ask again at Location")
@blueprint.answers(UncertaintyAnswer)
@needs(READ)
@heavy
def ask_uncertainty(body: dict[str, Any]) -> Response:
    """Probabilities of tiers, ranges of scores and ranks, who cannot be told apart, and which assumption matters."""
    with said_in_body():
        found = reading().uncertainty(asked_in(body))
    if not isinstance(found, Submitted):
        return jsonify(found)
    response = _told(found)
    response.status_code = 202
    response.headers["Location"] = f"{PREFIX}/uncertainty/{found.id}"
    return response


@blueprint.get(ONE, parameters=[JOB])
@blueprint.query(QuerySchema)
@blueprint.answers(Job, errors=("NOT_FOUND",))
def get_uncertainty(_query: dict[str, Any], job: str) -> Response:
    """How far a job is, and its result once it is done."""
    return _told(service().jobs.status(job))


@blueprint.delete(ONE, parameters=[JOB])
@blueprint.answers(Job, errors=("NOT_FOUND",))
@needs(READ)  # who asked may take it back; nobody else knows the id
def cancel_uncertainty(job: str) -> Response:
    """Cancels a job, unless it is finished."""
    return _told(service().jobs.cancel(job))


def asked_in(body: dict[str, Any]) -> UncertaintyAsked:
    """The analysis that a body asks for."""
    versions: dict[str, Any] = {name: body.get(name) for name in QUESTION}
    return UncertaintyAsked(
        query=AssessmentQuery(**versions, regions=tuple(body["regions"])),
        factors=tuple(body["factors"]),
        samples=body["samples"],
        seed=body["seed"],
        design=body["design"],
        draws=body["draws"],
    )


def _told(job: Submitted) -> Response:
    response = jsonify(jobs.answer(job))
    if job.finished_at is None:
        response.headers["Retry-After"] = str(SOON)
    return response
