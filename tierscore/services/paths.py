"""The least effort that reaches a tier: plans, what blocks them, their levers (methodology, sections 8 and 9)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tierscore.engine.effort import Effort
from tierscore.engine.matrix import Floats
from tierscore.engine.path import Plan, alternatives, least_effort
from tierscore.engine.relax import Relaxation
from tierscore.engine.way import Step, Way
from tierscore.reports.words import LANGUAGES, Words
from tierscore.services.answer import summary
from tierscore.services.confidence import SEED
from tierscore.services.levers import levers_of_plan, portfolio_of
from tierscore.services.losses import smallest_losses
from tierscore.services.merging import merging
from tierscore.services.outlook import Outlook
from tierscore.services.path_relaxation import allowed, at_most, held
from tierscore.services.path_terms import ignored
from tierscore.services.plan import after, holds_in, parts_of, told
from tierscore.services.planning import Planning
from tierscore.services.sheet import Answer

REASONS = {
    "attained": "The tier is attained already.",
    "top": "There is no tier above this one.",
    "not_reachable": "No plan within the limits reaches the tier.",
    "not_sure": "No plan within the limits reaches the tier in as many draws as asked for.",
}
NOTHING: Answer = {
    "cost": None,
    "steps": [],
    "one_leap": None,
    "alternatives": [],
    "levers": [],
    "portfolio": None,
    "relaxation": None,
    "merging": None,
}


def answer(planning: Planning) -> Answer:
    """The whole answer to a path that is asked for."""
    head = _head(planning) | {"losses": smallest_losses(planning), "confidence": _confidence(planning)}
    if planning.attained:
        word = "top" if planning.target < 0 else "attained"
        return head | NOTHING | {"feasible": True if word == "attained" else None, "reason": _reason(word)}
    found = planning.way
    sheet, decision = planning.sheet, found.effort
    blocked = {
        "tests": at_most(sheet, planning.stage.row, decision),
        "held": held(sheet, decision, planning.priced.terms),
    }
    return head | {
        "feasible": found.leap is not None,
        "reason": None if found.leap else _reason("not_sure" if found.unsure else "not_reachable") | blocked,
        **_plans(planning, decision, found.steps, found.leap),
        "alternatives": _alternatives(planning, found),
        "relaxation": _relaxation(planning, found.relaxation, found.relaxed_steps),
        "merging": merging(planning),
    }


def _confidence(planning: Planning) -> Answer | None:
    """What is asked of the plans in the draws, and what the target comes to there without and with everything."""
    found, decision = planning.sampled, planning.decision if planning.target > 0 else None
    if found is None or decision is None or decision.confidence is None:
        return None
    sample = found.sample
    return {
        "asked": planning.asked.confidence,
        "draws": sample.size,
        "needed": decision.confidence.needed,
        "seed": SEED,
        "factors": list(found.factors),
        "holds_now": sample.part(decision.start, decision.target),
        "holds_at_most": sample.part(decision.everything, decision.target),
        "without": _without(planning, decision.plain),
    }


def _without(planning: Planning, decision: Effort) -> Answer | None:
    """The least effort if the values as they are decided alone; None where they do not reach the tier."""
    plan = least_effort(decision, planning.asked.time_limit)
    return None if plan is None else {"cost": plan.cost, "holds_in": holds_in(planning, decision, plan)}


def _head(planning: Planning) -> Answer:
    """Whose way it is, from where, to where."""
    stage, given = planning.stage, summary(planning.sheet, planning.stage.row)
    return {
        **{name: given[name] for name in ("region", "period", "status", "tier", "score")},
        "lead": None if stage.group is None else stage.regions.card.matrix.regions[stage.lead],
        "integration": None if stage.group is None else stage.integration,
        "target": planning.sheet.tier(planning.target),
        "ignored": ignored(stage, planning.asked),
    }


def _reason(word: str) -> Answer:
    text = {language: Words(language).say(REASONS[word]) for language in LANGUAGES}
    return {"code": word, "text": text, "tests": [], "held": []}


def _plans(planning: Planning, decision: Effort, steps: tuple[Step, ...], leap: Plan | None) -> Answer:
    """Steps, leap, what the steps cost together, and the levers for all that is added on the way."""
    found = list(_steps(planning, steps))
    made = steps[-1][1].additions if steps else np.zeros(decision.start.size)
    return {
        "cost": None if leap is None else sum(step["cost"] for step in found),
        "steps": found,
        "one_leap": None if leap is None else told(planning, planning.stage, decision, leap),
        **_levers(planning, decision, made),
    }


def _steps(planning: Planning, steps: tuple[Step, ...]) -> Iterator[Answer]:
    """Each step from where the one before it ended."""
    stage, place = planning.stage, planning.present
    for decision, plan in steps:
        yield {"from": planning.sheet.tier(place), **told(planning, stage, decision, plan)}
        stage, place = after(stage, decision, plan), decision.target


def _levers(planning: Planning, decision: Effort, additions: Floats) -> Answer:
    """The levers for the gap and for everything that is added, with passages and what the user expects of them."""
    sheet, row, target = planning.sheet, planning.stage.row, planning.target
    needs, parts = Outlook.of(sheet, [row], target).needs_of(row), parts_of(decision, additions)
    levers = levers_of_plan(sheet, row, target, needs, parts)
    return {
        "levers": [lever | {"expected_effects": _expected(planning, lever["code"], additions)} for lever in levers],
        "portfolio": portfolio_of(sheet, row, target, parts, additions > 0),
    }


def _expected(planning: Planning, lever: str, additions: Floats) -> list[Answer]:
    """What the user expects of a lever, marked as theirs, and how many times it would be needed for what is added."""
    columns = planning.sheet.card.parameters.columns
    return [
        {
            "indicator": item.indicator,
            "effect": item.effect,
            "cost": item.cost,
            "times_needed": float(additions[columns[item.indicator]]) / item.effect,
            "expected_by": "user",
        }
        for item in planning.asked.expected_effects
        if item.lever == lever
    ]


def _alternatives(planning: Planning, found: Way) -> list[Answer]:
    """Other plans in one leap that cost little more; none are looked for in draws."""
    if found.leap is None or planning.asked.alternatives == 0 or planning.sampled is not None:
        return []
    asked, decision = planning.asked, found.effort
    others = alternatives(decision, found.leap, asked.tolerance, asked.alternatives, asked.time_limit)
    plans = [told(planning, planning.stage, decision, plan) for plan in (found.leap, *others)]
    return [plan | {"dearer_by": plan["cost"] - plans[0]["cost"]} for plan in plans[1:]]


def _relaxation(planning: Planning, found: Relaxation | None, steps: tuple[Step, ...]) -> Answer | None:
    """What would have to be otherwise, and the plans then."""
    if found is None:
        return None
    return {"allows": allowed(planning.sheet, found), **_plans(planning, found.effort, steps, found.plan)}
