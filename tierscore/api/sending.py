"""Metrics in: one batch in a JSON body, or a file."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from tierscore.api import problems
from tierscore.api.access import actor
from tierscore.api.context import service
from tierscore.api.fields import Choice, Flag, Rows, Truth
from tierscore.api.guards import accepts, takes_up_to
from tierscore.api.once import once, only_tries
from tierscore.api.parsing import QuerySchema
from tierscore.api.resources import PREFIX, Resources
from tierscore.api.schemas.report import Report
from tierscore.services.ingesting import MODES, IngestReport, table_of_file, table_of_rows

LARGEST_BATCH = 32 * 1024 * 1024
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
    mode = Choice(*MODES, load_default=MODES[0], metadata=MODE)
    dry_run = Truth(load_default=False, metadata=DRY_RUN)


class BatchFile(QuerySchema):
    """CSV (UTF-8 or GBK) or XLSX, with region, indicator, period, value and, if wanted, more columns; SDMX-CSV 2.0."""

    file = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})


class BatchFields(QuerySchema):
    """What else a form may say."""

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

Answer = tuple[dict[str, Any], int, dict[str, str]]


@blueprint.post("/observations")
@once
@blueprint.body(BatchBody)
@blueprint.answers(Report, status=201, also={200: "Nothing new was stored, or it was a dry run"})
@takes_up_to(LARGEST_BATCH)
def send_observations(batch: dict[str, Any]) -> Answer:
    """Stores what is new in a batch as one revision."""
    only_tries(batch["dry_run"])
    table = table_of_rows(batch["observations"])
    return _told(service().ingest(table, mode=batch["mode"], dry_run=batch["dry_run"], recorded_by=actor()))


@blueprint.post("/observations/import")
@once
@blueprint.form(FORM)
@blueprint.answers(Report, status=201, also={200: "Nothing new was stored, or it was a dry run"})
@takes_up_to(LARGEST_BATCH)
@accepts("multipart/form-data")
def import_observations() -> Answer:
    """Stores what is new in a CSV, SDMX-CSV or XLSX file as one revision."""
    files, form = blueprint.of_form(BatchFile, "files"), blueprint.of_form(BatchFields, "form")
    only_tries(form["dry_run"])
    table = table_of_file(files["file"].read())
    return _told(service().ingest(table, mode=form["mode"], dry_run=form["dry_run"], recorded_by=actor()))


def _told(report: IngestReport) -> Answer:
    headers = {"Location": f"{PREFIX}/revisions/{report.revision}"} if report.stored else {}
    return _listed(report), 201 if report.stored else 200, headers


def _listed(report: IngestReport) -> dict[str, Any]:
    return {
        "revision": report.revision,
        "accepted": report.accepted,
        "unchanged": report.unchanged,
        "rejected": report.rejected,
        "rows": [problems.listed(violation) for violation in report.violations[: problems.MOST_LISTED]],
    }
