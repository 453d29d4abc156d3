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

from tierscore.framework.model import Framework

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Labels = npt.NDArray[np.object_]


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


@dataclass(frozen=True)
class Cells:
    """Selected cells of shape (regions, indicators), or (indicators,) for the nation.

    values : float, NaN where missing.  periods : the year each value is of, 0 where missing.
    statuses, sources : text, "" where missing.  absence : `Absence` of each cell.
    """

    values: Floats
    periods: Ints
    statuses: Labels
    sources: Labels
    absence: Ints

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


def select(observations: pd.DataFrame, framework: Framework, period: int, nation: str = "CN") -> Matrix:
    """Selects one value per reference region and indicator for `period`.

    Parameters
    ----------
    observations : DataFrame
        Columns region, indicator, period, value (NaN: withdrawn), status, source; of each region, indicator and
        period the newest revision only.
    framework : Framework
        Gives the regions, indicators, windows and accepted statuses.
    period : int
        The assessed year.
    nation : str
        Code of the nation's own observations, from which totals come.
    """
    regions = (*framework.regions, nation)
    indicators = tuple(indicator.code for indicator in framework.indicators)
    rows = _Rows.of(observations, regions, indicators)
    cells = _choose(rows, framework, period, (len(regions), len(indicators)))
    last = len(regions) - 1
    return Matrix(period, framework.regions, indicators, cells.rows(slice(0, last)), cells.rows(last))


@dataclass(frozen=True)
class _Rows:
    """Observations of known regions and indicators as arrays of one length; `region` and `indicator` are places."""

    region: Ints
    indicator: Ints
    period: Ints
    value: Floats
    status: Labels
    source: Labels

    @classmethod
    def of(cls, observations: pd.DataFrame, regions: Sequence[str], indicators: Sequence[str]) -> _Rows:
        region = pd.Index(regions).get_indexer(pd.Index(observations["region"]))
        indicator = pd.Index(indicators).get_indexer(pd.Index(observations["indicator"]))
        known = (region >= 0) & (indicator >= 0)

        def column(name: str, kind: Any) -> Any:
            return observations[name].to_numpy(kind)[known]

        return cls(
            region[known],
            indicator[known],
            column("period", np.int64),
            column("value", np.float64),
            column("status", object),
            column("source", object),
        )


def _choose(rows: _Rows, framework: Framework, period: int, shape: tuple[int, int]) -> Cells:
    windows = [indicator.window for indicator in framework.indicators]
    back = np.array([window.back for window in windows])[rows.indicator]
    ahead = np.array([window.ahead for window in windows])[rows.indicator]
    reason = np.select(
        [
            (rows.period < period - back) | (rows.period > period + ahead),
            np.isnan(rows.value),
            ~np.isin(rows.status, framework.statuses),
        ],
        [Absence.OUTSIDE_WINDOW, Absence.WITHDRAWN, Absence.STATUS_NOT_ACCEPTED],
        Absence.PRESENT,
    )
    absence = np.full(shape, Absence.NO_OBSERVATION, dtype=np.int64)
    np.maximum.at(absence, (rows.region, rows.indicator), reason)
    return _fill(rows, _nearest(rows, reason == Absence.PRESENT, period), absence)


def _nearest(rows: _Rows, eligible: Flags, period: int) -> Ints:
    """Places in `rows` of the chosen observations, one per cell: nearest period first, the earlier on a tie."""
    places = np.flatnonzero(eligible)
    distance = np.abs(rows.period[places] - period)
    order = places[np.lexsort((rows.period[places], distance, rows.indicator[places], rows.region[places]))]
    cell = np.stack([rows.region[order], rows.indicator[order]])
    first = np.ones(order.size, dtype=bool)
    first[1:] = (cell[:, 1:] != cell[:, :-1]).any(axis=0)
    return order[first]


def _fill(rows: _Rows, chosen: Ints, absence: Ints) -> Cells:
    at = (rows.region[chosen], rows.indicator[chosen])
    cells = Cells(
        values=np.full(absence.shape, np.nan),
        periods=np.zeros(absence.shape, dtype=np.int64),
        statuses=np.full(absence.shape, "", dtype=object),
        sources=np.full(absence.shape, "", dtype=object),
        absence=absence,
    )
    cells.values[at] = rows.value[chosen]
    cells.periods[at] = rows.period[chosen]
    cells.statuses[at] = rows.status[chosen]
    cells.sources[at] = rows.source[chosen]
    absence[at] = Absence.PRESENT
    return cells
