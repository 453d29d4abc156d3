"""What the missing values could change: the tiers when they are put at the scale's ends (methodology, section 5)."""

from __future__ import annotations

import numpy as np

from tierscore.engine import aggregate, nodes, tier
from tierscore.engine.matrix import Floats, Ints
from tierscore.engine.parameters import Parameters
from tierscore.engine.threshold import EPS
from tierscore.framework.model import Framework


def bounds(scores: Floats, framework: Framework, given: Parameters) -> tuple[Ints, Ints]:
    """Lowest and highest tier, (regions,) each, when every missing value is at the scale's minimum, or maximum."""
    filled = np.where(np.isnan(scores), _ends(framework), scores)
    lowest, highest = attained(filled, framework, given)
    return lowest, highest


def alone(scores: Floats, framework: Framework, given: Parameters) -> tuple[Ints, Ints]:
    """Lowest and highest tier that each missing value alone could lead to, the others as they are now.

    Returns
    -------
    (regions, indicators), (regions, indicators)
        Places of tiers, -1 where the data would still be insufficient. Where nothing is missing: the present tier.
    """
    count = scores.shape[-1]
    this_one = np.eye(count, dtype=bool)[:, np.newaxis, np.newaxis, :]
    filled = np.where(np.isnan(scores) & this_one, _ends(framework), scores)
    at_ends = attained(filled, framework, given)
    return at_ends.min(axis=1).T, at_ends.max(axis=1).T


def narrowed(scores: Floats, framework: Framework, given: Parameters) -> tuple[Ints, Ints]:
    """How far the bounds would close if one missing value were known: its part in their width.

    Returns
    -------
    (regions, indicators), (regions, indicators)
        The lowest tier if this value were at the scale's maximum and all other missing ones at the minimum; the
        highest if this one were at the minimum and the others at the maximum.
    """
    this_one = np.eye(scores.shape[-1], dtype=bool)[:, np.newaxis, np.newaxis, :]
    ends = _ends(framework)
    others_then_this = np.where(this_one, ends[::-1], ends)
    at_ends = attained(np.where(np.isnan(scores), others_then_this, scores), framework, given)
    return at_ends[:, 0].T, at_ends[:, 1].T


def attained(scores: Floats, framework: Framework, given: Parameters) -> Ints:
    """The tier of each region from its scores, (..., regions) from (..., regions, indicators); -1 for none."""
    present = ~np.isnan(scores)
    total = given.compared(nodes.tree_of(scores, given).values[given.index.code])
    enough = aggregate.coverage(present, given.weights) >= framework.min_coverage - EPS
    tests = tier.run_tests(scores, total, given.weights, given.rule)
    return np.where(enough & ~np.isnan(total), tier.highest(tests.met), -1)


def _ends(framework: Framework) -> Floats:
    return np.array([framework.scale.low, framework.scale.high])[:, np.newaxis, np.newaxis]
