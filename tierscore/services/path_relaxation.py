"""Why a tier is out of reach, and what would have to be otherwise, as answers."""

from __future__ import annotations

import numpy as np

from tierscore.engine.effort import Effort, Terms
from tierscore.engine.relax import Hold, Relaxation, holds
from tierscore.engine.sequence import gaps
from tierscore.engine.threshold import EPS
from tierscore.services.sheet import Answer, Sheet, number


def held(sheet: Sheet, decision: Effort, terms: Terms) -> list[Answer]:
    """The indicators that cannot be added to as far as their ceilings, and why."""
    kinds = holds(decision, terms)
    return [
        {
            "indicator": sheet.scored[column].code,
            "kind": Hold(int(kinds[column])).name.lower(),
            "weight": float(sheet.card.parameters.weights[column]),
        }
        for column in np.flatnonzero(kinds)
    ]


def at_most(sheet: Sheet, row: int, decision: Effort) -> list[Answer]:
    """Each test of the target: what is there when everything is added that may be, and what is needed."""
    rule, target = decision.growth.given.rule, decision.target
    everything = decision.everything
    tests = decision.tests(everything)
    found = [
        ("coverage", sheet.card.coverage[row], sheet.framework.min_coverage),
        ("score", decision.score(everything), rule.thresholds[target]),
        ("functions_share", tests.functions_share[target], rule.cut),
    ]
    if target >= rule.quota_from:
        found.append(("origination_coverage", tests.origination_coverage, rule.quota_coverage))
        found.append(("origination_share", tests.origination_share[target], rule.quota_share))
    score_met = gaps(decision, everything)[0] == 0  # the score may be compared rounded
    return [
        {
            "test": name,
            "most": number(most),
            "needed": float(needed),
            "met": bool(score_met if name == "score" else most >= needed - EPS),
        }
        for name, most, needed in found
    ]


def allowed(sheet: Sheet, found: Relaxation | None) -> list[Answer]:
    """What a relaxation lets be otherwise: up to where a held indicator goes, what a missing one would measure."""
    if found is None:
        return []
    return [_allowed(sheet, found, int(column)) for column in np.flatnonzero(found.holds)]


def _allowed(sheet: Sheet, found: Relaxation, column: int) -> Answer:
    kind, given = Hold(int(found.holds[column])), found.effort.growth.given
    known = kind == Hold.MISSING
    return {
        "indicator": given.codes[column],
        "kind": kind.name.lower(),
        "add": None if known else float(given.direction[column] * found.plan.additions[column]),
        "unit": sheet.scored[column].unit,
        "measure": sheet.scored[column].measure.kind,
        "measure_needed": number(given.entries[column, found.effort.target]) if known else None,
    }
