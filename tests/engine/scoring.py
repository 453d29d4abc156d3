"""Scores a small table: {region: {indicator: value or None}}."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from tierscore.engine.matrix import Matrix, select
from tierscore.engine.pipeline import score
from tierscore.engine.scorecard import Scorecard
from tierscore.framework.model import Framework

COLUMNS = ["region", "indicator", "period", "value", "status", "source"]
Table = Mapping[str, Mapping[str, float | None]]


def scored(table: Table, framework: Framework) -> Scorecard:
    """The scorecard of values that are all of 2021."""
    return score(matrix_of(table, framework), framework)


def matrix_of(table: Table, framework: Framework) -> Matrix:
    """The matrix of values that are all of 2021, accepted and of one source."""
    rows = [
        (region, code, 2021, value, "A", "S1")
        for region, row in table.items()
        for code, value in row.items()
        if value is not None
    ]
    frame = pd.DataFrame(rows, columns=COLUMNS).astype({"period": "int64", "value": "float64"})
    return select(frame, framework, 2021)
