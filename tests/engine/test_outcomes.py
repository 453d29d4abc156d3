"""What draws say of each region, from a few that are written down by hand."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import evaluations
from tests.engine.scoring import scored
from tests.frameworks import small_framework
from tierscore.engine.ensemble import Ensemble
from tierscore.engine.matrix import Floats, Ints
from tierscore.engine.outcomes import _outranking, outcomes, rank_shift, ties
from tierscore.engine.scorecard import Scorecard
from tierscore.framework.parse import parse

NONE = np.nan
TABLE = {
    "R0": {"labs": 20.0, "share": 30.0, "rank": 3.0},
    "R1": {"labs": 5.0, "share": 10.0, "rank": 20.0},
    "R2": {"rank": 25.0},
}
# Four draws of three regions; R2 has too little known in the first two, and its tier is a lucky one in the third.
SCORES = [[50.0, 40.0, NONE], [45.0, 45.0, NONE], [61.0, 38.0, 70.0], [30.0, 39.0, NONE]]
TIERS = [[1, 1, -1], [1, 0, -1], [2, 0, 2], [0, 0, -1]]
RANKS = [[1, 2, 0], [1, 1, 0], [2, 3, 1], [2, 1, 0]]


@pytest.fixture
def card() -> Scorecard:
    """R0 is in the middle and first, R1 low and second, R2 not assessed: only 0.2 of its weight is known."""
    found = scored({**TABLE, "CN": {"share": 100.0}}, replace(small_framework(), min_coverage=0.6))
    assert found.assessed.tolist() == [True, True, False]
    return replace(found, tier=np.array([1, 0, -1]), rank=np.array([1, 2, 0]))


@pytest.fixture
def draws() -> Ensemble:
    return Ensemble(np.array(SCORES), np.array(TIERS), np.array(RANKS))


def test_probabilities_are_parts_of_the_draws(card: Scorecard, draws: Ensemble) -> None:
    """R0 is low once, in the middle twice, high once; R1 is low three times, in the middle once."""
    found = outcomes(card, draws)
    assert found.tiers[:2].tolist() == [[0.25, 0.5, 0.25], [0.75, 0.25, 0.0]]
    assert found.none[:2].tolist() == [0.0, 0.0]


def test_at_least_the_present_tier(card: Scorecard, draws: Ensemble) -> None:
    """R0's present tier is the middle one: three of four; R1's the lowest: always."""
    assert outcomes(card, draws).at_least_present[:2].tolist() == [0.75, 1.0]


def test_what_is_not_assessed_has_no_numbers(card: Scorecard, draws: Ensemble) -> None:
    found = outcomes(card, draws)
    for values in (found.tiers[2], found.none[2], found.at_least_present[2], found.scores[2], found.ranks[2]):
        assert np.isnan(values).all()


def test_draws_without_a_tier_are_told_apart(card: Scorecard, draws: Ensemble) -> None:
    """In two of four draws too little of R1's weight is known: no tier then, and quantiles of the other two."""
    scores, tiers, ranks = draws.scores.copy(), draws.tiers.copy(), draws.ranks.copy()
    scores[2:, 1], tiers[2:, 1], ranks[2:, 1] = NONE, -1, 0
    found = outcomes(card, Ensemble(scores, tiers, ranks))
    assert found.none[1] == 0.5
    assert found.tiers[1].tolist() == [0.25, 0.25, 0.0]
    assert found.at_least_present[1] == 0.5
    assert found.scores[1] == pytest.approx([40.25, 42.5, 44.75])  # of 40 and 45: 0.05, 0.5, 0.95 of the way
    assert found.ranks[1].tolist() == [1.0, 1.0, 2.0]


def test_a_region_without_a_tier_in_any_draw_has_no_quantiles(card: Scorecard, draws: Ensemble) -> None:
    scores, tiers, ranks = draws.scores.copy(), draws.tiers.copy(), draws.ranks.copy()
    scores[:, 1], tiers[:, 1], ranks[:, 1] = NONE, -1, 0
    found = outcomes(card, Ensemble(scores, tiers, ranks))
    assert (found.none[1], found.tiers[1].tolist(), found.at_least_present[1]) == (1.0, [0.0] * 3, 0.0)
    assert np.isnan([found.scores[1], found.ranks[1]]).all()
    assert not np.isnan(found.scores[0]).any()


def test_quantiles_of_scores_lie_between_draws_and_those_of_ranks_do_not(card: Scorecard, draws: Ensemble) -> None:
    """Of 30, 45, 50, 61 at (4 - 1) x 0.05 = 0.15, 1.5 and 2.85 steps; of ranks 1, 1, 2, 2 the 1st, 2nd and 4th."""
    found = outcomes(card, draws)
    assert found.scores[0] == pytest.approx([30 + 0.15 * 15, 45 + 0.5 * 5, 50 + 0.85 * 11])
    assert found.ranks[:2].tolist() == [[1.0, 1.0, 2.0], [1.0, 1.0, 3.0]]


def test_outranking_counts_who_is_above_whom(card: Scorecard, draws: Ensemble) -> None:
    """R0 is above R1 in the 1st and 3rd draw, equal in the 2nd; R2 has a score in the 3rd only, and is above both."""
    assert outcomes(card, draws).outranking.tolist() == [[0.0, 0.5, 0.0], [0.25, 0.0, 0.0], [0.25, 0.25, 0.0]]


def test_outranking_compares_what_ranks_compare(card: Scorecard) -> None:
    """A difference of less than 1e-9 is none; a framework may round more."""
    indicators = [evaluations.indicator("a", evaluations.MINMAX)]
    sort = {"method": "score_bands", "decimals": 2}
    regions = {"period": 2021, "regions": list(TABLE)}
    rounding = parse(evaluations.document(indicators, sort=sort, reference=regions))
    coarse = scored({code: {"a": float(place)} for place, code in enumerate(TABLE)}, rounding)
    near = np.array([[40.0, 40.0 + 1e-10, 40.004]])
    found = Ensemble(near, np.zeros((1, 3), dtype=np.int64), np.ones((1, 3), dtype=np.int64))
    assert outcomes(card, found).outranking.tolist() == [[0.0] * 3, [0.0] * 3, [1.0, 1.0, 0.0]]
    assert outcomes(coarse, found).outranking.tolist() == [[0.0] * 3] * 3


def test_outranking_of_many_draws(card: Scorecard) -> None:
    """More draws than a chunk has, and more than one number of 16 bits holds: two of three are R0's."""
    scores = np.tile(np.array([[2.0, 1.0, NONE], [3.0, 1.0, NONE], [0.0, 1.0, NONE]]), (30_000, 1))
    found = Ensemble(scores, np.zeros(scores.shape, dtype=np.int64), np.ones(scores.shape, dtype=np.int64))
    outranking = outcomes(card, found).outranking
    assert (outranking[0, 1], outranking[1, 0]) == (2 / 3, 1 / 3)


@pytest.mark.parametrize("regions", [3, 64, 65, 300])
def test_outranking_of_many_regions(regions: int) -> None:
    """Pair by pair, with scores that are equal and some that are missing."""
    random = np.random.default_rng(3)
    scores = random.integers(0, 40, (280, regions)).astype(float)
    scores[random.random(scores.shape) < 0.1] = np.nan
    expected = np.array([(scores[:, [row]] > scores).mean(axis=0) for row in range(regions)])
    assert (_outranking(scores) == expected).all()


@pytest.mark.parametrize("counted", [[True, False, False, True], [False, True, True, False]])
def test_only_the_counted_draws_say_anything(card: Scorecard, draws: Ensemble, counted: list[bool]) -> None:
    """Of a Saltelli design the first and the last row of a block; as if there were no others."""
    flags = np.array(counted)
    some = Ensemble(draws.scores[flags], draws.tiers[flags], draws.ranks[flags])
    found, expected = outcomes(card, draws, flags), outcomes(card, some)
    for name in ("tiers", "none", "at_least_present", "scores", "ranks", "outranking"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
    assert found.ties == expected.ties


# --- tie groups ---------------------------------------------------------------------------------------------------


def chances(above: dict[tuple[int, int], float], regions: int = 3) -> Floats:
    found = np.full((regions, regions), 0.5)
    for pair, value in above.items():
        found[pair] = value
    return found


def test_a_group_goes_by_its_first_one() -> None:
    """R1 outranks R2 for sure, but R0, the first of their group, does not."""
    order = np.array([1, 2, 3])
    assert ties(order, chances({(0, 1): 0.90, (1, 2): 0.97, (0, 2): 0.94})) == ((0, 1, 2),)


def test_who_is_outranked_for_sure_begins_a_group_of_its_own() -> None:
    """R2 is outranked by the first of the group before, R1 is not; 0.95 is sure."""
    order = np.array([1, 2, 3])
    assert ties(order, chances({(0, 1): 0.949, (0, 2): 0.95})) == ((0, 1), (2,))
    assert ties(order, chances({(0, 1): 0.95, (1, 2): 0.95})) == ((0,), (1,), (2,))
    assert ties(order, chances({(0, 1): 0.95, (0, 2): 1.0, (1, 2): 0.5})) == ((0,), (1, 2))


def test_groups_follow_the_present_ranks_and_leave_out_who_has_none() -> None:
    assert ties(np.array([3, 0, 1, 2]), chances({(2, 3): 1.0}, 4)) == ((2,), (3, 0))
    assert ties(np.array([0, 0, 0]), chances({})) == ()


def test_equal_ranks_stand_in_the_order_of_the_framework() -> None:
    assert ties(np.array([1, 1, 3]), chances({(0, 2): 1.0})) == ((0, 1), (2,))


def test_how_sure_is_sure_can_be_said() -> None:
    order = np.array([1, 2, 3])
    assert ties(order, chances({(0, 1): 0.8, (1, 2): 0.8}), confidence=0.75) == ((0,), (1,), (2,))


RANK = st.lists(st.integers(0, 5), min_size=1, max_size=6).map(np.array)


@given(RANK, st.data())
def test_groups_hold_everybody_with_a_rank_once(rank: Ints, data: st.DataObject) -> None:
    count = rank.size
    rows = st.lists(st.floats(0, 1), min_size=count, max_size=count)
    outranking = np.array(data.draw(st.lists(rows, min_size=count, max_size=count)))
    groups = ties(rank, outranking)
    told = [row for group in groups for row in group]
    assert sorted(told) == np.flatnonzero(rank > 0).tolist()
    assert (np.diff(rank[told]) >= 0).all()
    for group, following in pairwise(groups):
        assert all(outranking[group[0], row] < 0.95 for row in group[1:])
        assert outranking[group[0], following[0]] >= 0.95


# --- how far ranks move -------------------------------------------------------------------------------------------


def test_the_mean_distance_from_the_present_ranks(card: Scorecard, draws: Ensemble) -> None:
    """Present ranks 1, 2 and none: moved by 0 and 0, 0 and 1, 1 and 1, 1 and 1 places, of two regions each time."""
    assert rank_shift(card, draws.ranks).tolist() == [0.0, 0.5, 1.0, 1.0]


def test_who_has_no_rank_in_a_draw_moves_nothing(card: Scorecard) -> None:
    assert rank_shift(card, np.array([[3, 0, 1], [0, 0, 1]])).tolist() == [2.0, 0.0]
