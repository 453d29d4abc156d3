"""What a region can lose before it loses its tier: in each indicator alone, and in the cheapest set of functions.

(methodology, sections 5 and 8: the cushion, in the indicators' own units.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tierscore.engine.effort import Effort
from tierscore.engine.matrix import Flags, Floats
from tierscore.engine.programme import ROW_SCALE, solved
from tierscore.engine.threshold import EPS

HALVINGS = 100
OF_ALL = 1 - 1e-9  # of a total: a share of nothing is no share


@dataclass(frozen=True)
class Losses:
    """Losses that cost a tier, in raw units towards what is worse, (indicators,) each.

    alone : the least loss of one indicator that costs the tier, the others as they are; NaN where none does. What is
    not counted in whole numbers may lose up to it, and not more.
    functions : the least loss that ends the supply of a function at the tier; NaN where it is not supplied.
    together : (indicators,) bool, the cheapest set of functions whose loss costs the functions test or the
    origination quota; none where that cannot be.
    """

    alone: Floats
    functions: Floats
    together: Flags


def losses(effort: Effort) -> Losses:
    """The least losses at the tier that `effort` names as its target and the region has."""
    most = _everything(effort)
    alone = _least(effort, most, lambda lost: ~_diagonal(effort, lost))
    goal = effort.threshold - EPS
    functions = _least(effort, most, lambda lost: effort.scores(-lost) < goal)
    functions = np.where(effort.scores(np.zeros(most.size)) >= goal, functions, np.nan)
    return Losses(alone, functions, _cheapest_set(effort, functions))


def _everything(effort: Effort) -> Floats:
    """All that can be lost of each: down to nothing, or to where the score is at its lowest."""
    growth = effort.growth
    floor = np.fmax(-growth.addition_to(growth.given.bends[:, 0]), 0.0)
    whole = np.where(growth.given.share, np.minimum(growth.values, OF_ALL * growth.totals), growth.values)
    floor = np.where(np.isnan(floor) | growth.given.share, np.fmax(whole, 0.0), floor)
    return np.where(growth.given.integer, np.floor(floor + EPS), floor)


def _diagonal(effort: Effort, lost: Floats) -> Flags:
    """Whether the tier holds when each indicator alone has lost its part, (indicators,)."""
    return effort.reaches(-np.diag(np.nan_to_num(lost)))


def _least(effort: Effort, most: Floats, costs_it: Any) -> Floats:
    """The least loss of each indicator at which something no longer holds, by bisection; whole where it is counted."""
    low, high = np.zeros(most.size), most.copy()
    ever = costs_it(high) & ~np.isnan(effort.growth.values) & (high > 0)
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        middle = np.where(effort.growth.given.integer, np.floor(middle), middle)
        gone = costs_it(middle)
        high, low = np.where(gone, middle, high), np.where(gone, low, middle)
    return np.where(ever, high, np.nan)


def _cheapest_set(effort: Effort, functions: Floats) -> Flags:
    """By a programme with one binary for each function supplied, once for each test that can fail; the cheaper one."""
    given = effort.growth.given
    tests = [(given.weights, given.rule.cut)]
    if effort.target >= given.rule.quota_from:
        tests.append((given.weights * given.rule.origination, given.rule.quota_share))
    costs = effort.prices * functions
    found = [chosen for weights, needed in tests if (chosen := _knapsack(effort, costs, weights, needed)) is not None]
    return min(found, key=lambda chosen: float(costs[chosen].sum()), default=np.zeros(costs.size, dtype=np.bool_))


def _knapsack(effort: Effort, costs: Floats, weights: Floats, needed: float) -> Flags | None:
    scores = effort.scores(np.zeros(costs.size))
    places = np.flatnonzero(~np.isnan(costs) & (weights > 0))
    spare = weights[scores >= effort.threshold - EPS].sum() - (needed - EPS) * weights[~np.isnan(scores)].sum()
    if not places.size or weights[places].sum() <= spare:
        return None
    row, least = ROW_SCALE * weights[places][np.newaxis], ROW_SCALE * np.nextafter(spare, np.inf)
    lost = solved(costs[places] / costs[places].max(), row, np.array([least]), np.array([np.inf]))
    return None if lost is None else np.isin(np.arange(costs.size), places[lost])
