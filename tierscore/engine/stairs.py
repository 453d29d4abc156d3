"""The programme of a plan that must hold in most of many draws (methodology, section 8).

Each indicator's additions are cut into stairs. A stair costs what its lowest addition costs and brings, in each draw,
what its highest one does: so no plan costs less than the cheapest climb, and the top of each stair is a plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from tierscore.engine.effort import Effort
from tierscore.engine.matrix import Flags, Floats, Ints
from tierscore.engine.programme import COST_SCALE, ROW_SCALE, Rows, highs
from tierscore.engine.sample import Confidence
from tierscore.engine.threshold import EPS

ENTRIES, GRID = 24, 12  # at first: quantiles of the draws' entries to the tier, and places on the way to the most
FINER = 4  # parts that the stairs next to a plan are cut into


@dataclass(frozen=True)
class Stairs:
    """Additions that are told apart.

    tops : of each open indicator in their order, ascending, the first what is added in any case.
    """

    tops: tuple[Floats, ...]

    @classmethod
    def first(cls, effort: Effort, confidence: Confidence) -> Stairs:
        """At the entries of the draws, and closer together where little is added."""
        entries = confidence.sample.addition_to(effort.growth.given.entries[:, effort.target])
        parts, ranks = np.linspace(0.0, 1.0, GRID) ** 2, np.linspace(0.0, 1.0, ENTRIES)
        found = []
        for column in np.flatnonzero(effort.open):
            least, most, own = effort.least[column], effort.most[column], entries[:, column]
            own = own[(own > least) & (own <= most)]
            own = np.quantile(own, ranks, method="higher") if own.size else own
            found.append(_tops(effort, int(column), np.append(own, least + (most - least) * parts)))
        return cls(tuple(found))

    def finer(self, effort: Effort, plans: Floats, limit: float) -> Stairs:
        """Finer where plans stand, (plans, indicators), and without what alone costs more than a limit."""
        found = []
        for column, tops in zip(np.flatnonzero(effort.open), self.tops, strict=True):
            least, cost = effort.least[column], effort.unit_costs[column]
            dearest = least + max(limit - float(effort.cost(effort.least)), 0.0) / cost
            near = [_between(tops, place) for place in plans[:, column]]
            even = np.linspace(least, min(dearest, effort.most[column]), GRID)
            every = np.concatenate([tops, plans[:, column], even, *near])
            found.append(_tops(effort, int(column), every[every <= max(dearest, plans[:, column].max())]))
        return Stairs(tuple(found))


def _tops(effort: Effort, column: int, places: Floats) -> Floats:
    """Places in order, whole where things are counted, the least and none beyond the most."""
    if effort.growth.given.integer[column]:
        places = np.concatenate([np.floor(places + EPS), np.ceil(places - EPS)])
    least, most = effort.least[column], effort.most[column]
    return np.unique(np.concatenate([[least], places[(places >= least) & (places <= most)]]))


def _between(tops: Floats, place: float) -> Floats:
    """Parts of the stair that a place is on, and of those beside it."""
    at = int(np.searchsorted(tops, place))
    own = tops[max(at - 2, 0) : at + 2]
    parts = np.arange(1, FINER) / FINER
    cut: Floats = (own[:-1, np.newaxis] + np.diff(own)[:, np.newaxis] * parts).ravel()
    return cut


@dataclass(frozen=True)
class Climb:
    """What the cheapest climb comes to: the tops reached, None where none was found in time; nothing costs less."""

    additions: Floats | None
    bound: float


@dataclass(frozen=True)
class _Steps:
    """Every stair: whose, its top, and what it costs to be on it beyond the one before; (steps,) each."""

    owner: Ints
    top: Floats
    cost: Floats


@dataclass(frozen=True)
class _Test:
    """A weighted sum that must reach something, in each draw: (draws, indicators) and (draws,).

    counted : whether it is of the functions supplied, and not of the scores.
    """

    weights: Floats
    needed: Floats
    counted: bool


def climb(effort: Effort, confidence: Confidence, stairs: Stairs, seconds: float) -> Climb:
    """The cheapest climb that reaches the tier in enough draws, and as the values are."""
    steps = _steps(effort, stairs)
    count, draws = steps.owner.size, confidence.sample.size
    rows = Rows(count + draws)
    for gain, lacking in _lines(effort, stairs, confidence.sample.scores, _tests(effort, confidence)):
        _where_reached(rows, gain, np.maximum(lacking, 0.0))
    for gain, lacking in _lines(effort, stairs, lambda plans: effort.scores(plans)[np.newaxis], _plain_tests(effort)):
        own = np.hstack([gain, np.zeros((1, draws))])
        rows.add(ROW_SCALE * own, low=ROW_SCALE * lacking)
    rows.add(np.append(np.zeros(count), np.ones(draws))[np.newaxis], low=float(confidence.needed))
    _in_order(rows, steps)
    costs = np.append(steps.cost, np.zeros(draws))
    result = highs(costs * COST_SCALE, rows, np.ones(rows.width), np.ones(rows.width, dtype=np.int64), seconds)
    bound = 0.0 if result.mip_dual_bound is None else max(float(result.mip_dual_bound) / COST_SCALE, 0.0)
    return Climb(None if result.x is None else _reached(effort, steps, result.x[:count] > 0.5), bound)


def _steps(effort: Effort, stairs: Stairs) -> _Steps:
    owners, given = np.flatnonzero(effort.open), effort.growth.given
    costs = []
    for column, tops in zip(owners, stairs.tops, strict=True):
        lowest = np.append(tops[0], tops[:-1] + (1.0 if given.integer[column] else 0.0))
        costs.append(effort.unit_costs[column] * np.diff(lowest))
    return _Steps(
        owner=np.repeat(owners, [tops.size - 1 for tops in stairs.tops]),
        top=np.concatenate([np.zeros(0), *(tops[1:] for tops in stairs.tops)]),
        cost=np.concatenate([np.zeros(0), *costs]),
    )


def _reached(effort: Effort, steps: _Steps, taken: Flags) -> Floats:
    additions = effort.least.copy()
    np.maximum.at(additions, steps.owner[taken], steps.top[taken])
    return additions


def _tests(effort: Effort, confidence: Confidence) -> list[_Test]:
    """The tests of the target in each draw; those of the tiers below hold with them."""
    sample, rule = confidence.sample, effort.growth.given.rule
    each = np.ones(sample.size)
    tests = [
        _Test(sample.weights, (effort.goal - EPS) * each, counted=False),
        _Test(sample.weights, sample.cuts - EPS, counted=True),
    ]
    if effort.target >= rule.quota_from:
        tests.append(_Test(sample.origination, (rule.quota_share - EPS) * each, counted=True))
    return tests


def _plain_tests(effort: Effort) -> list[_Test]:
    """The same as the values are, of what is present."""
    given, rule = effort.growth.given, effort.growth.given.rule
    weights = np.where(np.isnan(effort.scores(effort.least)), 0.0, given.weights)
    tests = [
        _Test(effort.effective[np.newaxis], np.array([effort.goal - EPS]), counted=False),
        _Test(_relative(weights), np.array([rule.cut - EPS]), counted=True),
    ]
    if effort.target >= rule.quota_from:
        tests.append(_Test(_relative(weights * rule.origination), np.array([rule.quota_share - EPS]), counted=True))
    return tests


def _relative(weights: Floats) -> Floats:
    """Weights of sum 1, in a single row."""
    relative: Floats = (weights / weights.sum())[np.newaxis]
    return relative


def _lines(
    effort: Effort, stairs: Stairs, scores_of: Callable[[Floats], Floats], tests: list[_Test]
) -> Iterator[tuple[Floats, Floats]]:
    """What each step adds to each test, (draws, steps), and what is lacking before, (draws,)."""
    columns, goal = np.flatnonzero(effort.open).tolist(), effort.threshold - EPS
    tables = [scores_of(_each(effort, *pair))[..., pair[0]] for pair in zip(columns, stairs.tops, strict=True)]
    before = np.nan_to_num(scores_of(effort.least[np.newaxis])[:, 0])
    for test in tests:
        of = np.greater_equal if test.counted else _own
        gains = [
            test.weights[:, [column]] * np.diff(of(table, goal).astype(np.float64), axis=1)
            for column, table in zip(columns, tables, strict=True)
        ]
        yield np.hstack(gains), test.needed - (test.weights * of(before, goal)).sum(axis=1)


def _own(scores: Floats, _goal: float) -> Floats:
    return scores


def _each(effort: Effort, column: int, tops: Floats) -> Floats:
    """A plan for each top of one indicator's stairs, (tops, indicators)."""
    plans = np.tile(effort.least, (tops.size, 1))
    plans[:, column] = tops
    return plans


def _where_reached(rows: Rows, gain: Floats, lacking: Floats) -> None:
    """In the draws that count, the steps bring what is lacking; none brings more than that."""
    limited = np.minimum(gain, lacking[:, np.newaxis])
    rows.add(ROW_SCALE * np.hstack([limited, -np.diag(lacking)]), low=0.0)


def _in_order(rows: Rows, steps: _Steps) -> None:
    """No stair is taken before the one below it."""
    below = np.flatnonzero(steps.owner[1:] == steps.owner[:-1])
    block, place = rows.empty(below.size), np.arange(below.size)
    block[place, below], block[place, below + 1] = 1.0, -1.0
    rows.add(block, low=0.0)
