"""What is decided for one path: whose stage, on which terms, and what the engine solves of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tierscore.engine.effort import Effort, effort, refuse_unplannable
from tierscore.engine.gap import next_tier
from tierscore.engine.refused import labelled
from tierscore.engine.way import Way, way
from tierscore.services.path_terms import Priced, priced
from tierscore.services.query import PathAsked
from tierscore.services.sheet import Sheet
from tierscore.services.stage import Stage


@dataclass(frozen=True)
class Planning:
    """A stage with the terms that are asked of it. `target` is the place of a tier, -1 for none above."""

    stage: Stage
    asked: PathAsked
    priced: Priced
    target: int

    @classmethod
    def of(cls, stage: Stage, asked: PathAsked, target: int | None) -> Planning:
        """Towards the place of a tier, None for the next one.

        Raises
        ------
        CannotScore
            For a framework under which no least effort is computed.
        Invalid
            For terms that cannot be met.
        """
        with _labelled(stage.sheet):
            refuse_unplannable(stage.sheet.card)
        goal = int(next_tier(stage.sheet.card)[stage.row]) if target is None else target
        return cls(stage, asked, priced(stage, asked), goal)

    @property
    def sheet(self) -> Sheet:
        """The sheet that the row is of."""
        return self.stage.sheet

    @property
    def present(self) -> int:
        """The place of the present tier, -1 where too little is known to say."""
        return int(self.sheet.card.tier[self.stage.row])

    @property
    def attained(self) -> bool:
        """Whether the target holds as things are, or there is none."""
        return self.present >= self.target

    def effort(self, target: int | None = None) -> Effort:
        """The decision towards the target or another tier; raises CannotScore for an indicator without a price."""
        goal = self.target if target is None else target
        with _labelled(self.sheet):
            return effort(self.sheet.card, self.stage.row, goal, self.priced.terms)

    @cached_property
    def way(self) -> Way:
        """Everything that is solved, but for the alternatives."""
        enough, seconds = self.sheet.framework.min_coverage, self.asked.time_limit
        with _labelled(self.sheet):
            return way(self.effort(), self.priced.terms, max(self.present, 0), enough, seconds)

    def unit_cost(self, decision: Effort, column: int) -> float:
        """The price as it was given: what is free is nearly free to the solver only."""
        given = self.priced.terms.costs[column]
        return float(decision.prices[column] if np.isnan(given) else given)


@contextmanager
def _labelled(sheet: Sheet) -> Iterator[None]:
    with labelled("path", sheet.card.matrix.regions, sheet.card.parameters.codes):
        yield
