"""What merging alone contributes to a group's way: the same way side by side and added up, at the prices asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from tierscore.engine.effort import Effort
from tierscore.engine.path import Plan
from tierscore.services.path_relaxation import allowed
from tierscore.services.plan import amount
from tierscore.services.planning import Planning
from tierscore.services.sheet import Answer

ENDS = {"side_by_side": 0.0, "added_up": 1.0}


def merging(planning: Planning) -> Answer | None:
    """Both ends of integration at the prices of the degree asked for, and what is saved.

    Null for a single region, and where plans must hold in draws.
    """
    group = planning.stage.group
    if group is None or len(group.members) == 1 or planning.sampled is not None:
        return None
    told = {name: _end(_at(planning, degree)) for name, degree in ENDS.items()}
    return told | {"saved": _saved(told["side_by_side"], told["added_up"])}


def _at(planning: Planning, integration: float) -> Planning:
    """The same way at another degree; what is asked for is solved already."""
    if integration == planning.stage.integration:
        return planning
    terms, prices = planning.priced.terms, planning.effort().prices
    costs = np.where(np.isnan(terms.costs), prices, terms.costs)
    same_prices = replace(planning.priced, terms=replace(terms, costs=costs))
    return replace(planning, stage=planning.stage.at(integration), priced=same_prices)


def _end(planning: Planning) -> Answer:
    """The way from one end, with its relaxation where it needs one."""
    head: Answer = {
        "integration": planning.stage.integration,
        "tier": planning.sheet.tier(planning.present),
        "feasible": True,
        "allows": [],
        "cost": 0.0,
        "steps": [],
        "one_leap": None,
    }
    return head if planning.attained else head | _plans(planning)


def _plans(planning: Planning) -> Answer:
    found, relaxation = planning.way, planning.way.relaxation
    decision, leap = (relaxation.effort, relaxation.plan) if relaxation else (found.effort, found.leap)
    steps = [_brief(planning, *step) for step in (found.relaxed_steps if relaxation else found.steps)]
    return {
        "feasible": found.leap is not None,
        "allows": allowed(planning.sheet, relaxation),
        "cost": None if leap is None else sum(step["cost"] for step in steps),
        "steps": steps,
        "one_leap": None if leap is None else _brief(planning, decision, leap),
    }


def _brief(planning: Planning, decision: Effort, plan: Plan) -> Answer:
    made = np.flatnonzero(plan.additions > decision.start)
    additions = [amount(planning, decision, plan, int(column)) for column in made]
    return {
        "to": planning.sheet.tier(decision.target),
        "cost": sum(item["cost"] for item in additions),
        "additions": additions,
    }


def _saved(apart: Answer, together: Answer) -> Answer | None:
    """What all steps need less once added up; null where one end is let do what the other is not."""
    allows = [[item["indicator"] for item in end["allows"]] for end in (apart, together)]
    if apart["cost"] is None or together["cost"] is None or allows[0] != allows[1]:
        return None
    rows = [*_additions(apart), *_additions(together)]
    units = {item["indicator"]: item["unit"] for item in rows}
    return {
        "cost": apart["cost"] - together["cost"],
        "additions": [
            {"indicator": code, "side_by_side": _sum(apart, code), "added_up": _sum(together, code), "unit": unit}
            for code, unit in units.items()
        ],
    }


def _additions(end: Answer) -> Iterator[Answer]:
    return (item for step in end["steps"] for item in step["additions"])


def _sum(end: Answer, indicator: str) -> float:
    return sum((item["add"] for item in _additions(end) if item["indicator"] == indicator), 0.0)
