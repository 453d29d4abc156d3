"""The least effort that reaches a tier in at least a given part of a sample of draws (methodology, section 8)."""

from __future__ import annotations

import numpy as np

from tierscore.engine.effort import Effort
from tierscore.engine.matrix import Floats, Ints
from tierscore.engine.path import Plan, least_effort, trimmed
from tierscore.engine.sample import Confidence
from tierscore.engine.stairs import Stairs, climb

TURNS = (0.4, 0.3, 0.3)  # of the time, for each programme
CLOSE = 1e-3  # proven gap at which the search ends
PLACES = 16  # looked at between two additions, of which one is enough and the other not
LOOKS = 10


def least_confident_effort(effort: Effort, seconds: float) -> Plan | None:
    """The cheapest plan found that reaches the tier as the values are and in enough draws, and its proven gap.

    None where no addition within the limits does. Solved by turns: a programme over stairs bounds the cost from below
    and gives a plan, which is lowered as far as it holds; the next stairs are finer there.

    Parameters
    ----------
    effort : without draws to hold in, the plain `least_effort` is found.
    seconds : time limit of the whole search.
    """
    if effort.confidence is None:
        return least_effort(effort, seconds)
    everything = effort.everything
    if not effort.reaches(everything):
        return None
    already = float(effort.cost(effort.least))
    if effort.reaches(effort.least):
        return Plan(effort.least, already, already)
    plain = least_effort(effort.plain, seconds)
    if plain is not None and effort.reaches(plain.additions):
        return plain
    bound = already if plain is None else plain.bound
    return _by_turns(effort, effort.confidence, Plan(everything, float(effort.cost(everything)), bound), seconds)


def _by_turns(effort: Effort, confidence: Confidence, best: Plan, seconds: float) -> Plan:
    """`best` is what surely holds, and what no plan costs less than."""
    already = float(effort.cost(effort.least))
    best, stairs = _better(effort, best, best.additions, best.bound), Stairs.first(effort, confidence)
    for part in TURNS:
        if best.proven_gap < CLOSE:
            break
        found = climb(effort, confidence, stairs, part * seconds)
        tried = best.additions if found.additions is None else found.additions
        best = _better(effort, best, tried, already + found.bound)
        stairs = stairs.finer(effort, np.stack([best.additions, tried]), best.cost)
    return best


def _better(effort: Effort, best: Plan, additions: Floats, bound: float) -> Plan:
    """The cheaper one of a plan and another once it is lowered, with the higher bound."""
    if effort.reaches(additions):
        start = trimmed(effort, additions)
        dearest = np.argsort(-effort.unit_costs * (start - effort.least), kind="stable")
        lower = [lowered(effort, start, order) for order in (dearest, dearest[::-1])]
        tried = min(lower, key=lambda plan: float(effort.cost(plan)))
        if effort.cost(tried) < best.cost:
            best = Plan(tried, float(effort.cost(tried)), best.bound)
    return Plan(best.additions, best.cost, min(max(best.bound, bound), best.cost))


def lowered(effort: Effort, additions: Floats, order: Ints) -> Floats:
    """A plan that reaches the tier, lowered one addition after the other as far as it does."""
    plan = additions.copy()
    for column in order.tolist():
        if plan[column] > effort.least[column]:
            plan[column] = _lowest(effort, plan, column)
    return plan


def _lowest(effort: Effort, plan: Floats, column: int) -> float:
    """The lowest addition to one indicator with which a plan still reaches the tier, by looking between two."""
    whole = bool(effort.growth.given.integer[column])
    low, high = float(effort.least[column]), float(plan[column])
    for _ in range(LOOKS):
        places = np.linspace(low, high, PLACES + 2)[:-1]
        places = np.unique(np.floor(places)) if whole else places
        tried = np.tile(plan, (places.size, 1))
        tried[:, column] = places
        enough = effort.reaches(tried)
        high = float(places[enough].min(initial=high))
        low = float(places[~enough & (places < high)].max(initial=low))
        if low >= high or (whole and high - low <= 1):
            break
    return high
