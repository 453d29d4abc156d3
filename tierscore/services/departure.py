"""Where a path starts: whose stage, among rivals that stand still or grow until the plan's date."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tierscore.engine import rivals
from tierscore.engine.matrix import Floats, Matrix
from tierscore.errors import Violation
from tierscore.services.editing import no, refuse
from tierscore.services.query import PathAsked, Rivals
from tierscore.services.sheet import Sheet
from tierscore.services.stage import Stage

OfYear = Callable[[int], Matrix]


def departure(sheet: Sheet, asked: PathAsked, of_year: OfYear) -> Stage:
    """The stage that a path starts from.

    Parameters
    ----------
    of_year : gives the values of another year, for rivals that grow by their own change.

    Raises
    ------
    Invalid
        For what is neither a reference region nor a group, and for a single region's degree of integration.
    """
    regions, known = sheet.card.matrix.regions, sheet.snapshot.groups
    if asked.region not in regions and asked.region not in known:
        refuse([no("reference region or group", asked.region, [*regions, *known], "/region")])
    if asked.region in regions and asked.query.integration != 0:
        template = "Only a group has a degree of integration."
        refuse([Violation("no_group", template, pointer="/integration", value=asked.query.integration)])
    stage = Stage.of(sheet, asked.region, asked.query.integration)
    moved = _moved(stage, asked.rivals, of_year)
    return stage if moved is None else stage.among(moved)


def _moved(stage: Stage, growth: Rivals, of_year: OfYear) -> Matrix | None:
    """The values once the rivals have grown; None where they stand still."""
    card = stage.regions.card
    if growth.between is not None:
        first, last = growth.between
        years = growth.years if growth.years is not None else last - first
        change = (of_year(last).cells.values - of_year(first).cells.values) * (years / (last - first))
        return rivals.advanced(card.matrix, card.parameters, stage.own, change)
    if growth.rate is None and not growth.rates:
        return None
    return rivals.grown(card.matrix, card.parameters, stage.own, _rates(stage, growth))


def _rates(stage: Stage, growth: Rivals) -> Floats:
    """The rate over all the years, (indicators,); codes that are none are refused with the other terms."""
    columns = stage.regions.card.parameters.columns
    rates = np.full(len(columns), growth.rate or 0.0)
    for code, rate in growth.rates:
        if code in columns:
            rates[columns[code]] = rate
    years = 1.0 if growth.years is None else growth.years
    compound: Floats = (1.0 + rates) ** years - 1.0
    return compound
