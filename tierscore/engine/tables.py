"""Indicator scores of many draws: one table for all where no draw makes a difference (methodology, section 10)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from tierscore.engine import impute, normalise, transform, treat
from tierscore.engine.factors import STEPS, Draws, Setting
from tierscore.engine.kept import Kept
from tierscore.engine.knots import score_many
from tierscore.engine.matrix import Flags, Floats, Ints
from tierscore.engine.observation_error import Erring
from tierscore.engine.parameters import Parameters, parameters
from tierscore.engine.pipeline import group_places
from tierscore.engine.variants import variant

Choice = tuple[int, ...]

NO_CHOICE: Choice = (0,) * len(STEPS)
AS_THEY_ARE: Floats = np.ones((1, 1, 1))  # the factors of knots that are not varied


@dataclass(frozen=True)
class Tables:
    """The scores of a setting's indicators under its draws; threads may share it."""

    setting: Setting

    def given(self, chosen: Choice) -> Parameters:
        """The framework of some choices as arrays."""
        return self._givens[chosen]

    def known(self, chosen: Choice) -> Flags:
        """Which scores there are under some choices, (regions, indicators)."""
        known: Flags = ~np.isnan(self._baselines[chosen][0])
        return known

    def of(self, draws: Draws, chosen: Choice) -> Floats:
        """The scores of draws that make the same choices, (draws or 1, regions, indicators), those drawn put in."""
        alike = draws.knots is None and draws.errors is None
        table = self._baselines[chosen] if alike else self._varied(draws, self.given(chosen))
        if draws.missing is None:
            return table
        return self._filled(np.repeat(table, draws.count, axis=0) if alike else table, draws.missing)

    def _varied(self, draws: Draws, given: Parameters) -> Floats:
        card = self.setting.card
        values = card.measured.values[np.newaxis] if draws.errors is None else self._erring.measured(draws.errors)
        factors = AS_THEY_ARE if draws.knots is None else draws.knots[:, np.newaxis, :]
        return _scored(values, given, self._groups, factors)

    def _filled(self, table: Floats, units: Floats) -> Floats:
        """Fills missing scores from the region's own present ones of the same draw, or from the scale."""
        scale, cells = self.setting.card.framework.scale, table.reshape(len(table), -1)
        of_scale = scale.low + (scale.high - scale.low) * units
        cells[:, self._missing] = self._own(cells, units) if self.setting.from_own else of_scale
        return table

    def _own(self, cells: Floats, units: Floats) -> Floats:
        """One of the region's present scores for each missing cell, (draws, cells)."""
        starts, counts = self._present
        picks = np.floor(units * counts).astype(np.int64)
        return np.take_along_axis(cells, starts + self._order[starts + picks], axis=1)

    @cached_property
    def _missing(self) -> Ints:
        """The missing cells as places in a flat table."""
        found: Ints = np.ravel_multi_index(tuple(self.setting.missing), self.setting.card.scores.shape)
        return found

    @cached_property
    def _present(self) -> tuple[Ints, Ints]:
        """Of each missing cell where its region begins in a flat table, and how many present scores the region has."""
        rows, scores = self.setting.missing[0], self.setting.card.scores
        return rows * scores.shape[1], (~np.isnan(scores)).sum(axis=1)[rows]

    @cached_property
    def _order(self) -> Ints:
        """The columns of each region, the present ones first, in a flat table."""
        return np.argsort(np.isnan(self.setting.card.scores), axis=1, kind="stable").ravel()

    @cached_property
    def _erring(self) -> Erring:
        return Erring(self.setting)

    @cached_property
    def _groups(self) -> Ints:
        return group_places(self.setting.card.matrix)

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
        return Kept(lambda chosen: _scored(values, self.given(chosen), self._groups, AS_THEY_ARE))


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
