"""Imports that go on in the background: how far they are, and what became of them."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, jsonify

from tierscore.api import problems
from tierscore.api.access import actor
from tierscore.api.context import service
from tierscore.api.languages import fill
from tierscore.api.parsing import QuerySchema
from tierscore.api.resources import PREFIX, Tagged, in_path
from tierscore.api.schemas.import_job import ImportJob
from tierscore.errors import Interrupted, Invalid, TierscoreError
from tierscore.services.import_told import report_of, violations_in
from tierscore.services.importer import Wanted
from tierscore.services.ingesting import IngestReport
from tierscore.services.jobs import Submitted, moments

ONE = "/observations/import/<string:job>"
JOB = in_path("job", "id of an import", "0f1e2d3c4b5a69780f1e2d3c4b5a6978")
SOON = 1  # seconds after which a client may ask again

# The errors that an import may end with.
_ERRORS: dict[str, type[TierscoreError]] = {error.__name__: error for error in (Invalid, Interrupted)}

blueprint = Tagged("imports", "Large files in")


@blueprint.get(ONE, parameters=[JOB])
@blueprint.query(QuerySchema)
@blueprint.answers(ImportJob, errors=("NOT_FOUND",))
def get_import(_query: dict[str, Any], job: str) -> Response:
    """How far an import is, and what became of it once it is done."""
    return told(service().imports.status(job))


@blueprint.delete(ONE, parameters=[JOB])
@blueprint.answers(ImportJob, errors=("NOT_FOUND",))
def cancel_import(job: str) -> Response:
    """Cancels an import, unless it is finished: nothing of it is stored."""
    return told(service().imports.cancel(job))


def started(identifier: str, mode: str, dry_run: bool) -> Response:
    """Makes a job of a file that was received; the answer that says where to ask."""
    job = service().imports.submit(identifier, Wanted(mode, dry_run, actor()))
    response = told(job)
    response.status_code = 202
    response.headers["Location"] = f"{PREFIX}/observations/import/{job.id}"
    response.headers["Preference-Applied"] = "respond-async"
    return response


def told(job: Submitted) -> Response:
    """A job as the contract has it."""
    answer = {
        "id": job.id,
        "state": job.state,
        **service().imports.progress(job),
        **moments(job),
        "problem": None if job.problem is None else _problem(json.loads(job.problem)),
        "result": None if job.result is None else listed(report_of(job.result)),
    }
    response = jsonify(answer)
    if job.finished_at is None:
        response.headers["Retry-After"] = str(SOON)
    return response


def listed(report: IngestReport) -> dict[str, Any]:
    """A report as the contract has it."""
    return {
        "revision": report.revision,
        "accepted": report.accepted,
        "unchanged": report.unchanged,
        "rejected": report.rejected,
        "rows": [problems.listed(violation) for violation in report.violations[: problems.MOST_LISTED]],
    }


def _problem(said: dict[str, Any]) -> dict[str, Any]:
    """Why an import failed, as the problem that it would have been if it had been waited for."""
    if "incident" in said:
        detail = fill(problems.INCIDENT, said)
        return problems.body(problems.BY_STATUS[500], detail, incident=said["incident"])
    kind = problems.BY_ERROR[_ERRORS[said["error"]]]
    detail = fill(said["template"], said["params"])
    return {**problems.body(kind, detail, violations_in(said)), "errors_total": said["total"]}
