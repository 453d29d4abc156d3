"""The smallest losses that cost a tier against every loss tried one by one, and by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations, count
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.engine.path_cases import SCORES, effort_of, questions
from tests.engine.scoring import scored
from tests.frameworks import small_framework
from tests.oracle import paths
from tests.oracle.paths import Item, Question, addition_to, score
from tierscore.engine.effort import Effort, Terms, effort
from tierscore.engine.loss import Losses, losses

EPS = 1e-9
HAIR = 1e-8  # of a loss, and of a unit where there is none to speak of
MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])


@dataclass(frozen=True)
class Held:
    """A question whose target is the tier that the region has."""

    question: Question
    effort: Effort = field(repr=False)

    @cached_property
    def found(self) -> Losses:
        """The engine's losses."""
        return losses(self.effort)

    @property
    def goal(self) -> float:
        """The score that supplies a function at the tier."""
        return self.question.scores[self.question.target]

    def keeps_tier(self, place: int, loss: float) -> bool:
        """Whether the tier holds once one indicator has lost so much."""
        additions = np.zeros(len(self.question.items))
        additions[place] = -loss
        return bool(self.effort.reaches(additions))

    def keeps_function(self, place: int, loss: float) -> bool:
        """Whether a function is still supplied once it has lost so much."""
        return score(self.question.items[place], -loss, self.question.scores) >= self.goal - EPS

    def present(self) -> list[int]:
        """The indicators with a value."""
        return [place for place, item in enumerate(self.question.items) if item.value is not None]

    def supplied(self) -> list[int]:
        """The functions that are supplied at the tier."""
        return [place for place in self.present() if self.keeps_function(place, 0)]


@st.composite
def held(draw: st.DrawFn, *, whole: bool) -> Held:
    """Regions in the highest tier that their values reach."""
    question = draw(questions(whole=whole, most=5))
    tiers = [replace(question, target=target) for target in (2, 1)]
    now = next((one for one in tiers if holds_now(one)), None)
    assume(now is not None)
    assert now is not None
    return Held(now, effort_of(now))


def holds_now(question: Question) -> bool:
    """Whether the values as they are reach the target."""
    return paths.holds(
        question, [None if item.value is None else score(item, 0, question.scores) for item in question.items]
    )


def everything(item: Item) -> float:
    """All that can be lost: down to nothing, or until the score is at its lowest."""
    assert item.value is not None
    return item.value if item.better > 0 else max(0.0, -addition_to(item, item.at[0]))


def whole_losses(item: Item) -> Iterator[float]:
    """1, 2, ... until everything is lost, in whole steps."""
    for loss in count(1):
        if item.better > 0 and loss > everything(item):
            return
        yield float(loss)
        if loss >= everything(item):
            return


def least(case: Held, place: int, keeps: Callable[[int, float], bool]) -> float:
    """The first whole loss at which something no longer holds; NaN where none is."""
    return next((loss for loss in whole_losses(case.question.items[place]) if not keeps(place, loss)), np.nan)


@MANY
@given(held(whole=True))
def test_whole_losses_are_the_first_that_cost_the_tier_or_end_a_supply(case: Held) -> None:
    alone, functions = np.full((2, len(case.question.items)), np.nan)
    for place in case.present():
        alone[place] = least(case, place, case.keeps_tier)
    for place in case.supplied():
        functions[place] = least(case, place, case.keeps_function)
    assert np.array_equal(case.found.alone, alone, equal_nan=True)
    assert np.array_equal(case.found.functions, functions, equal_nan=True)


def less(loss: float) -> float:
    """A hair less, which never is a gain."""
    return max(0.0, loss - HAIR * max(1.0, loss))


def more(loss: float) -> float:
    """A hair more."""
    return loss + HAIR * max(1.0, loss)


@MANY
@given(held(whole=False))
def test_a_hair_less_keeps_the_tier_and_the_supply_and_a_hair_more_does_not(case: Held) -> None:
    assert np.flatnonzero(~np.isnan(case.found.functions)).tolist() == case.supplied()
    for place in case.present():
        if np.isnan(case.found.alone[place]):
            assert case.keeps_tier(place, everything(case.question.items[place]))
        else:
            assert case.keeps_tier(place, less(case.found.alone[place]))
            assert not case.keeps_tier(place, more(case.found.alone[place]))
    for place in case.supplied():
        assert case.keeps_function(place, less(case.found.functions[place]))
        assert not case.keeps_function(place, more(case.found.functions[place]))


def fails_without(question: Question, supplied: list[int]) -> bool:
    """Whether these functions are too few for the functions test or for the origination quota."""

    def share(*, origination: bool) -> float:
        counted = [place for place, item in enumerate(question.items) if item.origination or not origination]
        known = sum(question.items[place].weight for place in counted if question.items[place].value is not None)
        return sum(question.items[place].weight for place in counted if place in supplied) / known

    if share(origination=False) < question.cut - EPS:
        return True
    return question.target >= question.quota_from and share(origination=True) < question.quota_share - EPS


@MANY
@given(held(whole=True) | held(whole=False))
def test_together_is_the_cheapest_of_all_sets_of_functions(case: Held) -> None:
    costs, supplied = case.effort.prices * case.found.functions, case.supplied()
    sets = [
        chosen
        for size in range(1, len(supplied) + 1)
        for chosen in combinations(supplied, size)
        if fails_without(case.question, [place for place in supplied if place not in chosen])
    ]
    together = np.flatnonzero(case.found.together).tolist()
    if not sets:
        assert together == []
        return
    assert tuple(together) in sets
    assert not any(tuple(place for place in together if place != spared) in sets for spared in together)
    # Of losses that are crumbs, where a value is right on an entry, one is as cheap as another.
    assert costs[together].sum() == pytest.approx(min(costs[list(chosen)].sum() for chosen in sets), abs=1e-4)


def small_losses(tier: int, values: tuple[float, float, float], costs: tuple[float, ...] = (np.nan,) * 3) -> Losses:
    """Those of a region with so many laboratories, so much of `share`, of which others have 50, and such a rank."""
    labs, share, rank = values
    rows: dict[str, dict[str, float | None]] = {
        "R0": {"labs": labs, "share": share, "rank": rank},
        "R1": {"labs": 1, "share": 30, "rank": 30},
        "R2": {"labs": 1, "share": 20, "rank": 30},
    }
    card, nothing = scored(rows, small_framework()), np.full(3, np.nan)
    assert card.tier[0] == tier
    return losses(effort(card, 0, tier, Terms(np.ones(3, dtype=np.bool_), np.array(costs), nothing, nothing)))


HIGH = (22, 50, 2)
"""Scores 64, 80 (of 50 %) and 90, in all 0.5 x 64 + 0.3 x 80 + 0.2 x 90 = 74; the high tier begins at 60."""


def test_losses_of_the_high_tier_by_hand() -> None:
    found = small_losses(2, HIGH)
    # Supply ends below 20 laboratories, below 40 % and after rank 5: (50 - n)/(100 - n) < 0.4 from n > 16.67 on.
    assert found.functions.tolist() == [3, 17, 4]
    # Without the laboratories 0.5 of the functions are left, which is too few. Without the share or the rank enough
    # are left, so that the score has to fall by more than 14: the share's below 33.3, its score at 10 of 60 and thus
    # kept with a loss of 40; the rank's below 20, which rank 20 (21.0) keeps and rank 21 (19.05) does not.
    assert found.alone.tolist() == [3, 41, 19]


def test_the_cheapest_functions_by_hand() -> None:
    # Costs are 1 over the tier's width: 10 laboratories, 33.3 - 12.5 of the share where others have 50, 5 ranks.
    # The laboratories are enough alone for 3/10; the share and the rank only together, for 17/20.8 + 4/5.
    assert small_losses(2, HIGH).together.tolist() == [True, False, False]
    # Three laboratories at 1 each are dearer than those 1.616; at 0.5 each they are not.
    assert small_losses(2, HIGH, (1, np.nan, np.nan)).together.tolist() == [False, True, True]
    assert small_losses(2, HIGH, (0.5, np.nan, np.nan)).together.tolist() == [True, False, False]


def test_what_is_not_supplied_has_no_supply_to_lose() -> None:
    # Rank 11 is below 40; laboratories and share, 15 of 65, supply 0.8. (15 - n)/(65 - n) < 0.2 from n > 2.5 on.
    found = small_losses(1, (15, 15, 11))
    assert found.functions.tolist() == pytest.approx([6, 3, np.nan], nan_ok=True)
    # Either one is enough; the laboratories' tier is 10 wide and the share's 12.5: 6/10 and 3/12.5.
    assert found.together.tolist() == [False, True, False]


def lone(at: tuple[float, ...], value: float, **rest: Any) -> Held:
    """A region with a single indicator in its tier."""
    item = Item(weight=1, at=at, value=value, origination=True, **rest)
    tiers = [
        Question([item], SCORES, tier, cut=0.5, quota_from=1, quota_coverage=0, quota_share=0.5) for tier in (2, 1)
    ]
    question = next(one for one in tiers if holds_now(one))
    return Held(question, effort_of(question))


def test_a_share_that_should_be_low_can_grow_beyond_twice_itself() -> None:
    # 1 of 50 is 2 %, and 60 begins at 5 %: (1 + n)/(50 + n) > 0.05 from n > 1.58 on.
    assert lone((15, 10, 5, 1), 1, total=50, better=-1).found.functions.tolist() == [2]


def test_the_last_whole_loss_may_go_past_the_last_knot() -> None:
    # 1 scores above 40, 0 below: nothing is left of what began between them.
    assert lone((0.25, 0.75, 2, 3), 1).found.functions.tolist() == [1]


def test_a_tier_that_does_not_depend_on_an_indicator_cannot_be_lost_by_it() -> None:
    # 100 and 0: the mean of 0.75 x 100 + 0.25 x 0 is in the high tier whatever becomes of the second.
    items = [Item(3, (1, 2, 3, 4), 9, origination=True), Item(1, (1, 2, 3, 4), 1)]
    question = Question(items, SCORES, 2, cut=0.5, quota_from=1, quota_coverage=0, quota_share=0)
    found = losses(effort_of(question))
    # The first one has to fall below 80, half way from its third knot to the last: from 9 to 3 whole ones.
    assert found.alone.tolist() == pytest.approx([6, np.nan], nan_ok=True)
    assert found.together.tolist() == [True, False]


def test_a_test_that_is_just_met_is_lost_with_any_function() -> None:
    # 2 of 3 are supplied, which is the cut: the cheaper of both, two units at 1 against two at 2, is enough.
    item = Item(1, (1, 2, 3, 4), 4, origination=True)
    items = [replace(item, cost=2), replace(item, cost=1), replace(item, value=0)]
    found = losses(effort_of(Question(items, SCORES, 2, cut=2 / 3, quota_from=2, quota_coverage=0, quota_share=0)))
    assert found.functions.tolist() == pytest.approx([2, 2, np.nan], nan_ok=True)
    assert found.together.tolist() == [False, True, False]
