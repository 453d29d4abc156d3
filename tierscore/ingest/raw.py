"""A batch as it was read, before anything in it is checked."""

from __future__ import annotations

from dataclasses import dataclass

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
    """

    frame: pd.DataFrame
    row: npt.NDArray[np.int64]
    pointers: bool = False
    violations: tuple[Violation, ...] = ()
