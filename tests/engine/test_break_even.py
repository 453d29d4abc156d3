"""The degree of integration from which a tier is reached, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engine.scoring import matrix_of
from tests.frameworks import indicator, small_framework
from tierscore.engine.break_even import DEGREES, break_even, tiers_by_degree
from tierscore.engine.pipeline import score
from tierscore.engine.pooling import Members

ALL = 1001


def test_degrees_are_thousandths_from_0_to_1() -> None:
    assert DEGREES.size == ALL
    assert [float(DEGREES[place]) for place in (0, 1, 218, 1000)] == [0.0, 0.001, 0.218, 1.0]


@pytest.mark.parametrize(
    ("reached", "integration", "holds_on"),
    [
        ([], None, ()),
        (range(ALL), 0.0, ((0.0, 1.0),)),
        ([1000], 1.0, ((1.0, 1.0),)),
        ([*range(100, 201), 500, *range(900, ALL)], 0.1, ((0.1, 0.2), (0.5, 0.5), (0.9, 1.0))),
    ],
)
def test_every_interval_is_listed(reached, integration, holds_on) -> None:
    tiers = np.zeros(ALL, dtype=int)
    tiers[list(reached)] = 2
    found = break_even(tiers, 2)
    assert (found.integration, found.holds_on) == (integration, holds_on)


def test_no_tier_does_not_reach_even_the_lowest() -> None:
    assert break_even(np.full(ALL, -1), 0).integration is None


def test_the_degree_is_the_first_that_adds_enough() -> None:
    # The lead has 9 laboratories, the other 4: 9 + 4 g reaches the 10 of the middle tier at g = 0.25.
    indicators = [indicator("labs", [0, 10, 20, 40], stage="origination", pooling={"kind": "sum"})]
    index = {"code": "index", "children": [{"indicator": "labs", "weight": 1}]}
    framework = small_framework(indicators=indicators, index=index)
    card = score(matrix_of({"R0": {"labs": 9}, "R1": {"labs": 4}, "R2": {"labs": 0}}, framework), framework)
    tiers = tiers_by_degree(card, framework, Members((0, 1), lead=0))
    assert break_even(tiers, 1).holds_on == ((0.25, 1.0),)
