"""A framework: what is measured, how it is scored, which levers answer a gap. Frozen values, no behaviour.

`parse` builds them from a document; docs/framework-format.md describes every key.
"""

from __future__ import annotations

from dataclasses import dataclass

from tierscore.framework.catalogue import Title

STAGES = ("origination", "extension", "diffusion")
FORCES = ("cohesion", "radiation", "overall")
STATUSES = ("A", "E", "P", "D")  # of an observation that may be scored


@dataclass(frozen=True)
class Scale:
    """The range of every score."""

    low: float
    high: float


@dataclass(frozen=True)
class Tier:
    """A rung of the hierarchy; `score` is its threshold."""

    code: str
    title: Title
    score: float
    reference: str | None = None


@dataclass(frozen=True)
class Measure:
    """How a raw value becomes what is scored: ``level``, ``national_share`` (%) or ``per`` a denominator."""

    kind: str = "level"
    denominator: str | None = None
    scale: float = 1.0


@dataclass(frozen=True)
class Window:
    """How many years before and after the assessed period a value may come from."""

    back: int = 0
    ahead: int = 0


@dataclass(frozen=True)
class Pooling:
    """How a group's members add up: ``sum``, ``best`` or ``ratio`` (weighted by the indicator `weight`)."""

    kind: str
    weight: str | None = None


@dataclass(frozen=True)
class Knots:
    """A piecewise-linear value function: the measure at the floor, at each tier's entry, at the ceiling."""

    at: tuple[float, ...]


@dataclass(frozen=True)
class Indicator:
    """One function of the centre. `normalise` is None for a helper outside the index."""

    code: str
    title: Title
    unit: str
    direction: int
    measure: Measure = Measure()
    window: Window = Window()
    integer: bool = False
    actionable: bool = False
    pooling: Pooling | None = None
    stage: str | None = None
    force: str | None = None
    normalise: Knots | None = None
    reference: str | None = None


@dataclass(frozen=True)
class Leaf:
    """An indicator in the index tree with its weight within the node above."""

    indicator: str
    weight: float
    reference: str | None = None


@dataclass(frozen=True)
class Node:
    """An inner node of the index tree with its weight within the node above."""

    code: str
    weight: float
    aggregate: str
    min_coverage: float
    children: tuple[Node | Leaf, ...]
    reference: str | None = None


@dataclass(frozen=True)
class Origination:
    """The quota that holds from the tier `start` upwards: coverage and share of the origination functions."""

    start: str
    coverage: float
    share: float
    reference: str | None = None


@dataclass(frozen=True)
class CentralPlace:
    """The tier rule of the default framework: score, functions share and origination quota."""

    cut: float
    origination: Origination | None = None
    reference: str | None = None


@dataclass(frozen=True)
class LeverReference:
    """The passage that a lever comes from: bibliography key, section and the words themselves."""

    source: str
    section: str
    passage: str


@dataclass(frozen=True)
class Lever:
    """An institutional measure, on which indicators it acts (relevance in (0, 1]) and for whom.

    `tiers`: the targets it helps to reach (empty: any). `groups_only`: a collaboration of several regions.
    `tags`: the tags that a region must have, one of them (empty: anyone).
    """

    code: str
    title: Title
    description: Title
    category: str
    acts_on: tuple[tuple[str, float], ...]
    reference: LeverReference
    tiers: tuple[str, ...] = ()
    groups_only: bool = False
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reference:
    """An entry of the bibliography, or an assumption declared as one (`kind` is ``assumption``)."""

    code: str
    kind: str
    title: str
    authors: str | None = None
    year: int | None = None
    url: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Framework:
    """A whole framework document; `digest` identifies its content."""

    id: str
    version: str
    status: str
    title: Title
    digest: str
    period: int | None
    regions: tuple[str, ...]
    scale: Scale
    tiers: tuple[Tier, ...]
    indicators: tuple[Indicator, ...]
    index: Node
    missing: str
    min_coverage: float
    statuses: tuple[str, ...]
    sort: CentralPlace
    levers: tuple[Lever, ...]
    references: tuple[Reference, ...]
