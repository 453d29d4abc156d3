"""A matrix some of whose cells are known anew, and which indicators that changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from tierscore.engine.edits import same
from tierscore.engine.labels import Labels
from tierscore.engine.matrix import Cells, Flags, Ints, Matrix


def patched(matrix: Matrix, part: Matrix) -> Matrix:
    """The matrix with the cells of another one of the same period in their places, the nation's too.

    `part` has some of the regions and some of the indicators; it is about all cells of these.
    """
    rows, columns = _places(part.regions, matrix.regions), _places(part.indicators, matrix.indicators)
    return replace(
        matrix,
        cells=_put(matrix.cells, np.ix_(rows, columns), part.cells),
        nation=_put(matrix.nation, columns, part.nation),
    )


def differing(before: Matrix, after: Matrix) -> Flags:
    """The indicators that have any other cell, of a region or of the nation: (indicators,)."""
    found: Flags = _differ(before.cells, after.cells).any(axis=0) | _differ(before.nation, after.nation)
    return found


def _differ(one: Cells, other: Cells) -> Flags:
    labels = ((one.statuses, other.statuses), (one.sources, other.sources))
    found: Flags = ~same(one.values, other.values) | (one.periods != other.periods) | (one.absence != other.absence)
    for then, now in labels:
        found |= then.within(now.names).places != now.places
    return found


def _places(some: tuple[str, ...], among: tuple[str, ...]) -> Ints:
    places = {code: place for place, code in enumerate(among)}
    return np.array([places[code] for code in some], dtype=np.int64)


def _put(whole: Cells, at: Any, part: Cells) -> Cells:
    def put(array: Any, values: Any) -> Any:
        new = array.copy()
        new[at] = values
        return new

    def relabelled(labels: Labels, values: Labels) -> Labels:
        names = tuple(dict.fromkeys((*labels.names, *values.names)))
        return Labels(put(labels.within(names).places, values.within(names).places), names)

    return Cells(
        values=put(whole.values, part.values),
        periods=put(whole.periods, part.periods),
        statuses=relabelled(whole.statuses, part.statuses),
        sources=relabelled(whole.sources, part.sources),
        absence=put(whole.absence, part.absence),
    )
