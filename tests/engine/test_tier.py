"""The tier rule, by hand, on the small framework: thresholds 0, 40, 60; weights 0.5, 0.3, 0.2; cut 2/3."""

from __future__ import annotations

import numpy as np
import pytest

from tests.frameworks import small_framework
from tierscore.engine import tier
from tierscore.engine.parameters import parameters

GIVEN = parameters(small_framework())


def run(*scores: float) -> tier.Tests:
    """The tests of one region whose score is the weighted mean of what is present."""
    values = np.array([scores])
    present = ~np.isnan(values)
    total = np.nansum(values * GIVEN.weights, axis=1) / (present @ GIVEN.weights)
    return tier.run_tests(values, total, GIVEN.weights, GIVEN.rule)


def attained(*scores: float) -> int:
    return int(tier.highest(run(*scores).met)[0])


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ((40, 40, 40), 1),
        ((100, 0, 0), 0),  # score 50, but only 0.5 of the weight is supplied at 40: one great base buys no tier
        ((60, 60, 60), 2),
        ((60, 39, 60), 1),  # 0.7 of the weight at 60 and 0.5/0.8 of origination, but the score is 53.7
        ((90, 39, 60), 2),  # score 68.7, functions 0.7, origination share 0.5/0.8 = 0.625
        ((39.9999999999, 40, 40), 1),  # within 1e-9 of the border
        ((39.99999999, 40, 40), 0),
    ],
)
def test_attained_tier(scores: tuple[float, ...], expected: int) -> None:
    assert attained(*scores) == expected


def test_the_first_tier_always_holds() -> None:
    assert attained(0, 0, 0) == 0


def test_two_thirds_is_enough_to_the_last_bit() -> None:
    framework = small_framework(
        index={"code": "index", "children": [{"indicator": code, "weight": 1} for code in ("labs", "share", "rank")]}
    )
    given = parameters(framework)
    tests = tier.run_tests(np.array([[80.0, 40, 0]]), np.array([40.0]), given.weights, given.rule)
    assert tests.functions_share[0, 1] == pytest.approx(2 / 3, abs=1e-15)
    assert tests.functions_met[0, 1]


def test_shares_are_of_the_weight_present() -> None:
    tests = run(np.nan, 40, 39)
    # present 0.3 + 0.2; supplied at 40: 0.3
    assert tests.functions_share[0, 1] == pytest.approx(0.6)
    assert tests.origination_coverage[0] == pytest.approx(0.3 / 0.8)


def test_unproven_is_a_tier_that_only_origination_coverage_denies() -> None:
    tests = run(np.nan, 60, 60)
    # score 60, functions 1, origination share 1, but only 0.3 of 0.8 of origination is known
    assert tier.unproven(tests)[0].tolist() == [False, False, True]
    assert tier.highest(tests.met)[0] == 1


def test_origination_with_nothing_present_has_no_share_and_is_not_met() -> None:
    tests = run(np.nan, np.nan, 100)
    assert np.isnan(tests.origination_share[0]).all()
    assert not tests.share_met[0, 2]
    assert not tier.unproven(tests)[0].any()


def test_uneven_functions_lie_two_tiers_above_the_region() -> None:
    supply = tier.supplied(np.array([[100.0, 0, 0]]), GIVEN.rule.thresholds)
    assert tier.uneven(supply, np.array([0]))[0].tolist() == [True, False, False]
    assert not tier.uneven(supply, np.array([-1])).any()
    assert not tier.uneven(supply, np.array([1])).any()
