"""What parts add up to: by hand, and by laws that hold whatever the tree."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.frameworks import indicator, small_framework
from tierscore.engine.rollup import Lack, RolledUp, Rules, roll_up

INDICATORS = [
    indicator("labs", [0, 10, 20, 40], pooling={"kind": "sum"}),
    indicator("share", [0, 1, 2, 3], pooling={"kind": "ratio", "weight": "labs"}),
    indicator("rank", [31, 10, 5, 1], direction="lower_is_better", pooling={"kind": "best"}),
    indicator("best", [0, 1, 2, 3], pooling={"kind": "best"}),
    indicator("alone", [0, 1, 2, 3]),
]
CHILDREN = [{"indicator": item["code"], "weight": 1} for item in INDICATORS]
SORT = {"method": "score_bands"}
FRAMEWORK = small_framework(indicators=INDICATORS, index={"code": "index", "children": CHILDREN}, sort=SORT)
RULES = Rules.of(FRAMEWORK.indicators)
LABS, SHARE, RANK, BEST, ALONE = range(5)
NONE = math.nan

# Row 0 has the parts 1 and 2, row 1 the parts 3 and 4.
PARENTS, LEVELS = np.array([-1, 0, 0, 1, 1]), np.array([0, 1, 1, 2, 2])
OWN = np.array(
    [
        [NONE, NONE, NONE, NONE, NONE],
        [NONE, NONE, NONE, NONE, NONE],
        [10.0, 4.0, 9.0, 1.0, 1.0],
        [20.0, 1.0, 3.0, 2.0, 1.0],
        [10.0, 2.5, 5.0, 7.0, 1.0],
    ]
)


def rolled(own: np.ndarray) -> RolledUp:
    return roll_up(own, PARENTS, LEVELS, RULES)


def changed(row: int, column: int, value: float) -> RolledUp:
    own = OWN.copy()
    own[row, column] = value
    return rolled(own)


def test_level_by_level_by_each_rule() -> None:
    found = rolled(OWN)
    # (1 x 20 + 2.5 x 10)/30 = 1.5, then (1.5 x 30 + 4 x 10)/40; the better rank is the lower one.
    np.testing.assert_array_equal(found.of_children[:2], [[40, 2.125, 3, 7, NONE], [30, 1.5, 3, 7, NONE]])
    assert found.lack[0].tolist() == [Lack.NOTHING] * 4 + [Lack.NO_POOLING]
    assert (found.children.tolist(), found.known[0].tolist()) == ([2, 2, 0, 0, 0], [2, 2, 2, 2, 1])
    assert set(found.lack[2:, :ALONE].ravel().tolist()) == {Lack.NO_CHILDREN}


def test_an_own_value_stands_in_the_place_of_its_parts() -> None:
    found = changed(1, LABS, 31.0)
    assert found.of_children[:2, LABS].tolist() == [41, 30]


@pytest.mark.parametrize("column", [LABS, SHARE, RANK, BEST])
def test_one_missing_part_leaves_the_whole_unknown_up_to_the_top(column: int) -> None:
    found = changed(4, column, NONE)
    assert np.isnan(found.of_children[:2, column]).all()
    assert found.lack[:2, column].tolist() == [Lack.CHILDREN_MISSING] * 2
    assert found.known[:2, column].tolist() == [1, 1]


def test_a_ratio_needs_its_weights() -> None:
    found = changed(4, LABS, NONE)
    assert found.lack[1].tolist() == [Lack.CHILDREN_MISSING, Lack.WEIGHTS_MISSING, 0, 0, Lack.NO_POOLING]
    own = OWN.copy()
    own[3:, LABS] = 0
    assert rolled(own).lack[1, SHARE] == Lack.NO_WEIGHT


def test_a_sum_beyond_all_numbers_is_none() -> None:
    own = OWN.copy()
    own[3:, LABS] = 1.5e308
    found = rolled(own)
    assert found.lack[1, LABS] == Lack.TOO_LARGE
    assert np.isnan(found.of_children[1, LABS])


def test_nothing_has_no_parts() -> None:
    found = roll_up(np.ones((2, 5)), np.array([-1, -1]), np.array([1, 1]), RULES)
    assert np.isnan(found.of_children).all()
    assert found.children.tolist() == [0, 0]


VALUES = st.one_of(st.just(NONE), st.floats(0, 1e9), st.integers(0, 10**6).map(float))


@st.composite
def trees(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values, parents and levels of up to three levels, in any order of the rows."""
    size = draw(st.integers(1, 12))
    levels = np.array(draw(st.lists(st.integers(0, 3), min_size=size, max_size=size)))
    parents = np.full(size, -1)
    for row in range(size):
        above = np.flatnonzero(levels < levels[row])
        if above.size and draw(st.booleans()):
            parents[row] = draw(st.sampled_from(above.tolist()))
    cells = draw(st.lists(VALUES, min_size=5 * size, max_size=5 * size))
    return np.array(cells).reshape(size, 5), parents, levels


def expected(own: np.ndarray, parents: np.ndarray, row: int, column: int) -> float:
    """The definition, one region at a time; math.fsum is exact."""

    def value(of: int, at: int) -> float:
        return own[of, at] if not math.isnan(own[of, at]) else expected(own, parents, of, at)

    parts = np.flatnonzero(parents == row)
    values = [value(part, column) for part in parts]
    if not values or any(map(math.isnan, values)) or column == ALONE:
        return NONE
    if column != SHARE:
        return {LABS: math.fsum, RANK: min, BEST: max}[column](values)
    weights = [value(part, LABS) for part in parts]
    total = math.fsum(weights)
    return math.fsum(map(math.prod, zip(values, weights, strict=True))) / total if total > 0 else NONE


@settings(max_examples=60, deadline=None)
@given(trees(), st.randoms())
def test_it_is_the_definition_whatever_the_order_of_the_rows(tree, random) -> None:
    own, parents, levels = tree
    found = roll_up(own, parents, levels, RULES)
    wanted = [[expected(own, parents, row, column) for column in range(5)] for row in range(len(own))]
    np.testing.assert_allclose(found.of_children, wanted, rtol=1e-12)
    assert (np.isnan(found.of_children) == (found.lack != Lack.NOTHING)).all()
    order = np.array(random.sample(range(len(own)), len(own)))
    places = np.append(np.argsort(order), -1)  # of a row that was there, where it is now
    other = roll_up(own[order], places[parents[order]], levels[order], RULES)
    assert other.of_children.tobytes() == found.of_children[order].tobytes()
    assert (other.known == found.known[order]).all()
