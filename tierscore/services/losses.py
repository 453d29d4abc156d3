"""The cushion in the other direction: the smallest losses that cost the present tier, in the indicators' own units."""

from __future__ import annotations

import numpy as np

from tierscore.engine.effort import Effort
from tierscore.engine.loss import losses
from tierscore.services.planning import Planning
from tierscore.services.sheet import Answer, number


def smallest_losses(planning: Planning) -> Answer | None:
    """Each indicator alone, the cheapest first, and the cheapest set of functions; null in the lowest tier and without
    one.
    """
    if planning.present <= 0:
        return None
    decision = planning.effort(planning.present)
    found = losses(decision)
    alone = np.flatnonzero(~np.isnan(found.alone)).tolist()
    return {
        "tier": planning.sheet.tier(planning.present),
        "alone": [
            _loss(planning, decision, column, found.alone[column])
            for column in sorted(alone, key=lambda column: (decision.prices[column] * found.alone[column], column))
        ],
        "functions": [
            _loss(planning, decision, int(column), found.functions[column]) for column in np.flatnonzero(found.together)
        ],
    }


def _loss(planning: Planning, decision: Effort, column: int, loss: float) -> Answer:
    """A loss as a change of the value: below 0 where more is better."""
    value, change = float(decision.growth.values[column]), -float(decision.growth.given.direction[column] * loss)
    return {
        "indicator": planning.sheet.scored[column].code,
        "value": value,
        "change": change,
        "left": value + change,
        "unit": planning.sheet.scored[column].unit,
        "cost": number(decision.prices[column] * loss),
    }
