"""The least effort that holds in a part of the draws, against a look at every plan, and by hand."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.engine.path_cases import card_of, effort_of, questions
from tests.engine.test_sample import CUT, KNOTS, OWN, WEIGHTS, applicable, draws_of, region, small_card
from tests.oracle.paths import Question
from tierscore.engine.confident import CLOSE, least_confident_effort
from tierscore.engine.effort import Effort, Terms, effort
from tierscore.engine.matrix import Floats
from tierscore.engine.path import least_effort
from tierscore.engine.sample import Confidence, sample
from tierscore.engine.way import way

SECONDS = 4.0
MOST_PLANS = 20_000
PARTS = st.sampled_from([0.0, 0.25, 0.5, 0.8, 0.9, 1.0])


def confident(question: Question, part: float, draws: int = 20) -> Effort:
    """The question, to be held in a part of some draws."""
    card = card_of(question)
    setting = applicable(card, (WEIGHTS, KNOTS, CUT, OWN))
    found = sample(setting, draws_of(setting, draws), region(card, 0))
    return replace(effort_of(question), confidence=Confidence.at(found, part))


def every_plan(decision: Effort) -> Floats:
    """All whole additions within the limits, (plans, indicators)."""
    ranges = [
        np.arange(low, high + 0.5) if free else [low]
        for low, high, free in zip(decision.least, decision.most, decision.open, strict=True)
    ]
    assume(np.prod([len(places) for places in ranges]) <= MOST_PLANS)
    return np.array(list(product(*ranges)))


@settings(max_examples=60, deadline=None)
@given(questions(whole=True, most=4), PARTS)
def test_no_plan_costs_less_than_the_bound_and_the_one_found_is_within_its_gap(question: Question, part: float) -> None:
    decision = confident(question, part)
    plans = every_plan(decision)
    enough = plans[decision.reaches(plans)]
    found = least_confident_effort(decision, SECONDS)
    assert (found is None) == (len(enough) == 0)
    if found is not None:
        cheapest = float(decision.cost(enough).min())
        assert decision.reaches(found.additions)
        assert found.bound <= cheapest * (1 + 1e-6) + 1e-9
        assert cheapest - 1e-9 <= found.cost
        assert found.cost * (1 - found.proven_gap) <= cheapest * (1 + 1e-6) + 1e-9
        if found.proven_gap < CLOSE:
            assert found.cost == pytest.approx(cheapest, rel=CLOSE, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(questions(whole=None, most=3), PARTS)
def test_a_plan_of_what_is_not_counted_holds_and_is_bounded_by_a_grid(question: Question, part: float) -> None:
    decision = confident(question, part)
    found = least_confident_effort(decision, SECONDS)
    places = np.linspace(0.0, 1.0, 9)
    steps = np.array(list(product(*[places if free else [0.0] for free in decision.open])))
    whole = decision.growth.given.integer
    grid = decision.least + steps * (decision.most - decision.least)
    grid = np.where(whole, np.floor(grid), grid)
    enough = grid[decision.reaches(grid)]
    if len(enough):
        assert found is not None
        assert found.bound <= float(decision.cost(enough).min()) * (1 + 1e-6) + 1e-9
    if found is not None:
        assert decision.reaches(found.additions)
        assert ((found.additions >= decision.least) & (found.additions <= decision.most)).all()
        assert (found.additions[whole] == np.floor(found.additions[whole])).all()


@settings(max_examples=30, deadline=None)
@given(questions(whole=True, most=3))
def test_more_confidence_is_never_bounded_lower_than_what_less_costs_at_least(question: Question) -> None:
    plain = least_effort(effort_of(question), SECONDS)
    found = [least_confident_effort(confident(question, part), SECONDS) for part in (0.0, 0.5, 1.0)]
    assert (plain is None) == (found[0] is None)
    if plain is not None and found[0] is not None:
        assert found[0].cost == pytest.approx(plain.cost)
    reached = [plan for plan in found if plan is not None]
    assert all(low.bound <= high.cost + 1e-9 for low, high in pairwise(reached))


def by_hand(part: float) -> Effort:
    """A share of 6 in 20 to be 40 %, a level of 4 to be 10, each a tier of its own: both are needed at a cut of 1."""
    card = small_card(sort={"method": "central_place", "cut": 0.9, "origination": {"from": "high", "coverage": 0.5,
                             "share": 0.5}})  # fmt: skip
    nothing = np.full(2, np.nan)
    decision = effort(card, 0, 2, Terms(np.ones(2, dtype=np.bool_), np.ones(2), nothing, nothing))
    setting = applicable(card, (KNOTS,))
    found = sample(setting, draws_of(setting, 50), region(card, 0))
    return replace(decision, confidence=Confidence.at(found, part))


def test_in_all_draws_each_addition_is_the_dearest_draw_s_own() -> None:
    """Both functions are needed in every draw, so each goes to the highest of its drawn entries."""
    decision = by_hand(1.0)
    assert decision.confidence is not None
    entries = decision.confidence.sample.addition_to(decision.growth.given.entries[:, 2])
    found = least_confident_effort(decision, SECONDS)
    assert found is not None
    assert found.additions == pytest.approx(entries.max(axis=0), abs=1e-6)
    assert found.proven_gap < 10 * CLOSE


def test_a_part_of_the_draws_costs_what_the_best_choice_of_draws_to_give_up_costs() -> None:
    """45 of 50: for each limit of the one, the least limit of the other that leaves five outside."""
    decision = by_hand(0.9)
    assert decision.confidence is not None
    first, second = decision.confidence.sample.addition_to(decision.growth.given.entries[:, 2]).T
    costs = []
    for limit in np.append(first[first > 10 / 3], 10 / 3):  # as things are it must be reached, too
        inside = np.sort(second[first <= limit])
        if inside.size >= 45:
            costs.append(limit + max(inside[44], 6.0))
    found = least_confident_effort(decision, SECONDS)
    assert found is not None
    assert found.cost == pytest.approx(min(costs), rel=2 * CLOSE)
    assert found.bound <= min(costs) + 1e-6


def test_a_tier_in_reach_that_no_plan_holds_in_enough_draws_is_unsure() -> None:
    decision = by_hand(1.0)
    close = replace(decision, most=np.array([10 / 3, 6.0]))
    nothing = np.full(2, np.nan)
    terms = Terms(np.ones(2, dtype=np.bool_), np.ones(2), nothing, nothing)
    found = way(close, terms, 1, 0.6, SECONDS)
    assert found.unsure
    assert found.leap is None
    assert found.relaxation is None
    assert not way(close.plain, terms, 1, 0.6, SECONDS).unsure


def test_the_steps_end_in_a_leap_that_is_no_dearer() -> None:
    decision = by_hand(0.9)
    nothing = np.full(2, np.nan)
    found = way(decision, Terms(np.ones(2, dtype=np.bool_), np.ones(2), nothing, nothing), 0, 0.6, SECONDS)
    assert found.leap is not None
    assert [step.target for step, _ in found.steps] == [1, 2]
    assert all(step.reaches(plan.additions) for step, plan in found.steps)
    assert found.leap.cost <= sum(plan.cost for _, plan in found.steps) + 1e-12
