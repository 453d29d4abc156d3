"""Uncertainty analyses as jobs: what a job's request says, and what becomes of it."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from tierscore.services.query import AssessmentQuery, UncertaintyAsked
from tierscore.services.sheet import Answer

ANALYSIS, CONFIDENCE = "analysis", "confidence"


def request_of(asked: UncertaintyAsked, kind: str, framework: tuple[str, str], period: int, revision: int) -> Answer:
    """A request as JSON, pinned to a framework version, a year and a data revision."""
    pinned = replace(
        asked.query, framework=framework[0], version=framework[1], period=period, as_of=str(revision), target=None
    )
    return {"kind": kind, "asked": asdict(replace(asked, query=pinned))}


def asked_of(request: dict[str, Any]) -> UncertaintyAsked:
    """The question that a job's request says."""
    asked = dict(request["asked"])
    query = dict(asked.pop("query"))
    return UncertaintyAsked(
        query=AssessmentQuery(**{**query, "regions": tuple(query["regions"])}),
        **{**asked, "factors": tuple(asked["factors"])},
    )
