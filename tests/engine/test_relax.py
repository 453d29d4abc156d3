"""The least relaxation against a look at every set of what could be otherwise, and by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.engine.path_cases import SCORES, effort_of, questions
from tests.oracle import paths
from tests.oracle.paths import Item, Question, addition_to, most, score
from tierscore.engine.effort import Effort, Terms
from tierscore.engine.path import Plan, least_effort
from tierscore.engine.relax import Hold, Relaxation, holds, relaxed

SECONDS = 10.0
EPS = 1e-9
MANY = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
# Among equally few those with fewer missing are wanted, then those with less that is not actionable.
UNWANTED = (Hold.MISSING, Hold.NOT_ACTIONABLE)


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
    effort: Effort = field(repr=False)

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

    def rank(self, chosen: Sequence[int]) -> tuple[int, ...]:
        """How few, then how little wanted."""
        kinds = [self.candidates[place] for place in chosen]
        return len(chosen), *(kinds.count(kind) for kind in UNWANTED)

    def lifted(self, chosen: Sequence[int]) -> Effort:
        """The decision when some are otherwise, written down from the items alone."""
        items, before = self.question.items, self.effort
        known = [item.value is not None or place in chosen for place, item in enumerate(items)]
        weights = np.array([item.weight for item in items]) * known
        moved = [place for place in chosen if items[place].value is not None]
        highest, costs, assumed = before.most.copy(), before.unit_costs.copy(), before.assumed.copy()
        for place in moved:
            highest[place] = ceiling(items[place])
            costs[place] = before.prices[place]
        assumed[[place for place in chosen if items[place].value is None]] = self.question.scores[self.question.target]
        present, everything = weights.sum(), sum(item.weight for item in items)
        return replace(
            before,
            most=highest,
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
    assume(not holds_at_most(question))
    return Blocked(question, effort_of(question))


def holds_at_most(question: Question) -> bool:
    """Whether the question can be answered without a relaxation."""
    found = [None if item.value is None else score(item, most(item), question.scores) for item in question.items]
    return paths.holds(question, found)


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
    assume(case.found is not None)
    assert case.found is not None
    plan, chosen = case.found.plan, np.flatnonzero(case.found.holds).tolist()
    assert plan.cost == pytest.approx(min(case.plan(one).cost for one in case.best), rel=1e-6, abs=1e-12)
    expected = case.lifted(chosen)
    assert case.found.effort.reaches(plan.additions)
    assert expected.reaches(plan.additions)
    assert ((plan.additions >= expected.least) & (plan.additions <= expected.most)).all()
    assert not plan.additions[~np.isnan(expected.assumed)].any()


FREE = Item(weight=1, at=(1, 2, 3, 4), value=0, whole=False, origination=True)
"""Scores 0; an addition of 2 scores 40, of 3 scores 60 and of 4 scores 100."""
DONE = replace(FREE, weight=2, value=4)
BOUND, FIXED = replace(FREE, most=0), replace(FREE, fixed=0)
PLACED, UNKNOWN = replace(FREE, actionable=False), replace(FREE, value=None)


def question(*items: Item, target: int = 1, cut: float = 0, **rule: Any) -> Question:
    """A tier without a quota unless the rule says otherwise."""
    quota = {"quota_from": 2, "quota_coverage": 0, "quota_share": 0}
    return Question(items=items, scores=SCORES, target=target, cut=cut, **(quota | rule))


def relaxation(asked: Question) -> Relaxation | None:
    return relaxed(effort_of(asked), terms_of(asked), asked.min_coverage, SECONDS)


@pytest.mark.parametrize(
    ("items", "cut", "expected"),
    [
        # 2 of 4 are supplied; each of the others makes it 3 of 4. Cost does not matter between kinds.
        ((replace(BOUND, cost=9), replace(PLACED, cost=1)), 0.6, [Hold.UPPER_BOUND, 0]),
        ((replace(PLACED, cost=1), replace(FIXED, cost=9)), 0.6, [0, Hold.FIXED]),
        # Between two of a kind it does: the function comes with 2 units.
        ((replace(PLACED, cost=2), replace(PLACED, cost=1)), 0.6, [0, Hold.NOT_ACTIONABLE]),
        ((replace(BOUND, cost=1), replace(FIXED, cost=2)), 0.6, [Hold.UPPER_BOUND, 0]),
        # 2 of 3 are supplied; what is known besides makes it 3 of 4, what is lifted 3 of 3.
        ((UNKNOWN, PLACED), 0.75, [0, Hold.NOT_ACTIONABLE]),
        ((UNKNOWN, BOUND), 0.75, [0, Hold.UPPER_BOUND]),
        # 2 of 4: two own limits would do, 4 of 4; so would one that is unknown, 4 of 6.
        ((replace(BOUND, weight=0.5),) * 4 + (replace(UNKNOWN, weight=2),), 2 / 3, [0, 0, 0, 0, Hold.MISSING]),
    ],
)
def test_few_come_before_wanted_kinds_and_those_before_cheap_ones(
    items: tuple[Item, ...], cut: float, expected: list[int]
) -> None:
    found = relaxation(question(DONE, *items, cut=cut))
    assert found is not None
    assert found.holds.tolist() == [0, *expected]


def test_only_what_is_missing_makes_too_little_known_enough() -> None:
    # 2 of 5 are known, 0.4; with the heavier of the two 4 of 5, with the lighter one 3 of 5, which is 0.6.
    found = relaxation(question(DONE, replace(UNKNOWN, weight=2), replace(UNKNOWN, weight=1)))
    assert found is not None
    assert found.holds.sum() == Hold.MISSING
    assert not found.plan.additions.any()
    assert found.plan.cost == 0


def test_what_is_open_already_goes_on_with_the_relaxation() -> None:
    # The mean of both has to be 60. All of the first is 50; the second adds the other 10 with a score of 20, half
    # way to its second knot: 4 x 1 + 1.5 x 2.
    found = relaxation(question(replace(FREE, cost=1), replace(BOUND, cost=2), target=2))
    assert found is not None
    assert found.plan.additions == pytest.approx([4, 1.5])
    assert found.plan.cost == pytest.approx(7)


def test_what_is_unknown_and_changes_nothing_stays_so() -> None:
    # As above; a third one that came to be known at 60, the mean that is needed, would bring the score nothing.
    found = relaxation(question(FREE, BOUND, UNKNOWN, target=2))
    assert found is not None
    assert found.holds.tolist() == [0, Hold.UPPER_BOUND, 0]


def test_a_quota_of_nothing_known_asks_for_something_known() -> None:
    # The only origination function is missing: no share of it can be met, even where nothing of it need be covered.
    found = relaxation(question(UNKNOWN, replace(FREE, weight=2, origination=False), quota_from=1))
    assert found is not None
    assert found.holds.tolist() == [Hold.MISSING, 0]
    # 2 of 3 are free and the third is 40: so must the others be.
    assert found.plan.additions == pytest.approx([0, 2])


def test_nothing_helps_where_all_of_everything_is_too_little() -> None:
    # Of counted things 2 are the most that 2.7 allow; a score of 40 begins at 2.5.
    counted = replace(FREE, at=(2, 2.5, 2.6, 2.7), whole=True, actionable=False)
    assert relaxation(question(counted)) is None


def test_what_has_no_price_cannot_be_lifted() -> None:
    # The tier begins at a share of everything, which own growth never reaches.
    share = replace(FREE, at=(20, 100, 200, 300), value=1, total=10, actionable=False)
    assert relaxation(question(share)) is None
