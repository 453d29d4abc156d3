"""Winsorising and the logarithmic fallback, by hand and against scipy's moments."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from tierscore.engine.treat import Limits, log_of, passes, shape, treat, winsorise

NOTHING = np.zeros(1, dtype=bool)
TABLES = arrays(np.float64, (12, 3), elements=st.integers(-50, 50).map(float))
QUICK = settings(max_examples=80, deadline=None)


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)[:, np.newaxis]


ONE_HIGH = column(*range(1, 11), 100)
ONE_LOW = -ONE_HIGH
TWO_EQUAL_HIGH = column(*range(1, 21), 200, 200)


def test_one_outlier_becomes_the_next_value() -> None:
    """1 to 10 and 100: skewness 3.2, kurtosis 10.5; with 10 in its place the column is nearly even."""
    found = treat(ONE_HIGH, Limits())
    assert found.values.ravel().tolist() == [*range(1, 11), 10]
    assert np.flatnonzero(found.replaced).tolist() == [10]
    assert not found.logged.any()


def test_the_side_of_the_skew_decides_which_end_is_cut() -> None:
    assert treat(ONE_LOW, Limits()).values.ravel().tolist() == [*range(-1, -11, -1), -10]


def test_ties_go_together_and_count_each() -> None:
    found = treat(TWO_EQUAL_HIGH, Limits())
    assert found.values.ravel().tolist() == [*range(1, 21), 20, 20]
    assert found.replaced.sum() == 2


def test_what_still_fails_goes_back_and_on_a_logarithmic_scale() -> None:
    """Powers of 4: with the greatest at the second greatest, the two still stand far above the other 28."""
    powers = column(*(4.0**exponent for exponent in range(30)))
    found = treat(powers, Limits(max_points=1))
    assert found.logged.tolist() == [True]
    assert not found.replaced.any()
    width = 4.0**29 - 1.0
    assert found.values[:, 0] == pytest.approx(np.log(powers[:, 0] - 1.0 + 0.01 * width))


def test_enough_replaced_cells_end_it_and_the_column_that_passes_then_stays() -> None:
    now, replaced = winsorise(ONE_HIGH, Limits(max_points=1), NOTHING)
    assert replaced.sum() == 1
    assert passes(now, Limits()).all()


@pytest.mark.parametrize(
    "values", [(0.1, 0.1, 0.1, 0.7), (3.3, 3.3, 1.1, 3.3), (2.302585092994046,) * 3 + (1.2039728043259361,)]
)
def test_a_column_that_stands_on_the_limit_fails_whatever_floats_make_of_it(values: tuple[float, ...]) -> None:
    """Three alike and one apart: the skewness is 2 or -2 by the formula, the kurtosis 4; nothing is below a limit."""
    skew, kurtosis = shape(column(*values))
    assert (abs(float(skew[0])), float(kurtosis[0])) == pytest.approx((2.0, 4.0))
    assert not passes(column(*values), Limits()).any()


def test_an_exempt_column_stays_as_it_is() -> None:
    found = treat(ONE_HIGH, Limits(), exempt=~NOTHING)
    assert found.values.tolist() == ONE_HIGH.tolist()
    assert not found.logged.any()


def test_missing_stays_missing_and_moves_nothing() -> None:
    """The same column with gaps gives the same values around them."""
    gaps = np.insert(ONE_HIGH.ravel(), [0, 5], np.nan)[:, np.newaxis]
    found = treat(gaps, Limits()).values.ravel()
    assert np.flatnonzero(np.isnan(found)).tolist() == np.flatnonzero(np.isnan(gaps)).tolist()
    assert found[~np.isnan(found)].tolist() == treat(ONE_HIGH, Limits()).values.ravel().tolist()


def test_a_column_without_spread_or_with_few_values_passes() -> None:
    assert passes(column(3.0, 3.0, 3.0, 3.0), Limits()).all()
    assert passes(column(1.0, 100.0), Limits()).all()
    assert np.isnan(log_of(column(3.0, 3.0))).all()


@QUICK
@given(TABLES)
def test_the_moments_are_scipys(values: np.ndarray) -> None:
    """Type 2: what scipy calls not biased."""
    spread = values.std(axis=0) > 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = stats.skew(values, bias=False), stats.kurtosis(values, bias=False)
    for ours, theirs in zip(shape(values), expected, strict=True):
        assert ours[spread] == pytest.approx(theirs[spread], rel=1e-9, abs=1e-9)


@QUICK
@given(st.lists(TABLES, min_size=2, max_size=4))
def test_many_tables_at_once_are_each_as_alone(tables: list[np.ndarray]) -> None:
    together = treat(np.stack(tables), Limits())
    for place, table in enumerate(tables):
        alone = treat(table, Limits())
        assert np.array_equal(together.values[place], alone.values, equal_nan=True)
        assert np.array_equal(together.replaced[place], alone.replaced)


@QUICK
@given(TABLES)
def test_no_more_is_replaced_than_asked_but_for_ties_and_order_is_kept(values: np.ndarray) -> None:
    now, replaced = winsorise(values, Limits(), np.zeros(3, dtype=bool))
    for place in range(values.shape[1]):
        order = np.argsort(values[:, place], kind="stable")
        assert (np.diff(now[order, place]) >= 0).all()
        assert (now[~replaced[:, place], place] == values[~replaced[:, place], place]).all()
