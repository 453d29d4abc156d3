"""Metrics in: one batch in a JSON body, or a file."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request
from marshmallow import Schema, fields

from tierscore.api.access import actor
from tierscore.api.context import service
from tierscore.api.fields import Choice, Flag, Rows, Truth
from tierscore.api.guards import JSON, accepts, takes_up_to
from tierscore.api.imports import listed, started
from tierscore.api.once import once, only_tries
from tierscore.api.parsing import QuerySchema
from tierscore.api.resources import PREFIX, Resources
from tierscore.api.schemas.import_job import ImportJob
from tierscore.api.schemas.report import Report
from tierscore.api.upload import chosen, may_be_job
from tierscore.services.ingesting import MODES, IngestReport, table_of_file, table_of_rows

LARGEST_BATCH = 32 * 1024 * 1024
FILES = (
    "text/csv",
    "application/vnd.sdmx.data+csv",
    "application/vnd.apache.parquet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)
MODE = {"description": "atomic: one bad row and nothing is stored; partial: the good rows are stored"}
DRY_RUN = {"description": "store nothing, report what would become of each row"}
OBSERVATION = {
    "type": "array",
    "description": "at most 200,000; each has region, indicator, period, value and, if wanted, the other fields",
    "items": {"type": "object"},
    "example": [{"region": "CN-SC", "indicator": "national_key_labs", "period": 2023, "value": 15}],
}

blueprint = Resources("sending", "Metrics in")


class BatchBody(Schema):
    """A batch of observations; each is checked against the catalogue, all mistakes are told at once."""

    observations = Rows(required=True, metadata=OBSERVATION)
    mode = Choice(*MODES, metadata=MODE)
    dry_run = Truth(metadata=DRY_RUN)


class BatchFile(QuerySchema):
    """CSV (UTF-8, GBK), Parquet or XLSX, with region, indicator, period, value and, if wanted, more; SDMX-CSV 2.0."""

    file = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})


class BatchFields(QuerySchema):
    """What else a form may say, and the query where the body is a file."""

    mode = Choice(*MODES, load_default=MODES[0], metadata=MODE)
    dry_run = Flag(load_default=False, metadata=DRY_RUN)


# flask-smorest describes the parts of a form in words that OpenAPI 3 no longer has.
FORM = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "additionalProperties": False,
                "properties": {
                    "file": {"type": "string", "format": "binary", "description": BatchFile.__doc__},
                    "mode": {"type": "string", "enum": list(MODES), "default": MODES[0], **MODE},
                    "dry_run": {"type": "boolean", "default": False, **DRY_RUN},
                },
            }
        }
    },
}

_FILE = {"type": "string", "format": "binary"}
BATCH = {
    "required": True,
    "content": {JSON: {"schema": BatchBody}, **{media_type: {"schema": _FILE} for media_type in FILES}},
}

Answer = tuple[dict[str, Any], int, dict[str, str]]


@blueprint.post("/observations")
@may_be_job
@once
@blueprint.query(BatchFields)
@blueprint.form(BATCH)
@blueprint.or_starts(ImportJob, "A file that is taken as a job; ask again at Location")
@blueprint.answers(Report, status=201, also={200: "Nothing new was stored, or it was a dry run"})
@takes_up_to(LARGEST_BATCH)
@accepts(JSON, *FILES)
def send_observations(query: dict[str, Any]) -> Answer | Response:
    """Stores what is new in a batch, or in a CSV, SDMX-CSV, Parquet or XLSX file, as one revision.

    For a file `mode` and `dry_run` are in the query.
    """
    if request.mimetype == JSON:
        batch = blueprint.of_form(BatchBody, "json")
        return _told(service().ingest(table_of_rows(batch.pop("observations")), **_terms({**query, **batch})))
    if "upload" in g:
        return _started(query)
    return _told(service().ingest(table_of_file(request.get_data(cache=True)), **_terms(query)))


@blueprint.post("/observations/import")
@may_be_job
@once
@blueprint.form(FORM)
@blueprint.or_starts(ImportJob, "A file that is taken as a job; ask again at Location")
@blueprint.answers(Report, status=201, also={200: "Nothing new was stored, or it was a dry run"})
@takes_up_to(LARGEST_BATCH)
@accepts("multipart/form-data")
def import_observations() -> Answer | Response:
    """Stores what is new in a CSV, SDMX-CSV, Parquet or XLSX file as one revision."""
    files, form = blueprint.of_form(BatchFile, "files"), blueprint.of_form(BatchFields, "form")
    if "upload" in g:
        chosen(files["file"])
        return _started(form)
    return _told(service().ingest(table_of_file(files["file"].read()), **_terms(form)))


def _started(terms: dict[str, Any]) -> Response:
    only_tries(terms["dry_run"])
    return started(g.upload.identifier, terms["mode"], terms["dry_run"])


def _terms(said: dict[str, Any]) -> dict[str, Any]:
    only_tries(said["dry_run"])
    return {"mode": said["mode"], "dry_run": said["dry_run"], "recorded_by": actor()}


def _told(report: IngestReport) -> Answer:
    headers = {"Location": f"{PREFIX}/revisions/{report.revision}"} if report.stored else {}
    return listed(report), 201 if report.stored else 200, headers
