"""The least effort that reaches a tier as one sentence with its numbers, for assessments (methodology, section 8)."""

from __future__ import annotations

import numpy as np

from tierscore.engine.effort import Effort, Terms, effort, refuse_unplannable
from tierscore.engine.gap import next_tier
from tierscore.engine.path import Plan, least_effort
from tierscore.engine.refused import Refused
from tierscore.reports import path as sentences
from tierscore.reports.words import LANGUAGES, Words
from tierscore.services.listing import title
from tierscore.services.path_relaxation import at_most
from tierscore.services.sheet import Answer, Sheet

SECONDS = 2.0


def short_path(sheet: Sheet, row: int, target: int | None) -> Answer | None:
    """One leap on the default terms; None where there is no tier to reach, or it is attained."""
    card = sheet.card
    goal = int(next_tier(card)[row]) if target is None else target
    if goal < 0 or card.tier[row] >= goal:
        return None
    try:
        refuse_unplannable(card)
        decision = effort(card, row, goal, _default_terms(sheet))
    except Refused:
        return _told(sheet, row, goal, None, None)
    return _told(sheet, row, goal, decision, least_effort(decision, SECONDS))


def _default_terms(sheet: Sheet) -> Terms:
    nothing = np.full(len(sheet.card.parameters.codes), np.nan)
    return Terms(movable=sheet.card.parameters.actionable, costs=nothing, most=nothing, fixed=nothing)


def _told(sheet: Sheet, row: int, goal: int, decision: Effort | None, plan: Plan | None) -> Answer:
    found: Answer = {
        "target": sheet.tier(goal),
        "feasible": None if decision is None else plan is not None,
        "cost": None if plan is None else plan.cost,
        "additions": [] if decision is None or plan is None else _additions(sheet, decision, plan),
    }
    lacking = [] if decision is None or plan is not None else at_most(sheet, row, decision)
    steps = goal - max(int(sheet.card.tier[row]), 0)
    titles = {tier.code: title(tier.title) for tier in sheet.framework.tiers}
    titles |= {item.code: title(item.title) for item in sheet.scored}
    text = {name: sentences.sentence(found, lacking, steps, titles, Words(name)) for name in LANGUAGES}
    return found | {"text": text}


def _additions(sheet: Sheet, decision: Effort, plan: Plan) -> list[Answer]:
    """In the framework's order."""
    return [
        {
            "indicator": sheet.scored[column].code,
            "add": float(decision.growth.given.direction[column] * plan.additions[column]),
            "unit": sheet.scored[column].unit,
            "cost": float(decision.unit_costs[column] * plan.additions[column]),
        }
        for column in np.flatnonzero(plan.additions > 0)
    ]
