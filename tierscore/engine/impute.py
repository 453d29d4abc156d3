"""Missing measures filled in from the others, each cell flagged (methodology, section 2). Off by default.

By indicator: from the same column, of all units or of the unit's group. By row: from the unit's own other indicators
of the same node, compared on a scale of 0 to 1. knn: from the units nearest in the other indicators.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tierscore.engine.matrix import Flags, Floats, Ints
from tierscore.engine.refused import Refused, first

Typical = Callable[..., Floats]  # of a (units, columns) table, by axis 0; no column may be empty


@dataclass(frozen=True)
class Filling:
    """How missing cells are filled.

    method : ``mean``, ``median``, ``group_mean``, ``group_median`` or ``knn``.  by : ``indicator`` or ``row``.
    neighbours : how many, of knn.  nodes : (indicators,), the place of the node each indicator is in.
    direction : (indicators,), 1 or -1, which way is up when a row is compared.
    """

    method: str
    by: str
    neighbours: int
    nodes: Ints
    direction: Floats


def impute(values: Floats, filling: Filling, groups: Ints | None = None) -> Floats:
    """The table with its missing cells filled, (units, indicators).

    Parameters
    ----------
    values : (units, indicators)
        NaN where missing.
    groups : (units,), optional
        The place of each unit's group, for the methods by group; -1 for none.

    Raises
    ------
    Refused
        Where there is nothing to fill a cell from; with its place.
    """
    if not np.isnan(values).any():
        return values
    if filling.method == "knn":
        return by_neighbours(values, filling.neighbours)
    if filling.by == "row":
        return _by_row(values, filling)
    typical = np.nanmedian if filling.method.endswith("median") else np.nanmean
    if filling.method.startswith("group"):
        return _by_group(values, typical, groups)
    refuse_empty(values)
    return np.where(np.isnan(values), typical(values, axis=0), values)


def _by_group(values: Floats, typical: Typical, groups: Ints | None) -> Floats:
    """Each cell from its column within the unit's own group."""
    labels = np.full(len(values), -1, dtype=np.int64) if groups is None else groups
    _refuse_alone(values, labels)
    filled = values.copy()
    for label in np.unique(labels[labels >= 0]):
        inside = np.flatnonzero(labels == label)
        gaps = np.isnan(values[inside]).any(axis=0)
        if gaps.any():
            part = values[np.ix_(inside, gaps)]
            filled[np.ix_(inside, gaps)] = np.where(np.isnan(part), typical(part, axis=0), part)
    return filled


def _by_row(values: Floats, filling: Filling) -> Floats:
    """Each cell from the unit's other indicators in the node, all between 0 (worst) and 1 (best), then back."""
    refuse_empty(values)
    turned = values * filling.direction
    least, greatest = np.nanmin(turned, axis=0), np.nanmax(turned, axis=0)
    scaled = (turned - least) / np.where(greatest > least, greatest - least, 1.0)
    typical = np.nanmedian if filling.method == "median" else np.nanmean
    for node in np.unique(filling.nodes):
        inside = np.flatnonzero(filling.nodes == node)
        gaps = np.isnan(scaled[:, inside])
        _refuse_empty_rows(gaps, inside)
        rows = np.flatnonzero(gaps.any(axis=1))
        part = scaled[np.ix_(rows, inside)]
        scaled[np.ix_(rows, inside)] = np.where(np.isnan(part), typical(part.T, axis=0)[:, np.newaxis], part)
    back = (least + scaled * (greatest - least)) * filling.direction
    return np.where(np.isnan(values), back, values)


def by_neighbours(values: Floats, count: int, fitted_on: int | None = None) -> Floats:
    """scikit-learn's mean of the nearest units that have the value, columns in standard deviations.

    The neighbours are among the first `fitted_on` rows, among all unless given.
    """
    from sklearn.impute import KNNImputer  # noqa: PLC0415 - takes longer to load than all the rest, and few need it

    refuse_empty(values)
    base = values[:fitted_on]
    deviation, mean = np.nanstd(base, axis=0), np.nanmean(base, axis=0)
    scale = np.where(deviation > 0, deviation, 1.0)
    nearest: Any = KNNImputer
    filler = nearest(n_neighbors=count).fit((base - mean) / scale)
    filled = filler.transform((values - mean) / scale) * scale + mean
    return np.where(np.isnan(values), filled, values)


def refuse_empty(values: Floats) -> None:
    """Raises Refused for a column without any value."""
    empty = np.isnan(values).all(axis=0)
    if empty.any():
        template = "Step {step}: indicator {indicator} is missing for every unit; there is nothing to fill it from."
        raise Refused(template, None, int(np.flatnonzero(empty)[0]))


def _refuse_alone(values: Floats, labels: Ints) -> None:
    """A missing cell with nobody of its group to take it from."""
    missing = np.isnan(values)
    if wrong := first(missing & (labels < 0)[:, np.newaxis]):
        raise Refused("Step {step}: indicator {indicator} of {unit} is missing, and {unit} is in no group.", *wrong)
    for label in np.unique(labels):
        inside = np.flatnonzero(labels == label)
        empty = missing[inside].all(axis=0)
        if empty.any():
            template = "Step {step}: indicator {indicator} of {unit} is missing, and nobody else of its group has it."
            raise Refused(template, int(inside[0]), int(np.flatnonzero(empty)[0]))


def _refuse_empty_rows(gaps: Flags, columns: Ints) -> None:
    empty = gaps.all(axis=1)
    if empty.any():
        template = "Step {step}: {unit} has nothing in the node of indicator {indicator} to fill it from."
        raise Refused(template, int(np.flatnonzero(empty)[0]), int(columns[0]))
