"""What the frame around a page shows: which framework, which year, which data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tierscore.reports.charts.theme import shades
from tierscore.services.query import AssessmentQuery
from tierscore.web.context import reading

Answer = dict[str, Any]


@dataclass(frozen=True)
class Frame:
    """The question of a page with its defaults filled in.

    framework : ``{id, version, digest, status, title}``.  frameworks : all published, newest version first.
    period, periods : the year asked about, and those that may be.  revision, as_of : of the data; `is_newest` if there
    is nothing newer.
    """

    framework: Answer
    frameworks: list[Answer]
    period: int
    periods: list[int]
    revision: int
    as_of: str
    is_newest: bool
    scale: tuple[float, float]
    tiers: list[Answer]

    def tier(self, code: str) -> Answer:
        """The tier with a code: ``{code, title, threshold, shade}``."""
        return next(tier for tier in self.tiers if tier["code"] == code)


def frame(query: AssessmentQuery) -> Frame:
    """The frame of a question; raises UnknownCode, Invalid."""
    now = reading()
    resolved = now.resolve(query)
    head = now.head(resolved)
    frameworks = now.frameworks()
    return Frame(
        framework=next(item for item in frameworks if item["digest"] == resolved.framework.digest),
        frameworks=frameworks,
        period=resolved.period,
        periods=sorted({*now.periods(query), resolved.period}, reverse=True),
        revision=resolved.as_of.revision,
        as_of=head["data"]["as_of"],
        is_newest=resolved.as_of.revision == now.state.revision,
        scale=(resolved.framework.scale.low, resolved.framework.scale.high),
        tiers=_shaded(now.tiers(query)),
    )


def _shaded(tiers: list[Answer]) -> list[Answer]:
    """Each tier with its colour."""
    return [tier | {"shade": shade} for tier, shade in zip(tiers, shades(len(tiers)), strict=True)]
