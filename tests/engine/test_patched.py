"""What newer data say, put into what is known, and scored where it differs: the same bytes as from nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import nationwide
from tests.engine.test_rescore import written
from tests.random_cases import Case, Draw, random_case
from tierscore.engine.matrix import Absence, Cells, Matrix
from tierscore.engine.patched import differing, patched
from tierscore.engine.pipeline import score
from tierscore.engine.rescore import rescore

LAW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ROWS, COLUMNS = 12, 24


def part_of(matrix: Matrix, rows: list[int], columns: list[int]) -> Matrix:
    cells = matrix.cells.columns(np.array(columns, dtype=int)).rows(np.array(rows, dtype=int))
    return replace(
        matrix,
        regions=tuple(matrix.regions[row] for row in rows),
        indicators=tuple(matrix.indicators[column] for column in columns),
        cells=cells,
        nation=matrix.nation.columns(np.array(columns, dtype=int)),
    )


def changed(draw: Draw, cells: Cells) -> Cells:
    """Some values that come, go, or are other ones; other years, statuses and sources."""
    new = cells.copied()
    new = replace(new, sources=new.sources.within((*new.sources.names, "later")).copy())
    some = st.lists(st.integers(0, cells.values.size - 1), max_size=4)
    for place in draw(some):
        at = np.unravel_index(place, cells.values.shape)
        value = draw(st.none() | st.integers(0, 70))
        new.values[at] = np.nan if value is None else value
        new.periods[at] = 0 if value is None else 2020
        new.absence[at] = Absence.WITHDRAWN if value is None else Absence.PRESENT
        new.sources.places[at] = 0 if value is None else draw(st.integers(0, len(new.sources.names) - 1))
    return new


@LAW
@given(data=st.data())
def test_scoring_what_differs_is_scoring_everything(data: st.DataObject) -> None:
    case: Case = random_case(data.draw)
    after = replace(
        case.matrix,
        cells=changed(data.draw, case.matrix.cells),
        nation=changed(data.draw, case.matrix.nation),
    )
    again = rescore(score(case.matrix, case.framework), after, differing(case.matrix, after))
    assert written(again) == written(score(after, case.framework))


@LAW
@given(
    rows=st.lists(st.integers(0, ROWS - 1), unique=True),
    columns=st.lists(st.integers(0, COLUMNS - 1), unique=True),
    seeds=st.tuples(st.integers(0, 9), st.integers(10, 19)),
)
def test_so_it_is_with_many_indicators_of_which_part_is_read_anew(
    rows: list[int], columns: list[int], seeds: tuple[int, int]
) -> None:
    framework = nationwide.framework(ROWS, COLUMNS)
    before, later = (nationwide.matrix(framework, gaps=0.2, seed=seed) for seed in seeds)
    after = patched(before, part_of(later, rows, columns))
    expected = before.cells.values.copy()
    expected[np.ix_(rows, columns)] = later.cells.values[np.ix_(rows, columns)]
    assert np.array_equal(after.cells.values, expected, equal_nan=True)
    assert set(np.flatnonzero(differing(before, after))) <= set(columns if rows else [])
    card = rescore(score(before, framework), after, differing(before, after))
    assert written(card) == written(score(after, framework))


def test_nothing_differs_from_itself() -> None:
    matrix = nationwide.matrix(nationwide.framework(ROWS, COLUMNS))
    assert not differing(matrix, patched(matrix, part_of(matrix, [1, 3], [0, 2]))).any()
