"""Where a region or group stands on its way: the regions' sheet, its own row, and the same once something is added."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from tierscore.engine import edits
from tierscore.engine.edits import Edit
from tierscore.engine.matrix import Flags, Floats, Matrix
from tierscore.engine.pipeline import score
from tierscore.framework.catalogue import Group
from tierscore.services import groups
from tierscore.services.sheet import Sheet


@dataclass(frozen=True)
class Stage:
    """One region, or one group at a degree of integration, among the reference regions.

    regions : the sheet of all of them.  lead : the row that additions go to: the region's own, or that of the group's
    lead.  on_top : what is added to a group's pooled values, (all indicators,), where none of one member would do it.
    """

    regions: Sheet
    lead: int
    group: Group | None = None
    integration: float = 0.0
    on_top: Floats | None = None

    @classmethod
    def of(cls, sheet: Sheet, subject: str, integration: float) -> Stage:
        """The stage of a region or group that is there."""
        if subject in sheet.snapshot.groups:
            group = sheet.snapshot.groups[subject]
            pool = groups.sheet_of(sheet, group, integration).pool
            assert pool is not None  # noqa: S101 - a group's sheet has one
            return cls(sheet, pool.members.lead, group, integration)
        return cls(sheet, sheet.card.matrix.regions.index(subject))

    @cached_property
    def sheet(self) -> Sheet:
        """The sheet that the row is of."""
        if self.group is None:
            return self.regions
        return groups.sheet_of(self.regions, self.group, self.integration, self.on_top)

    @property
    def row(self) -> int:
        """The place of the subject in its sheet."""
        return self.lead if self.group is None else groups.ASKED

    @property
    def own(self) -> tuple[int, ...]:
        """The rows that are no rivals."""
        regions = self.regions.card.matrix.regions
        return (self.lead,) if self.group is None else tuple(regions.index(code) for code in self.group.members)

    def among(self, matrix: Matrix) -> Stage:
        """The same where the regions have other values."""
        card = self.regions.card
        return replace(
            self, regions=replace(self.regions, card=score(matrix, self.regions.framework, given=card.parameters))
        )

    def at(self, integration: float) -> Stage:
        """The same group at another degree of integration."""
        return replace(self, integration=integration)

    def after(self, additions: Floats) -> Stage:
        """The same once values are added to, (indicators,) signed: an edit like any other, and everything scored again.

        What a group is given goes to its lead; of what is pooled as a best or a ratio, on top of the pooled value.
        """
        card = self.regions.card
        spread = np.zeros(len(card.matrix.indicators))
        spread[card.parameters.places] = additions
        on_top = np.where(self.pooled_otherwise, spread, 0.0)
        changes = [
            Edit("add", self.lead, int(place), float(spread[place])) for place in np.flatnonzero(spread - on_top)
        ]
        moved = self.among(edits.apply(card.matrix, changes, edits.fold(card.matrix, changes)))
        return replace(moved, on_top=on_top if self.on_top is None else self.on_top + on_top)

    @property
    def pooled_otherwise(self) -> Flags:
        """The indicators of a group's that are no sum of its members', (all indicators,)."""
        kinds = [item.pooling.kind if item.pooling else "sum" for item in self.regions.framework.indicators]
        return np.array([self.group is not None and kind != "sum" for kind in kinds])
