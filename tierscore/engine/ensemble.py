"""The same regions under many draws at once: scores, tiers and ranks of each draw (methodology, section 10).

Arrays are (draws, regions, indicators) as far as a draw makes a difference: what no factor touches has one table for
all draws, so factors that change only late steps redo only late steps. Work goes in chunks of fixed size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from tierscore.engine import aggregate, impute, normalise, transform, treat
from tierscore.engine.design import Design
from tierscore.engine.factors import STEPS, Draws, Setting, drawn
from tierscore.engine.kept import Kept
from tierscore.engine.knots import score_many
from tierscore.engine.matrix import Flags, Floats, Ints
from tierscore.engine.measure import positive
from tierscore.engine.parameters import Parameters, parameters
from tierscore.engine.pipeline import group_places
from tierscore.engine.threshold import EPS
from tierscore.engine.tier import Rule
from tierscore.engine.trees import leaf_weights, score_trees
from tierscore.engine.variants import variant
from tierscore.framework.model import Leaf

Walk = Callable[[Callable[[int], "Part"], Iterable[int]], Iterable["Part"]]
Choice = tuple[int, ...]

NO_CHOICE: Choice = (0,) * len(STEPS)
COMPARED = 64  # regions up to which ranks come from comparing all pairs, and not from sorting
AS_THEY_ARE: Floats = np.ones((1, 1, 1))  # the factors of knots that are not varied


@dataclass(frozen=True)
class Part:
    """Some draws: scores (draws, regions), NaN where there is none; tiers and ranks, -1 and 0 where there is none."""

    scores: Floats
    tiers: Ints
    ranks: Ints


@dataclass(frozen=True)
class Ensemble(Part):
    """All draws of a design, in order."""


def run(setting: Setting, design: Design, walk: Walk = map) -> Ensemble:
    """Every draw of a design.

    Parameters
    ----------
    walk : how chunks are worked through: one after the other, in threads, on a cluster. They come in order.

    Raises
    ------
    Refused
        Where a drawn framework cannot be computed on these data.
    """
    parts = list(walk(Runner(setting, design).part, range(len(design.chunks))))
    return Ensemble(
        scores=np.concatenate([part.scores for part in parts]),
        tiers=np.concatenate([part.tiers for part in parts]),
        ranks=np.concatenate([part.ranks for part in parts]),
    )


@dataclass(frozen=True)
class Runner:
    """Computes chunks of a design; threads may share it."""

    setting: Setting
    design: Design

    def part(self, chunk: int) -> Part:
        """One chunk."""
        draws = drawn(self.setting, self.design.units(chunk))
        if not draws.chosen.any():
            return self._ranked(*self._alike(draws, NO_CHOICE))
        regions = len(self.setting.card.matrix.regions)
        scores, tiers = np.empty((draws.count, regions)), np.empty((draws.count, regions), dtype=np.int64)
        for chosen in np.unique(draws.chosen, axis=0):
            rows = np.flatnonzero((draws.chosen == chosen).all(axis=1))
            scores[rows], tiers[rows] = self._alike(draws.some(rows), tuple(chosen.tolist()))
        return self._ranked(scores, tiers)

    def _ranked(self, scores: Floats, tiers: Ints) -> Part:
        """Ranks among those with a score, compared as the framework compares them; equal to 1e-9 share the lowest."""
        rounded = np.round(self.setting.card.parameters.compared(scores), 9)
        if scores.shape[1] <= COMPARED:
            above = (rounded[:, :, np.newaxis] > rounded[:, np.newaxis, :]).sum(axis=1, dtype=np.uint8).astype(np.int64)
        else:
            above = np.stack([aggregate.above(row) for row in rounded])
        return Part(scores, tiers, np.where(np.isnan(scores), 0, 1 + above))

    def _alike(self, draws: Draws, chosen: Choice) -> tuple[Floats, Ints]:
        """Draws that make the same choices: their scores and tiers."""
        given, known = self._given(chosen), self._known(chosen)
        table, present = self._tables(draws, chosen), known
        if draws.missing is not None:
            table, present = self._filled(table, draws.missing), known | known.any(axis=1, keepdims=True)
        children = draws.children(self.setting.card.parameters.index)
        leaves = leaf_weights(given.index, children, given.columns)
        total = self._totals(table, present, children, leaves, given)
        enough = _part_of(known, leaves) >= self.setting.card.framework.min_coverage - EPS
        assessed = enough & ~np.isnan(total)
        supply, cuts = _Supply(table, present, leaves), draws.cuts(given.rule.cut)
        attained = _attained(supply, given.compared(total), cuts, given.rule)
        return np.where(assessed, total, np.nan), np.where(assessed, attained, -1)

    def _totals(self, table: Floats, present: Flags, children: Floats, leaves: Floats, given: Parameters) -> Floats:
        """The regions' scores, (draws, regions); NaN where nothing, or too little for the root, is present."""
        flat = all(isinstance(child, Leaf) for child in given.index.children)
        if not (flat and given.linear and given.index.min_coverage == 0):
            return score_trees(given.index, table, children, given.columns)
        values = table if present.all() else np.where(present, table, 0.0)
        total = _summed(values, leaves[..., np.newaxis])[..., 0] / positive(leaves @ present.T.astype(np.float64))
        scale = self.setting.card.framework.scale
        return np.clip(total, scale.low, scale.high) if given.only_knots else total  # the last digit of a sum

    @cached_property
    def _givens(self) -> Kept[Choice, Parameters]:
        setting = self.setting

        def given(chosen: Choice) -> Parameters:
            found = parameters(variant(setting.card.framework, setting.factors, chosen))
            return replace(found, schemes=tuple(found.at_units(setting.card.matrix.regions)))

        return Kept(given)

    @cached_property
    def _baselines(self) -> Kept[Choice, Floats]:
        values = self.setting.card.measured.values[np.newaxis]
        return Kept(lambda chosen: _scored(values, self._given(chosen), self._groups, AS_THEY_ARE))

    def _given(self, chosen: Choice) -> Parameters:
        """The framework of some choices as arrays."""
        return self._givens[chosen]

    def _known(self, chosen: Choice) -> Flags:
        """Which scores there are under some choices, (regions, indicators)."""
        known: Flags = ~np.isnan(self._baselines[chosen][0])
        return known

    def _tables(self, draws: Draws, chosen: Choice) -> Floats:
        """Indicator scores, (draws or 1, regions, indicators); computed once where no draw makes a difference."""
        if draws.knots is None and draws.errors is None:
            return self._baselines[chosen]
        given = self._given(chosen)
        factors = AS_THEY_ARE if draws.knots is None else draws.knots[:, np.newaxis, :]
        if given.only_knots and given.linear:
            return score_many(self._measured(draws, factors), given.knots, given.knot_scores)
        return _scored(self._measured(draws, AS_THEY_ARE), given, self._groups, factors)

    @cached_property
    def _groups(self) -> Ints:
        return group_places(self.setting.card.matrix)

    def _measured(self, draws: Draws, factors: Floats) -> Floats:
        """The measures with drawn errors over some factors, (draws or 1, regions, indicators)."""
        values = self.setting.card.measured.values[np.newaxis]
        if draws.errors is None:
            return values / factors
        found: Floats = values / np.broadcast_to(factors, (draws.count, 1, factors.shape[-1]))
        touched, values = self._with_errors(draws.errors)
        found[..., touched] = values / (factors if factors.shape[-1] == 1 else factors[..., touched])
        return found

    def _with_errors(self, errors: Floats) -> tuple[Ints, Floats]:
        """The columns that have an error somewhere, and their measures, (draws, regions, columns)."""
        card, (rows, columns) = self.setting.card, self.setting.wrong
        given, measured = card.parameters, card.measured
        wrong = np.unique(columns)
        touched = np.union1d(wrong, np.flatnonzero(np.isin(self._divisors, wrong)))
        factors = np.ones((len(errors), touched.size, len(card.matrix.regions) + 1))  # the nation comes last
        factors[:, np.searchsorted(touched, columns), rows] = errors
        values = measured.cells.values.T[touched] * factors[..., :-1]
        own = np.where(measured.totals_given, measured.totals, np.nan)[touched]
        totals = np.where(np.isnan(own), values.sum(axis=-1), own * factors[..., -1])
        by = np.where(given.per, measured.denominators, 1.0).T[touched] * self._of_divisors(factors[..., :-1], touched)
        by = np.where(given.share[touched, np.newaxis], positive(totals)[..., np.newaxis], by)
        scale = np.where(given.share, 100.0, np.where(given.per, given.scale, 1.0))[touched, np.newaxis]
        return touched, (scale * values / by).swapaxes(1, 2)

    def _of_divisors(self, factors: Floats, touched: Ints) -> Floats:
        """The factors of what `per` measures divide by, (draws or 1, columns or 1, regions or 1)."""
        divisors = self._divisors[touched]
        moved = np.isin(divisors, touched)
        if not moved.any():
            return AS_THEY_ARE
        found = np.ones(factors.shape)
        found[:, moved] = factors[:, np.searchsorted(touched, divisors[moved])]
        return found

    @cached_property
    def _divisors(self) -> Ints:
        """The scored column that each `per` measure divides by, -1 where there is none."""
        given = self.setting.card.parameters
        columns = {place: column for column, place in enumerate(given.places.tolist())}
        found = [columns.get(place, -1) for place in given.denominators.tolist()]
        return np.where(given.per, np.array(found, dtype=np.int64), -1)

    def _filled(self, table: Floats, units: Floats) -> Floats:
        """Missing scores drawn from the region's own present ones of the same draw, or from the scale."""
        rows, columns = self.setting.missing
        filled = np.repeat(table, len(units), axis=0) if len(table) == 1 else table
        scale = self.setting.card.framework.scale
        of_scale = scale.low + (scale.high - scale.low) * units
        filled[:, rows, columns] = self._own(filled, units) if self.setting.from_own else of_scale
        return filled

    def _own(self, table: Floats, units: Floats) -> Floats:
        """One of the region's present scores for each missing cell, (draws, cells)."""
        rows, _ = self.setting.missing
        known = ~np.isnan(self.setting.card.scores)
        order = np.argsort(~known, axis=1, kind="stable")  # present columns first
        picks = np.floor(units * known.sum(axis=1)[rows]).astype(np.int64)
        found: Floats = table[np.arange(len(table))[:, np.newaxis], rows, order[rows, picks]]
        return found


def _scored(values: Floats, given: Parameters, groups: Ints, factors: Floats) -> Floats:
    """Scores of tables of measures, (tables, regions, indicators).

    All knots of an indicator are multiplied by a factor, (tables or 1, 1, indicators or 1): so what is compared with
    them, which need not be the measure itself, is divided by it. Other means than arithmetic ones may need a score of
    exactly 0.
    """
    if given.only_knots and given.linear:
        return score_many(values / factors, given.knots, given.knot_scores)
    changed = values if given.transforms is None else transform.transform(values, given.transforms)
    if given.filling is not None:
        changed = np.stack([impute.impute(table, given.filling, groups) for table in changed])
    if given.treating is not None:
        how = given.treating
        changed = treat.treat(changed, how.limits, how.exempt, then_log=how.then_log).values
    return normalise.normalise(changed / factors, given.schemes)


@dataclass(frozen=True)
class _Supply:
    """Which functions are supplied: scores, which of them there are, and the weights of each draw."""

    table: Floats
    present: Flags
    weights: Floats

    def shares(self, threshold: float, both: Floats) -> Floats:
        """The weights supplied at a threshold, (draws, regions, sums) for weights (draws, indicators, sums)."""
        supplied = np.empty(self.table.shape)
        np.greater_equal(self.table, threshold - EPS, out=supplied, casting="unsafe")
        return _summed(supplied, both)


def _summed(values: Floats, weights: Floats) -> Floats:
    """Weighted sums over the indicators: (draws, regions, sums) from weights (draws, indicators, sums)."""
    total: Floats = np.matmul(values, weights)
    return total


def _part_of(known: Flags, weights: Floats) -> Floats:
    """The known part of all weight, (draws, regions)."""
    found: Floats = weights @ known.T.astype(np.float64) / weights.sum(axis=1, keepdims=True)
    return found


def _attained(supply: _Supply, total: Floats, cut: Floats, rule: Rule) -> Ints:
    """The highest tier whose tests and all below hold, (draws, regions)."""
    origination = supply.weights * rule.origination
    both = np.stack([supply.weights, origination], axis=-1)
    there = np.stack([weights @ supply.present.T.astype(np.float64) for weights in (supply.weights, origination)], -1)
    whole = positive(there)
    needed = (rule.quota_coverage - EPS) * origination.sum(axis=1, keepdims=True)
    known = (there[..., 1] > 0) & (there[..., 1] >= needed)
    attained, holds = np.zeros(total.shape, dtype=np.int64), np.ones(total.shape, dtype=np.bool_)
    for place in range(1, rule.thresholds.size):
        share = supply.shares(rule.thresholds[place], both) / whole
        holds &= total >= rule.thresholds[place] - EPS
        holds &= share[..., 0] >= (cut - EPS)[:, np.newaxis]
        if place >= rule.quota_from:
            holds &= known & (share[..., 1] >= rule.quota_share - EPS)
        attained += holds
    return attained
