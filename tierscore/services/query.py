"""What can be asked of assessments, what-ifs and observations, before anything is looked up."""

from __future__ import annotations

from dataclasses import dataclass

from tierscore.engine import edits as folding
from tierscore.framework import edits as framework_edits
from tierscore.framework.catalogue import Group


@dataclass(frozen=True)
class AssessmentQuery:
    """Which assessment is wanted; None stands for the default of each.

    framework, version : newest version of the default framework.  period : the framework's reference period.
    as_of : the newest data; digits are a revision, else an ISO 8601 date or time.
    target : the next tier.  regions : all reference regions.  integration : of a group, in [0, 1].
    """

    framework: str | None = None
    version: str | None = None
    period: int | None = None
    as_of: str | None = None
    target: str | None = None
    regions: tuple[str, ...] = ()
    integration: float = 0.0


@dataclass(frozen=True)
class CellEdit:
    """A change of one region's value of one indicator: ``set``, ``add`` or ``multiply``."""

    op: str
    region: str
    indicator: str
    value: float


FrameworkEdit = framework_edits.Change
OPERATIONS = folding.OPERATIONS
FRAMEWORK_OPERATIONS = tuple(framework_edits.OPERATIONS)


@dataclass(frozen=True)
class GroupAsked:
    """A group by its code or by its members, at a degree of integration; `pinned` as it was when it was saved."""

    code: str | None = None
    members: tuple[str, ...] = ()
    integration: float = 0.0
    pinned: Group | None = None


@dataclass(frozen=True)
class WhatIf:
    """What would be if: edits over the answer to a question, and for whom it is told (none named: those edited)."""

    query: AssessmentQuery
    edits: tuple[CellEdit, ...] = ()
    framework_edits: tuple[FrameworkEdit, ...] = ()
    groups: tuple[GroupAsked, ...] = ()
    regions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Saving:
    """A what-if to be saved, and by whom under which title."""

    title: str
    author: str
    asked: WhatIf


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
