"""Derived weights, by hand and against their defining properties; entropy, CRITIC and deviation also against pymcdm."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tierscore.engine import weighting
from tierscore.engine.refused import Refused

QUICK = settings(max_examples=60, deadline=None)
TABLES = arrays(np.float64, (12, 4), elements=st.integers(-30, 30).map(float))


def test_entropy_by_hand() -> None:
    """Columns (1, 1) and (1, 3): E of the first is 1; the second has all the information there is."""
    assert weighting.entropy(np.array([[1.0, 1.0], [1.0, 3.0]])) == pytest.approx([0.0, 1.0], abs=1e-15)
    part = np.array([0.5, 0.5, 0.0]), np.array([0.25, 0.25, 0.5])
    spread = [1 + sum(p * math.log(p) for p in column if p > 0) / math.log(3) for column in part]
    found = weighting.entropy(np.array([[2.0, 1.0], [2.0, 1.0], [0.0, 2.0]]))
    assert found == pytest.approx(np.array(spread) / sum(spread), rel=1e-12)


def test_ahp_of_consistent_judgements_gives_back_the_weights() -> None:
    weights = np.array([0.5, 0.3, 0.2])
    pairwise = weights[:, np.newaxis] / weights
    assert weighting.ahp(pairwise) == pytest.approx(weights, rel=1e-12)
    assert weighting.consistency(pairwise) == pytest.approx(0.0, abs=1e-12)


def test_ahp_of_saaty_s_house_example() -> None:
    """Saaty (1980) prints a largest eigenvalue of 9.669 and a ratio of 0.17 for the eight criteria: it is refused."""
    upper = {
        (0, 1): 5, (0, 2): 3, (0, 3): 7, (0, 4): 6, (0, 5): 6, (0, 6): 1 / 3, (0, 7): 1 / 4,
        (1, 2): 1 / 3, (1, 3): 5, (1, 4): 3, (1, 5): 3, (1, 6): 1 / 5, (1, 7): 1 / 7,
        (2, 3): 6, (2, 4): 3, (2, 5): 4, (2, 6): 6, (2, 7): 1 / 5,
        (3, 4): 1 / 3, (3, 5): 1 / 4, (3, 6): 1 / 7, (3, 7): 1 / 8,
        (4, 5): 1 / 2, (4, 6): 1 / 5, (4, 7): 1 / 6,
        (5, 6): 1 / 5, (5, 7): 1 / 6,
        (6, 7): 1 / 2,
    }  # fmt: skip
    pairwise = np.ones((8, 8))
    for (row, column), value in upper.items():
        pairwise[row, column], pairwise[column, row] = value, 1 / value
    assert weighting.consistency(pairwise) == pytest.approx(0.17, abs=0.005)
    with pytest.raises(Refused, match="contradict"):
        weighting.ahp(pairwise)


@QUICK
@given(TABLES)
def test_balanced_weights_leave_every_child_equally_correlated(table: np.ndarray) -> None:
    try:
        weights = weighting.balanced(table)
    except Refused:
        return
    if np.linalg.cond(np.corrcoef(table, rowvar=False)) > 1e6:
        return
    whole = table @ weights
    found = [np.corrcoef(column, whole)[0, 1] for column in table.T]
    assert found == pytest.approx([found[0]] * 4, abs=1e-7)


@QUICK
@given(TABLES, st.sampled_from(["equal", "critic", "deviation", "variation", "pca", "balanced"]))
def test_derived_weights_sum_to_one_and_follow_the_columns(table: np.ndarray, method: str) -> None:
    """Turning the columns round turns the weights round; the order of units is irrelevant."""
    try:
        weights = weighting.derive(method, table)
        turned = weighting.derive(method, table[::-1, ::-1])
    except Refused:
        return
    assert weights.sum() == pytest.approx(1.0, rel=1e-12)
    assert (weights >= 0).all()
    if method != "pca":  # rotation has no single answer where components are alike
        assert turned[::-1] == pytest.approx(weights, rel=1e-6, abs=1e-9)


def test_varimax_turns_blocks_back_to_their_axes() -> None:
    """Loadings of two separate blocks, turned by 30 degrees, come back up to order and sign."""
    blocks = np.array([[0.9, 0.0], [0.8, 0.0], [0.0, 0.7], [0.0, 0.9]])
    angle = math.pi / 6
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    found = np.abs(weighting.varimax(blocks @ turn))
    assert sorted(found.max(axis=1)) == pytest.approx([0.7, 0.8, 0.9, 0.9], abs=1e-5)
    assert found.min(axis=1) == pytest.approx([0, 0, 0, 0], abs=1e-5)


def test_the_benefit_of_the_doubt_with_bounds_is_no_better_than_without() -> None:
    scores = np.array([[0.9, 0.1, 0.5], [0.2, 0.8, 0.6], [0.4, 0.4, 0.4], [np.nan, 1.0, 1.0]])
    free, bound = weighting.best_of_each(scores, 0.0, 1.0), weighting.best_of_each(scores, 0.2, 0.5)
    best, held = (scores * free).sum(axis=1), (scores * bound).sum(axis=1)
    assert (best[:3] >= held[:3] - 1e-9).all()
    assert np.isnan(best[3])
    parts = scores[:3] * bound[:3] / held[:3, np.newaxis]
    assert ((parts >= 0.2 - 1e-9) & (parts <= 0.5 + 1e-9)).all()
    for weights in free[:3]:
        assert (scores[:3] @ weights <= 1 + 1e-9).all()


@pytest.mark.parametrize(
    ("method", "table", "says"),
    [
        ("entropy", [[-1.0, 1.0], [1.0, 2.0]], "below 0"),
        ("entropy", [[0.0, 1.0], [0.0, 2.0]], "is 0 for every unit"),
        ("critic", [[1.0, 1.0], [1.0, 2.0]], "the same for every unit"),
        ("critic", [[1e-300, 1.0], [2e-300, 2.0]], "the same for every unit"),
        ("pca", [[1e-300, 1.0], [2e-300, 2.0], [3e-300, 1.0]], "the same for every unit"),
        ("variation", [[-1.0, 1.0], [1.0, 2.0]], "mean of 0"),
        ("balanced", [[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]], "balance"),
        ("deviation", [[1.0, 2.0], [1.0, 2.0]], "as even as the others"),
        ("entropy", [[1.0, np.nan], [np.nan, 2.0], [1.0, 1.0]], "nothing is left"),
    ],
)
def test_what_cannot_be_derived_says_why(method: str, table: list[list[float]], says: str) -> None:
    with pytest.raises(Refused, match=says):
        weighting.derive(method, np.array(table))
