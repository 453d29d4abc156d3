"""The gap to a target tier, and the raw values that would close each deficit (methodology, section 7)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tierscore.engine.growth import Growth
from tierscore.engine.matrix import Flags, Floats, Ints
from tierscore.engine.scorecard import Scorecard
from tierscore.engine.threshold import EPS


@dataclass(frozen=True)
class Gap:
    """The way of each region to its target; all arrays are of those regions, in that order.

    rows : (regions,), their places in the scorecard.
    target : (regions,), place of the tier, -1 for none: then everything else of that region is NaN or False.
    score_gap, functions_gap : (regions,), 0 or more.  coverage_gap, share_gap : of the origination quota, NaN where
    the target has none (share_gap also where nothing is present).
    short : (regions, indicators), present functions not supplied at the target.
    required : raw values that supply them, NaN where none does.  gain : what each adds to the score.
    """

    rows: Ints
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


def towards(card: Scorecard, target: Ints, rows: Ints | None = None) -> Gap:
    """The gap to its own target tier of every region, or of those in some rows; `target` has a place or -1 for each."""
    rows = np.arange(card.score.size) if rows is None else rows
    rule, tests, scores = card.parameters.rule, card.tests, card.scores[rows]
    some = target >= 0
    goal = np.where(some, rule.thresholds[target], np.nan)
    short = scores < goal[:, np.newaxis] - EPS
    quota = np.where(some & (target >= rule.quota_from), 1.0, np.nan)
    gain = card.effective[rows] * (goal[:, np.newaxis] - scores)
    return Gap(
        rows=rows,
        target=target,
        score_gap=np.maximum(0.0, goal - card.score[rows]),
        functions_gap=np.where(some, np.maximum(0.0, rule.cut - tests.functions_share[rows, target]), np.nan),
        coverage_gap=quota * np.maximum(0.0, rule.quota_coverage - tests.origination_coverage[rows]),
        share_gap=quota * np.maximum(0.0, rule.quota_share - tests.origination_share[rows, target]),
        short=short,
        required=np.where(short, required(card, target, rows), np.nan),
        gain=np.where(short & card.parameters.linear, gain, np.nan),
    )


def required(card: Scorecard, target: Ints, rows: Ints) -> Floats:
    """The raw value of each cell of some rows that just reaches the target's entry, everything else as it is.

    A share's own addition grows the nation's total too. Whole-number indicators take the fewest whole steps, decided
    by scoring again; the others the exact entry. NaN where no value reaches it.

    Parameters
    ----------
    target : (rows,)
        Places of tiers; a region without a target (-1) gets the entry of the top tier, to be ignored.

    Returns
    -------
    (rows, indicators)
        In the indicators' units.
    """
    given, growth = card.parameters, Growth.of(card).row(rows)
    steps = growth.addition_to(given.entries.T[target])
    whole = growth.fewest_whole(steps, given.rule.thresholds[target][:, np.newaxis])
    return growth.values + given.direction * np.where(given.integer, whole, steps)


def exemplars(card: Scorecard, row: int, target: int, among: Scorecard | None = None, count: int = 3) -> list[int]:
    """Rows of the regions with at least the target tier nearest in score, by |difference|, then code; never itself.

    `among` are the reference regions where the row is none of them.
    """
    if np.isnan(card.score[row]):
        return []
    others = card if among is None else among
    places = np.flatnonzero(others.tier >= target)
    if others is card:
        places = places[places != row]
    distance = np.round(np.abs(others.score[places] - card.score[row]), 9)  # equal but for float noise is equal
    if count < places.size:
        near = ~(distance > np.partition(distance, count - 1)[count - 1])
        places, distance = places[near], distance[near]
    found = sorted(
        zip(distance.tolist(), (others.matrix.regions[place] for place in places), places.tolist(), strict=True)
    )
    return [place for *_, place in found[:count]]
