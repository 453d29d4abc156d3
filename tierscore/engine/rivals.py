"""Where the rest of the nation will be, so that a plan's shares hold at its date (methodology, section 8)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from tierscore.engine.matrix import Flags, Floats, Matrix
from tierscore.engine.parameters import Parameters


def grown(matrix: Matrix, given: Parameters, own: Collection[int], rates: Floats) -> Matrix:
    """The matrix once everybody else has grown by a rate in what shares are taken of.

    A given total grows by the rate on all of it that is not the region's own, whoever has it.

    Parameters
    ----------
    own : rows that stand still: the region, or the members of the group.
    rates : (indicators,), 0.05 for five per cent; of no effect where no share is taken.
    """
    rate = _everywhere(matrix, given, np.where(given.share, rates, 0.0))
    values, mine = matrix.cells.values.copy(), _rows(matrix, own)
    rest = matrix.nation.values - np.nansum(values[mine], axis=0)
    values[~mine] *= 1.0 + rate
    return _moved(matrix, values, matrix.nation.values + rate * rest)


def advanced(matrix: Matrix, given: Parameters, own: Collection[int], change: Floats) -> Matrix:
    """The matrix once everybody else has changed by so much in what shares are taken of, never below 0.

    Parameters
    ----------
    change : (regions, all indicators), NaN for no change; given totals move by what the cells with a value do.
    """
    counted = _everywhere(matrix, given, given.share.astype(np.float64))
    values, mine = matrix.cells.values, _rows(matrix, own)
    step = np.where(mine[:, np.newaxis], 0.0, np.nan_to_num(change) * counted)
    moved = np.where(step != 0, np.maximum(values + step, 0.0), values)
    return _moved(matrix, moved, matrix.nation.values + np.nansum(moved - values, axis=0))


def _everywhere(matrix: Matrix, given: Parameters, of_scored: Floats) -> Floats:
    """Something of the scored indicators over all of them, 0 for helpers."""
    spread = np.zeros(len(matrix.indicators))
    spread[given.places] = of_scored
    return spread


def _rows(matrix: Matrix, own: Collection[int]) -> Flags:
    return np.isin(np.arange(len(matrix.regions)), list(own))


def _moved(matrix: Matrix, values: Floats, nation: Floats) -> Matrix:
    return replace(matrix, cells=replace(matrix.cells, values=values), nation=replace(matrix.nation, values=nation))
