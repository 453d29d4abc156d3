"""Groups: pooled values by hand; whole groups are compared with the oracle in tests/services."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engine.scoring import matrix_of
from tests.frameworks import indicator, small_framework
from tierscore.engine.matrix import Absence
from tierscore.engine.pipeline import score
from tierscore.engine.pooling import Members, added_up, pooled

INDICATORS = [
    indicator("labs", [0, 10, 20, 40], integer=True, stage="origination", pooling={"kind": "sum"}),
    indicator("share", [0, 1, 2, 3], stage="origination", pooling={"kind": "ratio", "weight": "labs"}),
    indicator("rank", [31, 10, 5, 1], direction="lower_is_better", pooling={"kind": "best"}),
]
FRAMEWORK = small_framework(indicators=INDICATORS)
TABLE = {
    "R0": {"labs": 10.0, "share": 1.0, "rank": 12.0},
    "R1": {"labs": 30.0, "share": 2.0, "rank": 2.0},
    "R2": {"labs": 5.0, "share": None, "rank": None},
}
MATRIX = matrix_of(TABLE, FRAMEWORK)
LABS, SHARE, RANK = range(3)


def test_sums_add_the_best_is_the_best_and_ratios_are_weighted() -> None:
    # labs 10 + 30 + 5; share (1 x 10 + 2 x 30)/(10 + 30), as R2 has none; the better rank is the lower one.
    together = added_up(MATRIX, FRAMEWORK, Members((0, 1, 2), lead=1))
    assert together.tolist() == [45, 1.75, 2]


def test_between_the_ends_values_go_straight() -> None:
    rows = pooled(MATRIX, FRAMEWORK, Members((0, 1), lead=1), np.array([0.0, 0.5, 1.0]), "G")
    assert rows.cells.values[:, LABS].tolist() == [30, 35, 40]
    assert rows.cells.values[:, SHARE].tolist() == [2, 1.875, 1.75]
    assert rows.regions == ("G", "G", "G")


def test_what_the_lead_lacks_is_missing_for_the_group() -> None:
    rows = pooled(MATRIX, FRAMEWORK, Members((0, 2), lead=2), np.array([0.0, 1.0]), "G")
    assert np.isnan(rows.cells.values[:, [SHARE, RANK]]).all()
    assert rows.cells.values[:, LABS].tolist() == [5, 15]
    assert (rows.cells.absence[:, RANK] == Absence.NO_OBSERVATION).all()


def test_a_ratio_that_no_member_can_weigh_is_the_leads_own() -> None:
    table = {**TABLE, "R0": {"share": 1.0}, "R1": {"share": 2.0}}
    assert added_up(matrix_of(table, FRAMEWORK), FRAMEWORK, Members((0, 1), lead=1))[SHARE] == 2


def test_an_indicator_without_a_pooling_stays_the_leads() -> None:
    framework = small_framework()
    table = {region: {"labs": 4.0 + place, "share": 1.0, "rank": 9.0} for place, region in enumerate(TABLE)}
    assert added_up(matrix_of(table, framework), framework, Members((0, 1, 2), lead=2))[LABS] == 6


def test_a_group_of_one_is_its_member() -> None:
    rows = pooled(MATRIX, FRAMEWORK, Members((1,), lead=1), np.array([0.0, 0.4, 1.0]), "G")
    assert (rows.cells.values == MATRIX.cells.values[1]).all()


def test_the_lead_has_the_highest_tier_then_score_then_the_first_code() -> None:
    card = score(MATRIX, FRAMEWORK)
    assert Members.of(card, [0, 1, 2]).lead == 1
    equal = score(matrix_of(dict.fromkeys(TABLE, TABLE["R0"]), FRAMEWORK), FRAMEWORK)
    assert Members.of(equal, [2, 1]).lead == 1
    nothing = score(matrix_of({"R2": TABLE["R0"]}, FRAMEWORK), FRAMEWORK)
    assert Members.of(nothing, [0, 1, 2]).lead == 2


@pytest.mark.parametrize(("degree", "status", "source"), [(0.0, "A", "S1"), (0.5, "A", "S1")])
def test_labels_that_all_members_share_stay(degree: float, status: str, source: str) -> None:
    cells = pooled(MATRIX, FRAMEWORK, Members((0, 1), lead=1), np.array([degree]), "G").cells
    assert (cells.statuses[0, LABS], cells.sources[0, LABS], cells.periods[0, LABS]) == (status, source, 2021)
