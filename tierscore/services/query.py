"""What can be asked of an assessment or of the observations, before anything is looked up."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AssessmentQuery:
    """Which assessment is wanted; None stands for the default of each.

    framework, version : newest version of the default framework.  period : the framework's reference period.
    as_of : the newest data; digits are a revision, else an ISO 8601 date or time.
    target : the next tier.  regions : all reference regions.
    """

    framework: str | None = None
    version: str | None = None
    period: int | None = None
    as_of: str | None = None
    target: str | None = None
    regions: tuple[str, ...] = ()


@dataclass(frozen=True)
class ObservationQuery:
    """Which observations are wanted; an empty filter lets all through."""

    regions: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    periods: tuple[int, ...] = ()
    as_of: str | None = None
    history: bool = False
    page: int = 1
    page_size: int = 100
