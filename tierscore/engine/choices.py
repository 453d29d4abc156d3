"""What each decision of a path offers: every whole addition with its exact score, or pieces of a curve.

(methodology, section 8.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tierscore.engine.effort import Effort
from tierscore.engine.matrix import Flags, Floats, Ints
from tierscore.engine.refused import Refused
from tierscore.engine.threshold import EPS

# Whole numbers with more additions than this are decided like continuous ones, in whole steps.
MOST_OPTIONS = 256
SAME_PLACE = 1e-12  # corners nearer than this part of the way are one


@dataclass(frozen=True)
class Options:
    """Whole additions, one a row, (options,): whose they are, how much in all, what they cost and bring.

    gain : of the region's score, beyond what is added in any case.  supply : whether they newly supply the function.
    """

    owner: Ints
    addition: Floats
    cost: Floats
    gain: Floats
    supply: Flags

    @property
    def suppliers(self) -> Ints:
        """The indicators that some option newly supplies, (suppliers,)."""
        return np.unique(self.owner[self.supply])


@dataclass(frozen=True)
class Pieces:
    """Stretches of additions on which the measure's score is one line, (pieces,), in order for each owner.

    base : the addition where a piece begins.  length, rise : how far it goes, and what it adds to the region's score.
    bend : 0 where the score is a line of the addition too; else it is rise f (1 + bend)/(1 + bend f) at a part f of
    the length, as for shares, whose total grows with them.
    """

    owner: Ints
    base: Floats
    length: Floats
    rise: Floats
    bend: Floats

    @property
    def gated(self) -> Flags:
        """Whether the next piece of the same owner rises faster, so that it must wait until this one is taken whole."""
        steep = self.rise / self.length
        leaving, entering = steep / (1.0 + self.bend), steep * (1.0 + self.bend)
        following = np.append(entering[1:], 0.0)[: entering.size]
        same_owner = np.append(self.owner[1:], -1)[: self.owner.size] == self.owner
        gated: Flags = same_owner & (leaving + EPS * np.abs(leaving) < following)
        return gated

    @property
    def run(self) -> Ints:
        """Runs of pieces, numbered: within one, each rises more slowly than the one before, and needs no gate."""
        begins = np.append(True, (self.owner[1:] != self.owner[:-1]) | self.gated[:-1])[: self.owner.size]
        return np.cumsum(begins) - 1


@dataclass(frozen=True)
class Choices:
    """Everything that is decided.

    options, pieces : what is offered.  owners : (curves,), the indicators decided by pieces.  entry : (curves,), the
    addition from which each newly supplies its function, NaN where it does already or cannot.
    whole : (curves,), whether it goes in whole steps.
    """

    options: Options
    pieces: Pieces
    owners: Ints
    entry: Floats
    whole: Flags


def choices(effort: Effort) -> Choices:
    """What each decision offers; raises Refused for an indicator whose cost has no least."""
    given = effort.growth.given
    counts = np.where(effort.open, np.floor(effort.most - effort.least + EPS), 0.0)
    listed = given.integer & (counts <= MOST_OPTIONS)
    owners = np.flatnonzero(effort.open & ~listed)
    _refuse_falling_shares(effort, owners)
    return Choices(
        options=_options(effort, np.where(listed, counts, 0).astype(np.int64)),
        pieces=_pieces(effort, owners),
        owners=owners,
        entry=_entries(effort, owners),
        whole=given.integer[owners],
    )


def _refuse_falling_shares(effort: Effort, owners: Ints) -> None:
    """A share that is better when it is lower falls ever faster: cheaper by the piece, so no tangent bounds it."""
    given = effort.growth.given
    for owner in owners:
        if given.share[owner] and given.direction[owner] < 0:
            template = "Step {step}: no least effort is computed for {indicator}, a share that is better when lower."
            raise Refused(template, None, int(owner))


def _options(effort: Effort, counts: Ints) -> Options:
    """Every whole addition of the listed indicators, scored at once."""
    most = int(counts.max(initial=0))
    steps = np.arange(1, most + 1)[:, np.newaxis]
    grid = effort.least + np.minimum(steps, counts)
    step, owner = np.nonzero(steps <= counts)
    before, scores = effort.scores(effort.least)[owner], effort.scores(grid)[step, owner]
    goal, addition = effort.threshold - EPS, grid[step, owner]
    return Options(
        owner=owner,
        addition=addition,
        cost=effort.unit_costs[owner] * (addition - effort.least[owner]),
        gain=effort.effective[owner] * (scores - before),
        supply=(scores >= goal) & (before < goal),
    )


def _pieces(effort: Effort, owners: Ints) -> Pieces:
    growth, given = effort.growth, effort.growth.given
    bends = np.vstack([given.bends.T, given.entries[:, effort.target]])
    corners = growth.addition_to(bends)
    ends = [_ends(corners[:, owner], effort.least[owner], effort.most[owner]) for owner in owners]
    owner = np.repeat(owners, [len(some) - 1 for some in ends]) if ends else np.zeros(0, dtype=np.int64)
    base = np.concatenate([np.zeros(0), *(some[:-1] for some in ends)])
    end = np.concatenate([np.zeros(0), *(some[1:] for some in ends)])
    curved = given.share[owner] & np.ones(owner.size, dtype=bool)
    room = np.where(curved, growth.totals[owner] + base, 1.0)
    return Pieces(
        owner=owner,
        base=base,
        length=end - base,
        rise=effort.effective[owner] * (_score_at(effort, owner, end) - _score_at(effort, owner, base)),
        bend=np.where(curved, (end - base) / room, 0.0),
    )


def _ends(corners: Floats, least: float, most: float) -> Floats:
    """Where the pieces of one indicator begin and end."""
    apart = SAME_PLACE * max(1.0, most)
    inside = np.sort(corners[(corners > least + apart) & (corners < most - apart)])
    return np.array([least, *inside[np.diff(inside, prepend=least) > apart], most])


def _score_at(effort: Effort, owner: Ints, additions: Floats) -> Floats:
    """The owners' own scores at additions to each, (pieces,)."""
    place = np.arange(owner.size)
    tried = np.tile(effort.least, (owner.size, 1))
    tried[place, owner] = additions
    scores: Floats = effort.scores(tried)[place, owner]
    return scores


def _entries(effort: Effort, owners: Ints) -> Floats:
    """The addition from which each newly supplies its function; the fewest whole one where it is counted."""
    growth, goal = effort.growth, effort.threshold - EPS
    exact = growth.addition_to(growth.given.entries[:, effort.target])
    fewest = growth.fewest_whole(exact, np.array(effort.threshold), effort.least)
    found = np.where(growth.given.integer, fewest, exact)
    known = (effort.scores(effort.least) < goal) & (found <= effort.most * (1 + EPS) + EPS)
    return np.where(known, np.minimum(found, effort.most), np.nan)[owners]
