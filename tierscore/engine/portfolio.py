"""The fewest levers that answer everything that can be answered: an exact set cover (methodology, section 9)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tierscore.engine.matrix import Flags, Floats


@dataclass(frozen=True)
class Portfolio:
    """Places of the levers, in the catalogue's order, and of the indicators that no lever answers."""

    levers: tuple[int, ...]
    unanswered: tuple[int, ...]


@dataclass(frozen=True)
class _Lever:
    """A lever as a choice: its place, what it answers as bits, its priority in units of 1e-12."""

    place: int
    answers: int
    priority: int


def portfolio(acts: Flags, wanted: Flags, priorities: Floats) -> Portfolio:
    """The fewest levers, among equally few those with the highest sum of priorities, then the first in the catalogue.

    Parameters
    ----------
    acts : (levers, indicators), which lever acts on what.
    wanted : (indicators,), what is to be answered.
    priorities : (levers,), compared to 1e-12.

    Examples
    --------
    The first two answer all three; the third one is needed as well if the second is left out.

    >>> acts = np.array([[True, True, False], [False, True, True], [False, False, True]])
    >>> portfolio(acts, np.array([True, True, True]), np.array([0.5, 0.4, 0.4])).levers
    (0, 1)
    """
    answered = acts.any(axis=0)
    columns = np.flatnonzero(wanted & answered)
    levers = [
        _Lever(place, _bits(row[columns]), round(float(priority) * 1e12))
        for place, (row, priority) in enumerate(zip(acts, priorities, strict=True))
        if row[columns].any()
    ]
    unanswered = tuple(int(column) for column in np.flatnonzero(wanted & ~answered))
    return Portfolio(_cover(_undominated(levers), (1 << columns.size) - 1), unanswered)


def _bits(flags: Flags) -> int:
    return sum(1 << place for place, flag in enumerate(flags.tolist()) if flag)


def _undominated(levers: Sequence[_Lever]) -> list[_Lever]:
    """Without those that another one could replace at no loss: it answers as much or more, and would go before it."""

    def replaces(other: _Lever, lever: _Lever) -> bool:
        first = (-other.priority, other.place) < (-lever.priority, lever.place)
        return lever.answers | other.answers == other.answers and first

    return [lever for lever in levers if not any(replaces(other, lever) for other in levers)]


def _cover(levers: Sequence[_Lever], everything: int) -> tuple[int, ...]:
    """Sets of growing size are tried; of the smallest that answer everything the best one is taken."""
    for size in range(len(levers) + 1):
        found = list(_covers(levers, everything, size))
        if found:
            best = min(found, key=lambda chosen: (-sum(lever.priority for lever in chosen), _places(chosen)))
            return _places(best)
    return ()


def _covers(levers: Sequence[_Lever], left: int, size: int) -> Iterator[tuple[_Lever, ...]]:
    """Every set of at most `size` levers that answers what is left, each found by its hardest indicator first."""
    if not left:
        yield ()
        return
    largest = max(((lever.answers & left).bit_count() for lever in levers), default=0)
    if left.bit_count() > size * largest:
        return
    bits = [1 << place for place in range(left.bit_length()) if left >> place & 1]
    hardest = min(bits, key=lambda bit: sum(1 for lever in levers if lever.answers & bit))
    for lever in levers:
        if lever.answers & hardest:
            yield from ((lever, *rest) for rest in _covers(levers, left & ~lever.answers, size - 1))


def _places(chosen: Sequence[_Lever]) -> tuple[int, ...]:
    return tuple(sorted(lever.place for lever in chosen))
