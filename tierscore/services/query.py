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


Amounts = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Rivals:
    """How the rest of the nation grows until a plan's date; None of the three: it stands still.

    rate : of everything that shares are taken of, a year.  rates : by indicator, a year; others stand still.
    between : two periods, by whose difference each other region changes once more.  years : how many years it goes on.
    """

    rate: float | None = None
    rates: Amounts = ()
    between: tuple[int, int] | None = None
    years: float | None = None


@dataclass(frozen=True)
class ExpectedEffect:
    """What a user expects of a lever: so much of an indicator for a cost; nobody else's claim."""

    lever: str
    indicator: str
    effect: float
    cost: float = 1.0


@dataclass(frozen=True)
class PathAsked:
    """Which tier is to be reached by whom, and on which terms.

    region : code of a reference region or of a group; target and integration are those of `query`.
    costs : of one unit of an indicator.  upper_bounds : the most that may be added.  fixed : what is added in any
    case, as a change of the value.  tolerance : by which part of the best plan's cost alternatives may be dearer.
    alternatives : how many at most.  time_limit : seconds for each programme, and for each plan with confidence.
    confidence : the part of the draws in which a plan must reach its tier; None: the values as they are decide.
    """

    region: str
    query: AssessmentQuery
    costs: Amounts = ()
    upper_bounds: Amounts = ()
    fixed: Amounts = ()
    rivals: Rivals = Rivals()
    expected_effects: tuple[ExpectedEffect, ...] = ()
    tolerance: float = 0.25
    alternatives: int = 3
    time_limit: float = 5.0
    confidence: float | None = None


@dataclass(frozen=True)
class UncertaintyAsked:
    """An uncertainty analysis: of which question, over which draws.

    factors : JSON texts of names, or of objects with a name and a spread of one's own; none: all that apply.
    samples, seed, design : `engine.design.Design`.  draws : how many drawn frameworks are told, the first ones.
    """

    query: AssessmentQuery
    factors: tuple[str, ...] = ()
    samples: int = 2000
    seed: int = 0
    design: str = "monte_carlo"
    draws: int = 0


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


@dataclass(frozen=True)
class ComparisonAsked:
    """Which regions and groups are compared, by the question that `query` asks.

    subjects : codes of regions and groups.  since : the earlier year of the change; the one before if None.
    peers : the regions that strengths and weaknesses are measured against; all others if none.
    """

    query: AssessmentQuery
    subjects: tuple[str, ...]
    since: int | None = None
    peers: tuple[str, ...] = ()
