"""Scoring a few columns again gives the bytes of scoring everything."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import nationwide
from tests.engine.scoring import matrix_of
from tests.engine.test_edits import some_edits
from tests.engine.test_laws import arrays
from tests.frameworks import small_framework
from tests.random_cases import Case, random_case
from tierscore.engine import edits, pipeline, rescore, tier
from tierscore.engine.edits import Edit
from tierscore.engine.matrix import Matrix
from tierscore.engine.pipeline import score
from tierscore.engine.scorecard import Scorecard
from tierscore.errors import CannotScore
from tierscore.framework.model import Framework

LAW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TABLE = {
    "R0": {"labs": 7.0, "share": 10.0, "rank": 12.0},
    "R1": {"labs": 30.0, "share": 50.0, "rank": 2.0},
    "R2": {"labs": 12.0, "share": 40.0, "rank": 9.0},
}


def written(card: Scorecard) -> list[bytes]:
    """Every array in a scorecard as bytes, those of texts as text."""
    return [repr(array.tolist()).encode() if array.dtype == object else array.tobytes() for array in arrays(card)]


def both(matrix: Matrix, framework: Framework, *changes: Edit) -> tuple[Scorecard, Scorecard]:
    """The edited matrix scored from the baseline, and from nothing."""
    after = edits.apply(matrix, changes, edits.fold(matrix, changes))
    again = rescore.rescore(score(matrix, framework), after, edits.columns_of(after, changes))
    return again, score(after, framework)


@LAW
@given(data=st.data())
def test_it_is_what_scoring_everything_gives(data: st.DataObject) -> None:
    case: Case = random_case(data.draw)
    again, whole = both(case.matrix, case.framework, *some_edits(data, case))
    assert written(again) == written(whole)


@LAW
@given(data=st.data())
def test_so_it_is_with_many_indicators_on_two_levels(data: st.DataObject) -> None:
    """Sums of more than eight numbers are added up in blocks, so bytes would tell if rows were added differently."""
    framework = nationwide.framework(12, 24)
    matrix = nationwide.matrix(framework, gaps=0.2, seed=data.draw(st.integers(0, 99)))
    cells = st.tuples(st.integers(0, 11), st.integers(0, 23), st.floats(0.1, 1e6))
    changes = [Edit("set", *cell) for cell in data.draw(st.lists(cells, max_size=6))]
    again, whole = both(matrix, framework, *changes)
    assert written(again) == written(whole)


@pytest.mark.parametrize(("column", "tested"), [(0, [1]), (1, [])], ids=["level", "share that passes no knot"])
def test_only_regions_that_supply_a_function_elsewhere_are_tested_again(
    monkeypatch: pytest.MonkeyPatch, column: int, tested: list[int]
) -> None:
    framework = nationwide.framework(12, 24)
    matrix, seen = nationwide.matrix(framework), []
    run_tests = tier.run_tests

    def watched(scores: Any, *rest: Any) -> Any:
        seen.append(len(scores))
        return run_tests(scores, *rest)

    before = score(matrix, framework)
    change = Edit("multiply", 3, column, 1e-6 if column == 0 else 1.0001)
    after = edits.apply(matrix, [change], edits.fold(matrix, [change]))
    monkeypatch.setattr(tier, "run_tests", watched)
    rescore.rescore(before, after, edits.columns_of(after, [change]))
    assert seen == tested


def test_one_column_alone_is_measured_again(monkeypatch: pytest.MonkeyPatch) -> None:
    framework = small_framework()
    matrix = matrix_of(TABLE, framework)
    widths: list[int] = []
    measure = pipeline.measure_of

    def watched(matrix: Matrix, given: Any) -> Any:
        widths.append(len(given.places))
        return measure(matrix, given)

    before = score(matrix, framework)
    change = Edit("add", 0, 1, 5)
    after = edits.apply(matrix, [change], edits.fold(matrix, [change]))
    monkeypatch.setattr(pipeline, "measure_of", watched)
    rescore.rescore(before, after, edits.columns_of(after, [change]))
    assert widths == [1]


@pytest.mark.parametrize("value", [0.0, 3.0, 1e6])
def test_a_total_that_vanishes_or_a_value_that_appears_moves_all_weights(value: float) -> None:
    framework = small_framework()
    table: dict[str, dict[str, float | None]] = {region: {**row, "share": 0.0} for region, row in TABLE.items()}
    table["R2"]["labs"] = None
    changes = Edit("set", 0, 1, value), Edit("set", 2, 0, value)
    again, whole = both(matrix_of(table, framework), framework, *changes)
    assert written(again) == written(whole)


def test_a_missing_value_is_refused_where_none_may_be() -> None:
    framework = replace(small_framework(), missing="fail")
    with pytest.raises(CannotScore):
        both(matrix_of(TABLE, framework), framework, *(Edit("set", row, 1, 0.0) for row in range(3)))


def test_where_regions_are_compared_everything_is_scored() -> None:
    given = score(matrix_of(TABLE, small_framework()), small_framework()).parameters
    assert rescore.is_by_columns(given)
    for change in ({"only_knots": False}, {"linear": False}, {"derived": True}):
        assert not rescore.is_by_columns(replace(given, **change))
