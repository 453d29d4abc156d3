"""What can be edited of a region, and between which ends: the fields of the bench."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tierscore.framework.catalogue import CatalogueIndicator
from tierscore.framework.model import Indicator
from tierscore.services.sheet import Answer, Sheet, number

FINENESS = 400  # steps of a slider at least, where values are not whole
ROOM = 2  # times what there is or is required: so far a slider moves
NICE = (1, 1.5, 2, 3, 4, 5, 6, 8, 10)
RANK = "rank"


@dataclass(frozen=True)
class Field:
    """One indicator of one region.

    present : the value that is known, None where it is missing; `year` it is of.  flags : what is particular about it,
    first why it is missing.  low, high, step : of a slider; `least`, `most` : what is accepted, None for any.  scored :
    False for one that others are computed with.
    """

    region: str
    indicator: str
    title: dict[str, str]
    unit: str
    present: float | None
    year: int | None
    flags: tuple[str, ...]
    low: float
    high: float
    step: float
    whole: bool
    least: float | None
    most: float | None
    scored: bool


def fields(answer: Answer, sheet: Sheet) -> list[Field]:
    """The fields of a region's full answer: those scored first, each in the framework's order."""
    told = {item["code"]: item for item in answer["indicators"]}
    required = {item["indicator"]: item["required"] for item in answer["gap"]["deficits"]}
    row = sheet.card.matrix.regions.index(answer["region"]["code"])
    found = [
        _field(sheet, row, indicator, told.get(indicator.code), required.get(indicator.code))
        for indicator in sheet.framework.indicators
    ]
    return sorted(found, key=lambda item: not item.scored)


def _field(sheet: Sheet, row: int, indicator: Indicator, told: Answer | None, required: float | None) -> Field:
    matrix, column = sheet.card.matrix, sheet.card.matrix.indicators.index(indicator.code)
    values, known = matrix.cells.values[:, column], sheet.snapshot.indicators.get(indicator.code)
    present, whole = number(values[row]), indicator.integer or (known is not None and known.integer)
    low, high = ends(present, required, values[~np.isnan(values)].tolist(), known)
    return Field(
        region=matrix.regions[row],
        indicator=indicator.code,
        title={"zh": indicator.title.zh, "en": indicator.title.en},
        unit=indicator.unit,
        present=present,
        year=int(matrix.cells.periods[row, column]) or None,
        flags=_flags(told),
        low=low,
        high=high,
        step=step(low, high, whole=whole),
        whole=whole,
        least=None if known is None else known.low,
        most=None if known is None else known.high,
        scored=told is not None,
    )


def _flags(told: Mapping[str, object] | None) -> tuple[str, ...]:
    if told is None:
        return ()
    missing, flags = told["missing_reason"], told["flags"]
    return (*([str(missing)] if missing else []), *(flags if isinstance(flags, list | tuple) else ()))


def ends(
    present: float | None, required: float | None, others: Sequence[float], known: CatalogueIndicator | None
) -> tuple[float, float]:
    """Between which values a slider moves: of ranks all of them.

    Else from nothing to well over what there is and what is required; where neither is known, to what others have; and
    never past what the catalogue accepts.

    >>> ends(4.0, 15.0, [108.0], None), ends(None, None, [20.0, 211.0], None), ends(-2.0, None, [], None)
    ((0.0, 30.0), (0.0, 300.0), (-4.0, 1.0))
    """
    reach = [ROOM * value for value in (present, required) if value is not None] or list(others)
    low, top = 0.0 - nice(-min([0.0, *reach])), nice(max([1.0, *reach]))
    if known is None:
        return low, top
    if known.high is not None:
        top = float(known.high) if known.kind == RANK else min(float(known.high), top)
    return low if known.low is None else float(known.low), top


def nice(size: float) -> float:
    """The next round number.

    >>> nice(1213.0), nice(7.1), nice(0.0)
    (1500.0, 8.0, 0.0)
    """
    if size <= 0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(size))
    return next(float(power * part) for part in NICE if power * part >= size * (1 - 1e-9))


def step(low: float, high: float, *, whole: bool) -> float:
    """How far a slider moves at once: whole numbers by one, others by a power of ten.

    >>> step(0, 5000, whole=False), step(0, 8, whole=False), step(0, 70, whole=True)
    (10.0, 0.01, 1.0)
    """
    return 1.0 if whole else round(10.0 ** math.floor(math.log10((high - low) / FINENESS)), 9)
