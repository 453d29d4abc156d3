"""What a region can lose before it loses its tier: in each indicator alone, and in the cheapest set of functions.

(methodology, sections 5 and 8: the cushion, in the indicators' own units.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tierscore.engine.effort import Effort
from tierscore.engine.matrix import Flags, Floats
from tierscore.engine.programme import scaled, solved
from tierscore.engine.threshold import EPS

HALVINGS = 100
FEW = 14  # functions, of which every set is looked at
MARGIN = 1e-5  # of weight, for the programme that more of them need
FOR_EACH = 1e-6  # of the dearest function: nothing is lost that need not be, even if it costs nothing
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
    """All that can be lost of each: to where the score is at its lowest, and of what is better when more, all of it."""
    growth, given = effort.growth, effort.growth.given
    to_floor = np.fmax(-growth.addition_to(given.bends[:, 0]), 0.0)
    to_floor = np.where(given.integer, np.ceil(to_floor - EPS), to_floor)
    there = np.where(given.share, np.minimum(growth.values, OF_ALL * growth.totals), growth.values)
    there = np.where(given.integer, np.floor(there), there)
    rising = (given.direction > 0) & (growth.values >= 0)
    return np.where(rising, np.fmin(to_floor, there), to_floor)


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
    """The cheapest set of functions that weigh more than can be spared; None where all of them do not."""
    scores = effort.scores(np.zeros(costs.size))
    places = np.flatnonzero(~np.isnan(costs) & (weights > 0))
    spare = weights[scores >= effort.threshold - EPS].sum() - (needed - EPS) * weights[~np.isnan(scores)].sum()
    if not places.size or weights[places].sum() <= spare:
        return None
    find = _by_all_sets if places.size <= FEW else _by_programme
    lost = find(costs[places], weights[places], float(spare))
    return None if lost is None else np.isin(np.arange(costs.size), places[lost])


def _by_all_sets(costs: Floats, weights: Floats, spare: float) -> Flags | None:
    """By a look at every set; of equally dear ones (to 1e-9 of the dearest) the smallest: nothing is lost in vain."""
    sets = (np.arange(1, 1 << costs.size)[:, np.newaxis] >> np.arange(costs.size)) & 1
    sets = sets[sets @ weights > spare]
    dear = np.round(sets @ costs / max(float(costs.max()), EPS), 9)
    lost: Flags = sets[np.lexsort((sets.sum(axis=1), dear))[0]] > 0
    return lost


def _by_programme(costs: Floats, weights: Floats, spare: float) -> Flags | None:
    """By a programme, which knows weights to its own tolerance only."""
    own = costs / max(float(costs.max()), EPS) + FOR_EACH
    low, high = np.array([spare + MARGIN]), np.array([np.inf])
    return solved(own, *scaled(weights[np.newaxis], low, high))
