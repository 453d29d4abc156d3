"""Some draws of an ensemble, a few at a time (methodology, section 10).

Arrays are (draws, regions, indicators) as far as a draw makes a difference: what no factor touches has one table for
all draws, so factors that change only late steps redo only late steps. Tables of all draws are never there at once:
what a worker holds does not grow with their number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from tierscore.engine import aggregate
from tierscore.engine.blas import SINGLE_THREADED
from tierscore.engine.design import CHUNK, Design
from tierscore.engine.factors import Draws, Setting
from tierscore.engine.matrix import Flags, Floats, Ints
from tierscore.engine.measure import positive
from tierscore.engine.parameters import Parameters
from tierscore.engine.points import Points, alike
from tierscore.engine.tables import Choice, Tables
from tierscore.engine.threshold import EPS
from tierscore.engine.trees import leaf_weights, score_trees
from tierscore.framework.model import Leaf

BLOCK = 2**20  # cells of draws x regions x indicators that are computed at once
COMPARED = 64  # regions up to which ranks come from comparing all pairs, and not from sorting


@dataclass(frozen=True)
class Part:
    """Some draws: scores (draws, regions), NaN where there is none; tiers and ranks, -1 and 0 where there is none."""

    scores: Floats
    tiers: Ints
    ranks: Ints


@dataclass(frozen=True)
class Runner:
    """Computes draws of a design; threads may share it."""

    setting: Setting
    design: Design

    def __reduce__(self) -> tuple[type[Runner], tuple[Setting, Design]]:
        """Goes to other processes without what it has computed so far."""
        return Runner, (self.setting, self.design)

    def part(self, rows: range) -> Part:
        """Some rows of the design, all of one chunk; the same bytes whatever others are asked for."""
        chunk, begin = divmod(rows.start, CHUNK)
        points = Points(self.setting, self.design, chunk)
        shape = (len(rows), len(self.setting.card.matrix.regions))
        scores, tiers = np.empty(shape), np.empty(shape, dtype=np.int64)
        with SINGLE_THREADED:
            for chosen, group in alike(points.narrow):
                asked = np.flatnonzero((group >= begin) & (group < begin + len(rows)))
                at = group[asked] - begin
                for block, values in self._blocks(points, chosen, group, asked):
                    scores[at[block]], tiers[at[block]] = values
        return self._ranked(scores, tiers)

    def _blocks(
        self, points: Points, chosen: Choice, group: Ints, asked: Ints
    ) -> Iterator[tuple[slice, tuple[Floats, Ints]]]:
        """Scores and tiers of some draws of a group that makes the same choices, block by block."""
        if asked.size == 0:
            return
        same = self._same(points.narrow.some(group), chosen)
        size = max(BLOCK // self.setting.card.scores.size, 1)
        for start in range(0, asked.size, size):
            block = slice(start, start + size)
            draws = points.whole(group[asked[block]])
            yield block, self._computed(draws, same.some(asked[block]), chosen)

    def _same(self, draws: Draws, chosen: Choice) -> _Same:
        """Products over all draws of a group at once, as their last digits depend on how many there are."""
        given, known = self.tables.given(chosen), self.tables.known(chosen)
        present = known if self._fills is None else known | self._fills
        children = draws.children(self.setting.card.parameters.index)
        leaves = leaf_weights(given.index, children, given.columns)
        origination = leaves * given.rule.origination
        there = np.stack([weights @ present.T.astype(np.float64) for weights in (leaves, origination)], axis=-1)
        enough = _part_of(known, leaves) >= self.setting.card.framework.min_coverage - EPS
        return _Same(given, present, bool(present.all()), children, leaves, origination, there, enough)

    def _computed(self, draws: Draws, same: _Same, chosen: Choice) -> tuple[Floats, Ints]:
        """Scores and tiers of a few draws."""
        table = self.tables.of(draws, chosen)
        total = self._totals(table, same)
        assessed = same.enough & ~np.isnan(total)
        attained = _attained(table, total, draws.cuts(same.given.rule.cut), same)
        return np.where(assessed, total, np.nan), np.where(assessed, attained, -1)

    def _totals(self, table: Floats, same: _Same) -> Floats:
        """The regions' scores, (draws, regions); NaN where nothing, or too little for the root, is present."""
        given, scale = same.given, self.setting.card.framework.scale
        flat = all(isinstance(child, Leaf) for child in given.index.children)
        if not (flat and given.linear and given.index.min_coverage == 0):
            return score_trees(given.index, table, same.children, given.columns)
        values = table if same.complete else np.where(same.present, table, 0.0)
        total = _summed(values, same.leaves[..., np.newaxis])[..., 0] / positive(same.there[..., 0])
        return np.clip(total, scale.low, scale.high) if given.only_knots else total  # the last digit of a sum

    def _ranked(self, scores: Floats, tiers: Ints) -> Part:
        """Ranks among those with a score, compared as the framework compares them; equal to 1e-9 share the lowest."""
        rounded = np.round(self.setting.card.parameters.compared(scores), 9)
        if scores.shape[1] <= COMPARED:
            above = (rounded[:, :, np.newaxis] > rounded[:, np.newaxis, :]).sum(axis=1, dtype=np.uint8).astype(np.int64)
        else:
            above = np.stack([aggregate.above(row) for row in rounded])
        return Part(scores, tiers, np.where(np.isnan(scores), 0, 1 + above))

    @cached_property
    def tables(self) -> Tables:
        """The scores of the indicators."""
        return Tables(self.setting)

    @cached_property
    def _fills(self) -> Flags | None:
        """Whose missing scores are drawn, (regions, 1): of whom there are some; None where none are."""
        if all(factor.name != "missing" for factor in self.setting.factors):
            return None
        found: Flags = np.any(~np.isnan(self.setting.card.scores), axis=1, keepdims=True)
        return found


@dataclass(frozen=True)
class _Same:
    """What some draws of the same choices have before their tables; (draws, ...) from `children` on.

    present : (regions, indicators), whether there is a score, drawn ones too; complete : whether all are.
    there : (draws, regions, 2), the weight present, and that of origination.  enough : whether enough is known.
    """

    given: Parameters
    present: Flags
    complete: bool
    children: Floats
    leaves: Floats
    origination: Floats
    there: Floats
    enough: Flags

    def some(self, places: Ints) -> _Same:
        """Some of the draws."""
        names = ("children", "leaves", "origination", "there", "enough")
        return replace(self, **{name: getattr(self, name)[places] for name in names})


def _summed(values: Floats, weights: Floats) -> Floats:
    """Weighted sums over the indicators: (draws, regions, sums) from weights (draws, indicators, sums)."""
    total: Floats = np.matmul(values, weights)
    return total


def _part_of(known: Flags, weights: Floats) -> Floats:
    """The known part of all weight, (draws, regions)."""
    found: Floats = weights @ known.T.astype(np.float64) / weights.sum(axis=1, keepdims=True)
    return found


def _attained(table: Floats, total: Floats, cut: Floats, same: _Same) -> Ints:
    """The highest tier whose tests and all below hold, (draws, regions)."""
    rule, there, compared = same.given.rule, same.there, same.given.compared(total)
    both = np.stack([same.leaves, same.origination], axis=-1)
    whole = positive(there)
    needed = (rule.quota_coverage - EPS) * same.origination.sum(axis=1, keepdims=True)
    known = (there[..., 1] > 0) & (there[..., 1] >= needed)
    attained, holds = np.zeros(total.shape, dtype=np.int64), np.ones(total.shape, dtype=np.bool_)
    supplied = np.empty(table.shape)
    for place in range(1, rule.thresholds.size):
        np.greater_equal(table, rule.thresholds[place] - EPS, out=supplied, casting="unsafe")
        share = _summed(supplied, both) / whole
        holds &= compared >= rule.thresholds[place] - EPS
        holds &= share[..., 0] >= (cut - EPS)[:, np.newaxis]
        if place >= rule.quota_from:
            holds &= known & (share[..., 1] >= rule.quota_share - EPS)
        attained += holds
    return attained
