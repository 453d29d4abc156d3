"""What additions make of measures and scores, against scoring a table that was edited."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.scoring import scored
from tests.frameworks import indicator, small_framework
from tierscore.engine.growth import Growth
from tierscore.engine.matrix import Floats
from tierscore.framework.model import Framework

MANY = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
REGIONS = ("R0", "R1", "R2")
FRAMEWORK = small_framework()
TABLE: dict[str, dict[str, float | None]] = {
    "R0": {"labs": 7, "share": 10, "rank": 12},
    "R1": {"labs": 30, "share": 50, "rank": 2},
    "R2": {"labs": 12, "share": 40, "rank": None},
}


@dataclass(frozen=True)
class Case:
    """A framework, a table and additions to the values of R0."""

    framework: Framework
    table: dict[str, dict[str, float | None]]
    additions: Floats

    @property
    def codes(self) -> list[str]:
        """The scored indicators."""
        return [f"i{place}" for place in range(self.additions.size)]

    @cached_property
    def growth(self) -> Growth:
        """What the engine says of R0."""
        return Growth.of(scored(self.table, self.framework)).row(0)

    def edited(self) -> dict[str, dict[str, float | None]]:
        """The table once so much is added to R0; totals that are given grow by it, sums do by themselves."""
        table = {region: dict(row) for region, row in self.table.items()}
        for place, code in enumerate(self.codes):
            step = self.growth.given.direction[place] * self.additions[place]
            value, total = table["R0"][code], table["CN"].get(code)
            table["R0"][code] = None if value is None else value + step
            if total is not None and value is not None:
                table["CN"][code] = total + step
        return table


def scale(draw: st.DrawFn, code: str, kind: str) -> dict[str, Any]:
    """One indicator: knots of all measures, goalposts of levels."""
    at = sorted(draw(st.lists(st.integers(1, 60), min_size=4, max_size=4, unique=True)))
    rising = draw(st.booleans())
    better = "higher_is_better" if rising else "lower_is_better"
    measures = {"share": {"kind": "national_share"}, "per": {"kind": "per", "denominator": "people", "scale": 100}}
    found = indicator(code, [float(knot) for knot in (at if rising else at[::-1])], direction=better)
    found |= {"measure": measures.get(kind, {"kind": "level"})}
    if kind == "posts":
        ends = (at[0], at[-1]) if rising else (at[-1], at[0])
        found |= {"normalise": {"method": "goalposts", "low": ends[0], "high": ends[1], "clip": draw(st.booleans())}}
    return found


@st.composite
def cases(draw: st.DrawFn, *, kinds: tuple[str, ...] = ("level", "share", "per", "posts")) -> Case:
    """Up to 4 indicators of three regions, some values missing, totals given, summed or unknown."""
    chosen = draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=4))
    codes = [f"i{place}" for place in range(len(chosen))]
    amounts = st.integers(0, 40).map(float)
    table: dict[str, dict[str, float | None]] = {region: {} for region in (*REGIONS, "CN")}
    for code, kind in zip(codes, chosen, strict=True):
        for region in REGIONS:
            table[region][code] = draw(amounts | amounts | st.none())
        if kind == "share":
            rest = draw(amounts | st.none())
            table["CN"][code] = None if rest is None else rest + sum(table[region][code] or 0.0 for region in REGIONS)
    for region in REGIONS:
        table[region]["people"] = draw(st.integers(1, 200).map(float))
    scales = [scale(draw, code, kind) for code, kind in zip(codes, chosen, strict=True)]
    return Case(_framework(scales), table, np.array([_addition(draw, item, table) for item in scales]))


def _addition(draw: st.DrawFn, item: dict[str, Any], table: dict[str, dict[str, float | None]]) -> float:
    """So much, or so little, that the value does not fall below 0."""
    room = table["R0"][item["code"]] or 0.0
    step = draw(st.floats(-room, 60))
    return step if item["direction"] == "higher_is_better" else -step


def _framework(scales: list[dict[str, Any]]) -> Framework:
    people = {
        "code": "people",
        "title": {"zh": "人", "en": "people"},
        "unit": "persons",
        "direction": "higher_is_better",
    }
    children = [{"indicator": item["code"], "weight": 1} for item in scales]
    return small_framework(
        indicators=[*scales, people],
        index={"code": "index", "children": children},
        sort={"method": "score_bands"},
        reference={"period": 2021, "regions": [*REGIONS]},
    )


@MANY
@given(cases())
def test_scores_are_those_of_the_edited_table(case: Case) -> None:
    expected = scored(case.edited(), case.framework)
    assert case.growth.measures(case.additions) == pytest.approx(expected.measured.values[0], abs=1e-9, nan_ok=True)
    assert case.growth.scores(case.additions) == pytest.approx(expected.scores[0], abs=1e-7, nan_ok=True)


@MANY
@given(cases())
def test_nothing_added_is_the_scorecard(case: Case) -> None:
    card = scored(case.table, case.framework)
    found = Growth.of(card).scores(np.zeros(card.scores.shape))
    assert np.array_equal(found, card.scores, equal_nan=True)


@MANY
@given(cases())
def test_many_additions_at_once_are_each_by_itself(case: Case) -> None:
    tried = np.outer([0.0, 0.5, 1.0], case.additions)
    assert np.array_equal(
        case.growth.scores(tried), np.array([case.growth.scores(one) for one in tried]), equal_nan=True
    )


@MANY
@given(cases())
def test_an_addition_leads_to_its_measure_and_back(case: Case) -> None:
    measured = case.growth.measures(case.additions)
    # A share of everything or of nothing does not say how much it is of.
    told = ~case.growth.given.share | ((measured > 0.01) & (measured < 99.9))
    wanted = np.where(told & ~np.isnan(measured), case.additions, np.nan)
    back = np.where(told, case.growth.addition_to(measured), np.nan)
    assert back == pytest.approx(wanted, rel=1e-6, abs=1e-6, nan_ok=True)


@MANY
@given(cases(), st.floats(0.5, 99))
def test_a_measure_is_reached_by_its_addition(case: Case, goal: float) -> None:
    growth, goals = case.growth, np.full(case.additions.size, goal)
    additions = growth.addition_to(goals)
    # Nothing is added to what is missing; a share needs somebody else to be one of.
    rest = np.where(growth.given.share, growth.totals - growth.values, 1.0)
    known = ~np.isnan(growth.values) & (rest > 0)
    assert np.isnan(additions[~known & growth.given.share]).all()
    assert growth.measures(additions)[known] == pytest.approx(goals[known])
    assert growth.value_at(goals)[known] == pytest.approx((growth.values + growth.given.direction * additions)[known])


@MANY
@given(cases(kinds=("level", "share", "per")), st.floats(0, 20))
def test_adding_more_never_scores_less(case: Case, more: float) -> None:
    before, after = case.growth.scores(case.additions), case.growth.scores(case.additions + more)
    assert not (after < before - 1e-9).any()


def test_measures_by_hand() -> None:
    growth = Growth.of(scored(TABLE, FRAMEWORK)).row(0)
    # 7 + 3; 10 + 13 of 100 + 13; rank 12 is better by 2 at 10
    assert growth.measures(np.array([3.0, 13.0, 2.0])) == pytest.approx([10, 100 * 23 / 113, 10])
    # 10 laboratories and rank 10 are right on 40; a share above 20 % gets a point for each per cent
    assert growth.scores(np.array([3.0, 13.0, 2.0])) == pytest.approx([40, 20 + 100 * 23 / 113, 40])


def test_the_way_back_by_hand() -> None:
    growth = Growth.of(scored(TABLE, FRAMEWORK)).row(0)
    # 90 are the others': 20 % are 22.5 of 112.5.
    assert growth.value_at(np.array([10.0, 20.0, 10.0])) == pytest.approx([10, 22.5, 10])
    assert growth.addition_to(np.array([10.0, 20.0, 10.0])) == pytest.approx([3, 12.5, 2])
    # Below 0 where it is past that: 5 % are 90/19 of 90 + 90/19.
    assert growth.addition_to(np.array([5.0, 5.0, 20.0])) == pytest.approx([-2, 90 / 19 - 10, -8])


def test_a_share_of_everything_is_reached_by_nothing() -> None:
    growth = Growth.of(scored(TABLE, FRAMEWORK)).row(0)
    assert np.isnan(growth.value_at(np.full(3, 100.0))).tolist() == [False, True, False]


def test_who_has_everything_has_no_other_share_of_it() -> None:
    alone = {region: row | {"share": 13 if region == "R0" else 0} for region, row in TABLE.items()}
    growth = Growth.of(scored(alone, FRAMEWORK)).row(0)
    assert np.isnan([growth.value_at(np.full(3, goal))[1] for goal in (5.0, 20.0, 35.0, 90.0)]).all()


def test_the_fewest_whole_additions_by_hand() -> None:
    growth = Growth.of(scored(TABLE, FRAMEWORK)).row(0)
    exact = growth.addition_to(np.array([10.0, 20.0, 10.0]))
    # 12.5 of the share are 13 whole ones; 3 and 2 are whole as they are.
    assert growth.fewest_whole(exact, np.array(40.0)).tolist() == [3, 13, 2]
    assert growth.fewest_whole(exact, np.array(40.0), np.array([5.0, 0.0, 0.0])).tolist() == [5, 13, 2]
