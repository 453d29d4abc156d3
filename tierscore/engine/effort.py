"""What a path decides: additions to one region's values, their costs and limits, and the tier they must reach.

(methodology, section 8.)
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tierscore.engine import tier
from tierscore.engine.aggregate import weighted_mean
from tierscore.engine.growth import Growth
from tierscore.engine.matrix import Flags, Floats
from tierscore.engine.refused import Refused
from tierscore.engine.sample import Confidence
from tierscore.engine.scorecard import Scorecard
from tierscore.engine.threshold import EPS
from tierscore.engine.tier import Tests

# A share of everything is out of reach; what has its ceiling there is bounded just below it.
HIGHEST_SHARE = 99.9
# Where an addition costs nothing, this much of its default cost keeps a plan from taking more than it needs.
NEARLY_FREE = 1e-7


@dataclass(frozen=True)
class Effort:
    """One region on its way to one tier. All arrays are (indicators,).

    growth : its values.  effective : weights in its score, 0 where missing.  assessed : whether enough is known.
    target : place of the tier.  unit_costs : cost of one unit of addition; 0 where nothing can be added.
    start : additions made before, which cost nothing more.  least, most : what is added in any case, and at most, in
    all; they are equal where nothing is decided.
    ceiling, prices : what could be added and would cost if it were decided, NaN where it has no default cost.
    assumed : scores that missing indicators are taken to have, NaN where nothing is assumed, as always at first.
    confidence : the draws in which the tier must be reached too; None where the values as they are decide.
    """

    growth: Growth
    effective: Floats
    assessed: bool
    target: int
    unit_costs: Floats
    start: Floats
    least: Floats
    most: Floats
    ceiling: Floats
    prices: Floats
    assumed: Floats
    confidence: Confidence | None = None

    @property
    def open(self) -> Flags:
        """The indicators that are decided."""
        return self.most > self.least

    @property
    def threshold(self) -> float:
        """The score at which the target begins, for functions and where no score is rounded."""
        return float(self.growth.given.rule.thresholds[self.target])

    @property
    def goal(self) -> float:
        """The score that is compared as the threshold: half a last place below the first decimal that reaches it."""
        decimals = self.growth.given.decimals
        if decimals is None:
            return self.threshold
        place = 10.0**-decimals
        return float(np.ceil((self.threshold - EPS) / place) * place - 0.5 * place + EPS)

    def scores(self, additions: Floats) -> Floats:
        """Indicator scores once so much is added, (..., indicators); NaN where missing and nothing is assumed."""
        scores = self.growth.scores(additions)
        return np.where(np.isnan(scores), self.assumed, scores)

    def score(self, additions: Floats) -> Floats:
        """The region's score once so much is added, (...,)."""
        scores = self.scores(additions)
        return weighted_mean(scores, np.broadcast_to(self.effective, scores.shape))

    def tests(self, additions: Floats) -> Tests:
        """Every test of every tier once so much is added; `additions` is (..., indicators)."""
        given, total = self.growth.given, self.score(additions)
        return tier.run_tests(self.scores(additions), given.compared(total), given.weights, given.rule)

    def reaches(self, additions: Floats) -> Flags:
        """Whether so much added reaches the target tier: the tier rule itself, (...,) from (..., indicators).

        Where there are draws, in enough of them too.
        """
        reached: Flags = tier.highest(self.tests(additions).met) >= self.target
        reached = reached & self.assessed
        return reached if self.confidence is None else reached & self.confidence.holds(additions, self.target)

    def cost(self, additions: Floats) -> Floats:
        """What the additions cost beyond those made before."""
        total: Floats = (self.unit_costs * (additions - self.start)).sum(axis=-1)
        return total

    @property
    def everything(self) -> Floats:
        """All that may be added, (indicators,)."""
        return np.where(self.open, self.most, self.least)

    @property
    def plain(self) -> Effort:
        """The same where the values as they are decide."""
        return replace(self, confidence=None)

    def towards(self, target: int) -> Effort:
        """The same region on its way to another tier."""
        return replace(self, target=target)

    def from_here(self, additions: Floats) -> Effort:
        """The same once additions are made."""
        return replace(self, start=additions, least=additions, most=np.maximum(self.most, additions))


@dataclass(frozen=True)
class Terms:
    """What somebody asks of a path. All arrays are (indicators,).

    movable : whose values can be added to, missing ones apart.  costs, most, fixed : unit costs, the most that may be
    added, and what is added in any case; NaN for the default of each: the tier's width in each indicator, its ceiling,
    nothing decided.
    """

    movable: Flags
    costs: Floats
    most: Floats
    fixed: Floats


def effort(card: Scorecard, row: int, target: int, terms: Terms) -> Effort:
    """The decision of one region.

    Raises
    ------
    Refused
        For an indicator that may be added to and whose tier has no width, if no cost is given.
    """
    growth = Growth.of(card).row(row)
    present = ~np.isnan(card.scores[row])
    decided = terms.movable & present & np.isnan(terms.fixed)
    least = np.where(present, np.nan_to_num(terms.fixed), 0.0)
    ceiling = np.where(present, np.fmax(_whole(growth, ceilings(growth)), 0.0), 0.0)
    most = np.where(np.isnan(terms.most), ceiling, np.fmax(_whole(growth, terms.most), 0.0))
    limit = np.where(decided, most, least)
    default = default_costs(growth, target)
    prices = np.where(np.isnan(terms.costs), default, np.fmax(terms.costs, NEARLY_FREE * np.nan_to_num(default, nan=1)))
    _refuse_without_price(prices, limit > 0)
    return Effort(
        growth=growth,
        effective=card.effective[row],
        assessed=bool(card.assessed[row]),
        target=target,
        unit_costs=np.where(limit > 0, prices, 0.0),
        start=np.zeros(limit.size),
        least=least,
        most=limit,
        ceiling=ceiling,
        prices=prices,
        assumed=np.full(limit.size, np.nan),
    )


def _whole(growth: Growth, additions: Floats) -> Floats:
    """The same, in whole steps where things are counted."""
    return np.where(growth.given.integer, np.floor(additions + EPS), additions)


def ceilings(growth: Growth) -> Floats:
    """The additions to the ceiling knots, below 0 where a value is past it."""
    share = growth.given.share
    highest = np.where(share, np.minimum(growth.given.ceilings, HIGHEST_SHARE), growth.given.ceilings)
    return growth.addition_to(highest)


def default_costs(growth: Growth, target: int) -> Floats:
    """1 over the width of the tier below the target, in raw values reached by own growth; NaN where it has none.

    So a unit of cost is a whole tier's way in one indicator.
    """
    entries = growth.given.entries
    width = np.abs(growth.value_at(entries[:, target]) - growth.value_at(entries[:, max(target - 1, 0)]))
    return 1.0 / np.where(width > 0, width, np.nan)


def _refuse_without_price(prices: Floats, needed: Flags) -> None:
    unknown = np.flatnonzero(needed & np.isnan(prices))
    if unknown.size:
        template = "Step {step}: there is no default cost of indicator {indicator}; give one."
        raise Refused(template, None, int(unknown[0]))


def refuse_unplannable(card: Scorecard) -> None:
    """Raises Refused for a framework under which no least effort is computed."""
    given = card.parameters
    for wrong, template in (
        (given.outranking is not None, "Step {step}: a sort by profiles has no score that additions could raise."),
        (not given.alone, "Step {step}: this framework compares the regions with each other, so no plan is one's own."),
        (not given.linear, "Step {step}: the score of this framework is no weighted sum of its indicators' scores."),
        (given.transforms is not None, "Step {step}: indicators of this framework are transformed before scoring."),
    ):
        if wrong:
            raise Refused(template)
