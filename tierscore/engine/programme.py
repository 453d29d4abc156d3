"""The mixed-integer linear programme of a path, solved by scipy's HiGHS (methodology, section 8).

One binary for each whole addition, with its exact score. Curves are bounded from above by tangents, so that the
programme never says that less is possible than is, and its bound holds for the true problem.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from tierscore.engine.aggregate import weight_of
from tierscore.engine.choices import Choices
from tierscore.engine.effort import Effort
from tierscore.engine.matrix import Flags, Floats, Ints
from tierscore.engine.threshold import EPS

# HiGHS keeps rows to 1e-6 and stops 1e-6 from the best: rows and costs are scaled so that this is little.
ROW_SCALE = 1e3
LARGEST = 1e5
COST_SCALE = 1e3
FIRST_TANGENTS = tuple(part / 16 for part in range(17))
INFEASIBLE = 2


@dataclass(frozen=True)
class Tangents:
    """Where curves are bounded: the piece and the part of its length, (tangents,) each."""

    piece: Ints
    part: Floats

    @classmethod
    def first(cls, decided: Choices) -> Tangents:
        """Some for each piece; one for those that are lines."""
        count = decided.pieces.owner.size
        piece = np.repeat(np.arange(count), len(FIRST_TANGENTS))
        part = np.tile(np.array(FIRST_TANGENTS), count)
        wanted = (decided.pieces.bend[piece] > 0) | (part == 0)
        return cls(piece[wanted], part[wanted])

    def and_at(self, piece: Ints, part: Floats) -> Tangents:
        """These and some more."""
        return Tangents(np.append(self.piece, piece), np.append(self.part, part))


@dataclass(frozen=True)
class Exclusion:
    """Sets of indicators, (indicators,) flags each, of which no plan may take all, and what a plan may cost at most."""

    sets: tuple[Flags, ...] = ()
    most: float = np.inf


@dataclass(frozen=True)
class Solving:
    """How a programme is solved.

    scale : of the costs, so that the best one is large against 1e-6.  seconds : time limit.
    whole_steps : whether curves that are counted go in whole steps; the bound holds without, too.
    relaxed : whether nothing need be whole, which is quick and shows where curves are to be bounded.
    """

    scale: float
    seconds: float
    whole_steps: bool = False
    relaxed: bool = False


@dataclass(frozen=True)
class Found:
    """What a programme came to.

    chosen : (options,) bool.  part : (pieces,), of each piece's length.  supply : (curves,) bool.
    open_gate : (pieces,) bool, whether what follows a gated piece may be taken.
    whole : (curves,), additions in whole steps beyond those in any case, NaN for others.
    used : (indicators,) bool, what may be taken of; all but where sets are excluded.
    bound : no plan costs less, beyond what is added in any case.
    """

    chosen: Flags
    part: Floats
    open_gate: Flags
    supply: Flags
    whole: Floats
    used: Flags
    bound: float


class Layout:
    """The columns: options, suppliers among them, parts, gains and gates of pieces, supplies, whole steps, used."""

    def __init__(self, decided: Choices, indicators: int, *, used: bool) -> None:
        curves, pieces = decided.owners.size, decided.pieces.owner.size
        options, suppliers = decided.options.owner.size, decided.options.suppliers.size
        steps = (options, suppliers, pieces, pieces, pieces, curves, curves, indicators if used else 0)
        ends = np.cumsum((0, *steps)).tolist()
        self.options, self.suppliers, self.parts, self.gains, self.gates, self.supply, self.whole, self.used = (
            slice(begin, end) for begin, end in pairwise(ends)
        )
        self.width: int = ends[-1]


class Rows:
    """Linear constraints under construction: low <= row <= high."""

    def __init__(self, width: int) -> None:
        self.width = width
        self._blocks: list[Floats] = []
        self._low: list[Floats] = []
        self._high: list[Floats] = []

    def add(self, block: Floats, low: float | Floats = -np.inf, high: float | Floats = np.inf) -> None:
        """Some rows, (rows, width), with a bound for each or for all."""
        self._blocks.append(block)
        self._low.append(np.broadcast_to(low, len(block)))
        self._high.append(np.broadcast_to(high, len(block)))

    def empty(self, count: int) -> Floats:
        """Rows of zeros."""
        return np.zeros((count, self.width))

    def constraint(self) -> tuple[Floats, Floats, Floats]:
        """All rows, and their bounds."""
        return np.vstack(self._blocks), np.concatenate(self._low), np.concatenate(self._high)


def solve(
    effort: Effort,
    decided: Choices,
    tangents: Tangents,
    excluded: Exclusion,
    how: Solving,
) -> Found | None:
    """The cheapest choice under the tangents; None where there is none, or none was found in time.

    Parameters
    ----------
    tangents : where curves are bounded.  excluded : what no plan may take.  how : scale, whole steps, time.
    """
    at = Layout(decided, effort.most.size, used=bool(excluded.sets))
    rows = Rows(at.width)
    _one_option_each(rows, at, decided)
    _tests(rows, at, effort, decided)
    _curves(rows, at, decided, tangents)
    _gates(rows, at, decided)
    _entries_reached(rows, at, effort, decided)
    costs = _costs(at, effort, decided)
    _exclude(rows, at, decided, excluded, costs)
    result = highs(costs * how.scale, rows, _highest(at, decided), _kinds(at, how), how.seconds)
    if result.x is None:
        return None
    return Found(
        chosen=result.x[at.options] > 0.5,
        part=np.clip(result.x[at.parts], 0.0, 1.0),
        open_gate=result.x[at.gates] > 0.5,
        supply=result.x[at.supply] > 0.5,
        whole=np.where(decided.whole, np.round(result.x[at.whole]), np.nan),
        used=result.x[at.used] > 0.5 if excluded.sets else np.ones(effort.most.size, dtype=np.bool_),
        bound=float(result.fun if how.relaxed else result.mip_dual_bound) / how.scale,
    )


def highs(costs: Floats, rows: Rows, highest: Floats, kinds: Ints, seconds: float) -> Any:
    """What HiGHS says of a programme: variables from 0 to `highest`, whole where `kinds` is 1; to a gap of 0."""
    from scipy import optimize  # noqa: PLC0415 - slow to load, and few need it

    matrix, low, high = rows.constraint()
    solver: Any = optimize
    return solver.milp(
        costs,
        integrality=kinds,
        bounds=solver.Bounds(0.0, highest),
        constraints=solver.LinearConstraint(matrix, low, high),
        options={"mip_rel_gap": 0.0, "time_limit": seconds},
    )


def solved(costs: Floats, rows: Floats, low: Floats, high: Floats) -> Flags | None:
    """The cheapest choice of yes and no under linear constraints; None where there is none."""
    from scipy import optimize  # noqa: PLC0415 - slow to load, and few need it

    solver: Any = optimize
    result = solver.milp(
        costs,
        integrality=np.ones(costs.size),
        bounds=solver.Bounds(0.0, 1.0),
        constraints=solver.LinearConstraint(rows, low, high),
        options={"mip_rel_gap": 0.0},
    )
    if result.x is None:
        return None
    chosen: Flags = result.x > 0.5
    return chosen


def scaled(rows: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats, Floats]:
    """Constraints whose largest number is large enough for 1e-9 of it to be more than the solver's tolerance.

    Numbers that are tolerances themselves are dropped: the solver goes astray on them.
    """
    largest = np.abs(rows).max(axis=1)
    factor = LARGEST / np.where(largest > 0, largest, LARGEST)
    rows = np.where(np.abs(rows) < 10 * EPS * largest[:, np.newaxis], 0.0, rows)
    return rows * factor[:, np.newaxis], low * factor, high * factor


def _costs(at: Layout, effort: Effort, decided: Choices) -> Floats:
    costs = np.zeros(at.width)
    costs[at.options] = decided.options.cost
    costs[at.parts] = effort.unit_costs[decided.pieces.owner] * decided.pieces.length
    return costs


def _highest(at: Layout, decided: Choices) -> Floats:
    highest = np.ones(at.width)
    highest[at.gains] = np.maximum(decided.pieces.rise, 0.0)
    highest[at.gates] = np.where(decided.pieces.gated, 1.0, 0.0)
    highest[at.supply] = np.where(np.isnan(decided.entry), 0.0, 1.0)
    highest[at.whole] = np.where(decided.whole, np.inf, 0.0)
    return highest


def _kinds(at: Layout, how: Solving) -> Ints:
    kinds = np.ones(at.width, dtype=np.int64)
    kinds[at.parts] = kinds[at.gains] = 0
    kinds[at.whole] = int(how.whole_steps)
    return 0 * kinds if how.relaxed else kinds


def _one_option_each(rows: Rows, at: Layout, decided: Choices) -> None:
    owners = np.unique(decided.options.owner)
    block = rows.empty(owners.size)
    block[:, at.options] = decided.options.owner == owners[:, np.newaxis]
    rows.add(block, high=1.0)
    suppliers = decided.options.suppliers[:, np.newaxis]
    supplied = rows.empty(len(suppliers))
    supplied[:, at.options] = decided.options.supply & (decided.options.owner == suppliers)
    supplied[:, at.suppliers] = -np.eye(len(suppliers))
    rows.add(supplied, low=0.0, high=0.0)


def _tests(rows: Rows, at: Layout, effort: Effort, decided: Choices) -> None:
    """Score, functions and origination of the target; those below hold with them.

    Functions are counted by one binary each, not by every option that supplies them: a knapsack that the solver knows.
    """
    rule, weights = effort.growth.given.rule, effort.growth.given.weights
    before = effort.tests(effort.least)
    scores = effort.scores(effort.least)
    block = rows.empty(3)
    block[0, at.options], block[0, at.gains] = decided.options.gain, 1.0
    lacking = np.array([effort.goal - EPS - np.nansum(effort.effective * scores), -np.inf, -np.inf])
    functions = (before.functions_share, rule.cut, np.ones(weights.size, dtype=np.bool_))
    origination = (before.origination_share, rule.quota_share, rule.origination)
    tests = (functions, origination) if effort.target >= rule.quota_from else (functions,)
    for row, (share, needed, counted) in enumerate(tests, start=1):
        own = np.where(counted, weights, 0.0)
        whole = float(weight_of(~np.isnan(scores), own))
        block[row, at.suppliers] = own[decided.options.suppliers]
        block[row, at.supply] = own[decided.owners]
        lacking[row] = (needed - EPS - share[effort.target]) * whole
    rows.add(ROW_SCALE * block, low=ROW_SCALE * lacking)


def _curves(rows: Rows, at: Layout, decided: Choices, tangents: Tangents) -> None:
    """No piece gains more than its tangents: rise (phi(t) + phi'(t) (f - t))."""
    piece, part = tangents.piece, tangents.part
    bend, rise = decided.pieces.bend[piece], decided.pieces.rise[piece]
    slope = rise * (1.0 + bend) / (1.0 + bend * part) ** 2
    value = rise * part * (1.0 + bend) / (1.0 + bend * part)
    place, block = np.arange(piece.size), rows.empty(piece.size)
    block[place, at.gains.start + piece] = 1.0
    block[place, at.parts.start + piece] = -slope
    rows.add(ROW_SCALE * block, high=ROW_SCALE * (value - slope * part))


def _gates(rows: Rows, at: Layout, decided: Choices) -> None:
    """Where later pieces are steeper, those before come first: every part before >= gate >= every part behind."""
    gates, run = np.flatnonzero(decided.pieces.gated), decided.pieces.run
    gate, piece = np.nonzero(run == run[gates][:, np.newaxis])
    later_gate, later_piece = np.nonzero(run == run[gates][:, np.newaxis] + 1)
    before, behind = rows.empty(gate.size), rows.empty(later_gate.size)
    before[np.arange(gate.size), at.parts.start + piece] = 1.0
    before[np.arange(gate.size), at.gates.start + gates[gate]] = -1.0
    behind[np.arange(later_gate.size), at.parts.start + later_piece] = -1.0
    behind[np.arange(later_gate.size), at.gates.start + gates[later_gate]] = 1.0
    rows.add(before, low=0.0)
    rows.add(behind, low=0.0)


def _entries_reached(rows: Rows, at: Layout, effort: Effort, decided: Choices) -> None:
    """A curve supplies its function from its entry on, and goes in whole steps where it is counted."""
    pieces, owners = decided.pieces, decided.owners
    block = rows.empty(owners.size)
    block[:, at.parts] = np.where(pieces.owner == owners[:, np.newaxis], pieces.length, 0.0)
    reach = effort.most[owners] - effort.least[owners]
    supplied, stepped = block / reach[:, np.newaxis], block[decided.whole]
    entry = np.nan_to_num((decided.entry - effort.least[owners]) / reach)
    supplied[np.arange(owners.size), at.supply.start + np.arange(owners.size)] = -entry
    stepped[np.arange(len(stepped)), at.whole.start + np.flatnonzero(decided.whole)] = -1.0
    rows.add(supplied, low=0.0)
    rows.add(stepped, low=0.0, high=0.0)


def _exclude(rows: Rows, at: Layout, decided: Choices, excluded: Exclusion, costs: Floats) -> None:
    """An indicator is used where any of it is taken; no excluded set is used as a whole."""
    if not excluded.sets:
        return
    rows.add(costs[np.newaxis], high=excluded.most)
    indicators = np.arange(at.used.stop - at.used.start)
    listed, parts = rows.empty(indicators.size), rows.empty(decided.pieces.owner.size)
    listed[:, at.options] = decided.options.owner == indicators[:, np.newaxis]
    listed[indicators, at.used.start + indicators] = -1.0
    place = np.arange(decided.pieces.owner.size)
    parts[place, at.parts.start + place] = 1.0
    parts[place, at.used.start + decided.pieces.owner] = -1.0
    rows.add(listed, high=0.0)
    rows.add(parts, high=0.0)
    _not_all_of(rows, at, excluded.sets)


def _not_all_of(rows: Rows, at: Layout, sets: Sequence[Flags]) -> None:
    block = rows.empty(len(sets))
    block[:, at.used] = np.array(sets, dtype=np.float64)
    rows.add(block, high=block.sum(axis=1) - 1.0)
