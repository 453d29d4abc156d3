"""From observations to a matrix of one value per region and indicator (methodology, section 2).

A cell holds the value of the period nearest to the assessed one within the indicator's window, the earlier on a tie.
What is missing stays missing and says why.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from tierscore.engine.labels import NOTHING, Labels
from tierscore.engine.observed import Observed
from tierscore.framework.model import Framework

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]
Years = npt.NDArray[np.int16]
Reasons = npt.NDArray[np.int8]


class Absence(IntEnum):
    """Why a cell has no value or no measure; PRESENT where it has one. Higher is the more telling reason."""

    PRESENT = 0
    NO_OBSERVATION = 1
    OUTSIDE_WINDOW = 2
    WITHDRAWN = 3
    STATUS_NOT_ACCEPTED = 4
    NO_NATIONAL_TOTAL = 5
    ZERO_TOTAL = 6
    NO_DENOMINATOR = 7


PRESENT = np.int8(Absence.PRESENT)


@dataclass(frozen=True)
class Cells:
    """Selected cells of shape (regions, indicators), or (indicators,) for the nation.

    values : float, NaN where missing.  periods : the year each value is of, 0 where missing.
    statuses, sources : text, "" where missing.  absence : `Absence` of each cell.
    """

    values: Floats
    periods: Years
    statuses: Labels
    sources: Labels
    absence: Reasons

    def rows(self, places: int | slice) -> Cells:
        """The cells of one region, of shape (indicators,), or of several."""
        return self._map(lambda cells: cells[places])

    def columns(self, places: Ints) -> Cells:
        """The cells of some indicators."""
        return self._map(lambda cells: cells[..., places])

    def copied(self) -> Cells:
        """The same cells in arrays of their own, which may be written to."""
        return self._map(lambda cells: cells.copy())

    def _map(self, take: Callable[[Any], Any]) -> Cells:
        return Cells(take(self.values), take(self.periods), take(self.statuses), take(self.sources), take(self.absence))


@dataclass(frozen=True)
class Matrix:
    """What a framework scores: the cells of the reference regions, in its order, and the nation's own cells.

    groups : the label of each region's group, which imputation may go by; "" for none.
    """

    period: int
    regions: tuple[str, ...]
    indicators: tuple[str, ...]
    cells: Cells
    nation: Cells
    groups: tuple[str, ...] = ()


def select(observations: pd.DataFrame | Observed, framework: Framework, period: int, nation: str = "CN") -> Matrix:
    """Selects one value per reference region and indicator for `period`.

    Parameters
    ----------
    observations : DataFrame or Observed
        Columns region, indicator, period, value (NaN: withdrawn), status, source; of each region, indicator and
        period the newest revision only. Of a cell without a row in its window, one row outside it is enough.
    framework : Framework
        Gives the regions, indicators, windows and accepted statuses.
    period : int
        The assessed year.
    nation : str
        Code of the nation's own observations, from which totals come.
    """
    regions = (*framework.regions, nation)
    indicators = tuple(indicator.code for indicator in framework.indicators)
    observed = observations if isinstance(observations, Observed) else Observed.of(observations)
    cells = _choose(_Rows.of(observed, regions, indicators), framework, period, (len(regions), len(indicators)))
    last = len(regions) - 1
    return Matrix(period, framework.regions, indicators, cells.rows(slice(0, last)), cells.rows(last))


@dataclass(frozen=True)
class _Rows:
    """Observations of known regions and indicators: `cell` counts them row by row, `indicator` is a place."""

    cell: Ints
    indicator: Ints
    period: npt.NDArray[np.integer[Any]]
    value: Floats
    status: Labels
    source: Labels

    @classmethod
    def of(cls, observed: Observed, regions: Sequence[str], indicators: Sequence[str]) -> _Rows:
        region, indicator = observed.region.among_places(regions), observed.indicator.among_places(indicators)
        known = (region >= 0) & (indicator >= 0)
        if not known.all():
            region, indicator, observed = region[known], indicator[known], observed.some(known)
        cell = region * len(indicators) + indicator
        return cls(cell, indicator, observed.period, observed.value, observed.status, observed.source)


def _choose(rows: _Rows, framework: Framework, period: int, shape: tuple[int, int]) -> Cells:
    reason = _reasons(rows, framework, period)
    absence = np.full(shape, Absence.NO_OBSERVATION, dtype=np.int8)
    for telling in (Absence.OUTSIDE_WINDOW, Absence.WITHDRAWN, Absence.STATUS_NOT_ACCEPTED):
        absence.ravel()[rows.cell[reason == telling]] = telling
    return _fill(rows, _nearest(rows, reason == Absence.PRESENT, period), absence)


def _reasons(rows: _Rows, framework: Framework, period: int) -> Reasons:
    """Why each observation is no value of its cell; PRESENT where it could be one."""
    windows = [indicator.window for indicator in framework.indicators]
    first = np.array([period - window.back for window in windows])[rows.indicator]
    last = np.array([period + window.ahead for window in windows])[rows.indicator]
    reason = np.where(rows.status.among(framework.statuses), PRESENT, np.int8(Absence.STATUS_NOT_ACCEPTED))
    reason[np.isnan(rows.value)] = Absence.WITHDRAWN
    reason[(rows.period < first) | (rows.period > last)] = Absence.OUTSIDE_WINDOW
    return reason


def _nearest(rows: _Rows, eligible: Flags, period: int) -> Ints:
    """Places in `rows` of the chosen observations, one per cell: nearest period first, the earlier on a tie.

    Written cell by cell from the worst to the best, so that the best stays.
    """
    places = np.flatnonzero(eligible)
    away = rows.period[places] - period
    distance = (2 * np.abs(away) + (away > 0)).astype(np.int16)
    worst_first = places[np.argsort(-distance, kind="stable")]
    chosen = np.full(rows.cell.max(initial=-1) + 1, -1)
    chosen[rows.cell[worst_first]] = worst_first
    return chosen[chosen >= 0]


def _fill(rows: _Rows, chosen: Ints, absence: Reasons) -> Cells:
    at = rows.cell[chosen]

    def put(kind: Any, otherwise: float, values: Any) -> Any:
        filled = np.full(absence.shape, otherwise, dtype=kind)
        filled.ravel()[at] = values[chosen]
        return filled

    absence.ravel()[at] = Absence.PRESENT
    return Cells(
        values=put(np.float64, np.nan, rows.value),
        periods=put(np.int16, 0, rows.period),
        statuses=Labels(put(rows.status.places.dtype, NOTHING, rows.status.places), rows.status.names),
        sources=Labels(put(rows.source.places.dtype, NOTHING, rows.source.places), rows.source.names),
        absence=absence,
    )
