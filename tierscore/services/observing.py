"""What a framework is scored from: of few regions all years, of many only those that its windows reach."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from sqlalchemy.orm import Session

from tierscore.engine.labels import Labels
from tierscore.engine.observed import Observed
from tierscore.framework.model import Framework, Indicator
from tierscore.storage import window
from tierscore.storage.window import Span


def codes_of(framework: Framework) -> tuple[str, ...]:
    """The indicators that are read for a framework."""
    return tuple(indicator.code for indicator in framework.indicators)


def of_all_years(session: Session, revision: int, framework: Framework, regions: tuple[str, ...]) -> Observed:
    """Everything that was known of a framework's indicators in some regions."""
    return _read(session, revision, regions, codes_of(framework), window.ALL_YEARS)


def of_period(session: Session, revision: int, framework: Framework, regions: tuple[str, ...], period: int) -> Observed:
    """Of each indicator the years of its window, and one row of each cell that has rows outside of it alone."""
    parts = [
        _read(session, revision, regions, codes, Span(period - back, period + ahead))
        for (back, ahead), codes in _by_window(framework.indicators)
    ]
    return _with_others(session, revision, framework, regions, Observed.joined(parts))


@dataclass(frozen=True)
class Years:
    """Many years of what a framework is scored from; `some` is one row of each cell, which tells that there are any."""

    framework: Framework
    everything: Observed
    some: Observed

    def near(self, period: int) -> Observed:
        """The rows that the windows of one period may reach, and one row of each cell."""
        span, years = reach(self.framework, period, period), self.everything.period
        within = np.flatnonzero((years >= span.first) & (years <= span.last))
        return Observed.joined([self.everything.some(within), self.some])


def of_periods(
    session: Session, revision: int, framework: Framework, regions: tuple[str, ...], periods: Iterable[int]
) -> Years:
    """All years that the windows of some periods reach, and one row of each cell that has rows outside alone."""
    wanted = sorted(periods)
    found = _read(session, revision, regions, codes_of(framework), reach(framework, wanted[0], wanted[-1]))
    everything = _with_others(session, revision, framework, regions, found)
    return Years(framework, everything, everything.some(_one_of_each(everything, len(framework.indicators))))


def reach(framework: Framework, first: int, last: int) -> Span:
    """The years that the windows of the periods between two may reach."""
    windows = [indicator.window for indicator in framework.indicators]
    return Span(first - max(one.back for one in windows), last + max(one.ahead for one in windows))


def _by_window(indicators: Iterable[Indicator]) -> Iterator[tuple[tuple[int, int], tuple[str, ...]]]:
    def window_of(indicator: Indicator) -> tuple[int, int]:
        return indicator.window.back, indicator.window.ahead

    for reach, alike in groupby(sorted(indicators, key=window_of), window_of):
        yield reach, tuple(indicator.code for indicator in alike)


def _read(
    session: Session, revision: int, regions: tuple[str, ...], indicators: tuple[str, ...], years: Span
) -> Observed:
    found = window.read(session, revision, regions, indicators, years)
    return Observed(
        region=Labels.at(found.region, found.regions),
        indicator=Labels.at(found.indicator, found.indicators),
        period=found.period.astype(np.int16),
        value=found.value,
        status=Labels.at(found.status, window.STATUSES),
        source=Labels.at(found.source, found.sources),
    )


def _with_others(
    session: Session, revision: int, framework: Framework, regions: tuple[str, ...], found: Observed
) -> Observed:
    """With one row of each cell that has none among those found, but some of other years: of no year that counts."""
    codes = codes_of(framework)
    there = np.zeros((len(regions), len(codes)), dtype=bool)
    there[found.region.among_places(regions), found.indicator.among_places(codes)] = True
    rows, columns = np.nonzero(~there)
    pairs = [regions[row] for row in rows], [codes[column] for column in columns]
    seen = window.seen(session, revision, *pairs)
    return Observed.joined([found, _elsewhere(Labels.at(rows[seen], regions), Labels.at(columns[seen], codes))])


def _elsewhere(region: Labels, indicator: Labels) -> Observed:
    size = region.places.shape
    nothing = Labels.empty(size)
    return Observed(region, indicator, np.zeros(size, dtype=np.int16), np.zeros(size), nothing, nothing)


def _one_of_each(observed: Observed, indicators: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """The place of one row of each cell; indicators are counted from 1, as 0 is the empty text."""
    cells = observed.region.places.astype(np.int64) * (indicators + 1) + observed.indicator.places
    one = np.full(int(cells.max(initial=-1)) + 1, -1)
    one[cells] = np.arange(cells.size)
    return one[one >= 0]
