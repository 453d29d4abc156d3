"""The least effort that reaches a tier, in one leap or step by step, and other plans that cost little more.

(methodology, section 8.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from tierscore.engine.choices import Choices, choices
from tierscore.engine.effort import Effort
from tierscore.engine.matrix import Flags, Floats
from tierscore.engine.programme import COST_SCALE, Exclusion, Found, Solving, Tangents, solve
from tierscore.engine.refine import refined

CLOSE = 1e-8  # proven gap at which a plan is the best one
ROUNDS = 12
SIGHTINGS = 4  # quick turns, nothing whole, that show where curves are to be bounded
PATIENCE = 3  # turns after which counted curves go in whole steps in the programme too
LEAST_COST = 1e-12
LEAST_SCALED = 10.0  # a scaled cost below this is too near the solver's own tolerance of 1e-6


@dataclass(frozen=True)
class Plan:
    """Additions that reach a tier.

    additions : (indicators,), in all.  cost : beyond what was added before.  bound : no plan costs less.
    """

    additions: Floats
    cost: float
    bound: float

    @property
    def proven_gap(self) -> float:
        """By what part of its cost a better plan may be cheaper; 0 for the best."""
        return 0.0 if self.cost <= self.bound + CLOSE * max(1.0, self.cost) else (self.cost - self.bound) / self.cost


def least_effort(effort: Effort, seconds: float, excluded: Exclusion | None = None) -> Plan | None:
    """The cheapest plan; None where no addition within the limits reaches the tier.

    Solved by turns: the programme bounds the cost from below, its choices with the continuous part solved exactly
    from above; tangents there bring both together.

    Parameters
    ----------
    seconds : time limit of each programme; a plan that is not proven best then says so by its bound.
    """
    if not effort.reaches(effort.everything):
        return None
    excluded = excluded or Exclusion()
    if not excluded.sets and effort.reaches(effort.least):
        cost = float(effort.cost(effort.least))
        return Plan(effort.least, cost, cost)
    best = _by_turns(effort, choices(effort), seconds, excluded)
    if best is None and not excluded.sets:  # nothing found in time: what is surely enough, taken back where it can be
        plan = trimmed(effort, effort.everything)
        return Plan(plan, float(effort.cost(plan)), float(effort.cost(effort.least)))
    return best


def lower_bound(effort: Effort, seconds: float) -> float:
    """What no plan costs less than, quickly: nothing need be whole. Infinite where no plan reaches."""
    if effort.reaches(effort.least):
        return float(effort.cost(effort.least))
    if not effort.open.any():
        return np.inf
    how, decided = Solving(COST_SCALE, seconds, relaxed=True), choices(effort)
    found = solve(effort, decided, Tangents.first(decided), Exclusion(), how)
    return np.inf if found is None else float(effort.cost(effort.least)) + found.bound


def _by_turns(effort: Effort, decided: Choices, seconds: float, excluded: Exclusion) -> Plan | None:
    best: Plan | None = None
    already, bound = float(effort.cost(effort.least)), 0.0
    tangents, scale = _sighted(effort, decided, seconds, excluded)
    for turn in range(ROUNDS):
        whole_steps = bool(decided.whole.all()) or turn >= PATIENCE
        found = solve(effort, decided, tangents, excluded, Solving(scale, seconds, whole_steps))
        if found is None:
            break
        bound = max(bound, found.bound)
        additions = refined(effort, decided, found)
        best = _cheaper(effort, best, additions, already + bound)
        if best is not None:
            if best.proven_gap == 0 and (best.cost - already) * scale >= LEAST_SCALED:
                break
            scale = max(scale, COST_SCALE * LEAST_SCALED / max(best.cost - already, LEAST_COST))
        tangents = _sharper(decided, tangents, found, additions)
    return best


def _sighted(effort: Effort, decided: Choices, seconds: float, excluded: Exclusion) -> tuple[Tangents, float]:
    """Tangents near the solution, and the scale of its cost, by programmes in which nothing need be whole."""
    tangents, bound, scale = Tangents.first(decided), 0.0, COST_SCALE
    for _ in range(SIGHTINGS):
        found = solve(effort, decided, tangents, excluded, Solving(scale, seconds, relaxed=True))
        if found is None or found.bound <= bound * (1.0 + CLOSE):
            break
        bound = found.bound
        scale = COST_SCALE * LEAST_SCALED / max(bound, LEAST_COST)
        if not (decided.pieces.bend > 0).any():
            break
        tangents = _sharper(decided, tangents, found, None)
    return tangents, scale


def _cheaper(effort: Effort, best: Plan | None, additions: Floats | None, bound: float) -> Plan | None:
    """The better of two plans, with the newest bound."""
    if additions is not None and (best is None or effort.cost(additions) < best.cost):
        best = Plan(additions, float(effort.cost(additions)), bound)
    return None if best is None else Plan(best.additions, best.cost, min(best.cost, bound))


def _sharper(decided: Choices, tangents: Tangents, found: Found, additions: Floats | None) -> Tangents:
    """Tangents where the programme stands, and where the exact plan does."""
    pieces = decided.pieces
    curved = np.flatnonzero(pieces.bend > 0)
    sharper = tangents.and_at(curved, found.part[curved])
    if additions is None:
        return sharper
    part = np.clip((additions[pieces.owner] - pieces.base) / pieces.length, 0.0, 1.0)
    return sharper.and_at(curved, part[curved])


def trimmed(effort: Effort, additions: Floats) -> Floats:
    """A plan without what it does not need: the dearest additions first are left out where the tier holds without."""
    plan = additions.copy()
    for place in np.argsort(-effort.unit_costs * (additions - effort.least), kind="stable"):
        tried = plan.copy()
        tried[place] = effort.least[place]
        plan = tried if effort.reaches(tried) else plan
    return plan


def steps(
    effort: Effort, start: int, seconds: float, find: Callable[[Effort, float], Plan | None] = least_effort
) -> Iterator[tuple[Effort, Plan]]:
    """One plan for each tier from the one after `start` to the effort's own, each from where the last one ended.

    Ends before the first tier that cannot be reached. `find` is what finds a plan within so many seconds.
    """
    here = effort
    for target in range(start + 1, effort.target + 1):
        here = here.towards(target)
        plan = find(here, seconds)
        if plan is None:
            return
        yield here, plan
        here = here.from_here(plan.additions)


def alternatives(effort: Effort, best: Plan, tolerance: float, most: int, seconds: float) -> list[Plan]:
    """Other plans, cheapest first, none of which takes all the indicators of one before it.

    Parameters
    ----------
    tolerance : the part of the best plan's cost by which they may be dearer.
    most : how many at most.
    """
    limit = best.cost + tolerance * abs(best.cost) - float(effort.cost(effort.least))
    sets: list[Flags] = [_used(effort, best)]
    found: list[Plan] = []
    while len(found) < most and sets[-1].any():
        plan = least_effort(effort, seconds, Exclusion(tuple(sets), limit * (1.0 + CLOSE)))
        if plan is None:
            break
        found.append(plan)
        sets.append(_used(effort, plan))
    return found


def _used(effort: Effort, plan: Plan) -> Flags:
    used: Flags = plan.additions > effort.least
    return used
