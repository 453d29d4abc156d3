"""The same regions under many draws at once: scores, tiers and ranks of each draw (methodology, section 10).

Arrays are (draws, regions, indicators) as far as a draw makes a difference: what no factor touches has one table for
all draws, so factors that change only late steps redo only late steps. Work goes in chunks of fixed size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tierscore.engine import impute, knots, normalise, transform, treat
from tierscore.engine.design import Design
from tierscore.engine.factors import OWN, STEPS, Draws, Setting, declared_children, drawn
from tierscore.engine.matrix import Flags, Floats, Ints
from tierscore.engine.measure import positive
from tierscore.engine.parameters import Parameters, parameters
from tierscore.engine.threshold import EPS
from tierscore.engine.tier import Rule
from tierscore.engine.trees import leaf_weights, score_trees
from tierscore.engine.variants import variant

Walk = Callable[[Callable[[int], "Part"], Iterable[int]], Iterable["Part"]]


@dataclass(frozen=True)
class Part:
    """Some draws: scores (draws, regions), NaN where there is none; tiers and ranks, -1 and 0 where there is none.

    above : (regions, regions), in how many of these draws one region's score is above another's.
    """

    scores: Floats
    tiers: Ints
    ranks: Ints
    above: Ints


@dataclass(frozen=True)
class Ensemble:
    """All draws of a design in order; see `Part`."""

    scores: Floats
    tiers: Ints
    ranks: Ints
    above: Ints


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
    runner = Runner(setting, design)
    parts = list(walk(runner.part, range(len(design.chunks))))
    return Ensemble(
        scores=np.concatenate([part.scores for part in parts]),
        tiers=np.concatenate([part.tiers for part in parts]),
        ranks=np.concatenate([part.ranks for part in parts]),
        above=np.sum([part.above for part in parts], axis=0),
    )


@dataclass(frozen=True)
class Runner:
    """Computes chunks of a design; threads may share it."""

    setting: Setting
    design: Design

    def part(self, chunk: int) -> Part:
        """One chunk."""
        draws = drawn(self.setting, self.design.units(chunk))
        regions = len(self.setting.card.matrix.regions)
        scores, tiers = np.empty((draws.count, regions)), np.empty((draws.count, regions), dtype=np.int64)
        for chosen in np.unique(draws.chosen, axis=0):
            rows = np.flatnonzero((draws.chosen == chosen).all(axis=1))
            scores[rows], tiers[rows] = self._alike(_taken(draws, rows), tuple(chosen.tolist()))
        return _ranked(scores, tiers)

    def _alike(self, draws: Draws, chosen: tuple[int, ...]) -> tuple[Floats, Ints]:
        """Draws that make the same choices: their scores and tiers."""
        given = self._variants(chosen)
        table = self._filled(self._tables(draws, given, chosen), draws)
        weights = self._children if draws.weights is None else draws.weights
        leaves = leaf_weights(given.index, weights, given.columns)
        total = self._totals(table, weights, leaves, given)
        known = ~np.isnan(self._known(chosen))
        enough = _weighed(known, leaves) >= self.setting.card.framework.min_coverage - EPS
        cut = np.full(len(leaves), given.rule.cut) if draws.cut is None else draws.cut
        attained = _attained(table, given.compared(total), leaves, cut, given.rule)
        assessed = enough & ~np.isnan(total)
        return np.where(assessed, total, np.nan), np.where(assessed, attained, -1)

    def _totals(self, table: Floats, weights: Floats, leaves: Floats, given: Parameters) -> Floats:
        flat = given.linear and not any(hasattr(child, "children") for child in given.index.children)
        if not flat or given.index.min_coverage > 0:
            count = max(len(table), len(weights))
            spread = np.broadcast_to(weights, (count, weights.shape[1]))
            return score_trees(given.index, table, spread, given.columns)
        present = ~np.isnan(table)
        return _sum(np.where(present, table, 0.0), leaves) / positive(_sum(present, leaves))

    @cached_property
    def _children(self) -> Floats:
        return declared_children(self.setting.card.parameters.index)[np.newaxis]

    @cached_property
    def _cache(self) -> dict[tuple[object, ...], object]:
        return {}

    def _variants(self, chosen: tuple[int, ...]) -> Parameters:
        """The framework of some choices as arrays; built once."""
        key = ("given", chosen)
        if key not in self._cache:
            framework = variant(self.setting.card.framework, self.setting.factors, chosen)
            self._cache[key] = parameters(framework)
        found = self._cache[key]
        assert isinstance(found, Parameters)  # noqa: S101 - it was put there above
        return found

    def _known(self, chosen: tuple[int, ...]) -> Floats:
        """Scores of the data as they are under some choices, (regions, indicators): what is known."""
        nothing = Draws(1, None, None, None, None, None, np.zeros((1, len(STEPS)), dtype=np.int64))
        known: Floats = self._tables(nothing, self._variants(chosen), chosen)[0]
        return known

    def _tables(self, draws: Draws, given: Parameters, chosen: tuple[int, ...]) -> Floats:
        """Indicator scores, (draws or 1, regions, indicators); computed once where no draw makes a difference."""
        if draws.knots is None and draws.errors is None:
            key = ("scores", chosen)
            if key not in self._cache:
                self._cache[key] = _scored(self.setting.card.measured.values[np.newaxis], given, self._groups)
            found = self._cache[key]
            assert isinstance(found, np.ndarray)  # noqa: S101 - it was put there above
            return found
        return _scored(self._measured(draws), given, self._groups)

    @cached_property
    def _groups(self) -> Ints:
        from tierscore.engine.pipeline import group_places  # noqa: PLC0415 - it imports what imports this

        return group_places(self.setting.card.matrix)

    def _measured(self, draws: Draws) -> Floats:
        """The measures over the factors of their knots, (draws, regions, indicators), with drawn errors.

        Multiplying all knots of an indicator is dividing its measure.
        """
        factors = np.ones((draws.count, 1, 1)) if draws.knots is None else draws.knots[:, np.newaxis, :]
        found: Floats = self.setting.card.measured.values / factors
        if draws.errors is not None:
            touched, values = self._with_errors(draws.errors)
            found[..., touched] = values / (factors if draws.knots is None else factors[..., touched])
        return found

    def _with_errors(self, errors: Floats) -> tuple[Ints, Floats]:
        """The columns that have an error somewhere, and their measures, (draws, regions, columns)."""
        card, (rows, columns) = self.setting.card, self.setting.wrong
        given, measured = card.parameters, card.measured
        touched = np.unique(columns)
        factors = np.ones((len(errors), len(card.matrix.regions) + 1, touched.size))
        factors[:, rows, np.searchsorted(touched, columns)] = errors
        values = measured.cells.values[:, touched] * factors[:, :-1]
        own = np.where(measured.totals_given, measured.totals, np.nan)[touched]
        totals = np.where(np.isnan(own), values.sum(axis=1), own * factors[:, -1])
        shares = 100.0 * values / positive(totals)[:, np.newaxis]
        amounts = given.scale[touched] * values / measured.denominators[:, touched]
        return touched, np.where(given.share[touched], shares, np.where(given.per[touched], amounts, values))

    def _filled(self, table: Floats, draws: Draws) -> Floats:
        """Missing scores drawn from the region's own present ones of the same draw, or from the scale."""
        if draws.missing is None:
            return table
        rows, columns = self.setting.missing
        filled = np.repeat(table, draws.count, axis=0) if len(table) == 1 else table.copy()
        factor = next(item for item in self.setting.factors if item.name == "missing")
        if factor.by == OWN:
            filled[:, rows, columns] = self._own_scores(filled, draws.missing)
        else:
            scale = self.setting.card.framework.scale
            filled[:, rows, columns] = scale.low + (scale.high - scale.low) * draws.missing
        return filled

    def _own_scores(self, filled: Floats, units: Floats) -> Floats:
        """One of the region's present scores for each missing cell, (draws, cells)."""
        rows, _ = self.setting.missing
        known = ~np.isnan(self.setting.card.scores)
        order = np.argsort(~known, axis=1, kind="stable")  # present columns first
        picks = np.floor(units * known.sum(axis=1)[rows]).astype(np.int64)
        places: Floats = filled[np.arange(len(filled))[:, np.newaxis], rows, order[rows, picks]]
        return places


def _taken(draws: Draws, rows: Ints) -> Draws:
    def some(values: Floats | None) -> Floats | None:
        return None if values is None else values[rows]

    return Draws(
        count=rows.size,
        weights=some(draws.weights),
        knots=some(draws.knots),
        cut=some(draws.cut),
        missing=some(draws.missing),
        errors=some(draws.errors),
        chosen=draws.chosen[rows],
    )


def _scored(values: Floats, given: Parameters, groups: Ints) -> Floats:
    """Scores of tables of measures."""
    if given.only_knots:
        return knots.score(values, given.knots, given.knot_scores)
    changed = values if given.transforms is None else transform.transform(values, given.transforms)
    if given.filling is not None:
        changed = np.stack([impute.impute(table, given.filling, groups) for table in changed])
    if given.treating is not None:
        how = given.treating
        changed = treat.treat(changed, how.limits, how.exempt, then_log=how.then_log).values
    return normalise.normalise(changed, given.schemes)


def _sum(values: Floats | Flags, weights: Floats) -> Floats:
    """Weighted sums over the indicators: (draws, regions) from (draws or 1, regions, indicators)."""
    total: Floats = np.matmul(values.astype(np.float64, copy=False), weights[:, :, np.newaxis])[..., 0]
    return total


def _weighed(known: Flags, weights: Floats) -> Floats:
    """The known part of all weight, (draws, regions)."""
    found: Floats = weights @ known.T.astype(np.float64) / weights.sum(axis=1, keepdims=True)
    return found


def _attained(table: Floats, total: Floats, weights: Floats, cut: Floats, rule: Rule) -> Ints:
    """The highest tier whose tests and all below hold, (draws, regions)."""
    present = ~np.isnan(table)
    whole = positive(_sum(present, weights))
    origination = weights * rule.origination
    own = positive(_sum(present, origination))
    known = np.nan_to_num(own) >= (rule.quota_coverage - EPS) * origination.sum(axis=1, keepdims=True)
    attained = np.zeros(total.shape, dtype=np.int64)
    holds = np.ones(total.shape, dtype=np.bool_)
    for place in range(1, rule.thresholds.size):
        supplied = table >= rule.thresholds[place] - EPS
        holds &= (total >= rule.thresholds[place] - EPS) & (
            _sum(supplied, weights) / whole >= (cut - EPS)[:, np.newaxis]
        )
        if place >= rule.quota_from:
            holds &= known & (_sum(supplied, origination) / own >= rule.quota_share - EPS)
        attained += holds
    return attained


def _ranked(scores: Floats, tiers: Ints) -> Part:
    """Ranks among those with a score, scores equal to 1e-9 sharing the lowest number."""
    rounded = np.round(scores, 9)
    above = rounded[:, :, np.newaxis] > rounded[:, np.newaxis, :]  # of a draw: row above column
    ranks = np.where(np.isnan(scores), 0, 1 + above.sum(axis=1))
    return Part(scores, tiers, ranks, above.sum(axis=0))
