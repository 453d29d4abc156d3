"""The least effort against a look at every plan, and by hand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from tests.engine.path_cases import effort_of, questions
from tests.oracle.paths import Question, cheapest
from tierscore.engine.path import least_effort, steps

SECONDS = 10.0


@settings(max_examples=300, deadline=None)
@given(questions(whole=True, most=4))
def test_whole_numbers_cost_what_the_cheapest_of_all_plans_costs(question: Question) -> None:
    effort = effort_of(question)
    expected, found = cheapest(question), least_effort(effort, SECONDS)
    assert (found is None) == (expected is None)
    if found is not None and expected is not None:
        assert found.cost == pytest.approx(expected[0], rel=1e-9, abs=1e-12)
        assert found.proven_gap == 0
        assert effort.reaches(found.additions)


@settings(max_examples=200, deadline=None)
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


@settings(max_examples=100, deadline=None)
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
