"""How a region or group changed from one year to another: as published, like for like, and what moved its tier."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tierscore.engine.panel import Change, beside, changes
from tierscore.services.history import standing
from tierscore.services.sheet import Answer, Sheet, number


@dataclass(frozen=True)
class Changed:
    """Two years of the same rows, compared once for all of them."""

    before: Sheet
    after: Sheet
    change: Change

    @classmethod
    def between(cls, before: Sheet, after: Sheet) -> Changed:
        """Sheets of the same regions, or of the same group at the same degree."""
        return cls(before, after, changes(beside([before.card, after.card]), after.framework))

    def answer(self, row: int) -> Answer:
        """``{from, to, before, after, change, like_for_like, moved_by, indicators}`` of one row."""
        return {
            "from": self.before.card.matrix.period,
            "to": self.after.card.matrix.period,
            "before": standing(self.before, row),
            "after": standing(self.after, row),
            "change": number(self.change.published[0, row]),
            "like_for_like": number(self.change.alike[0, row]),
            "moved_by": self._cause(row),
            "indicators": [self._indicator(row, column) for column in range(len(self.after.scored))],
        }

    def _cause(self, row: int) -> str | None:
        """Whether the tier moved by the values, or only since data came or went; None where it did not move."""
        if self.change.moved[0, row] == 0:
            return None
        return "data" if self.change.by_data[0, row] else "values"

    def _indicator(self, row: int, column: int) -> Answer:
        then, now = (sheet.card.measured.cells.values[row, column] for sheet in (self.before, self.after))
        scores = [sheet.card.scores[row, column] for sheet in (self.before, self.after)]
        return {
            "indicator": self.after.scored[column].code,
            "unit": self.after.scored[column].unit,
            "before": number(then),
            "after": number(now),
            "score_change": number(np.subtract(scores[1], scores[0])),
        }
