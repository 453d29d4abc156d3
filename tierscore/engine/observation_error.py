"""Measures of values that have a drawn error (methodology, section 10).

An error moves its own cell, the cells that are measured by it, and the whole column where it is in a total.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tierscore.engine.factors import Setting
from tierscore.engine.matrix import Flags, Floats, Ints
from tierscore.engine.measure import positive

NO_ERROR = -1  # the place, among the errors, of a value that has none


@dataclass(frozen=True)
class Erring:
    """The measures of a setting under drawn errors; threads may share it."""

    setting: Setting

    def measured(self, errors: Floats) -> Floats:
        """The measures of all draws, (draws, regions, indicators), from factors of values, (draws, cells)."""
        values = self.setting.card.measured.values
        found = np.empty((len(errors), *values.shape))
        found[:] = values
        found.reshape(len(errors), -1)[:, self._moved] = self._single(errors)
        if self._whole.size:
            found[..., self._whole] = self._columns(errors)
        return found

    @cached_property
    def _places(self) -> Ints:
        """Which error each value has, (regions, the nation last; indicators)."""
        regions, indicators = self.setting.card.measured.values.shape
        found = np.full((regions + 1, indicators), NO_ERROR)
        found[tuple(self.setting.wrong)] = np.arange(self.setting.wrong.shape[1])
        return found

    @cached_property
    def _whole(self) -> Ints:
        """The columns that are shares of a total with an error, which is in every cell."""
        given, measured = self.setting.card.parameters, self.setting.card.measured
        summed = ~measured.totals_given & (self._places[:-1] != NO_ERROR).any(axis=0)
        return np.flatnonzero(given.share & (summed | (self._places[-1] != NO_ERROR)))

    @cached_property
    def _of_divisors(self) -> Ints:
        """Which error the value has that a `per` measure divides by, (regions, indicators)."""
        given = self.setting.card.parameters
        columns = {place: column for column, place in enumerate(given.places.tolist())}
        divisors = np.array([columns.get(place, -1) for place in given.denominators.tolist()], dtype=np.int64)
        return np.where(given.per & (divisors >= 0), self._places[:-1, divisors], NO_ERROR)

    @cached_property
    def _moved(self) -> Ints:
        """The cells that are measured anew one by one, as places in a flat table."""
        moved: Flags = (self._places[:-1] != NO_ERROR) | (self._of_divisors != NO_ERROR)
        moved[:, self._whole] = False
        return np.flatnonzero(moved)

    @cached_property
    def _parts(self) -> tuple[Floats, Floats, Floats, Ints, Ints]:
        """Of each moved cell its scale, value and divisor, and the errors of the two."""
        card = self.setting.card
        given, raw = card.parameters, card.measured.cells.values
        scale = np.where(given.share, 100.0, np.where(given.per, given.scale, 1.0))
        by = np.where(given.share, positive(card.measured.totals), np.where(given.per, card.measured.denominators, 1.0))
        scales, values, divisors = (np.broadcast_to(part, raw.shape).ravel()[self._moved] for part in (scale, raw, by))
        errors, others = (part.ravel()[self._moved] for part in (self._places[:-1], self._of_divisors))
        return scales, values, divisors, errors, others

    def _single(self, errors: Floats) -> Floats:
        """The measures of the moved cells, (draws, cells)."""
        scales, values, divisors, own, others = self._parts
        padded = np.hstack([errors, np.ones((len(errors), 1))])  # the last one is `NO_ERROR`
        if (others == NO_ERROR).all():
            return scales * (values * padded.take(own, axis=1)) / divisors
        return scales * (values * padded.take(own, axis=1)) / (divisors * padded.take(others, axis=1))

    def _columns(self, errors: Floats) -> Floats:
        """The shares of `_whole`, (draws, regions, columns)."""
        measured, whole = self.setting.card.measured, self._whole
        padded = np.hstack([errors, np.ones((len(errors), 1))])
        factors = padded.take(self._places[:, whole].T, axis=1)  # (draws, columns, regions and the nation)
        values = measured.cells.values.T[whole] * factors[..., :-1]
        given = measured.totals_given[whole]
        own = np.where(given, measured.totals[whole], np.nan)
        totals = np.where(np.isnan(own), values.sum(axis=-1), own * factors[..., -1])
        return (100.0 * values / positive(totals)[..., np.newaxis]).swapaxes(1, 2)
