"""A batch as it was read, before anything in it is checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from tierscore.errors import Violation

# More belongs into several batches: one answer has to hold every mistake of all of them.
MOST_ROWS = 200_000

FIELDS = ("region", "indicator", "period", "value", "unit", "status", "source", "vintage", "note")


@dataclass(frozen=True)
class RawTable:
    """Rows of text, one column per field, "" where nothing is given.

    frame : DataFrame with the columns `FIELDS`.
    row : where each row stands: the line of a file (its header is line 1), or the position in a list, from 1.
    pointers : whether the rows come from a JSON body, so that a mistake is named by its JSON Pointer too.
    violations : mistakes met while reading; rows that have one are not in `frame`.
    cells : mistakes of single cells of rows in `frame`, by the row's place there; their texts say nothing.
    """

    frame: pd.DataFrame
    row: npt.NDArray[np.int64]
    pointers: bool = False
    violations: tuple[Violation, ...] = ()
    cells: Mapping[int, Sequence[Violation]] = field(default_factory=dict)


def nothing(violations: Sequence[Violation]) -> RawTable:
    """A table without rows, and why."""
    frame = pd.DataFrame({name: [] for name in FIELDS}, dtype=object)
    return RawTable(frame, np.array([], dtype=np.int64), violations=tuple(violations))


def no_rows() -> Violation:
    """There is a header and nothing else."""
    return Violation("no_rows", "There is no row below the header.", row=1)


def too_many_rows() -> Violation:
    """More than one answer could report on."""
    return Violation("too_many_rows", "A batch has at most {most} rows.", {"most": MOST_ROWS})
