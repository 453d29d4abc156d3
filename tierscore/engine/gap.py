"""The gap to a target tier, and the raw values that would close each deficit (methodology, section 7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tierscore.engine import knots, measure, normalise, transform
from tierscore.engine.matrix import Flags, Floats, Ints
from tierscore.engine.parameters import Parameters
from tierscore.engine.scorecard import Scorecard
from tierscore.engine.threshold import EPS

# Whole additions tried around the exact one: one below and two above cover its rounding and the tolerance.
TRIED_STEPS = np.array([-1.0, 0.0, 1.0, 2.0])


@dataclass(frozen=True)
class Gap:
    """The way of each region to its target.

    target : (regions,), place of the tier, -1 for none: then everything else of that region is NaN or False.
    score_gap, functions_gap : (regions,), 0 or more.  coverage_gap, share_gap : of the origination quota, NaN where
    the target has none (share_gap also where nothing is present).
    short : (regions, indicators), present functions not supplied at the target.
    required : raw values that supply them, NaN where none does.  gain : what each adds to the score.
    """

    target: Ints
    score_gap: Floats
    functions_gap: Floats
    coverage_gap: Floats
    share_gap: Floats
    short: Flags
    required: Floats
    gain: Floats


def next_tier(card: Scorecard) -> Ints:
    """The place of each region's next tier: the second one without a tier, -1 at the top."""
    count = card.parameters.rule.thresholds.size
    following = np.where(card.tier < 0, 1, card.tier + 1)
    return np.where(following < count, following, -1)


def towards(card: Scorecard, target: Ints) -> Gap:
    """The gap of every region of a scorecard to its own target tier, (regions,) places of tiers or -1."""
    rule, tests = card.parameters.rule, card.tests
    some = target >= 0
    goal = np.where(some, rule.thresholds[target], np.nan)
    at_goal = (np.arange(target.size), target)
    short = card.scores < goal[:, np.newaxis] - EPS
    quota = np.where(some & (target >= rule.quota_from), 1.0, np.nan)
    return Gap(
        target=target,
        score_gap=np.maximum(0.0, goal - card.score),
        functions_gap=np.where(some, np.maximum(0.0, rule.cut - tests.functions_share[at_goal]), np.nan),
        coverage_gap=quota * np.maximum(0.0, rule.quota_coverage - tests.origination_coverage),
        share_gap=quota * np.maximum(0.0, rule.quota_share - tests.origination_share[at_goal]),
        short=short,
        required=np.where(short, required(card, target), np.nan),
        gain=np.where(short & card.parameters.linear, card.effective * (goal[:, np.newaxis] - card.scores), np.nan),
    )


def required(card: Scorecard, target: Ints) -> Floats:
    """The raw value of each cell that just reaches the target's entry, everything else as it is.

    A share's own addition grows the nation's total too. Whole-number indicators take the fewest whole steps, decided
    by scoring again; the others the exact entry. NaN where no value reaches it.

    Parameters
    ----------
    target : (regions,)
        Places of tiers; a region without a target (-1) gets the entry of the top tier, to be ignored.

    Returns
    -------
    (regions, indicators)
        In the indicators' units.
    """
    given, values = card.parameters, card.measured.cells.values
    steps = given.direction * (_exact(card, given.entries.T[target]) - values)
    whole = _fewest_whole(card, steps, given.rule.thresholds[target])
    return values + given.direction * np.where(given.integer, whole, steps)


def _exact(card: Scorecard, entry: Floats) -> Floats:
    """The raw value at the entry: x + (bN - x)/(1 - b) for a share b, as the addition grows the total N too."""
    given, values = card.parameters, card.measured.cells.values
    share = np.where(given.share & (entry < 100.0), entry / 100.0, np.nan)
    own_growth = (share * card.measured.totals - values) / (1.0 - share)
    own_growth = np.where(card.measured.totals + own_growth > 0, own_growth, np.nan)  # nothing is a share of nothing
    amount = entry * card.measured.denominators / given.scale
    return np.where(given.share, values + own_growth, np.where(given.per, amount, entry))


def _fewest_whole(card: Scorecard, steps: Floats, goal: Floats) -> Floats:
    given = card.parameters
    tried = np.maximum(0.0, np.floor(steps) + TRIED_STEPS[:, np.newaxis, np.newaxis])
    moved = card.measured.cells.values + given.direction * tried
    share = 100.0 * moved / measure.positive(card.measured.totals + given.direction * tried)
    amount = given.scale * moved / card.measured.denominators
    values = np.where(given.share, share, np.where(given.per, amount, moved))
    reached = _scored(values, given) >= goal[:, np.newaxis] - EPS
    fewest = np.take_along_axis(tried, reached.argmax(axis=0)[np.newaxis], axis=0)[0]
    return np.where(reached.any(axis=0), fewest, np.nan)


def _scored(values: Floats, given: Parameters) -> Floats:
    """Scores of measures by the declared numbers alone; NaN where they depend on more."""
    if given.only_knots:
        return knots.score(values, given.knots, given.knot_scores)
    changed = values if given.transforms is None else _transformed(values, given.transforms)
    declared = [scheme for scheme in given.schemes if scheme.method in normalise.DECLARED]
    return normalise.normalise(changed, declared)


def _transformed(values: Floats, names: Sequence[str]) -> Floats:
    """Tried values may leave the domain of a transform; they reach nothing then."""
    tried = values.copy()
    for column, name in enumerate(names):
        low = tried[..., column] < 0 if name == "sqrt" else tried[..., column] <= 0
        tried[..., column] = np.where(low & (name != "none"), np.nan, tried[..., column])
    return transform.transform(tried, names)


def exemplars(card: Scorecard, row: int, target: int, among: Scorecard | None = None, count: int = 3) -> list[int]:
    """Rows of the regions with at least the target tier nearest in score, by |difference|, then code; never itself.

    `among` are the reference regions where the row is none of them.
    """
    if np.isnan(card.score[row]):
        return []
    others = card if among is None else among
    places = [int(place) for place in np.flatnonzero(others.tier >= target) if others is not card or place != row]
    distance = np.round(np.abs(others.score - card.score[row]), 9)  # equal but for float noise is equal
    return sorted(places, key=lambda place: (distance[place], others.matrix.regions[place]))[:count]
