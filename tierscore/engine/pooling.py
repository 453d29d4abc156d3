"""Groups: what the members' values come to at a degree of integration (methodology, section 6).

At degree 0 the members stand side by side, and the group is its lead; at 1 their values are added up. That a centre's
order comes from one centre, so that side by side equals the lead, is this model's reading of the paper.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np

from tierscore.engine.labels import Labels
from tierscore.engine.matrix import Absence, Cells, Flags, Floats, Matrix, Texts
from tierscore.engine.scorecard import Scorecard
from tierscore.framework.model import Framework, Indicator

# Of several statuses the least certain is the pooled value's.
LEAST_CERTAIN_FIRST = ("D", "E", "P", "A")


@dataclass(frozen=True)
class Members:
    """The rows of a group's members in a matrix, in its order, and which of them leads."""

    rows: tuple[int, ...]
    lead: int

    @classmethod
    def of(cls, card: Scorecard, rows: Collection[int]) -> Members:
        """The lead has the highest tier (none below the first), then the highest score, then the first code."""
        scores = np.nan_to_num(np.round(card.score, 9), nan=-np.inf)
        lead = min(rows, key=lambda row: (-card.tier[row], -scores[row], card.matrix.regions[row]))
        return cls(tuple(sorted(rows)), lead)

    def without(self, row: int) -> Members:
        """The group without one member that does not lead."""
        return Members(tuple(other for other in self.rows if other != row), self.lead)


def pooled(matrix: Matrix, framework: Framework, members: Members, degrees: Floats, code: str) -> Matrix:
    """The group as a matrix with a row per degree of integration, every row of the code given.

    Parameters
    ----------
    degrees : (degrees,)
        In [0, 1].

    Returns
    -------
    Matrix
        Values x_lead + g (x_pooled - x_lead); an indicator that the lead lacks is missing, for the lead's reason.
        Row 0 of degree 0 has the lead's bytes. Periods and sources are those of all members that have a value, 0 and
        "" where these differ, the status the least certain one. Totals stay those of the nation given.
    """
    values = values_by_degree(matrix, framework, members, degrees)
    rows = np.asarray(members.rows)
    own = matrix.cells.rows(members.lead)
    together = matrix.cells
    shape = (degrees.size, len(matrix.indicators))
    alone = (degrees == 0)[:, np.newaxis]
    present = ~np.isnan(matrix.cells.values[rows])

    def label(of_lead: Any, of_all: Any) -> Any:
        missing = own.absence != Absence.PRESENT
        return np.where(alone | missing, np.broadcast_to(of_lead, shape), of_all)

    cells = Cells(
        values=values,
        periods=label(own.periods, _common(together.periods[rows], present, 0)).astype(np.int16),
        statuses=Labels.of(label(own.statuses.texts, _least_certain(together.statuses[rows].texts, present))),
        sources=Labels.of(label(own.sources.texts, _common(together.sources[rows].texts, present, ""))),
        absence=np.broadcast_to(own.absence, shape).copy(),
    )
    return Matrix(matrix.period, (code,) * degrees.size, matrix.indicators, cells, matrix.nation)


def values_by_degree(matrix: Matrix, framework: Framework, members: Members, degrees: Floats) -> Floats:
    """Raw values of the group at each degree: (degrees, all indicators), NaN where the lead has none."""
    own = matrix.cells.values[members.lead]
    values: Floats = own + degrees[:, np.newaxis] * (added_up(matrix, framework, members) - own)
    return values


def added_up(matrix: Matrix, framework: Framework, members: Members) -> Floats:
    """The members' values together, (all indicators,), of those that have one; NaN where none has.

    `sum` adds, `best` takes the best, `ratio` is the mean weighted by the declared indicator over the members that have
    both, the lead's own where none has. An indicator without a declared pooling stays the lead's.
    """
    columns = {code: place for place, code in enumerate(matrix.indicators)}
    values, own = matrix.cells.values[np.asarray(members.rows)], matrix.cells.values[members.lead]
    return np.array([_together(indicator, values, columns, own) for indicator in framework.indicators])


def _together(indicator: Indicator, values: Floats, columns: dict[str, int], own: Floats) -> float:
    column = columns[indicator.code]
    of_members = values[:, column]
    present = of_members[~np.isnan(of_members)]
    if indicator.pooling is None or present.size == 0:
        return float(own[column])
    if indicator.pooling.kind == "sum":
        return float(present.sum())
    if indicator.pooling.kind == "best":
        return float(present.max() if indicator.direction > 0 else present.min())
    return _ratio(of_members, values[:, columns[indicator.pooling.weight or ""]], float(own[column]))


def _ratio(values: Floats, weights: Floats, otherwise: float) -> float:
    both = ~np.isnan(values) & ~np.isnan(weights)
    weight = weights[both].sum()
    return float((values[both] * weights[both]).sum() / weight) if weight > 0 else otherwise


def _common(labels: Any, present: Flags, otherwise: object) -> Texts:
    """The label that all present cells of a column share."""
    found = [set(column[known].tolist()) for column, known in zip(labels.T, present.T, strict=True)]
    return np.array([next(iter(some)) if len(some) == 1 else otherwise for some in found], dtype=object)


def _least_certain(statuses: Texts, present: Flags) -> Texts:
    found = [set(column[known].tolist()) for column, known in zip(statuses.T, present.T, strict=True)]
    return np.array(
        [next((status for status in LEAST_CERTAIN_FIRST if status in some), "") for some in found], dtype=object
    )
