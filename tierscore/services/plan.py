"""One plan as an answer: its additions in the order in which each helps most, where it leads, the levers for it."""

from __future__ import annotations

import numpy as np

from tierscore.engine.effort import Effort
from tierscore.engine.matrix import Floats
from tierscore.engine.path import Plan
from tierscore.engine.sequence import Advance, sequence
from tierscore.engine.threshold import EPS
from tierscore.services.levers import levers_of_plan, portfolio_of
from tierscore.services.listing import title
from tierscore.services.outlook import Outlook
from tierscore.services.planning import Planning
from tierscore.services.sheet import Answer, number
from tierscore.services.stage import Stage

GAPS = ("score", "functions_share", "origination_share")
SHORT_LEVER = ("code", "priority", "plan_priority", "plan_because")


def told(planning: Planning, stage: Stage, decision: Effort, plan: Plan) -> Answer:
    """A plan that starts from a stage; `planning` says at which prices."""
    _confirm(stage, decision, plan)
    tests, quota = decision.tests(plan.additions), decision.target >= decision.growth.given.rule.quota_from
    additions = [_addition(planning, decision, plan, step) for step in sequence(decision, plan.additions)]
    return {
        "to": planning.sheet.tier(decision.target),
        "additions": additions,
        "cost": sum(item["cost"] for item in additions),
        "proven_gap": plan.proven_gap,
        "holds_in": holds_in(planning, decision, plan),
        "score": float(decision.score(plan.additions)),
        "functions_share": number(tests.functions_share[decision.target]),
        "origination_share": number(tests.origination_share[decision.target]) if quota else None,
        **_levers(stage, decision, plan),
    }


def after(stage: Stage, decision: Effort, plan: Plan) -> Stage:
    """The stage once a plan is carried out, every region scored again."""
    return stage.after(decision.growth.given.direction * (plan.additions - decision.start))


def holds_in(planning: Planning, decision: Effort, plan: Plan) -> float | None:
    """The part of the draws in which a plan reaches its tier; None where none are asked for, or a value is assumed."""
    if planning.sampled is None or _assumes(decision):
        return None
    return planning.sampled.sample.part(plan.additions, decision.target)


def amount(planning: Planning, decision: Effort, plan: Plan, column: int) -> Answer:
    """How much of what, and what it costs; signed, so that a rank that gets better goes down."""
    made = float((plan.additions - decision.start)[column])
    return {
        "indicator": planning.sheet.scored[column].code,
        "add": int(decision.growth.given.direction[column]) * made,
        "unit": planning.sheet.scored[column].unit,
        "cost": planning.unit_cost(decision, column) * made,
    }


def parts_of(decision: Effort, additions: Floats) -> Floats:
    """Each addition's part of the cost, (indicators,), sum 1; all 0 where nothing is added."""
    made = additions - decision.start
    costs = decision.prices * made
    costs = np.where(made > 0, costs, 0.0)
    whole = costs.sum()
    return costs / whole if whole > 0 else costs


def _confirm(stage: Stage, decision: Effort, plan: Plan) -> None:
    """Every plan is scored again like any other edit and must reach the tier.

    Where a missing value is assumed to be known there is none to score: then the tier rule alone is asked.
    """
    reached = bool(decision.reaches(plan.additions))
    if reached and not _assumes(decision):
        found = after(stage, decision, plan)
        reached = bool(found.sheet.card.tier[found.row] >= decision.target)
    if not reached:
        raise RuntimeError("a plan does not reach its tier when it is scored again")


def _assumes(decision: Effort) -> bool:
    """Whether a missing value is taken as known."""
    return not np.isnan(decision.assumed).all()


def _addition(planning: Planning, decision: Effort, plan: Plan, step: Advance) -> Answer:
    """One addition, from where to where, at which price, and what the tests lack once it is made."""
    column, growth = step.column, decision.growth
    before, now = decision.scores(decision.start)[column], decision.scores(plan.additions)[column]
    current = float(growth.values[column] + growth.given.direction[column] * decision.start[column])
    own = amount(planning, decision, plan, column)
    return {
        **own,
        "title": title(planning.sheet.scored[column].title),
        "current": current,
        "value": current + own["add"],
        "unit_cost": planning.unit_cost(decision, column),
        "priced_by": planning.priced.priced_by[column],
        "score_before": float(before),
        "score_after": float(now),
        "score_gain": float(decision.effective[column] * (now - before)),
        "newly_supplies": bool(before < decision.threshold - EPS <= now),
        "leaves": {name: number(gap) for name, gap in zip(GAPS, step.gaps, strict=True)},
    }


def _levers(stage: Stage, decision: Effort, plan: Plan) -> Answer:
    """The levers that act on the plan, in short, and the fewest that answer all its additions."""
    sheet, row, target = stage.sheet, stage.row, decision.target
    needs, parts = Outlook.of(sheet, [row], target).needs_of(row), parts_of(decision, plan.additions)
    levers = levers_of_plan(sheet, row, target, needs, parts)
    return {
        "levers": [{name: lever[name] for name in SHORT_LEVER} for lever in levers if lever["plan_priority"] > 0],
        "portfolio": portfolio_of(sheet, row, target, parts, plan.additions > decision.start),
    }
