"""Observations as columns: what a matrix is selected from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from tierscore.engine.labels import Labels

TEXTS = ("region", "indicator", "status", "source")


@dataclass(frozen=True)
class Observed:
    """Columns of one length, a row for each observation: of each region, indicator and period the newest revision.

    value : NaN where it was withdrawn.
    """

    region: Labels
    indicator: Labels
    period: npt.NDArray[np.integer[Any]]
    value: npt.NDArray[np.float64]
    status: Labels
    source: Labels

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Self:
        """The columns of those names of a table."""
        texts = {name: Labels.of(frame[name]) for name in TEXTS}
        return cls(period=frame["period"].to_numpy(np.int64), value=frame["value"].to_numpy(np.float64), **texts)

    @classmethod
    def joined(cls, parts: Sequence[Observed]) -> Self:
        """Several tables, one below the other."""
        return cls(
            region=Labels.joined([part.region for part in parts]),
            indicator=Labels.joined([part.indicator for part in parts]),
            period=np.concatenate([part.period for part in parts]),
            value=np.concatenate([part.value for part in parts]),
            status=Labels.joined([part.status for part in parts]),
            source=Labels.joined([part.source for part in parts]),
        )

    @property
    def nbytes(self) -> int:
        """How much memory the columns take."""
        texts = (self.region, self.indicator, self.status, self.source)
        return sum(labels.places.nbytes for labels in texts) + self.period.nbytes + self.value.nbytes

    def some(self, rows: npt.NDArray[Any]) -> Self:
        """Some of the observations."""
        return type(self)(**{name: column[rows] for name, column in vars(self).items()})
