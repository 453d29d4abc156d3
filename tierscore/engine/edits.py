"""What-if edits: folded per cell in their order, then applied once (methodology, section 11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tierscore.engine.labels import NOTHING
from tierscore.engine.matrix import Absence, Cells, Flags, Floats, Matrix
from tierscore.engine.pipeline import scores_of, totals_of
from tierscore.engine.scorecard import Scorecard

OPERATIONS = ("set", "add", "multiply")


@dataclass(frozen=True)
class Edit:
    """One change of one cell, by its places in the matrix."""

    operation: str
    row: int
    column: int
    value: float

    @property
    def cell(self) -> tuple[int, int]:
        """Row and column."""
        return self.row, self.column


@dataclass(frozen=True)
class Step:
    """What an edit made of its cell: NaN for missing. `new` is NaN too where there was nothing to add to."""

    old: float
    new: float


def fold(matrix: Matrix, edits: Sequence[Edit]) -> list[Step]:
    """What each edit makes of its cell, given the edits of the same cell before it.

    >>> from tierscore.engine.labels import Labels
    >>> from tierscore.engine.matrix import Cells, Matrix
    >>> empty = np.zeros((1, 1), dtype=np.int8)
    >>> cells = Cells(np.array([[5.0]]), empty, Labels.empty((1, 1)), Labels.empty((1, 1)), empty)
    >>> matrix = Matrix(2021, ("R",), ("i",), cells, cells.rows(0))
    >>> [(step.old, step.new) for step in fold(matrix, [Edit("add", 0, 0, 2.0), Edit("multiply", 0, 0, 3.0)])]
    [(5.0, 7.0), (7.0, 21.0)]
    """
    now: dict[tuple[int, int], float] = {}
    steps: list[Step] = []
    for edit in edits:
        old = now.get(edit.cell, float(matrix.cells.values[edit.cell]))
        now[edit.cell] = _result(edit, old)
        steps.append(Step(old, now[edit.cell]))
    return steps


def _result(edit: Edit, old: float) -> float:
    if edit.operation == "set":
        return edit.value
    return old + edit.value if edit.operation == "add" else old * edit.value


def last_of_cells(edits: Sequence[Edit]) -> dict[tuple[int, int], int]:
    """The place of the last edit of each cell, whose result counts."""
    return {edit.cell: place for place, edit in enumerate(edits)}


def columns_of(matrix: Matrix, edits: Sequence[Edit]) -> Flags:
    """Which indicators are edited, (all indicators,)."""
    edited = np.zeros(len(matrix.indicators), dtype=bool)
    edited[[edit.column for edit in edits]] = True
    return edited


def apply(matrix: Matrix, edits: Sequence[Edit], steps: Sequence[Step]) -> Matrix:
    """The matrix with every cell at its last edit's result.

    A given total moves by new - old of each edited cell that had a value; summed totals are summed again when the
    matrix is scored. A cell whose value stays keeps everything; so without edits the result has the same bytes.
    """
    cells = matrix.cells.copied()
    for cell, place in last_of_cells(edits).items():
        _put(cells, cell, steps[place].new, matrix.period)
    new = {edit.cell: float(cells.values[edit.cell]) for edit in edits}
    return replace(matrix, cells=cells, nation=replace(matrix.nation, values=_nation(matrix, new)))


def _put(cells: Cells, cell: tuple[int, int], value: float, period: int) -> None:
    """A new value is of the assessed year where there was none, and of nobody's source."""
    old, cells.values[cell] = cells.values[cell], value
    if old != value:
        cells.statuses.places[cell], cells.sources.places[cell] = NOTHING, NOTHING
    if np.isnan(old):
        cells.periods[cell], cells.absence[cell] = period, Absence.PRESENT


def same(one: Floats, other: Floats) -> Flags:
    """Whether two cells are equal, or both missing.

    >>> same(np.array([1.0, np.nan, np.nan]), np.array([1.0, np.nan, 2.0]))
    array([ True,  True, False])
    """
    agree: Flags = np.asarray(one == other) | (np.isnan(one) & np.isnan(other))
    return agree


def _nation(matrix: Matrix, new: Mapping[tuple[int, int], float]) -> Floats:
    """The nation's values once some cells are new, (indicators,): what was missing at baseline is in them already.

    Added up in the order of the rows, whatever the order of the edits.
    """
    moved = np.zeros(len(matrix.indicators))
    for cell in sorted(new):
        old = float(matrix.cells.values[cell])
        if not np.isnan(old):
            moved[cell[1]] += new[cell] - old
    return matrix.nation.values + moved


def matters(before: Scorecard, after: Scorecard, cells: Sequence[tuple[int, int]]) -> list[bool]:
    """Whether each edited cell moves any score of any region, all else as edited; `cells` are all that were edited."""
    given, old, new = after.parameters, before.matrix, after.matrix
    if len(cells) == 1 and given is before.parameters and given.only_knots:
        return [not same(before.scores, after.scores).all()]  # without it, all is as before
    edited = {cell: float(new.cells.values[cell]) for cell in cells}
    values, whole = new.cells.values.copy(), _nation(old, edited)
    found = []
    for cell in cells:
        narrow = given.narrowed(given.fed_by(_flag(new, cell[1]))) if given.only_knots else given
        scores = scores_of(values, totals_of(values, whole, narrow), narrow)
        values[cell] = old.cells.values[cell]
        nation = _nation(old, {other: value for other, value in edited.items() if other != cell})
        undone = scores_of(values, totals_of(values, nation, narrow), narrow)
        values[cell] = edited[cell]
        found.append(not same(undone, scores).all())
    return found


def _flag(matrix: Matrix, column: int) -> Flags:
    flags: Flags = np.arange(len(matrix.indicators)) == column
    return flags
