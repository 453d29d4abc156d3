"""How much a gap needs each indicator, and so each lever (methodology, section 9). No effect size is claimed."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from tierscore.engine.gap import Gap
from tierscore.engine.matrix import Flags, Floats
from tierscore.engine.scorecard import Scorecard
from tierscore.framework.model import Framework, Lever


def needs(card: Scorecard, gap: Gap) -> Floats:
    """The mean over the unmet tests of each deficit's part in it: (gap's regions, indicators), a row sums to 1 or 0.

    For the score test a deficit's part is its score gain; for the functions test its effective weight; for the
    origination share its effective weight among the origination deficits. A test that no present indicator can
    answer, an origination share with nothing present, is left out: it rests on unknowns. So is the score test where
    the score is no weighted sum, as no gain of it is known then.
    """
    parts = _parts(card, gap)
    whole = parts.sum(axis=-1)
    counted = _unmet(card, gap) & (whole > 0)
    shares = parts / np.where(counted, whole, 1.0)[..., np.newaxis] * counted[..., np.newaxis]
    mean: Floats = shares.sum(axis=0) / np.maximum(counted.sum(axis=0), 1)[:, np.newaxis]
    return mean


def _parts(card: Scorecard, gap: Gap) -> Floats:
    """What each deficit weighs in the score, functions and origination tests: (3, regions, indicators)."""
    weight = np.where(gap.short, card.effective[gap.rows], 0.0)
    gain = np.where(gap.short & ~np.isnan(gap.gain), gap.gain, 0.0)
    return np.stack([gain, weight, weight * card.parameters.rule.origination])


def _unmet(card: Scorecard, gap: Gap) -> Flags:
    """Which of the three tests of its target each region fails: (3, regions)."""
    at_goal, tests = (gap.rows, gap.target), card.tests
    met = np.stack([tests.score_met[at_goal], tests.functions_met[at_goal], tests.share_met[at_goal]])
    return ~met & (gap.target >= 0)


def relevance(levers: Sequence[Lever], codes: Sequence[str]) -> Floats:
    """The declared relevance of each lever on each indicator: (levers, indicators), 0 where it does not act."""
    table = np.zeros((len(levers), len(codes)))
    columns = {code: place for place, code in enumerate(codes)}
    for row, lever in enumerate(levers):
        for code, value in lever.acts_on:
            table[row, columns[code]] = value
    return table


def applicable(framework: Framework, target: str, tags: Collection[str], is_group: bool) -> Flags:
    """Which levers of the framework may be applied: (levers,), by target tier, by tags, by being a group."""
    return np.array(
        [
            (not lever.tiers or target in lever.tiers)
            and (not lever.tags or bool(set(lever.tags) & set(tags)))
            and (is_group or not lever.groups_only)
            for lever in framework.levers
        ],
        dtype=bool,
    )


def order(priorities: Floats) -> list[int]:
    """Places of the levers with a priority above 0, highest first, then as in the catalogue."""
    above = (priorities > 0).tolist()
    return [place for place in np.argsort(-np.round(priorities, 12), kind="stable").tolist() if above[place]]
