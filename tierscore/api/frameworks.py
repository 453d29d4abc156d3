"""Published frameworks and their levers."""

from __future__ import annotations

from typing import Any

from tierscore.api.context import reading
from tierscore.api.fields import Word
from tierscore.api.pages import Page, PageQuery, cut
from tierscore.api.parsing import QuerySchema
from tierscore.api.resources import Resources, in_path
from tierscore.api.schemas.framework import FrameworkPage, FrameworkWithDocument, LeverPage

blueprint = Resources("frameworks", "What is measured and how, and which levers answer a gap")


class LeverQuery(PageQuery):
    """Whose levers."""

    framework = Word(metadata={"description": "id of a framework; the default one if left out"})
    version = Word(metadata={"description": "its version; the newest if left out"})


@blueprint.get("/frameworks")
@blueprint.query(PageQuery)
@blueprint.answers(FrameworkPage, paged=True)
def list_frameworks(query: dict[str, Any]) -> Page:
    """All published framework versions, in short."""
    return cut(reading().frameworks(), query)


@blueprint.get(
    "/frameworks/<string:id>/<string:version>",
    parameters=[
        in_path("id", "id of a framework", "cn-innovation-centre"),
        in_path("version", "its version", "2021.1"),
    ],
)
@blueprint.query(QuerySchema)
@blueprint.answers(FrameworkWithDocument, errors=("NOT_FOUND",))
def get_framework(_query: dict[str, Any], id: str, version: str) -> dict[str, Any]:  # noqa: A002
    """One published framework version, with its document as it was published."""
    return reading().framework_document(id, version)


@blueprint.get("/levers")
@blueprint.query(LeverQuery)
@blueprint.answers(LeverPage, paged=True)
def list_levers(query: dict[str, Any]) -> Page:
    """The lever catalogue of a framework: on which indicators each acts, for whom, and where it was read."""
    return cut(reading().levers(query.get("framework"), query.get("version")), query)
