"""The fewest levers against a look at every set of levers, and by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierscore.engine.portfolio import Portfolio, portfolio

MANY = settings(max_examples=150, deadline=None)
# Steps of a quarter are exact as floats, so that sums tie; a crumb is less than what is compared.
QUARTERS = st.integers(0, 8).map(lambda quarters: quarters / 4)
CRUMBS = st.sampled_from([0.0, 0.0, 1e-14])


@dataclass(frozen=True)
class Wish:
    """Which lever acts on what, what is to be answered, and how much each lever is wanted."""

    acts: Sequence[Sequence[bool]]
    wanted: Sequence[bool]
    priorities: Sequence[float]

    def solved(self) -> Portfolio:
        """What the engine says; a catalogue without a lever is a table of no rows."""
        acts = np.array(self.acts, dtype=np.bool_).reshape(len(self.acts), len(self.wanted))
        return portfolio(acts, np.array(self.wanted, dtype=np.bool_), np.array(self.priorities, dtype=np.float64))


@st.composite
def wishes(draw: st.DrawFn) -> Wish:
    """Up to 8 levers on up to 6 indicators."""
    indicators, levers = draw(st.integers(1, 6)), draw(st.integers(0, 8))

    def flags() -> list[bool]:
        return draw(st.lists(st.booleans(), min_size=indicators, max_size=indicators))

    return Wish(
        acts=[flags() for _ in range(levers)],
        wanted=flags(),
        priorities=[draw(QUARTERS) + draw(CRUMBS) for _ in range(levers)],
    )


def answerable(wish: Wish) -> set[int]:
    """The wanted indicators that some lever acts on."""
    return {column for column, wanted in enumerate(wish.wanted) if wanted and any(row[column] for row in wish.acts)}


def covers(wish: Wish) -> Iterator[tuple[int, ...]]:
    """Every set of levers that answers all that can be answered."""
    places = range(len(wish.acts))
    for size in range(len(wish.acts) + 1):
        for chosen in combinations(places, size):
            if all(any(wish.acts[place][column] for place in chosen) for column in answerable(wish)):
                yield chosen


def order(wish: Wish, chosen: tuple[int, ...]) -> tuple[int, Fraction, tuple[int, ...]]:
    """The first set is the best: few levers, a high sum of priorities to 1e-12, early in the catalogue."""
    total = sum((Fraction(round(wish.priorities[place], 12)) for place in chosen), Fraction())
    return len(chosen), -total, chosen


@MANY
@given(wishes())
def test_the_portfolio_is_the_best_of_all_sets(wish: Wish) -> None:
    assert wish.solved().levers == min(covers(wish), key=lambda chosen: order(wish, chosen))


@MANY
@given(wishes())
def test_what_no_lever_answers_is_named(wish: Wish) -> None:
    expected = {column for column, wanted in enumerate(wish.wanted) if wanted} - answerable(wish)
    assert wish.solved().unanswered == tuple(sorted(expected))


@MANY
@given(wishes())
def test_no_lever_of_it_can_be_spared(wish: Wish) -> None:
    found = wish.solved().levers
    sets = set(covers(wish))
    assert found in sets
    assert not any(tuple(place for place in found if place != spared) in sets for spared in found)


@MANY
@given(wishes(), st.randoms())
def test_the_order_of_the_indicators_does_not_matter(wish: Wish, random: Random) -> None:
    columns = list(range(len(wish.wanted)))
    random.shuffle(columns)
    turned = Wish(
        acts=[[row[column] for column in columns] for row in wish.acts],
        wanted=[wish.wanted[column] for column in columns],
        priorities=wish.priorities,
    )
    assert turned.solved().levers == wish.solved().levers


def test_nothing_wanted_needs_no_lever() -> None:
    assert Wish([[True, True]], [False, False], [1.0]).solved() == Portfolio((), ())


def test_without_levers_everything_wanted_is_unanswered() -> None:
    assert Wish([], [True, False, True], []).solved() == Portfolio((), (0, 2))


def test_few_levers_come_before_wanted_ones() -> None:
    # Lever 0 answers both at a priority of 0.1; 1 and 2 have 1.8 together, but are two.
    assert Wish([[True, True], [True, False], [False, True]], [True, True], [0.1, 0.9, 0.9]).solved().levers == (0,)


@pytest.mark.parametrize(
    ("priorities", "expected"),
    [
        ([0.5, 0.5, 0.5, 0.5], (0, 1)),  # all sums are 1: the first in the catalogue
        ([0.5, 0.5, 0.5 + 1e-14, 0.5], (0, 1)),  # 1e-14 more is the same sum
        ([0.5, 0.5, 0.5, 0.5 + 1e-11], (0, 3)),  # 1e-11 more is not
        ([0.25, 0.75, 0.75, 0.25], (1, 2)),  # 1.5 is the highest sum
    ],
)
def test_among_equally_few_the_sum_decides_then_the_catalogue(
    priorities: list[float], expected: tuple[int, ...]
) -> None:
    # 0 and 2 do the same, and 1 and 3: one of each pair is needed.
    acts = [[True, False], [False, True], [True, False], [False, True]]
    assert Wish(acts, [True, True], priorities).solved().levers == expected
