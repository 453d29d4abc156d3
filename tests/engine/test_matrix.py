"""Which observation a cell takes, and why it has none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.frameworks import small_framework
from tierscore.engine.matrix import Absence, Matrix, select
from tierscore.framework.model import Framework, Window

COLUMNS = ["region", "indicator", "period", "value", "status", "source"]


def observed(*rows: tuple[str, str, int, float, str]) -> pd.DataFrame:
    return pd.DataFrame([(*row, "S1") for row in rows], columns=COLUMNS)


def windowed(back: int, ahead: int) -> Framework:
    framework = small_framework()
    labs = replace(framework.indicators[0], window=Window(back, ahead))
    return replace(framework, indicators=(labs, *framework.indicators[1:]))


def labs_of(matrix: Matrix) -> tuple[float, int, Absence]:
    cells = matrix.cells
    return cells.values[0, 0], cells.periods[0, 0], Absence(int(cells.absence[0, 0]))


@pytest.mark.parametrize(
    ("periods", "expected"),
    [
        ([2021], 2021),
        ([2019, 2022], 2022),  # one year ahead is nearer than two back
        ([2020, 2022], 2020),  # a tie: the earlier
        ([2019, 2023], 2019),
        ([2019, 2020, 2021, 2022], 2021),
    ],
)
def test_the_nearest_year_in_the_window_the_earlier_on_a_tie(periods: list[int], expected: int) -> None:
    frame = observed(*(("R0", "labs", year, float(year), "A") for year in periods))
    assert labs_of(select(frame, windowed(2, 2), 2021))[:2] == (expected, expected)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([], Absence.NO_OBSERVATION),
        ([("R0", "labs", 2019, 1.0, "A")], Absence.OUTSIDE_WINDOW),
        ([("R0", "labs", 2023, 1.0, "A")], Absence.OUTSIDE_WINDOW),
        ([("R0", "labs", 2021, np.nan, "M")], Absence.WITHDRAWN),
        ([("R0", "labs", 2021, 1.0, "D")], Absence.STATUS_NOT_ACCEPTED),
        ([("R0", "labs", 2021, 1.0, "D"), ("R0", "labs", 2020, np.nan, "M")], Absence.STATUS_NOT_ACCEPTED),
    ],
)
def test_a_missing_cell_says_why(rows: list[tuple[str, str, int, float, str]], reason: Absence) -> None:
    value, period, absence = labs_of(select(observed(*rows), windowed(1, 1), 2021))
    assert np.isnan(value)
    assert (period, absence) == (0, reason)


def test_another_year_serves_where_the_nearest_is_not_accepted() -> None:
    frame = observed(("R0", "labs", 2021, 9.0, "D"), ("R0", "labs", 2020, 7.0, "E"))
    assert labs_of(select(frame, windowed(1, 0), 2021)) == (7.0, 2020, Absence.PRESENT)


def test_zero_is_a_value() -> None:
    assert labs_of(select(observed(("R0", "labs", 2021, 0.0, "A")), windowed(0, 0), 2021)) == (0.0, 2021, 0)


def test_the_nation_stands_apart_and_strangers_are_left_out() -> None:
    frame = observed(("CN", "labs", 2021, 50.0, "A"), ("R9", "labs", 2021, 3.0, "A"), ("R1", "other", 2021, 3.0, "A"))
    matrix = select(frame, windowed(0, 0), 2021)
    assert matrix.nation.values[0] == 50.0
    assert np.isnan(matrix.cells.values).all()


def test_the_order_of_rows_makes_no_difference() -> None:
    rows = [("R0", "labs", year, float(year), "A") for year in (2019, 2020, 2022)] + [("R1", "labs", 2020, 1.0, "E")]
    forward, backward = (select(observed(*some), windowed(2, 2), 2021).cells for some in (rows, rows[::-1]))
    assert np.array_equal(forward.values, backward.values, equal_nan=True)
    assert (forward.statuses.texts == backward.statuses.texts).all()
