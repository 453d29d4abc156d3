"""From which degree of integration a group reaches a tier (methodology, section 6)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import numpy as np

from tierscore.engine import unknown
from tierscore.engine.matrix import Floats, Ints
from tierscore.engine.pipeline import scores_of
from tierscore.engine.pooling import Members, values_by_degree
from tierscore.engine.scorecard import Scorecard
from tierscore.framework.model import Framework

STEPS = 1000
DEGREES = np.arange(STEPS + 1) / STEPS


@dataclass(frozen=True)
class BreakEven:
    """The smallest degree that reaches the tier, None where none does, and every interval of degrees that does."""

    integration: float | None
    holds_on: tuple[tuple[float, float], ...]


def tiers_by_degree(card: Scorecard, framework: Framework, members: Members, degrees: Floats = DEGREES) -> Ints:
    """The group's tier at each degree, (degrees,), -1 where the data are insufficient: one scoring for all."""
    values = values_by_degree(card.matrix, framework, members, degrees)
    scores = scores_of(values, card.measured.totals, card.parameters)
    return unknown.attained(scores, framework, card.parameters)


def break_even(tiers: Ints, target: int) -> BreakEven:
    """Where at least the target is reached, from the tier at each of `DEGREES`. It need not be one interval.

    >>> break_even(np.array([0] * 218 + [1] * 782 + [0]), 1)
    BreakEven(integration=0.218, holds_on=((0.218, 0.999),))
    """
    reached = np.flatnonzero(tiers >= target).tolist()
    runs = [[place for _, place in run] for _, run in groupby(enumerate(reached), key=lambda pair: pair[1] - pair[0])]
    holds_on = tuple((float(DEGREES[run[0]]), float(DEGREES[run[-1]])) for run in runs)
    return BreakEven(holds_on[0][0] if holds_on else None, holds_on)
