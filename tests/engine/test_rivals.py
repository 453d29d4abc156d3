"""Where the rest of the nation will be, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.scoring import matrix_of
from tests.frameworks import indicator, small_framework
from tierscore.engine import rivals
from tierscore.engine.matrix import Matrix
from tierscore.engine.parameters import parameters
from tierscore.engine.pipeline import score
from tierscore.framework.model import Framework

FRAMEWORK = small_framework()
GIVEN = parameters(FRAMEWORK)
LABS, SHARE, RANK = 0, 1, 2
NONE = np.nan
SUMMED: dict[str, dict[str, float | None]] = {
    "R0": {"labs": 7, "share": 10, "rank": 12},
    "R1": {"labs": 30, "share": 50, "rank": 2},
    "R2": {"labs": 12, "share": 40, "rank": None},
}
"""The nation's total of `share` is the sum, 100."""
TOTAL = SUMMED | {"CN": {"share": 200}}
"""It is given: 100 of it are nobody's here."""


def same(one: Matrix, other: Matrix) -> bool:
    """The same values to the last bit, NaN where the other has it."""
    return np.array_equal(one.cells.values, other.cells.values, equal_nan=True) and np.array_equal(
        one.nation.values, other.nation.values, equal_nan=True
    )


def total(matrix: Matrix, framework: Framework = FRAMEWORK) -> float:
    """What the pipeline takes shares of."""
    return float(score(matrix, framework).measured.totals[SHARE])


def changes(**cells: tuple[float, float, float]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Changes of the three regions, NaN for indicators that are not named."""
    table = np.full((3, 3), np.nan)
    for column, code in enumerate(("labs", "share", "rank")):
        table[:, column] = cells.get(code, (np.nan, np.nan, np.nan))
    return table


def test_others_grow_in_what_shares_are_taken_of_and_in_nothing_else() -> None:
    grown = rivals.grown(matrix_of(SUMMED, FRAMEWORK), GIVEN, [0], np.array([0.5, 0.1, 0.5]))
    assert grown.cells.values[:, SHARE] == pytest.approx([10, 55, 44])
    assert np.array_equal(grown.cells.values[:, LABS], [7, 30, 12])
    assert np.array_equal(grown.cells.values[:, RANK], [12, 2, NONE], equal_nan=True)


def test_a_summed_total_follows() -> None:
    grown = rivals.grown(matrix_of(SUMMED, FRAMEWORK), GIVEN, [0], np.array([0, 0.1, 0]))
    assert np.isnan(grown.nation.values[SHARE])
    assert total(grown) == pytest.approx(10 + 55 + 44)
    assert score(grown, FRAMEWORK).measured.values[0, SHARE] == pytest.approx(100 * 10 / 109)


def test_a_given_total_grows_by_all_that_is_not_ones_own() -> None:
    grown = rivals.grown(matrix_of(TOTAL, FRAMEWORK), GIVEN, [0], np.array([0, 0.1, 0]))
    # 190 are not R0's, and 100 of them nobody's here: 10 + 209
    assert total(grown) == pytest.approx(219)
    assert grown.cells.values[:, SHARE] == pytest.approx([10, 55, 44])


def test_a_given_total_grows_as_a_whole_where_ones_own_part_is_unknown() -> None:
    table = TOTAL | {"R0": {"labs": 7, "share": None, "rank": 12}}
    grown = rivals.grown(matrix_of(table, FRAMEWORK), GIVEN, [0], np.array([0, 0.1, 0]))
    assert total(grown) == pytest.approx(220)
    assert np.isnan(grown.cells.values[0, SHARE])


def test_all_members_of_a_group_stand_still() -> None:
    grown = rivals.grown(matrix_of(TOTAL, FRAMEWORK), GIVEN, [0, 2], np.array([0, 0.1, 0]))
    assert grown.cells.values[:, SHARE] == pytest.approx([10, 55, 40])
    # 150 are not theirs
    assert total(grown) == pytest.approx(50 + 165)


def test_others_may_shrink() -> None:
    shrunk = rivals.grown(matrix_of(SUMMED, FRAMEWORK), GIVEN, [1], np.array([0, -0.2, 0]))
    assert shrunk.cells.values[:, SHARE] == pytest.approx([8, 50, 32])


@pytest.mark.parametrize("table", [SUMMED, TOTAL])
@pytest.mark.parametrize("own", [[], [0], [1, 2]])
def test_without_growth_everything_stays(table: dict[str, dict[str, float | None]], own: list[int]) -> None:
    matrix = matrix_of(table, FRAMEWORK)
    assert same(rivals.grown(matrix, GIVEN, own, np.zeros(3)), matrix)
    assert same(rivals.advanced(matrix, GIVEN, own, np.zeros((3, 3))), matrix)
    assert same(rivals.advanced(matrix, GIVEN, own, np.full((3, 3), np.nan)), matrix)


def test_the_matrix_that_was_given_is_left_as_it_is() -> None:
    matrix = matrix_of(TOTAL, FRAMEWORK)
    rivals.grown(matrix, GIVEN, [0], np.array([0, 0.1, 0]))
    rivals.advanced(matrix, GIVEN, [0], changes(share=(1, 1, 1)))
    assert same(matrix, matrix_of(TOTAL, FRAMEWORK))


def test_others_go_on_as_between_two_periods() -> None:
    change = changes(labs=(5, 5, 5), share=(3, 8, -6), rank=(1, 1, 1))
    moved = rivals.advanced(matrix_of(SUMMED, FRAMEWORK), GIVEN, [0], change)
    assert moved.cells.values[:, SHARE].tolist() == [10, 58, 34]
    assert moved.cells.values[:, LABS].tolist() == [7, 30, 12]
    assert total(moved) == 102


def test_a_given_total_moves_by_what_the_cells_do() -> None:
    moved = rivals.advanced(matrix_of(TOTAL, FRAMEWORK), GIVEN, [0], changes(share=(3, 8, -6)))
    assert moved.nation.values[SHARE] == 202


def test_what_is_unknown_of_a_change_or_of_a_cell_stands_still() -> None:
    table = TOTAL | {"R2": {"labs": 12, "share": None, "rank": 5}}
    moved = rivals.advanced(matrix_of(table, FRAMEWORK), GIVEN, [0], changes(share=(NONE, NONE, 7)))
    # R1's change is not known, and R2 has no value that could change: nobody moves, nor does the total.
    assert np.array_equal(moved.cells.values[:, SHARE], [10, 50, NONE], equal_nan=True)
    assert moved.nation.values[SHARE] == 200


def test_nobody_falls_below_nothing() -> None:
    moved = rivals.advanced(matrix_of(TOTAL, FRAMEWORK), GIVEN, [0], changes(share=(0, -60, -10)))
    assert moved.cells.values[:, SHARE].tolist() == [10, 0, 30]
    # 50 and 10 are what is really gone
    assert moved.nation.values[SHARE] == 140


def test_columns_of_helpers_are_told_apart() -> None:
    people = {
        "code": "people",
        "title": {"zh": "人", "en": "people"},
        "unit": "persons",
        "direction": "higher_is_better",
    }
    per = [
        people,
        indicator("labs", [0, 10, 20, 40], stage="origination"),
        indicator("share", [0, 20, 40, 60], measure={"kind": "national_share"}),
        indicator("rank", [0, 1, 2, 3], measure={"kind": "per", "denominator": "people", "scale": 100}),
    ]
    framework = small_framework(indicators=per)
    table = {region: row | {"people": 400.0} for region, row in SUMMED.items()}
    matrix, own = matrix_of(table, framework), parameters(framework)
    # Rates are of the scored indicators, changes of all.
    grown = rivals.grown(matrix, own, [0], np.array([0.5, 0.1, 0.5]))
    assert grown.cells.values[1].tolist() == pytest.approx([400, 30, 55, 2])
    moved = rivals.advanced(matrix, own, [0], np.tile([40.0, 1.0, 8.0, 1.0], (3, 1)))
    assert moved.cells.values[1].tolist() == [400, 30, 58, 2]


SHARES = st.lists(st.integers(0, 60).map(float) | st.none(), min_size=3, max_size=3)


@given(SHARES, st.none() | st.integers(180, 300).map(float), st.sets(st.integers(0, 2)), st.integers(-5, 5))
def test_a_rate_is_a_change_by_that_part_of_each(
    shares: list[float | None], nation: float | None, own: set[int], tenths: int
) -> None:
    table: dict[str, dict[str, float | None]] = {f"R{place}": {"share": value} for place, value in enumerate(shares)}
    matrix, rate = matrix_of(table | {"CN": {"share": nation}}, FRAMEWORK), tenths / 10
    grown = rivals.grown(matrix, GIVEN, own, np.array([0, rate, 0]))
    moved = rivals.advanced(matrix, GIVEN, own, rate * matrix.cells.values)
    assert grown.cells.values == pytest.approx(moved.cells.values, nan_ok=True)
    assert np.array_equal(grown.cells.values[sorted(own)], matrix.cells.values[sorted(own)], equal_nan=True)
    if nation is None:
        assert np.isnan(grown.nation.values[SHARE])
    else:
        # What nobody here has grows by the rate, but changes by nothing that is known.
        nobodys = nation - sum(value or 0 for value in shares)
        assert grown.nation.values[SHARE] == pytest.approx(moved.nation.values[SHARE] + rate * nobodys)
