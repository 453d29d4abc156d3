"""The order of a plan's additions in which each step helps most (methodology, section 8)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tierscore.engine.effort import Effort
from tierscore.engine.matrix import Floats
from tierscore.engine.threshold import EPS


@dataclass(frozen=True)
class Advance:
    """One indicator's addition made, after those before it.

    column : whose.  gaps : what the score, functions and origination tests lack afterwards, (3,), NaN where the tier
    has no quota.  left : the mean part of the first unmet gaps that is left, 0 at the tier.
    """

    column: int
    gaps: Floats
    left: float


def sequence(effort: Effort, additions: Floats) -> list[Advance]:
    """Each indicator's whole addition in the order in which the next one closes most of what is left.

    Of those that close as much (to 1e-9) the cheaper goes first, then the framework's order decides.
    """
    made, first = effort.start.copy(), gaps(effort, effort.start)
    todo = np.flatnonzero(additions > effort.start)
    order: list[Advance] = []
    while todo.size:
        tried = np.tile(made, (todo.size, 1))
        tried[np.arange(todo.size), todo] = additions[todo]
        after = gaps(effort, tried)
        left = _left(after, first)
        costs = effort.unit_costs[todo] * (additions - effort.start)[todo]
        best = int(np.lexsort((todo, costs, np.round(left, 9)))[0])
        order.append(Advance(int(todo[best]), after[best], float(left[best])))
        made, todo = tried[best], np.delete(todo, best)
    return order


def gaps(effort: Effort, additions: Floats) -> Floats:
    """What the tests of the target lack once so much is added, (..., 3): score, functions share, origination share."""
    rule, tests = effort.growth.given.rule, effort.tests(additions)
    has_quota = effort.target >= rule.quota_from
    lacking = [
        effort.goal - effort.score(additions),
        rule.cut - tests.functions_share[..., effort.target],
        rule.quota_share - tests.origination_share[..., effort.target],
    ]
    found = np.stack(lacking, axis=-1)
    found = np.where(found <= EPS, 0.0, found)
    return np.where(np.array([True, True, has_quota]), found, np.nan)


def _left(after: Floats, first: Floats) -> Floats:
    """The mean part that is left of each gap that was there at first."""
    open_first = first > 0
    parts = np.where(open_first, after / np.where(open_first, first, 1.0), 0.0)
    left: Floats = parts.sum(axis=-1) / max(int(open_first.sum()), 1)
    return left
