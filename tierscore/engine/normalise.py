"""Normalisation: from a treated value to a score, column by column (methodology, section 3).

Every method but the knots and the ranks is a straight line, low + rise (x - origin) / width, cut off at its ends
where the framework says so; the methods differ in where its origin and width come from. Direction -1 turns a column
round before all methods but knots and goalposts, whose declared values carry the order. A scheme is fitted on the
reference units and may then be applied to others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from tierscore.engine import knots
from tierscore.engine.matrix import Floats, Ints
from tierscore.engine.refused import Refused

RANKS = ("rank", "prank", "borda")
DISTANCES = ("dist_to_reference", "dist_to_target")
DECLARED = ("knots", "goalposts")  # their values carry the order and come from no data


@dataclass(frozen=True)
class Scheme:
    """One method over some columns; every array has an entry per column of the scheme.

    columns : their places.  direction : 1 or -1.
    low, rise : the score at the origin, and how much is added over one width.
    floor, ceiling : where scores are cut off, infinite where they are not.
    given : numbers that the method declares: goalposts' `low` and `high`, a `target`, the place of a `unit`.
    at : (columns, knots) and scores : (knots,), of the method knots.
    """

    method: str
    columns: Ints
    direction: Floats
    low: Floats
    rise: Floats
    floor: Floats
    ceiling: Floats
    given: dict[str, Floats] = field(default_factory=dict)
    at: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    scores: Floats = field(default_factory=lambda: np.zeros(0))


@dataclass(frozen=True)
class Fitted:
    """What a scheme took from the units that it was fitted on.

    origin, width : (..., 1, columns), of a straight line.
    ordered : (..., units, columns), sorted, NaN last, of a rank.
    """

    origin: Floats
    width: Floats
    ordered: Floats


NOTHING = np.zeros((1, 0))
Line = tuple[npt.ArrayLike, npt.ArrayLike, npt.ArrayLike, npt.ArrayLike]


def line(method: str, ends: tuple[Any, Any], centre: tuple[float, float], cut_off: bool) -> Line:
    """The score at the origin, the rise over one width, the floor and the ceiling of a straight line.

    Parameters
    ----------
    ends : numbers, or arrays over columns
        Where min-max values and goalposts go to.
    centre : mean and deviation that a z-score goes to.
    cut_off : whether goalposts end at their ends, and distances to a unit or target at 1.
    """
    if method == "zscore":
        return *centre, -np.inf, np.inf
    if method == "relative_to_mean":
        return 100.0, 100.0, -np.inf, np.inf
    if method in {"minmax", "goalposts"}:
        low, high = (np.asarray(end, dtype=np.float64) for end in ends)
        if method == "goalposts" and cut_off:
            return low, high - low, np.minimum(low, high), np.maximum(low, high)
        return low, high - low, -np.inf, np.inf
    return 0.0, 1.0, -np.inf, 1.0 if cut_off and method in DISTANCES else np.inf


def normalise(values: Floats, schemes: Sequence[Scheme]) -> Floats:
    """Scores of treated values, each scheme fitted on these very units.

    Parameters
    ----------
    values : (..., units, indicators)
        NaN where missing; it stays missing.
    schemes : one for each method; together they cover every indicator.

    Raises
    ------
    Refused
        For a column without a difference where the method divides by one; with its place.
    """
    return apply(values, schemes, [fit(values[..., scheme.columns], scheme) for scheme in schemes])


def apply(values: Floats, schemes: Sequence[Scheme], fitted: Sequence[Fitted]) -> Floats:
    """Scores of values by schemes that were fitted before, perhaps on other units."""
    result = np.full(values.shape, np.nan)
    for scheme, found in zip(schemes, fitted, strict=True):
        part = values[..., scheme.columns]
        if scheme.method == "knots":
            result[..., scheme.columns] = knots.score(part, scheme.at, scheme.scores)
        elif scheme.method in RANKS:
            result[..., scheme.columns] = _ranks(scheme.direction * part, scheme.method, found.ordered)
        else:
            result[..., scheme.columns] = _line(_turned(part, scheme), scheme, found)
    return result


def fit(values: Floats, scheme: Scheme) -> Fitted:
    """What a scheme takes from its own columns, (..., units, columns); raises Refused as `normalise` does."""
    if scheme.method == "knots":
        return Fitted(NOTHING, NOTHING, NOTHING)
    turned = _turned(values, scheme)
    if scheme.method in RANKS:
        _refuse_lonely(turned, scheme)
        return Fitted(NOTHING, NOTHING, np.sort(turned, axis=-2))
    origin, width = LINES[scheme.method](turned, scheme)
    _refuse_flat(turned, width, scheme)
    return Fitted(origin, width, NOTHING)


def _turned(values: Floats, scheme: Scheme) -> Floats:
    return values if scheme.method in DECLARED else scheme.direction * values


def _line(values: Floats, scheme: Scheme, found: Fitted) -> Floats:
    scores = scheme.low + scheme.rise * ((values - found.origin) / found.width)
    return np.clip(scores, scheme.floor, scheme.ceiling)


def straight(values: Floats, scheme: Scheme, found: Fitted, place: int) -> Floats:
    """One column's scores before they are cut off: (units,) from (units, 1)."""
    turned = values[:, 0] if scheme.method in DECLARED else scheme.direction[place] * values[:, 0]
    part = (turned - found.origin[0, place]) / found.width[0, place]
    line: Floats = scheme.low[place] + scheme.rise[place] * part
    return line


def _ranks(values: Floats, method: str, ordered: Floats) -> Floats:
    """1 + how many of the fitted units are worse; prank and borda from that. Ties get the lowest."""
    worse = np.where(np.isnan(values), np.nan, _how_many_below(ordered, values))
    if method == "borda":
        return worse
    others = (~np.isnan(ordered)).sum(axis=-2, keepdims=True) - 1.0
    return worse + 1.0 if method == "rank" else worse / others


def _how_many_below(ordered: Floats, values: Floats) -> Floats:
    """By search in each sorted column: its cost grows with n log n, not with the square of the units."""
    columns = np.moveaxis(ordered, -2, -1).reshape(-1, ordered.shape[-2])
    wanted = np.moveaxis(values, -2, -1)
    found = [np.searchsorted(*pair) for pair in zip(columns, wanted.reshape(-1, wanted.shape[-1]), strict=True)]
    return np.moveaxis(np.array(found, dtype=np.float64).reshape(wanted.shape), -1, -2)


def _least(values: Floats) -> Floats:
    return np.fmin.reduce(values, axis=-2, keepdims=True)


def _greatest(values: Floats) -> Floats:
    return np.fmax.reduce(values, axis=-2, keepdims=True)


def _mean(values: Floats) -> Floats:
    count = (~np.isnan(values)).sum(axis=-2, keepdims=True)
    mean: Floats = np.nansum(values, axis=-2, keepdims=True) / np.where(count > 0, count, np.nan)
    return mean


def _from_least_to_greatest(values: Floats, _: Scheme) -> tuple[Floats, Floats]:
    least = _least(values)
    return least, _greatest(values) - least


def _from_mean_by_deviation(values: Floats, _: Scheme) -> tuple[Floats, Floats]:
    """The n - 1 standard deviation, 0 where all values are the same, whatever floats make of it."""
    mean = _mean(values)
    count = (~np.isnan(values)).sum(axis=-2, keepdims=True)
    square = np.nansum((values - mean) ** 2, axis=-2, keepdims=True) / np.where(count > 1, count - 1.0, np.nan)
    return mean, np.where(_greatest(values) > _least(values), np.sqrt(square), np.where(count > 0, 0.0, np.nan))


def _from_least_to_unit(values: Floats, scheme: Scheme) -> tuple[Floats, Floats]:
    rows = scheme.given["unit"].astype(np.int64)
    chosen = np.stack([values[..., row, place] for place, row in enumerate(rows)], axis=-1)[..., np.newaxis, :]
    least = _least(values)
    if (empty := np.isnan(chosen) & ~np.isnan(least)).any():
        column = int(np.argwhere(empty)[0][-1])
        raise Refused(
            "Step {step}: indicator {indicator} of {unit} is missing, and the others are compared with it.",
            int(rows[column]),
            int(scheme.columns[column]),
        )
    return least, chosen - least


def _from_least_to_target(values: Floats, scheme: Scheme) -> tuple[Floats, Floats]:
    least = _least(values)
    return least, scheme.direction * scheme.given["target"] - least


def _between_goalposts(values: Floats, scheme: Scheme) -> tuple[Floats, Floats]:
    shape = (*values.shape[:-2], 1, values.shape[-1])
    low, high = scheme.given["low"], scheme.given["high"]
    return np.broadcast_to(low, shape), np.broadcast_to(high - low, shape)


def _from_mean_by_mean(values: Floats, _: Scheme) -> tuple[Floats, Floats]:
    mean = _mean(values)
    return mean, np.abs(mean)


LINES: dict[str, Callable[[Floats, Scheme], tuple[Floats, Floats]]] = {
    "minmax": _from_least_to_greatest,
    "zscore": _from_mean_by_deviation,
    "dist_to_max": _from_least_to_greatest,
    "dist_to_reference": _from_least_to_unit,
    "dist_to_target": _from_least_to_target,
    "goalposts": _between_goalposts,
    "relative_to_mean": _from_mean_by_mean,
}


def _refuse_flat(values: Floats, width: Floats, scheme: Scheme) -> None:
    """A width of 0 where there is a value: nothing can be divided by it."""
    flat = (width == 0) & (~np.isnan(values)).any(axis=-2, keepdims=True)
    if not flat.any():
        return
    column = int(np.argwhere(flat)[0][-1])
    constant = _greatest(values)[..., column] == _least(values)[..., column]
    template = _NO_WIDTH.get(scheme.method, _SAME)
    if constant.any() and scheme.method != "relative_to_mean":
        template = _SAME
    raise Refused(template, None, int(scheme.columns[column]), method=scheme.method)


_SAME = "Step {step}: indicator {indicator} is the same for every unit, and {method} needs a difference."
_NO_WIDTH = {
    "dist_to_reference": "Step {step}: the unit that indicator {indicator} is compared with has the lowest value.",
    "dist_to_target": "Step {step}: the target of indicator {indicator} is the lowest value that there is.",
    "relative_to_mean": "Step {step}: the mean of indicator {indicator} is 0, and nothing is relative to that.",
}


def _refuse_lonely(values: Floats, scheme: Scheme) -> None:
    """A part of the others' number needs others."""
    lonely = (~np.isnan(values)).sum(axis=-2) == 1
    if scheme.method == "prank" and lonely.any():
        template = "Step {step}: indicator {indicator} has one value only, and {method} needs others."
        column = int(scheme.columns[int(np.argwhere(lonely)[0][-1])])
        raise Refused(template, None, column, method=scheme.method)
