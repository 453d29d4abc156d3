"""What is decided for one path: whose stage, on which terms, and what the engine solves of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from tierscore.engine.effort import Effort, effort, refuse_unplannable
from tierscore.engine.gap import next_tier
from tierscore.engine.refused import labelled
from tierscore.engine.sample import Confidence
from tierscore.engine.way import Way, way
from tierscore.services.path_terms import Priced, priced
from tierscore.services.plan_confidence import Sampled, sampled
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

    @cached_property
    def attained(self) -> bool:
        """Whether the target holds as things are, in enough draws where that is asked, or there is none."""
        if self.asked.confidence is None or self.target < 1 or self.present < self.target:
            return self.present >= self.target
        decision = self.decision
        return bool(decision.reaches(decision.start))

    @cached_property
    def sampled(self) -> Sampled | None:
        """The draws in which plans must hold; None where that is not asked."""
        return None if self.asked.confidence is None else sampled(self.stage)

    @cached_property
    def decision(self) -> Effort:
        """The decision towards the target, with the draws in which it must be reached."""
        plain, found, asked = self.effort(), self.sampled, self.asked.confidence
        if found is None or asked is None:
            return plain
        return replace(plain, confidence=Confidence.at(found.sample, asked))

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
            return way(self.decision, self.priced.terms, max(self.present, 0), enough, seconds)

    def unit_cost(self, decision: Effort, column: int) -> float:
        """The price as it was given: what is free is nearly free to the solver only."""
        given = self.priced.terms.costs[column]
        return float(decision.prices[column] if np.isnan(given) else given)


@contextmanager
def _labelled(sheet: Sheet) -> Iterator[None]:
    with labelled("path", sheet.card.matrix.regions, sheet.card.parameters.codes):
        yield
