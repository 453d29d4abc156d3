"""The least effort against a look at every plan, and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.path_cases import effort_of, questions
from tests.oracle.paths import Question, cheapest, plans
from tierscore.engine.effort import Effort
from tierscore.engine.path import Plan, alternatives, least_effort, lower_bound, steps

SECONDS = 10.0


@settings(max_examples=150, deadline=None)
@given(questions(whole=True, most=4))
def test_whole_numbers_cost_what_the_cheapest_of_all_plans_costs(question: Question) -> None:
    effort = effort_of(question)
    expected, found = cheapest(question), least_effort(effort, SECONDS)
    assert (found is None) == (expected is None)
    if found is not None and expected is not None:
        assert found.cost == pytest.approx(expected[0], rel=1e-9, abs=1e-12)
        assert found.proven_gap == 0
        assert effort.reaches(found.additions)


@settings(max_examples=60, deadline=None)
@given(questions(whole=None, most=3))
def test_continuous_plans_are_no_dearer_than_a_fine_grid(question: Question) -> None:
    effort = effort_of(question)
    expected, found = cheapest(question), least_effort(effort, SECONDS)
    if expected is not None:
        assert found is not None
        assert found.cost <= expected[0] * (1 + 1e-6) + 1e-12
    if found is not None:
        assert found.proven_gap <= 1e-6
        assert effort.reaches(found.additions)
        assert (found.additions <= effort.most).all()


@settings(max_examples=60, deadline=None)
@given(questions(whole=None, most=4))
def test_without_any_time_a_plan_still_reaches_and_says_what_is_not_proven(question: Question) -> None:
    effort = effort_of(question)
    best, found = least_effort(effort, SECONDS), least_effort(effort, 0.0)
    assert (found is None) == (best is None)
    if found is not None and best is not None:
        assert effort.reaches(found.additions)
        assert found.bound <= best.cost * (1 + 1e-9) <= found.cost * (1 + 1e-6) + 1e-9
        assert (found.additions <= effort.everything).all()


@settings(max_examples=60, deadline=None)
@given(questions(whole=None, most=4))
def test_one_leap_is_never_dearer_than_the_steps(question: Question) -> None:
    effort = effort_of(question)
    leap = least_effort(effort, SECONDS)
    made = list(steps(effort, 0, SECONDS))
    if leap is None:
        assert len(made) < effort.target
        return
    assert len(made) == effort.target
    assert leap.cost <= sum(plan.cost for _, plan in made) * (1 + 1e-7) + 1e-12


@settings(max_examples=60, deadline=None)
@given(questions(whole=True, most=4), st.sampled_from([0.0, 0.3, 2.0]))
def test_alternatives_are_the_cheapest_that_do_without_something_of_those_before(
    question: Question, tolerance: float
) -> None:
    effort = effort_of(question)
    best = least_effort(effort, SECONDS)
    if best is None:
        return
    already = float(effort.cost(effort.least))
    before, limit = [used(effort, best)], best.cost + tolerance * best.cost
    for plan in alternatives(effort, best, tolerance, 3, SECONDS):
        assert effort.reaches(plan.additions)
        assert plan.cost == pytest.approx(cheapest_without(question, effort, before), rel=1e-9, abs=1e-12)
        assert plan.cost <= limit * (1 + 1e-7) + 1e-12
        before.append(used(effort, plan))
    if len(before) <= 3 and all(before) and best.cost > already:
        assert not cheapest_without(question, effort, before) < limit * (1 - 1e-7) - 1e-12


def used(effort: Effort, plan: Plan) -> set[int]:
    return set(np.flatnonzero(plan.additions > effort.least).tolist())


def cheapest_without(question: Question, effort: Effort, before: list[set[int]]) -> float:
    """Of all plans that take none of these sets as a whole; infinite where there is none."""
    least = effort.least.tolist()
    costs = [
        cost
        for cost, plan in plans(question, 1)
        if not any(some <= {place for place, add in enumerate(plan) if add > least[place]} for some in before)
    ]
    return min(costs, default=np.inf)


@settings(max_examples=60, deadline=None)
@given(questions(whole=None, most=4))
def test_the_quick_bound_is_no_more_than_the_cost(question: Question) -> None:
    effort = effort_of(question)
    plan = least_effort(effort, SECONDS)
    if plan is not None:
        assert lower_bound(effort, SECONDS) <= plan.cost * (1 + 1e-6) + 1e-9
