"""How good the data are: what is missing, estimated, of another definition or year, and what that could change."""

from __future__ import annotations

from typing import Any

import numpy as np

from tierscore.engine import unknown
from tierscore.engine.matrix import Absence, Flags, Ints
from tierscore.services.answer import indicator_flags
from tierscore.services.listing import title
from tierscore.services.sheet import Sheet

Answer = dict[str, Any]


def coverage(sheet: Sheet) -> Answer:
    """Per indicator how much is known; every cell that is not simply known; which missing values could move a tier."""
    return {
        "period": sheet.card.matrix.period,
        "regions": len(sheet.card.matrix.regions),
        "indicators": [_indicator(sheet, column) for column in range(len(sheet.card.parameters.codes))],
        "cells": _cells(sheet),
        "widens": _widens(sheet),
    }


def _missing(sheet: Sheet) -> Flags:
    return sheet.card.unknown


def _states(sheet: Sheet) -> dict[str, Flags]:
    """What a cell can be beside simply known, each (regions, indicators); a cell can be more than one."""
    cells = sheet.card.measured.cells
    known = ~_missing(sheet)
    return {
        "missing": ~known,
        "estimated": known & cells.statuses.are("E"),
        "other_definition": cells.absence == Absence.STATUS_NOT_ACCEPTED,
        "stale": known & (cells.periods != sheet.card.matrix.period),
    }


def _indicator(sheet: Sheet, column: int) -> Answer:
    card, indicator = sheet.card, sheet.scored[column]
    observed = int((card.measured.cells.absence[:, column] == Absence.PRESENT).sum())
    return {
        "code": indicator.code,
        "title": title(indicator.title),
        "weight": float(card.parameters.weights[column]),
        "observed": observed,
        "share_observed": float(card.measured.observed[column]),
        "sparse": "sparse_indicator" in indicator_flags(card, 0, column),
        **{state: int(flags[:, column].sum()) for state, flags in _states(sheet).items()},
    }


def _cells(sheet: Sheet) -> list[Answer]:
    """Region by region, indicator by indicator."""
    states = _states(sheet)
    worth_a_line = np.logical_or.reduce(list(states.values()))
    return [_cell(sheet, int(row), int(column), states) for row, column in np.argwhere(worth_a_line)]


def _cell(sheet: Sheet, row: int, column: int, states: dict[str, Flags]) -> Answer:
    card, cells = sheet.card, sheet.card.measured.cells
    absence = Absence(int(card.measured.absence[row, column]))
    return {
        "region": card.matrix.regions[row],
        "indicator": card.parameters.codes[column],
        "states": [state for state, flags in states.items() if flags[row, column]],
        "missing_reason": None if absence == Absence.PRESENT else absence.name.lower(),
        "period": int(cells.periods[row, column]) or None,
        "status": cells.statuses[row, column] or None,
        "source": cells.sources[row, column] or None,
    }


def _widens(sheet: Sheet) -> list[Answer]:
    """For each indicator the regions whose tier, or bounds, a missing value of it bears on.

    None where the scale's ends are not the worst and the best that a missing value can be.
    """
    card = sheet.card
    if not card.parameters.bounded:
        return []
    alone = unknown.alone(card.scores, sheet.framework, card.parameters)
    narrowed = unknown.narrowed(card.scores, sheet.framework, card.parameters)
    own, lowest, highest = (tiers[:, np.newaxis] for tiers in (card.tier, card.lowest, card.highest))
    moves = (alone[0] != own) | (alone[1] != own)
    bears = _missing(sheet) & (moves | (narrowed[0] > lowest) | (narrowed[1] < highest))
    return [
        {
            "indicator": code,
            "regions": [_bearing(sheet, int(row), column, alone, narrowed) for row in np.flatnonzero(bears[:, column])],
        }
        for column, code in enumerate(card.parameters.codes)
        if bears[:, column].any()
    ]


def _bearing(sheet: Sheet, row: int, column: int, alone: tuple[Ints, Ints], narrowed: tuple[Ints, Ints]) -> Answer:
    """What one missing value alone could make of the tier, and how the bounds would close if it were known."""
    card = sheet.card
    return {
        "region": card.matrix.regions[row],
        "tier": sheet.tier(card.tier[row]),
        "alone": {"lowest": sheet.tier(alone[0][row, column]), "highest": sheet.tier(alone[1][row, column])},
        "tier_bounds": {"lowest": sheet.tier(card.lowest[row]), "highest": sheet.tier(card.highest[row])},
        "lowest_if_best": sheet.tier(narrowed[0][row, column]),
        "highest_if_worst": sheet.tier(narrowed[1][row, column]),
    }
