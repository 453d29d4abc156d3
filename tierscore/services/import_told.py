"""How an import ended, as JSON that any language can be made of: its report, or its problem."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import fields
from secrets import token_hex
from typing import Any

from tierscore.errors import TierscoreError, Violation
from tierscore.services.ingesting import IngestReport

MOST_KEPT = 1000  # mistakes
LONGEST = 1000  # characters of what was given

Told = dict[str, Any]

_log = logging.getLogger(__name__)


def result_of(report: IngestReport) -> Told:
    """A report; of its mistakes the first."""
    counts = {name: getattr(report, name) for name in ("revision", "accepted", "unchanged", "rejected", "stored")}
    return {**counts, "violations": listed(report.violations[:MOST_KEPT], LONGEST)}


def report_of(told: Mapping[str, Any]) -> IngestReport:
    """The report that was told."""
    return IngestReport(**{**told, "violations": violations_in(told)})


def problem_of(error: TierscoreError) -> str:
    """An error, with the first of its mistakes and their number."""
    told = {"error": type(error).__name__, "template": error.template, "params": _said(error.params, LONGEST)}
    violations = listed(error.violations[:MOST_KEPT], LONGEST)
    return json.dumps({**told, "violations": violations, "total": len(error.violations)})


def incident(identifier: str) -> str:
    """Logs the error at hand under a new number, and tells the number."""
    number = token_hex(8)
    _log.exception("incident %s: import %s", number, identifier)
    return json.dumps({"incident": number})


def violations_in(told: Mapping[str, Any]) -> tuple[Violation, ...]:
    """The mistakes that were told."""
    return tuple(Violation(**{**item, "allowed": tuple(item["allowed"])}) for item in told["violations"])


def listed(violations: Sequence[Violation], longest: int | None = None) -> list[Told]:
    """Mistakes as JSON; of what was given, so many characters."""
    names = [field.name for field in fields(Violation)]
    return [{name: _said(getattr(item, name), longest) for name in names} for item in violations]


def _said(value: Any, longest: int | None) -> Any:
    """A value as JSON can say it."""
    if isinstance(value, Mapping):
        return {name: _said(item, longest) for name, item in value.items()}
    if isinstance(value, tuple):
        return [_said(item, longest) for item in value]
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return str(value)[:longest]
