"""What a missing value could change, by hand, on the small framework: weights 0.5, 0.3, 0.2; cut 2/3."""

from __future__ import annotations

import numpy as np
import pytest

from tests import nationwide
from tests.engine.scoring import scored
from tests.frameworks import small_framework
from tierscore.engine import unknown
from tierscore.engine.matrix import Floats
from tierscore.engine.pipeline import score

FRAMEWORK = small_framework()
TABLE = {
    "R0": {"labs": 40, "share": 50, "rank": None},
    "R1": {"labs": None, "share": 50, "rank": 1},
    "R2": {"labs": 12, "share": None, "rank": None},
}


def test_alone_lets_the_other_unknowns_be() -> None:
    card = scored({**TABLE, "CN": {"share": 100}}, FRAMEWORK)
    lowest, highest = unknown.alone(card.scores, FRAMEWORK, card.parameters)
    # R0 without its rank is high; a last rank would leave 0.5 x 100 + 0.3 x 80 = 74 and functions 0.8: still high
    assert (lowest[0, 2], highest[0, 2]) == (2, 2)
    # R1 is known for half of its weight, so it has no tier; without laboratories 0.3 x 80 + 20 = 44 and half the
    # functions: low; with many of them all tests hold
    assert card.tier[1] == -1
    assert (lowest[1, 0], highest[1, 0]) == (0, 2)
    # R2's share alone makes 0.8 of the weight known, its rank alone 0.7: each gives it some tier
    assert (lowest[2, 1], highest[2, 1]) == (0, 1)


def test_what_is_known_could_change_nothing() -> None:
    card = scored({**TABLE, "CN": {"share": 100}}, FRAMEWORK)
    lowest, highest = unknown.alone(card.scores, FRAMEWORK, card.parameters)
    known = ~np.isnan(card.scores)
    own = np.broadcast_to(card.tier[:, np.newaxis], known.shape)
    assert (lowest[known] == own[known]).all()
    assert (highest[known] == own[known]).all()


def test_bounds_fill_everything_at_once() -> None:
    card = scored({**TABLE, "CN": {"share": 100}}, FRAMEWORK)
    assert (card.lowest[1], card.highest[1]) == (0, 2)


def test_so_many_at_a_time_makes_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    framework = nationwide.framework(12, 24)
    card = score(nationwide.matrix(framework, gaps=0.3), framework)
    found = []
    for size in (1, 7, 5000):
        monkeypatch.setattr(unknown, "AT_A_TIME", size)
        for tiers in (unknown.alone, unknown.narrowed):
            found.append([part.tobytes() for part in tiers(card.scores, framework, card.parameters)])
    assert found[:2] == found[2:4] == found[4:]


def test_each_missing_value_is_tried_by_itself() -> None:
    """As the two functions are defined: one cell after the other, the region scored with it put in."""
    framework = nationwide.framework(6, 12)
    card = score(nationwide.matrix(framework, gaps=0.3), framework)
    missing = np.isnan(card.scores)
    worst, best = (np.where(missing, end, card.scores) for end in (0.0, 100.0))

    def tier_with(scores: Floats, row: int, column: int, value: float) -> int:
        filled = scores.copy()
        filled[row, column] = value
        return int(unknown.attained(filled, framework, card.parameters)[row])

    alone = unknown.alone(card.scores, framework, card.parameters)
    narrowed = unknown.narrowed(card.scores, framework, card.parameters)
    assert missing.sum() > 5
    for row, column in np.argwhere(missing):
        ends = [tier_with(card.scores, row, column, end) for end in (0.0, 100.0)]
        assert [tiers[row, column] for tiers in alone] == [min(ends), max(ends)]
        closer = [tier_with(worst, row, column, 100.0), tier_with(best, row, column, 0.0)]
        assert [tiers[row, column] for tiers in narrowed] == closer
