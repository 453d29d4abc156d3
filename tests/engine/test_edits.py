"""What-if edits: by hand, against the oracle, and their laws on random tables."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.agreement import differences
from tests.engine.scoring import matrix_of
from tests.engine.test_laws import equal
from tests.frameworks import small_framework
from tests.oracle import methods
from tests.random_cases import PERIOD, Case, random_case
from tierscore.engine import edits
from tierscore.engine.edits import Edit
from tierscore.engine.matrix import Matrix
from tierscore.engine.pipeline import score
from tierscore.services import answer
from tierscore.services.sheet import Sheet

LAW = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FRAMEWORK = small_framework()
TABLE = {
    "R0": {"labs": 7.0, "share": 10.0, "rank": 12.0},
    "R1": {"labs": 30.0, "share": 50.0, "rank": 2.0},
    "R2": {"labs": 12.0, "share": None, "rank": 9.0},
}
LABS, SHARE = 0, 1


def edited(matrix: Matrix, *changes: Edit) -> Matrix:
    return edits.apply(matrix, changes, edits.fold(matrix, changes))


def with_total(matrix: Matrix, value: float) -> Matrix:
    nation = matrix.nation.values.copy()
    nation[SHARE] = value
    return replace(matrix, nation=replace(matrix.nation, values=nation))


def test_edits_of_one_cell_are_folded_in_their_order() -> None:
    matrix = matrix_of(TABLE, FRAMEWORK)
    one = edited(matrix, Edit("add", 0, LABS, 3), Edit("multiply", 0, LABS, 2))
    other = edited(matrix, Edit("multiply", 0, LABS, 2), Edit("add", 0, LABS, 3))
    assert (one.cells.values[0, LABS], other.cells.values[0, LABS]) == (20, 17)


def test_a_set_forgets_what_was_before_it() -> None:
    steps = edits.fold(matrix_of(TABLE, FRAMEWORK), [Edit("add", 0, LABS, 3), Edit("set", 0, LABS, 1)])
    assert [(step.old, step.new) for step in steps] == [(7, 10), (10, 1)]


def test_nothing_can_be_added_to_what_is_missing_until_it_is_set() -> None:
    matrix = matrix_of(TABLE, FRAMEWORK)
    assert np.isnan(edits.fold(matrix, [Edit("add", 2, SHARE, 5)])[0].new)
    assert edits.fold(matrix, [Edit("set", 2, SHARE, 5), Edit("add", 2, SHARE, 5)])[1].new == 10


def test_a_given_total_moves_by_the_changes_of_cells_that_had_a_value() -> None:
    # 10 -> 15 moves the nation's 100 by 5; R2's value was missing, so the 100 has it already.
    matrix = with_total(matrix_of(TABLE, FRAMEWORK), 100.0)
    after = edited(matrix, Edit("set", 0, SHARE, 15), Edit("set", 2, SHARE, 40))
    assert after.nation.values[SHARE] == 105
    assert score(after, FRAMEWORK).measured.totals[SHARE] == 105


def test_an_edit_that_completes_a_partial_sum_makes_the_indicator_appear_for_all() -> None:
    matrix = matrix_of(TABLE, FRAMEWORK)
    assert np.isnan(score(matrix, FRAMEWORK).scores[:, SHARE]).all()
    card = score(edited(matrix, Edit("set", 2, SHARE, 40)), FRAMEWORK)
    assert card.measured.totals[SHARE] == 100
    assert card.measured.values[:, SHARE].tolist() == [10, 50, 40]


def test_an_edited_value_is_of_nobodys_source() -> None:
    changes = (Edit("set", 0, LABS, 8), Edit("set", 2, SHARE, 4), Edit("add", 1, LABS, 0))
    after = edited(matrix_of(TABLE, FRAMEWORK), *changes)
    assert (after.cells.sources[0, LABS], after.cells.sources[1, LABS]) == ("", "S1")
    assert after.cells.periods[2, SHARE] == 2021


# --- against the oracle -----------------------------------------------------------------------------------------


def some_edits(data: st.DataObject, case: Case, most: int = 6) -> list[Edit]:
    """Edits that are all possible: `add` and `multiply` only where there is something to add to."""
    found: list[Edit] = []
    known = ~np.isnan(case.matrix.cells.values)
    cells = st.tuples(*(st.integers(0, length - 1) for length in known.shape))
    for row, column in data.draw(st.lists(cells, max_size=most)):
        op = data.draw(st.sampled_from(edits.OPERATIONS if known[row, column] else ("set",)))
        found.append(Edit(op, row, column, float(data.draw(st.integers(0, 60)))))
        known[row, column] = True
    return found


def oracle_tables(case: Case, changes: list[Edit]) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """METHODS: "edits fold per cell first", and "a given total moves by the sum over cells with a baseline value"."""
    table, nation = {region: dict(row) for region, row in case.table.items()}, dict(case.nation)
    for edit in changes:
        row, code = table[case.matrix.regions[edit.row]], case.matrix.indicators[edit.column]
        old = row[code]
        if edit.operation == "set":
            new = edit.value
        else:
            assert old is not None
            new = old[0] + edit.value if edit.operation == "add" else old[0] * edit.value
        row[code] = (new, PERIOD, None, None)
    for region, row in table.items():
        for code, cell in row.items():
            before = case.table[region][code]
            if before is not None and cell is not None and cell[0] == before[0]:
                row[code] = before
    for code, total in case.nation.items():
        pairs = [(case.table[region][code], table[region][code]) for region in table]
        moved = sum(new[0] - old[0] for old, new in pairs if old is not None and new is not None)
        nation[code] = (total[0] + moved, *total[1:])
    return table, nation


@LAW
@given(data=st.data())
def test_edited_tables_score_as_the_oracle_says(data: st.DataObject) -> None:
    case = random_case(data.draw)
    changes = some_edits(data, case)
    expected = methods.assess_table(*oracle_tables(case, changes), case.oracle_framework)
    card = score(edited(case.matrix, *changes), case.framework)
    sheet = Sheet(card, case.framework, case.snapshot)
    for row, region in enumerate(case.framework.regions):
        assert differences(answer.full(sheet, row, None), expected[region]) == [], region


# --- laws ---------------------------------------------------------------------------------------------------------


@LAW
@given(data=st.data())
def test_without_edits_or_with_the_old_values_it_has_the_baselines_bytes(data: st.DataObject) -> None:
    case = random_case(data.draw)
    values = case.matrix.cells.values
    old = [
        Edit("set", int(row), int(column), float(values[row, column]))
        for row, column in np.argwhere(~np.isnan(values))
        if data.draw(st.booleans())
    ]
    there_and_back = [edit for pair in ((replace(edit, value=edit.value + 3), edit) for edit in old) for edit in pair]
    before = score(case.matrix, case.framework)
    for changes in ([], old, there_and_back):
        assert equal(score(edited(case.matrix, *changes), case.framework), before)


@LAW
@given(data=st.data())
def test_the_order_of_edits_on_different_cells_does_not_matter(data: st.DataObject) -> None:
    case = random_case(data.draw)
    changes = list({edit.cell: edit for edit in some_edits(data, case)}.values())
    known = ~np.isnan(case.matrix.cells.values)
    changes = [edit for edit in changes if edit.operation == "set" or known[edit.cell]]
    shuffled = data.draw(st.permutations(changes))
    one, other = edited(case.matrix, *changes), edited(case.matrix, *shuffled)
    assert equal(score(one, case.framework), score(other, case.framework))


@LAW
@given(data=st.data())
def test_a_better_present_value_never_lowers_its_own_score_or_tier(data: st.DataObject) -> None:
    case = random_case(data.draw)
    before = score(case.matrix, case.framework)
    present = np.argwhere(~np.isnan(before.scores))
    assume(present.size)
    row, place = present[data.draw(st.integers(0, len(present) - 1))]
    column, better = int(before.parameters.places[place]), before.parameters.direction[place]
    change = Edit("add", int(row), column, float(better * data.draw(st.integers(0, 40))))
    matrix = edited(case.matrix, change)
    assume(matrix.cells.values[row, column] >= 0)
    after = score(matrix, case.framework)
    assume(not np.isnan(after.scores[row, place]))  # a nation that falls to 0 has no share left
    assert after.score[row] >= before.score[row] - 1e-12
    assert after.tier[row] >= before.tier[row]


@LAW
@given(data=st.data())
def test_an_edit_matters_exactly_when_leaving_it_out_changes_a_score(data: st.DataObject) -> None:
    case = random_case(data.draw)
    changes = some_edits(data, case, most=4)
    after = edited(case.matrix, *changes)
    cells = list(edits.last_of_cells(changes))
    before, card = score(case.matrix, case.framework), score(after, case.framework)
    said, whole = edits.matters(before, replace(card, parameters=before.parameters), cells), card.scores
    assert said == edits.matters(before, card, cells)
    for cell, matters in zip(cells, said, strict=True):
        without = [edit for edit in changes if edit.cell != cell]
        left_out = score(edited(case.matrix, *without), case.framework).scores
        if not np.allclose(left_out, whole, rtol=0, atol=1e-9, equal_nan=True):
            assert matters
        if not matters:
            assert np.allclose(left_out, whole, rtol=0, atol=1e-9, equal_nan=True)


@pytest.mark.parametrize("values", [[], [Edit("set", 0, LABS, 7)]])
def test_nothing_matters_where_nothing_changes(values: list[Edit]) -> None:
    matrix = matrix_of(TABLE, FRAMEWORK)
    cells = list(edits.last_of_cells(values))
    before, after = score(matrix, FRAMEWORK), score(edited(matrix, *values), FRAMEWORK)
    assert not any(edits.matters(before, after, cells))
