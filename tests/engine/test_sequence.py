"""The order of a plan's additions: by hand, and that no other addition would have helped more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings

from tests.engine.path_cases import SCORES, effort_of, questions
from tests.engine.scoring import scored
from tests.frameworks import small_framework
from tests.oracle.paths import Item, Question
from tierscore.engine.effort import Effort, Terms, effort
from tierscore.engine.matrix import Floats
from tierscore.engine.path import least_effort, steps
from tierscore.engine.sequence import Advance, gaps, sequence

SECONDS = 10.0
NEAR = 1e-9
MANY = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
TABLE = {
    "R0": {"labs": 7, "share": 10, "rank": 12},
    "R1": {"labs": 30, "share": 50, "rank": 2},
    "R2": {"labs": 12, "share": 40, "rank": 5},
}


def small_effort(target: int) -> Effort:
    """R0, which scores 28, 20 and 19 of 21 parts of 40, in all 14 + 6 + 7.238 = 27.238."""
    nothing = np.full(3, np.nan)
    terms = Terms(movable=np.ones(3, dtype=np.bool_), costs=nothing, most=nothing, fixed=nothing)
    return effort(scored(TABLE, small_framework()), 0, target, terms)


def left_of(decision: Effort, start: Floats, additions: Floats) -> float:
    """The mean part that is left of the gaps that were there at first, 0 where there was none."""
    first, after = gaps(decision, start).tolist(), gaps(decision, additions).tolist()
    parts = [now / before for now, before in zip(after, first, strict=True) if before > 0]
    return sum(parts) / len(parts) if parts else 0.0


def test_gaps_by_hand() -> None:
    score = 14 + 6 + 0.2 * 19 * 40 / 21
    # The middle tier has no quota; the high one asks for 0.5 of labs and share.
    assert gaps(small_effort(1), np.zeros(3)) == pytest.approx([40 - score, 2 / 3, np.nan], nan_ok=True)
    assert gaps(small_effort(2), np.zeros(3)) == pytest.approx([60 - score, 2 / 3, 0.5])
    # With 20 laboratories, 60 rather than 28, half the functions and 0.5/0.8 of the origination are there.
    assert gaps(small_effort(2), np.array([13, 0, 0])) == pytest.approx([60 - score - 16, 2 / 3 - 0.5, 0])


def test_the_order_by_hand() -> None:
    made = sequence(small_effort(1), np.array([3.0, 13.0, 2.0]))
    # First 12.76 of score and 0.667 of functions are lacking. Left would be with
    # labs, 28 -> 40: 6.76 and 0.167, the mean of 0.530 and 0.25;
    # share, 20 -> 40.71 at 23 of 113: 6.55 and 0.367, the mean of 0.513 and 0.55;
    # rank, 36.2 -> 40: 12 and 0.467, the mean of 0.940 and 0.7.
    # Then with the share 0.55 and nothing, with the rank 6 and nothing.
    assert [advance.column for advance in made] == [0, 1, 2]
    lacking = 26 - 0.2 * 19 * 40 / 21 - 6
    share = 0.3 * (40 + (100 * 23 / 113 - 20) - 20)  # a point for each per cent above 20
    assert made[0].gaps == pytest.approx([lacking - 6, 2 / 3 - 0.5, np.nan], nan_ok=True)
    assert made[0].left == pytest.approx(((lacking - 6) / lacking + 0.25) / 2)
    assert made[1].gaps == pytest.approx([lacking - 6 - share, 0, np.nan], nan_ok=True)
    assert made[1].left == pytest.approx((lacking - 6 - share) / lacking / 2)
    assert (made[2].gaps[:2].tolist(), made[2].left) == ([0, 0], 0)


def test_of_equal_helps_the_cheaper_goes_first_then_the_order() -> None:
    item = Item(weight=1, at=(1, 2, 3, 4), value=0, origination=True)
    items = [replace(item, cost=2), replace(item, cost=1), replace(item, cost=2), replace(item, cost=1)]
    asked = Question(items, SCORES, target=1, cut=1, quota_from=2, quota_coverage=0, quota_share=0)
    made = sequence(effort_of(asked), np.full(4, 2.0))
    assert [advance.column for advance in made] == [1, 3, 0, 2]
    assert [advance.left for advance in made] == pytest.approx([0.75, 0.5, 0.25, 0])


def test_nothing_added_is_no_sequence() -> None:
    assert sequence(small_effort(1), np.zeros(3)) == []


def replayed(start: Floats, additions: Floats, made: list[Advance]) -> list[Floats]:
    """What is added before each advance, and after the last one."""
    now, states = start.copy(), [start.copy()]
    for advance in made:
        now[advance.column] = additions[advance.column]
        states.append(now.copy())
    return states


def check(decision: Effort, additions: Floats) -> None:
    """What holds of every sequence of a plan that reaches."""
    start, made = decision.start, sequence(decision, additions)
    columns = [advance.column for advance in made]
    assert sorted(columns) == np.flatnonzero(additions > start).tolist()
    states = replayed(start, additions, made)
    for place, advance in enumerate(made):
        assert advance.gaps == pytest.approx(gaps(decision, states[place + 1]), nan_ok=True)
        assert advance.left == pytest.approx(left_of(decision, start, states[place + 1]))
        for other in columns[place + 1 :]:
            tried = states[place].copy()
            tried[other] = additions[other]
            assert advance.left <= left_of(decision, start, tried) + NEAR
    assert not np.nan_to_num(gaps(decision, states[-1])).any()
    assert not made or made[-1].left == 0


@MANY
@given(questions(whole=None, most=5))
def test_each_addition_of_a_leap_helps_most_at_its_place(asked: Question) -> None:
    decision = effort_of(asked)
    plan = least_effort(decision, SECONDS)
    assume(plan is not None)
    assert plan is not None
    check(decision, plan.additions)


@MANY
@given(questions(whole=True, most=4))
def test_each_addition_of_a_step_goes_on_from_the_step_before(asked: Question) -> None:
    made = list(steps(effort_of(asked), 0, SECONDS))
    assume(made)
    for decision, plan in made:
        check(decision, plan.additions)
