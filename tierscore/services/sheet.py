"""A scorecard with the labels that its answers need."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import isnan
from typing import Any

import numpy as np

from tierscore.engine.matrix import Flags
from tierscore.engine.pooling import Members
from tierscore.engine.scorecard import Scorecard
from tierscore.framework.catalogue import Group, Region
from tierscore.framework.model import Framework, Indicator
from tierscore.services.said import Said
from tierscore.services.snapshot import Snapshot, head

Answer = dict[str, Any]


@dataclass(frozen=True)
class Pool:
    """Whose values were pooled into the rows of a sheet, and the scorecard of the reference regions beside them.

    subject : the group as if it were a region; it has the tags that all members have.
    """

    group: Group
    members: Members
    reference: Scorecard
    subject: Region


@dataclass(frozen=True)
class Sheet:
    """A scorecard with the labels that its answers need."""

    card: Scorecard
    framework: Framework
    snapshot: Snapshot
    pool: Pool | None = None

    @property
    def beside(self) -> Scorecard:
        """The scorecard of the reference regions: this one, unless this is a group's."""
        return self.card if self.pool is None else self.pool.reference

    def subject(self, row: int) -> Region:
        """What a row is about."""
        return self.snapshot.regions[self.card.matrix.regions[row]] if self.pool is None else self.pool.subject

    def head(self, row: int) -> Said:
        """How answers name what a row is about."""
        if self.pool is not None:
            return head(self.pool.subject)
        return self.snapshot.heads[self.card.matrix.regions[row]]

    @cached_property
    def scored(self) -> list[Indicator]:
        """The scored indicators, in the order of the scorecard's columns."""
        by_code = {indicator.code: indicator for indicator in self.framework.indicators}
        return [by_code[code] for code in self.card.parameters.codes]

    def tier(self, place: int | np.signedinteger[Any]) -> str | None:
        """The code of a tier by its place, None for -1."""
        return self.framework.tiers[int(place)].code if place >= 0 else None

    def codes(self, columns: Flags) -> list[str]:
        """The codes of the flagged indicators."""
        return [self.card.parameters.codes[column] for column in np.flatnonzero(columns)]


def number(value: float | np.floating[Any]) -> float | None:
    """A float as JSON has it: null for NaN."""
    return None if isnan(value) else float(value)
