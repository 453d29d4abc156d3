"""What-if edits: folded per cell in their order, then applied once (methodology, section 11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

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

    >>> from tierscore.engine.matrix import Cells, Matrix
    >>> empty = np.zeros((1, 1), dtype=int)
    >>> cells = Cells(np.array([[5.0]]), empty, empty, empty, empty)
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
    return replace(matrix, cells=cells, nation=_moved(matrix, cells.values))


def _put(cells: Cells, cell: tuple[int, int], value: float, period: int) -> None:
    """A new value is of the assessed year where there was none, and of nobody's source."""
    old, cells.values[cell] = cells.values[cell], value
    if old != value:
        cells.statuses[cell], cells.sources[cell] = "", ""
    if np.isnan(old):
        cells.periods[cell], cells.absence[cell] = period, Absence.PRESENT


def same(one: Floats, other: Floats) -> Flags:
    """Whether two cells are equal, or both missing.

    >>> same(np.array([1.0, np.nan, np.nan]), np.array([1.0, np.nan, 2.0]))
    array([ True,  True, False])
    """
    agree: Flags = np.asarray(one == other) | (np.isnan(one) & np.isnan(other))
    return agree


def _moved(matrix: Matrix, values: Floats) -> Cells:
    return replace(matrix.nation, values=matrix.nation.values + _growth(matrix, values))


def _growth(matrix: Matrix, values: Floats) -> Floats:
    """By how much given totals move, (..., indicators): what was missing at baseline is in them already."""
    moved: Floats = np.where(np.isnan(matrix.cells.values), 0.0, values - matrix.cells.values).sum(axis=-2)
    return moved


def matters(before: Scorecard, after: Scorecard, cells: Sequence[tuple[int, int]]) -> list[bool]:
    """Whether each edited cell moves any score of any region, all else as edited: one scoring for all cells."""
    if not cells:
        return []
    if len(cells) == 1 and before.parameters is after.parameters and after.parameters.only_knots:
        return [not same(before.scores, after.scores).all()]
    old, new, given = before.matrix, after.matrix, after.parameters
    undone = np.repeat(new.cells.values[np.newaxis], len(cells) + 1, axis=0)
    for place, cell in enumerate(cells):
        undone[(place, *cell)] = old.cells.values[cell]
    nation = old.nation.values + _growth(old, undone)
    scores = scores_of(undone, totals_of(undone, nation, given), given)
    moves = ~same(scores[:-1], scores[-1])
    return [bool(cell.any()) for cell in moves]
