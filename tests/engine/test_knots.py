"""The value function through knots."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierscore.engine import knots

SHARE = np.array([[0, 4.4, 7, 10, 16]])
RANK = np.array([[31.0, 8, 6, 4, 1]])
SCORES = np.array([0.0, 40, 60, 80, 100])


@pytest.mark.parametrize(
    ("measured", "expected"),
    [(-1, 0), (0, 0), (2.2, 20), (4.4, 40), (5.7, 50), (7, 60), (10, 80), (13, 90), (16, 100), (99, 100)],
)
def test_share_between_and_outside_the_knots(measured: float, expected: float) -> None:
    # 5.7 is half of the way from 4.4 to 7, so half of the way from 40 to 60.
    assert knots.score(np.array([measured]), SHARE, SCORES)[0] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("rank", "expected"), [(31, 0), (19.5, 20), (8, 40), (7, 50), (4, 80), (1, 100), (0, 100)])
def test_falling_knots(rank: float, expected: float) -> None:
    assert knots.score(np.array([rank]), RANK, SCORES)[0] == pytest.approx(expected, abs=1e-12)


def test_a_knot_scores_exactly_its_threshold() -> None:
    assert knots.score(SHARE.T, np.repeat(SHARE, 1, axis=0), SCORES).ravel().tolist() == [0, 40, 60, 80, 100]


def test_missing_stays_missing() -> None:
    assert np.isnan(knots.score(np.array([np.nan]), SHARE, SCORES)[0])


@given(st.floats(-5, 40), st.floats(-5, 40))
def test_never_falls(first: float, second: float) -> None:
    low, high = knots.score(np.array([[min(first, second)], [max(first, second)]]), SHARE, SCORES)[:, 0]
    assert low <= high
    falling = knots.score(np.array([[min(first, second)], [max(first, second)]]), RANK, SCORES)[:, 0]
    assert falling[0] >= falling[1]


def test_draws_are_one_call() -> None:
    measured = np.random.default_rng(0).uniform(0, 20, (5, 3, 1))
    at_once = knots.score(measured, SHARE, SCORES)
    assert at_once.shape == (5, 3, 1)
    assert (at_once[2] == knots.score(measured[2], SHARE, SCORES)).all()
