"""A framework: what is measured, how it is scored, which levers answer a gap. Frozen values, no behaviour.

`parse` builds them from a document; docs/framework-format.md describes every key.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from tierscore.framework.catalogue import Title

STAGES = ("origination", "extension", "diffusion")
FORCES = ("cohesion", "radiation", "overall")
STATUSES = ("A", "E", "P", "D")  # of an observation that may be scored
ACROSS_UNITS = ("topsis", "copeland")  # aggregations in which a unit's score depends on the others


@dataclass(frozen=True)
class Scale:
    """The range of every score."""

    low: float
    high: float


@dataclass(frozen=True)
class Tier:
    """A rung of the hierarchy; `score` is its threshold, 0 and of no meaning where the tiers rest on profiles."""

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

    method: ClassVar[str] = "knots"

    at: tuple[float, ...]


@dataclass(frozen=True)
class Scaling:
    """Every other way from a measure to a score.

    `low` and `high` are the goalposts; `target` and `unit` what a distance is taken to; `clip` and `cap` whether
    scores end there. `range` is where the ends go (None: the scale), `mean` and `sd` where a z-score goes.
    """

    method: str
    low: float | None = None
    high: float | None = None
    clip: bool = True
    range: tuple[float, ...] | None = None
    mean: float = 0.0
    sd: float = 1.0
    target: float | None = None
    unit: str | None = None
    cap: bool = False


Normalisation = Knots | Scaling


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
    normalise: Normalisation | None = None
    reference: str | None = None
    transform: str = "none"


@dataclass(frozen=True)
class Leaf:
    """An indicator in the index tree with its weight within the node above."""

    indicator: str
    weight: float
    reference: str | None = None


@dataclass(frozen=True)
class Weighting:
    """How the weights of a node's children are derived from the data in hand, instead of declared.

    `pairwise` are the judgements of ahp, row by row; `bounds` the least and greatest part that a child may have in
    a unit's score under the benefit of the doubt.
    """

    method: str
    pairwise: tuple[tuple[float, ...], ...] = ()
    bounds: tuple[float, ...] = (0.0, 1.0)


@dataclass(frozen=True)
class Node:
    """An inner node of the index tree with its weight within the node above; `power` is that of a power mean."""

    code: str
    weight: float
    aggregate: str
    min_coverage: float
    children: tuple[Node | Leaf, ...]
    reference: str | None = None
    power: float | None = None
    weights: Weighting | None = None


@dataclass(frozen=True)
class Imputation:
    """How missing measures are filled: by the indicator's other units (of a `group`), by the unit's row, or by knn."""

    method: str = "none"
    group: str | None = None
    by: str = "indicator"
    neighbours: int = 5


@dataclass(frozen=True)
class Treatment:
    """How outliers are treated; `then` is what follows where winsorising was not enough, `exempt` who is left out."""

    method: str = "none"
    skew: float = 2.0
    kurtosis: float = 3.5
    max_points: int = 5
    then: str = "log"
    exempt: tuple[str, ...] = ()


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

    method: ClassVar[str] = "central_place"

    cut: float
    origination: Origination | None = None
    reference: str | None = None


@dataclass(frozen=True)
class ScoreBands:
    """The tier by the score alone, rounded to so many decimals where they are given; ranks too."""

    method: ClassVar[str] = "score_bands"

    decimals: int | None = None
    reference: str | None = None


@dataclass(frozen=True)
class Thresholds:
    """Indifference, preference and veto of one criterion; `v` None is no veto."""

    indicator: str
    q: float = 0.0
    p: float = 0.0
    v: float | None = None


@dataclass(frozen=True)
class ElectreTriB:
    """The tier by outranking of profiles, lowest first; `cut` is the credibility needed, lambda."""

    method: ClassVar[str] = "electre_tri_b"

    cut: float
    profiles: tuple[tuple[tuple[str, float], ...], ...]
    thresholds: tuple[Thresholds, ...] = ()
    reference: str | None = None


Sort = CentralPlace | ScoreBands | ElectreTriB


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
class Spread:
    """How far one assumption may be off, for the uncertainty analysis; `reference` None: an assumption of ours.

    relative : half the width of a uniform factor around 1, of weights and knots.  distribution : of weights, with the
    `concentration` of a Dirichlet.  low, high : of the cut, None for a tenth below and above it.
    source : where a missing value's score is drawn from, ``own`` present scores or the ``scale``.
    errors : relative standard deviations of values by their status.  options : what a step is chosen from.
    """

    relative: float = 0.0
    distribution: str = "uniform"
    concentration: float = 100.0
    low: float | None = None
    high: float | None = None
    source: str = "own"
    errors: tuple[tuple[str, float], ...] = ()
    options: tuple[str, ...] = ()
    reference: str | None = None


@dataclass(frozen=True)
class Spreads:
    """The spread of every factor; a document that does not say has these."""

    weights: Spread = Spread(relative=0.25)
    knots: Spread = Spread(relative=0.1)
    cut: Spread = Spread()
    missing: Spread = Spread()
    observation_error: Spread = Spread(errors=(("E", 0.05), ("P", 0.02)))
    imputation: Spread = Spread()
    treatment: Spread = Spread()
    normalisation: Spread = Spread()
    aggregation: Spread = Spread()


@dataclass(frozen=True)
class RegionRule:
    """Which regions of a catalogue are scored, where a document names none of them; all that is said must hold.

    kinds : one of these.  parent : directly a part of it.  within : a part of it at any level.
    """

    kinds: tuple[str, ...] = ()
    parent: str | None = None
    within: str | None = None


@dataclass(frozen=True)
class Framework:
    """A whole framework document; `digest` identifies its content.

    `regions` are those that the document names; a published version that names none has those that its `region_rule`
    meant when it was published.
    """

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
    sort: Sort
    levers: tuple[Lever, ...]
    references: tuple[Reference, ...]
    impute: Imputation = Imputation()
    treat: Treatment = Treatment()
    spreads: Spreads = Spreads()
    region_rule: RegionRule = RegionRule()
