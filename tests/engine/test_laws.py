"""Laws of the engine, on random tables under random frameworks."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.engine.scoring import scored
from tests.frameworks import small_document, small_framework
from tests.random_cases import Case, random_case
from tierscore.engine.labels import Labels
from tierscore.engine.matrix import Absence, Cells, Matrix
from tierscore.engine.parameters import parameters
from tierscore.engine.pipeline import score
from tierscore.engine.scorecard import Scorecard
from tierscore.framework.model import Leaf

LAW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
DATA = st.data()
# What a scorecard computes when it is first asked for it.
ON_DEMAND = (
    "contributions", "tier_by_score", "tier_of_function", "uneven", "unproven", "lowest", "highest", "views",
)  # fmt: skip


def with_value(case: Case, row: int, column: int, value: float) -> Matrix:
    """The matrix with another value in one cell; a given total moves along, a summed one follows by itself."""
    cells, nation = case.matrix.cells, case.matrix.nation
    values, given_total, absence = cells.values.copy(), nation.values.copy(), cells.absence.copy()
    if not np.isnan(value - values[row, column]):
        given_total[column] += value - values[row, column]
    values[row, column] = value
    absence[row, column] = Absence.NO_OBSERVATION if np.isnan(value) else Absence.PRESENT
    changed = Cells(values, cells.periods, cells.statuses, cells.sources, absence)
    return replace(case.matrix, cells=changed, nation=replace(nation, values=given_total))


def arrays(value: Any) -> list[np.ndarray[Any, Any]]:
    """Every array in a scorecard, however deep."""
    if isinstance(value, np.ndarray):
        return [value]
    if isinstance(value, Labels):
        return [value.texts]
    if is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in fields(value)] + [name for name in ON_DEMAND if hasattr(value, name)]
        return [array for name in names for array in arrays(getattr(value, name))]
    return []


def equal(one: Scorecard, other: Scorecard) -> bool:
    """The same bytes, NaN equal to NaN."""
    pairs = zip(arrays(one), arrays(other), strict=True)
    return all(np.array_equal(a, b, equal_nan=a.dtype.kind == "f") for a, b in pairs)


@LAW
@given(DATA)
def test_the_same_inputs_give_the_same_bytes(data: st.DataObject) -> None:
    case = random_case(data.draw)
    assert equal(score(case.matrix, case.framework), score(case.matrix, case.framework))


@LAW
@given(DATA)
def test_a_missing_value_that_arrives_high_enough_never_costs_the_tier(data: st.DataObject) -> None:
    """Through score or functions; the quota of origination can only be helped, too, by a value at the threshold."""
    case = random_case(data.draw)
    given = parameters(case.framework)
    levels = np.flatnonzero(~given.share & ~given.per)
    assume(levels.size)
    scored_column = data.draw(st.sampled_from(levels.tolist()))
    row = data.draw(st.integers(0, len(case.framework.regions) - 1))
    column = int(given.places[scored_column])
    before = score(with_value(case, row, column, np.nan), case.framework)
    tier = int(before.tier[row])
    entry = float(given.knots[scored_column, max(tier, 0)])
    assert score(with_value(case, row, column, entry), case.framework).tier[row] >= tier


@LAW
@given(DATA)
def test_bounds_hold_the_tier_unless_origination_coverage_alone_fails(data: st.DataObject) -> None:
    card = score((case := random_case(data.draw)).matrix, case.framework)
    origination = case.framework.sort.origination
    # With a quota of 0, origination that is all missing fails (its share is unknown), and holds once put lowest.
    assume(origination is not None and origination.share > 0)
    assessed = card.tier >= 0
    assert (card.lowest <= card.highest).all()
    assert (card.lowest[assessed] <= np.maximum(card.tier, _best_unproven(card))[assessed]).all()
    assert (card.tier[assessed] <= card.highest[assessed]).all()


def _best_unproven(card: Scorecard) -> Any:
    tiers = np.arange(card.unproven.shape[1])
    return np.where(card.unproven, tiers, -1).max(axis=1)


@LAW
@given(DATA)
def test_a_region_without_shares_does_not_depend_on_the_others(data: st.DataObject) -> None:
    case = random_case(data.draw)
    card = score(case.matrix, case.framework)
    assume(not card.parameters.share.any())
    alone = replace(case.framework, regions=case.framework.regions[:1])
    matrix = replace(case.matrix, regions=alone.regions, cells=case.matrix.cells.rows(slice(0, 1)))
    only = score(matrix, alone)
    assert np.array_equal(only.scores[0], card.scores[0], equal_nan=True)
    assert only.tier[0] == card.tier[0]


def test_all_weight_on_one_indicator_is_that_indicator() -> None:
    framework = small_framework()
    children = tuple(
        Leaf(leaf.indicator, 1.0 if leaf.indicator == "labs" else 0.0)
        for leaf in framework.index.children
        if isinstance(leaf, Leaf)
    )
    only = replace(framework, index=replace(framework.index, children=children))
    card = scored({"R0": {"labs": 15, "rank": 1}, "R1": {"labs": 3}, "R2": {"labs": None}}, only)
    assert np.array_equal(card.score, card.scores[:, 0], equal_nan=True)


def test_a_unit_change_of_values_and_knots_changes_nothing() -> None:
    table = {"R0": {"labs": 7, "rank": 12}, "R1": {"labs": 30, "rank": 2}, "R2": {"labs": 12, "rank": 9}}
    halves = {region: {**row, "labs": row["labs"] * 2} for region, row in table.items()}
    document_change = [dict(item) for item in _indicators()]
    document_change[0]["normalise"] = {"method": "knots", "at": [0, 20, 40, 80]}
    one = scored(table, small_framework())
    other = scored(halves, small_framework(indicators=document_change))
    assert np.array_equal(one.score, other.score)
    assert np.array_equal(one.tier, other.tier)


def _indicators() -> list[dict[str, Any]]:
    indicators: list[dict[str, Any]] = small_document()["indicators"]
    return indicators
