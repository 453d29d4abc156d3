"""The least relaxation against a look at every set of what could be otherwise, and by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.engine.path_cases import SCORES, effort_of, questions
from tests.oracle.paths import Item, Question, addition_to
from tierscore.engine.effort import Effort, Terms
from tierscore.engine.path import Plan, least_effort
from tierscore.engine.relax import Hold, Relaxation, holds, relaxed

SECONDS = 10.0
EPS = 1e-9
MANY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
# How little each is wanted among equally few; the sums of sets are compared.
RANKS = {Hold.FIXED: 0, Hold.UPPER_BOUND: 0, Hold.NOT_ACTIONABLE: 1, Hold.MISSING: 2}


def terms_of(question: Question) -> Terms:
    """What the question asks of its path."""

    def column(name: str) -> Any:
        return np.array([getattr(item, name) for item in question.items], dtype=np.float64)

    movable = np.array([item.actionable for item in question.items], dtype=np.bool_)
    return Terms(movable=movable, costs=column("cost"), most=column("most"), fixed=column("fixed"))


@dataclass(frozen=True)
class Blocked:
    """A question and what the engine makes of it."""

    question: Question
    effort: Effort

    @cached_property
    def found(self) -> Relaxation | None:
        """The engine's least relaxation."""
        return relaxed(self.effort, terms_of(self.question), self.question.min_coverage, SECONDS)

    @cached_property
    def candidates(self) -> dict[int, Hold]:
        """What could be otherwise, and why it is not."""
        told = {place: why_held(item) for place, item in enumerate(self.question.items)}
        return {place: hold for place, hold in told.items() if hold is not None}

    @cached_property
    def enough(self) -> list[tuple[int, ...]]:
        """Every set of candidates with which everything at its most reaches the tier."""
        places = sorted(self.candidates)
        sets = [chosen for size in range(len(places) + 1) for chosen in combinations(places, size)]
        return [chosen for chosen in sets if reaches_at_most(self.lifted(chosen))]

    @cached_property
    def best(self) -> list[tuple[int, ...]]:
        """Those of the fewest candidates, and among them of the most wanted kinds."""
        return [chosen for chosen in self.enough if self.rank(chosen) == min(map(self.rank, self.enough))]

    def rank(self, chosen: Sequence[int]) -> tuple[int, int]:
        """How few, then how little wanted."""
        return len(chosen), sum(RANKS[self.candidates[place]] for place in chosen)

    def lifted(self, chosen: Sequence[int]) -> Effort:
        """The decision when some are otherwise, written down from the items alone."""
        items, before = self.question.items, self.effort
        known = [item.value is not None or place in chosen for place, item in enumerate(items)]
        weights = np.array([item.weight for item in items]) * known
        moved = [place for place in chosen if items[place].value is not None]
        most, costs, assumed = before.most.copy(), before.unit_costs.copy(), before.assumed.copy()
        for place in moved:
            most[place] = ceiling(items[place])
            costs[place] = before.prices[place]
        assumed[[place for place in chosen if items[place].value is None]] = self.question.scores[self.question.target]
        present, everything = weights.sum(), sum(item.weight for item in items)
        return replace(
            before,
            most=most,
            unit_costs=costs,
            assumed=assumed,
            effective=weights / present if present else weights,
            assessed=bool(present >= (self.question.min_coverage - EPS) * everything),
        )

    def plan(self, chosen: Sequence[int]) -> Plan:
        """The least effort of a set that is enough."""
        found = least_effort(self.lifted(chosen), SECONDS)
        assert found is not None
        return found


def ceiling(item: Item) -> float:
    """The addition that leads to the last knot, whole where it is counted."""
    exact = max(0.0, addition_to(item, item.at[-1]))
    return float(int(exact + EPS)) if item.whole else exact


def why_held(item: Item) -> Hold | None:
    """Why an item cannot go to its ceiling; None where it can."""
    if item.value is None:
        return Hold.MISSING
    if item.fixed is not None:
        return Hold.FIXED if item.fixed < ceiling(item) - EPS else None
    if not item.actionable:
        return Hold.NOT_ACTIONABLE if ceiling(item) > EPS else None
    return Hold.UPPER_BOUND if item.most is not None and item.most < ceiling(item) - EPS else None


def reaches_at_most(effort: Effort) -> bool:
    """Whether the most that is possible reaches the tier."""
    return bool(effort.reaches(effort.most))


@st.composite
def blocked(draw: st.DrawFn) -> Blocked:
    """Questions that no plan answers as they are."""
    question = draw(questions(whole=None, most=5))
    effort = effort_of(question)
    assume(not reaches_at_most(effort))
    return Blocked(question, effort)


@MANY
@given(blocked())
def test_why_each_indicator_is_held(case: Blocked) -> None:
    told = holds(case.effort, terms_of(case.question)).tolist()
    assert {place: hold for place, hold in enumerate(told) if hold} == case.candidates


@MANY
@given(blocked())
def test_the_fewest_of_the_most_wanted_kinds_are_otherwise(case: Blocked) -> None:
    assert (case.found is None) == (not case.enough)
    if case.found is not None:
        chosen = tuple(np.flatnonzero(case.found.holds).tolist())
        assert {place: case.found.holds[place] for place in chosen} == {
            place: case.candidates[place] for place in chosen
        }
        assert chosen in case.best


@MANY
@given(blocked())
def test_the_plan_is_the_cheapest_of_all_sets_as_good(case: Blocked) -> None:
    if case.found is not None:
        costs = [case.plan(chosen).cost for chosen in case.best]
        assert case.found.plan.cost == pytest.approx(min(costs), rel=1e-6, abs=1e-12)


@MANY
@given(blocked())
def test_the_plan_reaches_the_tier_within_what_is_lifted(case: Blocked) -> None:
    if case.found is None:
        return
    plan, after = case.found.plan.additions, case.found.effort
    chosen = np.flatnonzero(case.found.holds).tolist()
    expected = case.lifted(chosen)
    assert after.reaches(plan) and expected.reaches(plan)
    assert ((plan >= case.effort.least) & (plan <= after.most)).all()
    assert after.most == pytest.approx(expected.most)
    assert after.effective == pytest.approx(expected.effective)
    assert after.assumed == pytest.approx(expected.assumed, nan_ok=True)
    assert plan[[place for place in chosen if case.candidates[place] == Hold.MISSING]].tolist() == pytest.approx(0)
