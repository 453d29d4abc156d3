"""Several years: on own bounds each is as alone, on common ones a score means the same in every year."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.engine.scoring import Table, matrix_of
from tests.evaluations import MINMAX, document, indicator
from tests.frameworks import small_framework
from tierscore.engine.matrix import Matrix
from tierscore.engine.panel import changes, growth, score_panel
from tierscore.engine.pipeline import score
from tierscore.framework.model import Framework
from tierscore.framework.parse import parse

FITTED = parse(document([indicator("a", MINMAX)], reference={"period": 2021, "regions": ["R0", "R1", "R2"]}))


def year(table: Table, framework: Framework, period: int) -> Matrix:
    return replace(matrix_of(table, framework), period=period)


def column(*values: float | None) -> Table:
    return {f"R{place}": {"a": value} for place, value in enumerate(values)}


def test_on_own_bounds_every_year_is_as_alone() -> None:
    tables = [column(0, 5, 10), column(10, 20, 30)]
    found = score_panel([year(table, FITTED, 2020 + place) for place, table in enumerate(tables)], FITTED, common=False)
    assert found.score.tolist() == [[0, 0.5, 1], [0, 0.5, 1]]
    assert found.periods == (2020, 2021)


def test_on_common_bounds_the_ends_are_those_of_all_years() -> None:
    """Least 0, greatest 30: 10 is a third in both years; ranks stay within a year."""
    tables = [column(0, 5, 10), column(10, 20, 30)]
    found = score_panel([year(table, FITTED, 2020 + place) for place, table in enumerate(tables)], FITTED, common=True)
    assert found.score == pytest.approx(np.array([[0, 1 / 6, 1 / 3], [1 / 3, 2 / 3, 1]]))
    assert found.rank.tolist() == [[3, 2, 1], [3, 2, 1]]
    assert found.tier.tolist() == [[0, 0, 0], [0, 1, 1]]


def test_declared_knots_are_common_bounds_already() -> None:
    framework = small_framework()
    rows = {"R0": {"labs": 5.0, "share": 10.0, "rank": 3.0}, "R1": {"labs": 15.0, "share": 30.0, "rank": 12.0},
            "R2": {"labs": 25.0, "share": 60.0, "rank": 20.0}}  # fmt: skip
    matrices = [year(rows, framework, 2020), year(rows | {"R0": rows["R0"] | {"labs": 30.0}}, framework, 2021)]
    both = [score_panel(matrices, framework, common=common) for common in (False, True)]
    assert np.array_equal(both[0].score, both[1].score)
    assert np.array_equal(both[0].score, np.stack([score(matrix, framework).score for matrix in matrices]))


def test_a_tier_that_only_new_data_moved_is_called_so() -> None:
    """R0 is middle by its laboratories; its rank comes in at 31 and takes it down. R1 falls by its own values."""
    framework = small_framework(sort={"method": "score_bands"})
    before = {"R0": {"labs": 12.0, "share": 25.0}, "R1": {"labs": 25.0, "share": 25.0, "rank": 9.0},
              "R2": {"labs": 1.0, "share": 50.0, "rank": 1.0}}  # fmt: skip
    after = before | {"R0": before["R0"] | {"rank": 31.0}, "R1": before["R1"] | {"labs": 2.0}}
    found = score_panel([year(before, framework, 2020), year(after, framework, 2021)], framework, common=False)
    change = changes(found, framework)
    assert found.tier.tolist() == [[1, 1, 1], [0, 0, 1]]
    assert change.by_data.tolist() == [[True, False, False]]
    assert change.published[0, 0] < -5
    assert change.alike[0, 0] == pytest.approx(0.0, abs=1e-12)
    assert change.alike[0, 1] == pytest.approx(change.published[0, 1], rel=1e-12)


def test_growth_by_hand() -> None:
    """0.25 to 0.36 in two years: (0.36 / 0.25) ** 0.5 - 1 = 20 per cent; from 0 or without a score there is no rate."""
    rule = {"method": "goalposts", "low": 0, "high": 100}
    framework = parse(document([indicator("a", rule)], reference={"period": 2021, "regions": ["R0", "R1", "R2"]}))
    matrices = [year(column(25, 0, None), framework, 2019), year(column(36, 50, 50), framework, 2021)]
    total, rate = growth(score_panel(matrices, framework, common=False))
    assert total == pytest.approx([0.11, 0.5, np.nan], nan_ok=True)
    assert rate == pytest.approx([0.2, np.nan, np.nan], nan_ok=True)
    _, of_one_year = growth(score_panel(matrices[:1], framework, common=False))
    assert np.isnan(of_one_year).all()


def test_where_regions_are_compared_nothing_is_like_for_like() -> None:
    found = score_panel(
        [year(column(0, 5, 10), FITTED, 2020), year(column(9, 5, 10), FITTED, 2021)], FITTED, common=False
    )
    change = changes(found, FITTED)
    assert np.isnan(change.alike).all()
    assert not change.by_data.any()
    assert change.moved.tolist() == [[1, -1, 0]]
