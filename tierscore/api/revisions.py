"""The history of the data, and how good it is."""

from __future__ import annotations

from typing import Any

from tierscore.api.assessments import Subject, Versions, asked
from tierscore.api.context import reading
from tierscore.api.pages import Page, PageQuery, bound
from tierscore.api.parsing import QuerySchema
from tierscore.api.resources import Resources, in_path
from tierscore.api.schemas.coverage import Coverage
from tierscore.api.schemas.revision import Revision, RevisionComparison, RevisionPage

blueprint = Resources("revisions", "What was recorded when, what changed, and what is missing")

NUMBER = "<int(max=999999999):{}>"


@blueprint.get("/revisions")
@blueprint.query(PageQuery)
@blueprint.answers(RevisionPage, paged=True)
def list_revisions(query: dict[str, Any]) -> Page:
    """Every accepted batch, newest first: when, by whom, how many rows."""
    found = reading().revisions(query["page"], query["page_size"])
    return bound(found["items"], found["total"], query)


@blueprint.get(f"/revisions/{NUMBER.format('number')}", parameters=[in_path("number", "a revision", "3")])
@blueprint.query(QuerySchema)
@blueprint.answers(Revision, errors=("NOT_FOUND",))
def get_revision(_query: dict[str, Any], number: int) -> dict[str, Any]:
    """One accepted batch."""
    return reading().revision(number)


@blueprint.get(
    f"/revisions/{NUMBER.format('before')}/compare/{NUMBER.format('after')}",
    parameters=[in_path("before", "a revision", "1"), in_path("after", "another revision", "3")],
)
@blueprint.query(Subject)
@blueprint.answers(RevisionComparison, errors=("NOT_FOUND",))
def compare_revisions(query: dict[str, Any], before: int, after: int) -> dict[str, Any]:
    """What changed from one revision to another, and which tiers moved because of it."""
    return reading().compare_revisions(before, after, asked(query))


@blueprint.get("/coverage")
@blueprint.query(Versions)
@blueprint.answers(Coverage)
def get_coverage(query: dict[str, Any]) -> dict[str, Any]:
    """Which cells are missing, estimated, of another definition or year, and which tiers that could change."""
    return reading().coverage(asked(query))
