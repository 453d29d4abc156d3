"""What blocks a tier that no plan reaches, and the fewest things that would have to be otherwise (methodology, 8).

A thing is otherwise when an indicator that is held could be added to, up to its ceiling, or when a missing one were
known to supply its function at the target. Whether that is enough is decided by the most that is possible, so the
search is a small programme of its own. Among equally few, own limits are lifted before what is not actionable, and
both before what is unknown; then the plan with the least cost is taken.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np

from tierscore.engine import nodes
from tierscore.engine.effort import Effort, Terms
from tierscore.engine.matrix import Flags, Floats, Ints
from tierscore.engine.path import Plan, least_effort, lower_bound
from tierscore.engine.programme import scaled, solved
from tierscore.engine.threshold import EPS
from tierscore.framework.model import Leaf


class Hold(IntEnum):
    """Why an indicator cannot be added to as far as its ceiling."""

    NOTHING = 0
    NOT_ACTIONABLE = 1
    UPPER_BOUND = 2
    FIXED = 3
    MISSING = 4


MOST_SETS = 16


@dataclass(frozen=True)
class Relaxation:
    """The least that would have to be otherwise, and what it leads to.

    holds : (indicators,), `Hold` of those that would be otherwise, 0 for others.  effort : the decision then.
    plan : its least effort.
    """

    holds: Ints
    effort: Effort
    plan: Plan


def holds(effort: Effort, terms: Terms) -> Ints:
    """Why each indicator cannot go to its ceiling, (indicators,) of `Hold`."""
    missing = np.isnan(effort.growth.values) | np.isnan(effort.growth.scores(effort.least))
    short = effort.most < effort.ceiling - EPS
    return np.select(
        [missing, short & ~np.isnan(terms.fixed), short & ~terms.movable, short],
        [Hold.MISSING, Hold.FIXED, Hold.NOT_ACTIONABLE, Hold.UPPER_BOUND],
        Hold.NOTHING,
    )


def relaxed(effort: Effort, terms: Terms, min_coverage: float, seconds: float) -> Relaxation | None:
    """The least relaxation that lets the tier be reached; None where nothing does.

    Parameters
    ----------
    min_coverage : the weight that must be known.  seconds : time limit of each programme.
    """
    held = _candidates(effort, holds(effort, terms))
    possible = [
        _opened(effort, chosen & (held != Hold.MISSING), chosen & (held == Hold.MISSING), min_coverage)
        for chosen in _fewest(effort, held, min_coverage)
    ]
    best: tuple[Effort, Plan] | None = None
    for bound, opened in sorted(((lower_bound(one, seconds), one) for one in possible), key=lambda pair: pair[0]):
        plan = least_effort(opened, seconds) if best is None or bound < best[1].cost else None
        if plan is not None and (best is None or plan.cost < best[1].cost):
            best = opened, plan
    if best is None:
        return None
    opened, plan = best
    otherwise = (opened.most != effort.most) | ~np.isnan(opened.assumed)
    return Relaxation(np.where(otherwise, held, Hold.NOTHING), opened, plan)


def _candidates(effort: Effort, held: Ints) -> Ints:
    """Held indicators that could be otherwise: those with a price, and missing ones where weights are one level."""
    flat = all(isinstance(child, Leaf) for child in effort.growth.given.index.children)
    possible = np.where(held == Hold.MISSING, flat, ~np.isnan(effort.prices))
    return np.where(possible, held, Hold.NOTHING)


def _opened(effort: Effort, moved: Flags, known: Flags, min_coverage: float) -> Effort:
    """The decision with some indicators free up to their ceilings, and some missing ones known to supply."""
    given = effort.growth.given
    most = np.where(moved, np.fmax(effort.ceiling, effort.most), effort.most)
    assumed = np.where(known, effort.threshold, effort.assumed)
    present = np.where(np.isnan(assumed), effort.growth.scores(effort.least), assumed)
    enough = given.weights[~np.isnan(present)].sum() >= min_coverage - EPS
    return replace(
        effort,
        most=most,
        unit_costs=np.where(moved, effort.prices, effort.unit_costs),
        assumed=assumed,
        effective=nodes.tree_of(present, given).effective,
        assessed=bool(enough),
    )


def _fewest(effort: Effort, held: Ints, min_coverage: float) -> list[Flags]:
    """The sets of the fewest candidates, the most wanted kinds, with which everything at its most reaches the tier."""
    places = np.flatnonzero(held)
    if not places.size:
        return []
    table, needed = _tests(effort, held, min_coverage)
    each = _dearness(held[places])
    rows, low, high = [*table[:, places]], [*needed], [np.inf] * len(needed)
    found: list[Flags] = []
    while len(found) < MOST_SETS:
        chosen = solved(each, *scaled(np.array(rows), np.array(low), np.array(high)))
        if chosen is None or (found and each[chosen].sum() > each[found[0][places]].sum() + 1e-6):
            break
        found.append(np.isin(np.arange(held.size), places[chosen]))
        rows, low, high = [*rows, chosen.astype(np.float64)], [*low, -np.inf], [*high, float(chosen.sum()) - 1.0]
    return found


def _dearness(held: Ints) -> Floats:
    """1 each, and a little more for what is not actionable, more than all of that together for what is missing."""
    count = held.size
    unwanted = np.select([held == Hold.NOT_ACTIONABLE, held == Hold.MISSING], [1.0, 1.0 + count], 0.0)
    dearness: Floats = 1.0 + unwanted / (1.0 + count * (1.0 + count))
    return dearness


def _tests(effort: Effort, held: Ints, min_coverage: float) -> tuple[Floats, Floats]:
    """What each candidate adds to each test of the target when it is otherwise, and what is lacking without.

    Everything else is at its most. Multiplied by the weight present every test is a sum: a missing indicator that
    comes to be known adds w (what it has - what is needed).

    Returns
    -------
    (tests, indicators), (tests,)
    """
    given, goal = effort.growth.given, effort.threshold - EPS
    rule, weights = given.rule, given.weights
    now, then = effort.scores(effort.most), effort.scores(np.fmax(effort.most, effort.ceiling))
    then = np.where(held == Hold.MISSING, effort.threshold, then)
    known = ~np.isnan(now)

    def sums(of: Floats, needed: float, own: Floats) -> tuple[Floats, float]:
        before = np.where(known, own * (np.nan_to_num(of[0]) - needed), 0.0)
        after = own * (np.nan_to_num(of[1]) - needed)
        return after - before, -float(before.sum())

    supply = np.stack([now >= goal, then >= goal]).astype(np.float64)
    in_score = np.where(known, effort.effective * weights[known].sum(), weights)
    tests = [sums(np.stack([now, then]), effort.goal - EPS, in_score), sums(supply, rule.cut - EPS, weights)]
    tests.append(_weight(known, weights, max(min_coverage, given.index.min_coverage)))
    if effort.target >= rule.quota_from:
        origination = weights * rule.origination
        tests.append(sums(supply, rule.quota_share - EPS, origination))
        tests.append(_weight(known, origination, rule.quota_coverage))
    return np.array([test[0] for test in tests]), np.array([test[1] for test in tests])


def _weight(known: Flags, weights: Floats, needed: float) -> tuple[Floats, float]:
    """What each indicator adds to the weight known, and how much of it is lacking; of nothing known no share holds."""
    some = 0.5 * weights[weights > 0].min(initial=np.inf)
    lacking = max((needed - EPS) * weights.sum(), some if weights.any() else np.inf) - weights[known].sum()
    return np.where(known, 0.0, weights), float(lacking)
