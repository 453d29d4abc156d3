"""The continuous part of a plan, once everything that is counted is chosen: solved exactly, rounded outward.

All pieces compete for one need of score. At a price per point each takes what is worth it; the price at which they
meet the need is found by bisection (the Lagrangian of a convex problem with one constraint).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tierscore.engine.choices import Choices
from tierscore.engine.effort import Effort
from tierscore.engine.matrix import Flags, Floats, Ints
from tierscore.engine.programme import Found
from tierscore.engine.threshold import EPS

HALVINGS = 200
STEP_UP = 1.0  # what is counted goes up by whole steps


@dataclass(frozen=True)
class _Market:
    """Pieces that can be taken in part: cost and gain of the whole of each, and how it bends."""

    cost: Floats
    rise: Floats
    bend: Floats

    def taken(self, price: float) -> Floats:
        """The part of each that is worth it: where price x gain' = cost, within the piece."""
        with np.errstate(divide="ignore", invalid="ignore"):
            worth = price * self.rise * (1.0 + self.bend) / self.cost
            bent = (np.sqrt(worth) - 1.0) / self.bend
        line = np.where(worth > 1.0, 1.0, 0.0)
        part: Floats = np.clip(np.where(self.bend > 0, bent, line), 0.0, 1.0)
        return part

    def gain(self, part: Floats) -> Floats:
        """What parts gain."""
        gained: Floats = self.rise * part * (1.0 + self.bend) / (1.0 + self.bend * part)
        return gained

    def part_for(self, place: int, gain: float) -> float:
        """The part of one that gains so much, at most all that it has."""
        rise, bend = float(self.rise[place]), float(self.bend[place])
        return 1.0 if gain >= rise else gain / (rise * (1.0 + bend) - bend * gain)


@dataclass(frozen=True)
class _Parts:
    """A programme's choice with the parts of curves left open.

    base : (indicators,), what is added whatever the parts are.  mandatory, free : (pieces,), those taken whole, and
    those that may be taken in part.
    """

    effort: Effort
    decided: Choices
    base: Floats
    mandatory: Flags
    free: Flags

    def settled(self) -> Floats:
        """Additions with the parts that reach the score at least cost, (indicators,)."""
        parts = np.where(self.mandatory, 1.0, 0.0)
        lacking = self.effort.goal - float(self.effort.score(self._with(parts)))
        if lacking > 0:
            parts[self.free] = self._cheapest(lacking)
        return self._with(parts)

    def holding(self, owners: Ints, additions: Floats) -> _Parts:
        """The same with the additions of some owners held."""
        base = self.base.copy()
        base[owners] = additions
        open_piece = ~np.isin(self.decided.pieces.owner, owners)
        return replace(self, base=base, mandatory=self.mandatory & open_piece, free=self.free & open_piece)

    def _cheapest(self, lacking: float) -> Floats:
        """The parts of free pieces that gain what is lacking at least cost; all of them where that is not enough."""
        pieces, costs = self.decided.pieces, self.effort.unit_costs
        market = _Market(
            (costs[pieces.owner] * pieces.length)[self.free],
            np.maximum(pieces.rise[self.free], 0.0),
            pieces.bend[self.free],
        )
        everything = np.where(market.rise > 0, 1.0, 0.0)
        if market.gain(everything).sum() <= lacking:
            return everything
        below, above = _prices(market, lacking)
        return _topped_up(market, market.taken(below), market.taken(above), lacking)

    def _with(self, parts: Floats) -> Floats:
        """Additions as far as the pieces of each curve are taken."""
        additions, pieces = self.base.copy(), self.decided.pieces
        for owner in np.unique(pieces.owner[self.mandatory | self.free]):
            own = pieces.owner == owner
            taken = float((pieces.length[own] * parts[own]).sum())
            additions[owner] = self.effort.least[owner] + taken
            if (parts[own] == 1.0).all():
                additions[owner] = self.effort.most[owner]
        return additions


def refined(effort: Effort, decided: Choices, found: Found) -> Floats | None:
    """Additions of the cheapest plan with the choices that a programme found, (indicators,); None where none reaches.

    What a programme takes for reached within its tolerance need not be: the tier rule itself decides. What is counted
    goes in whole steps: as the programme has it, or as the exact solution has it, rounded either way.
    """
    choice = _choice(effort, decided, found)
    counted = decided.owners[decided.whole]
    low = np.fmax(effort.least, np.nan_to_num(_entries(effort, decided, found)))[counted]
    plans = []
    for whole in _roundings(choice, counted, found.whole[decided.whole] + effort.least[counted]):
        held = np.clip(whole, low, effort.most[counted])
        plan = choice.holding(counted, held).settled()
        plans.append(plan if effort.reaches(plan) else _one_more(effort, counted[found.used[counted]], plan))
    reaching = [plan for plan in plans if plan is not None]
    return min(reaching, key=lambda plan: float(effort.cost(plan)), default=None)


def _roundings(choice: _Parts, counted: Ints, programme: Floats) -> list[Floats]:
    """The whole numbers worth trying; a single empty choice where nothing is counted by curves."""
    if counted.size == 0:
        return [programme]
    exact = choice.settled()[counted]
    return [programme, np.floor(exact + EPS), np.ceil(exact - EPS)]


def _choice(effort: Effort, decided: Choices, found: Found) -> _Parts:
    """What a programme chose, without the parts: options, pieces taken whole for a function or a steeper one behind."""
    base, options, pieces = effort.least.copy(), decided.options, decided.pieces
    base[options.owner[found.chosen]] = options.addition[found.chosen]
    entry = _entries(effort, decided, found)[pieces.owner]
    needed = pieces.base + 0.5 * pieces.length < entry  # an entry is a corner, so a piece lies on one side of it
    gated, run, own = pieces.gated, pieces.run, np.arange(pieces.owner.size)
    last = np.searchsorted(run, run, side="right") - 1
    first = np.searchsorted(run, run, side="left")
    before = np.maximum(first - 1, 0)
    behind_gate = (first > 0) & gated[before] & (pieces.owner[before] == pieces.owner[own])
    mandatory = needed | (gated[last] & found.open_gate[last])
    closed = behind_gate & ~found.open_gate[before] & ~mandatory
    return _Parts(effort, decided, base, mandatory, ~mandatory & ~closed & found.used[pieces.owner])


def _entries(effort: Effort, decided: Choices, found: Found) -> Floats:
    """The addition from which each curve that is to supply its function does so, (indicators,), NaN for others."""
    entry = np.full(effort.least.size, np.nan)
    entry[decided.owners] = np.where(found.supply, decided.entry, np.nan)
    return entry


def _prices(market: _Market, lacking: float) -> tuple[float, float]:
    """Two neighbouring prices per point: at the first too little is taken, at the second enough."""
    sold = market.rise > 0
    dear = market.cost[sold] / market.rise[sold] * (1.0 + market.bend[sold])
    below, above = 0.0, 2.0 * float(dear.max())
    for _ in range(HALVINGS):
        middle = 0.5 * (below + above)
        if not below < middle < above:  # neighbouring floats
            break
        if market.gain(market.taken(middle)).sum() < lacking:
            below = middle
        else:
            above = middle
    return below, above


def _topped_up(market: _Market, part: Floats, enough: Floats, lacking: float) -> Floats:
    """From too little to just enough: the pieces that are worth the price, one after the other."""
    part = part.copy()
    for place in np.flatnonzero(enough > part).tolist():
        gained = market.gain(part)
        missing = lacking - float(gained.sum() - gained[place])
        part[place] = min(max(market.part_for(place, missing), part[place]), enough[place])
    return part


def _one_more(effort: Effort, counted: Ints, additions: Floats) -> Floats | None:
    """What is counted by curves may miss by a tolerance: the cheapest single step more that reaches."""
    if counted.size == 0:
        return None
    tried = np.tile(additions, (counted.size, 1))
    tried[np.arange(counted.size), counted] += STEP_UP
    reached = effort.reaches(tried) & (tried <= effort.most).all(axis=1)
    costs = np.where(reached, effort.cost(tried), np.inf)
    return tried[costs.argmin()] if reached.any() else None
