"""What the missing values could change: the tiers when they are put at the scale's ends (methodology, section 5)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tierscore.engine import aggregate, nodes, tier
from tierscore.engine.matrix import Floats, Ints
from tierscore.engine.parameters import Parameters
from tierscore.engine.threshold import EPS
from tierscore.framework.model import Framework

AT_A_TIME = 5000


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
    present = attained(scores, framework, given)
    found = np.repeat(np.stack([present, present])[..., np.newaxis], scores.shape[-1], axis=-1)
    for rows, columns in _missing(scores):
        filled = np.stack([scores[rows], scores[rows]])
        filled[:, np.arange(rows.size), columns] = _ends(framework)[:, 0]
        at_ends = attained(filled, framework, given)
        found[:, rows, columns] = at_ends.min(axis=0), at_ends.max(axis=0)
    return found[0], found[1]


def narrowed(scores: Floats, framework: Framework, given: Parameters) -> tuple[Ints, Ints]:
    """How far the bounds would close if one missing value were known: its part in their width.

    Returns
    -------
    (regions, indicators), (regions, indicators)
        The lowest tier if this value were at the scale's maximum and all other missing ones at the minimum; the
        highest if this one were at the minimum and the others at the maximum.
    """
    found = np.repeat(np.stack(bounds(scores, framework, given))[..., np.newaxis], scores.shape[-1], axis=-1)
    ends = _ends(framework)
    for rows, columns in _missing(scores):
        filled = np.where(np.isnan(scores[rows]), ends, scores[rows])
        filled[:, np.arange(rows.size), columns] = ends[::-1, 0]
        found[:, rows, columns] = attained(filled, framework, given)
    return found[0], found[1]


def _missing(scores: Floats) -> Iterator[tuple[Ints, Ints]]:
    """Rows and columns of the missing values, so many at a time: each is a row of its own to be scored."""
    rows, columns = np.nonzero(np.isnan(scores))
    for start in range(0, rows.size, AT_A_TIME):
        yield rows[start : start + AT_A_TIME], columns[start : start + AT_A_TIME]


def attained(scores: Floats, framework: Framework, given: Parameters) -> Ints:
    """The tier of each region from its scores, (..., regions) from (..., regions, indicators); -1 for none."""
    present = ~np.isnan(scores)
    total = given.compared(nodes.tree_of(scores, given).values[given.index.code])
    enough = aggregate.coverage(present, given.weights) >= framework.min_coverage - EPS
    tests = tier.run_tests(scores, total, given.weights, given.rule)
    return np.where(enough & ~np.isnan(total), tier.highest(tests.met), -1)


def _ends(framework: Framework) -> Floats:
    return np.array([framework.scale.low, framework.scale.high])[:, np.newaxis, np.newaxis]
