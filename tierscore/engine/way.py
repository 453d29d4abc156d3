"""The whole way to a tier: step by step, in one leap, and the least relaxation where no plan reaches it.

(methodology, section 8.)
"""

from __future__ import annotations

from dataclasses import dataclass

from tierscore.engine.confident import least_confident_effort
from tierscore.engine.effort import Effort, Terms
from tierscore.engine.path import Plan, steps
from tierscore.engine.relax import Relaxation, relaxed

Step = tuple[Effort, Plan]


@dataclass(frozen=True)
class Way:
    """What a region's way to a tier comes to.

    effort : the decision.  steps : those that can be made, in order.  leap : None where the tier is out of reach.
    relaxation : then the least that would have to be otherwise, None where nothing helps; `relaxed_steps` : the steps
    with it, those before the blocked one as they are without. It is found without draws.
    unsure : whether the tier is within reach, only not in enough draws.
    """

    effort: Effort
    steps: tuple[Step, ...]
    leap: Plan | None
    relaxation: Relaxation | None = None
    relaxed_steps: tuple[Step, ...] = ()
    unsure: bool = False


def way(effort: Effort, terms: Terms, start: int, min_coverage: float, seconds: float) -> Way:
    """The least effort in steps and in one leap.

    Parameters
    ----------
    start : place of the present tier; the first step goes to the one after it.
    min_coverage : the weight that must be known.  seconds : time limit of each programme.
    """
    leap = least_confident_effort(effort, seconds)
    if leap is not None:
        return _possible(effort, leap, start, seconds)
    possible = tuple(steps(effort, start, seconds, least_confident_effort))
    if effort.plain.reaches(effort.everything):
        return Way(effort, possible, None, unsure=True)
    found = relaxed(effort.plain, terms, min_coverage, seconds)
    if found is None:
        return Way(effort, possible, None)
    return Way(effort, possible, None, found, possible + _further(found, possible, start, seconds))


def _possible(effort: Effort, leap: Plan, start: int, seconds: float) -> Way:
    """Steps and leap. A search in draws may find better steps than its leap; together they are one."""
    made = _steps(effort, start, leap, seconds)
    decision, last = made[-1]
    cost = float(effort.cost(last.additions))
    if effort.confidence is not None and decision.target == effort.target and cost < leap.cost:
        leap = Plan(last.additions, cost, min(leap.bound, cost))
    return Way(effort, made, leap)


def _steps(effort: Effort, start: int, leap: Plan, seconds: float) -> tuple[Step, ...]:
    """A single step is the leap."""
    alone = effort.target <= start + 1
    return ((effort, leap),) if alone else tuple(steps(effort, start, seconds, least_confident_effort))


def _further(found: Relaxation, possible: tuple[Step, ...], start: int, seconds: float) -> tuple[Step, ...]:
    """From the first blocked step on, what the relaxation allows."""
    if not possible:
        return _steps(found.effort, start, found.plan, seconds)
    decision, plan = possible[-1]
    return tuple(steps(found.effort.from_here(plan.additions), decision.target, seconds))
