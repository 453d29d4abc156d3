"""The parts of an audit against well-kept libraries, brute force and hand calculations."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from tests.engine.scoring import scored
from tests.frameworks import small_framework
from tierscore.engine import breaks, influence, reliability
from tierscore.engine.correlate import correlate
from tierscore.engine.describe import describe

QUICK = settings(max_examples=80, deadline=None)
TABLES = arrays(np.float64, (9, 3), elements=st.one_of(st.integers(-5, 5).map(float), st.just(np.nan)))
TABLE = {
    "R0": {"labs": 5.0, "share": 10.0, "rank": 3.0},
    "R1": {"labs": 15.0, "share": 30.0, "rank": 12.0},
    "R2": {"labs": 25.0, "share": 60.0, "rank": 20.0},
}


@QUICK
@given(TABLES)
def test_descriptions_are_those_of_pandas(table: np.ndarray) -> None:
    frame, found = pd.DataFrame(table), describe(table)
    for ours, theirs in (
        (found.count, frame.count()), (found.mean, frame.mean()), (found.median, frame.median()),
        (found.deviation, frame.std()), (found.least, frame.min()), (found.greatest, frame.max()),
        (found.skewness, frame.skew().where(frame.std() > 0)), (found.kurtosis, frame.kurt().where(frame.std() > 0)),
    ):  # fmt: skip
        assert ours == pytest.approx(theirs.to_numpy(), rel=1e-9, abs=1e-9, nan_ok=True)


def test_the_flags_of_a_description() -> None:
    columns = {
        "sparse": [1.0, 2.0, 3.0, *[np.nan] * 8],
        "constant": [4.0] * 11,
        "skewed": [*map(float, range(1, 11)), 100.0],
        "uneven": [0.0] * 7 + [1.0, 2.0, 3.0, 4.0],
        "fine": [*map(float, range(11))],
    }
    found = describe(np.array(list(columns.values())).T)
    told = [{name for name, flags in found.flags.items() if flags[place]} for place in range(5)]
    assert told == [{"sparse"}, {"constant", "uneven"}, {"skewed"}, {"uneven"}, set()]


@QUICK
@given(TABLES)
def test_correlations_are_scipys_over_the_common_units(table: np.ndarray) -> None:
    found = correlate(table)
    for one, other in combinations(range(3), 2):
        both = table[~np.isnan(table[:, [one, other]]).any(axis=1)][:, [one, other]]
        if len(both) < 3 or (np.ptp(both, axis=0) == 0).any():
            assert np.isnan(found.pearson[one, other])
            continue
        assert found.pearson[one, other] == pytest.approx(stats.pearsonr(*both.T).statistic, abs=1e-9)
        assert found.spearman[one, other] == pytest.approx(stats.spearmanr(*both.T).statistic, abs=1e-9)
        assert found.kendall[one, other] == pytest.approx(stats.kendalltau(*both.T).statistic, abs=1e-9)


def test_alpha_by_hand() -> None:
    """Items 1 2 3 and 2 4 6: variances 1 and 4, of the sum 9, so 2 (1 - 5/9)."""
    table = np.array([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0], [9.0, np.nan]])
    assert reliability.cronbach(table) == pytest.approx(8 / 9, rel=1e-12)
    assert np.isnan(reliability.cronbach(table[:, :1]))
    assert np.isnan(reliability.cronbach(table[3:]))
    assert reliability.standardised(np.full((3, 3), 0.5)) == pytest.approx(3 * 0.5 / 2.0)


def test_components_account_for_all_variance_and_give_back_the_correlations() -> None:
    table = np.random.default_rng(0).normal(size=(30, 4)) @ np.diag([1, 2, 3, 4]) + np.arange(30)[:, np.newaxis]
    found = reliability.components(table)
    assert found is not None
    assert found.explained.sum() == pytest.approx(1.0)
    assert found.loadings @ found.loadings.T == pytest.approx(np.corrcoef(table, rowvar=False), abs=1e-9)
    assert reliability.components(np.ones((5, 2))) is None


def least_squares(scores: np.ndarray, count: int) -> float:
    """By trying every way to cut the sorted scores."""
    ordered = np.sort(scores)
    tries = (np.split(ordered, list(cuts)) for cuts in combinations(range(1, len(ordered)), count - 1))
    return min(sum(((part - part.mean()) ** 2).sum() for part in parts) for parts in tries)


@QUICK
@given(st.lists(st.integers(0, 60), min_size=4, max_size=9, unique=True), st.integers(2, 4))
def test_natural_breaks_have_the_least_squares_of_all_cuts(values: list[int], count: int) -> None:
    scores = np.array(values, dtype=float)
    labels = breaks.natural_breaks(scores, count)
    found = sum(((scores[labels == label] - scores[labels == label].mean()) ** 2).sum() for label in range(count))
    assert found == pytest.approx(least_squares(scores, count), abs=1e-9)


@pytest.mark.parametrize("method", breaks.METHODS)
def test_clear_groups_are_found_by_every_method_lowest_first(method: str) -> None:
    scores = np.array([81.0, 10, 12, 11, 50, 52, 80, 51, 82])
    found = breaks.group(scores, 3, method)
    assert found.classes.tolist() == [2, 0, 0, 0, 1, 1, 2, 1, 2]
    assert found.entries.tolist() == [50.0, 80.0]


@pytest.mark.parametrize("method", breaks.METHODS)
def test_fewer_different_scores_than_tiers_make_fewer_groups(method: str) -> None:
    assert breaks.group(np.array([5.0, 5.0, 9.0]), 4, method).classes.tolist() == [0, 0, 1]


def test_a_gain_is_what_scoring_the_edited_table_adds() -> None:
    """R0 with a sixth laboratory: 5 to 6 of the knots 0, 10, 20, 40 at 0, 40, 60, 100, weight a half: 2 points."""
    card = scored(TABLE, small_framework())
    found = influence.gains(card, 0)
    assert found[0] == pytest.approx(2.0, rel=1e-12)
    better = {**TABLE, "R0": TABLE["R0"] | {"share": 11.0}}
    assert found[1] == pytest.approx(scored(better, small_framework()).score[0] - card.score[0], rel=1e-12)
    assert found[2] > 0  # one rank up, not down
    table = influence.worth(found)
    assert table[0, 1] * table[1, 0] == pytest.approx(1.0)


def test_without_an_indicator_the_others_are_weighed_as_if_it_had_never_been() -> None:
    """Without the laboratories, the share and the rank weigh 0.6 and 0.4."""
    card = scored(TABLE, small_framework())
    found = {item.indicator: item for item in influence.without_each(card)}
    other = found["labs"].card
    assert other is not None
    assert other.score == pytest.approx(card.scores[:, 1] * 0.6 + card.scores[:, 2] * 0.4, rel=1e-12)
    assert found["labs"].rank_shift == np.abs(other.rank - card.rank).mean()


def test_influences_are_parts_of_one() -> None:
    card = scored(TABLE, small_framework())
    assert influence.influences(card).sum() == pytest.approx(1.0)
