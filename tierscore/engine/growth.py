"""What additions to a region's own values make of its measures and scores, and back (methodology, sections 7 and 8).

The rest of the nation stands still: what a region adds grows the total that its share is taken of, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tierscore.engine import knots, measure, normalise, transform
from tierscore.engine.matrix import Floats, Ints
from tierscore.engine.parameters import Parameters
from tierscore.engine.scorecard import Scorecard
from tierscore.engine.threshold import EPS

# Whole additions tried around the exact one: one below and two above cover its rounding and the tolerance.
TRIED_STEPS = np.array([-1.0, 0.0, 1.0, 2.0])


@dataclass(frozen=True)
class Growth:
    """The values that can grow, and what they are measured against.

    values, denominators : (..., indicators), raw.  totals : (indicators,), NaN where no share is taken.
    """

    given: Parameters
    values: Floats
    totals: Floats
    denominators: Floats

    @classmethod
    def of(cls, card: Scorecard) -> Growth:
        """That of every region of a scorecard."""
        measured = card.measured
        return cls(card.parameters, measured.cells.values, measured.totals, measured.denominators)

    def row(self, place: int | Ints) -> Growth:
        """That of one region, of shape (indicators,), or of several."""
        return replace(self, values=self.values[place], denominators=self.denominators[place])

    def measures(self, additions: Floats) -> Floats:
        """The measures once so much is added, (..., indicators); additions count in the direction that is better."""
        step = self.given.direction * additions
        moved = self.values + step
        share = 100.0 * moved / measure.positive(self.totals + step)
        amount = self.given.scale * moved / self.denominators
        return np.where(self.given.share, share, np.where(self.given.per, amount, moved))

    def scores(self, additions: Floats) -> Floats:
        """Indicator scores once so much is added, (..., indicators); NaN where they depend on other regions too."""
        return scored(self.measures(additions), self.given)

    def value_at(self, measured: Floats) -> Floats:
        """The raw value with a measure, (..., indicators): of a share b, b/(1 - b) of what the rest of the nation has.

        NaN where the region alone cannot reach it: a share of everything, or any other where it has everything.
        """
        given, rest = self.given, measure.positive(self.totals - self.values)
        share = np.where(given.share & (measured < 100.0), measured / 100.0, np.nan)
        amount = measured * self.denominators / given.scale
        return np.where(given.share, rest * share / (1.0 - share), np.where(given.per, amount, measured))

    def addition_to(self, measured: Floats) -> Floats:
        """How much leads to a measure, (..., indicators); below 0 where the region is past it."""
        return self.given.direction * (self.value_at(measured) - self.values)

    def fewest_whole(self, exact: Floats, goal: Floats, least: Floats | float = 0.0) -> Floats:
        """The fewest whole additions whose scores reach a goal, decided by scoring again; NaN where none does.

        `exact` is what would reach it if parts counted; `goal` and `least` are of the same shape or broadcast to it.
        """
        steps = TRIED_STEPS.reshape(-1, *[1] * exact.ndim)
        tried = np.maximum(least, np.floor(exact) + steps)
        reached = self.scores(tried) >= goal - EPS
        return np.where(reached.any(axis=0), np.where(reached, tried, np.inf).min(axis=0), np.nan)


def scored(values: Floats, given: Parameters) -> Floats:
    """Scores of measures by the declared numbers alone; NaN where they depend on more."""
    if given.only_knots:
        return knots.score(values, given.knots, given.knot_scores)
    changed = values if given.transforms is None else _transformed(values, given.transforms)
    declared = [scheme for scheme in given.schemes if scheme.method in normalise.DECLARED]
    return normalise.normalise(np.atleast_2d(changed), declared).reshape(changed.shape)


def _transformed(values: Floats, names: Sequence[str]) -> Floats:
    """Tried values may leave the domain of a transform; they reach nothing then."""
    tried = values.copy()
    for column, name in enumerate(names):
        low = tried[..., column] < 0 if name == "sqrt" else tried[..., column] <= 0
        tried[..., column] = np.where(low & (name != "none"), np.nan, tried[..., column])
    return transform.transform(tried, names)
