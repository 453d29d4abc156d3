"""The least effort that reaches a tier."""

from __future__ import annotations

from dataclasses import replace

from tierscore.engine.matrix import Matrix
from tierscore.services import assessments, paths
from tierscore.services.departure import departure
from tierscore.services.looking import Looking
from tierscore.services.planning import Planning
from tierscore.services.query import PathAsked
from tierscore.services.resolved import key_of
from tierscore.services.sheet import Answer


class PathAnswers(Looking):
    """Ways to a tier."""

    def path(self, asked: PathAsked) -> Answer:
        """The least effort that reaches a tier; nothing is stored.

        Raises
        ------
        UnknownCode, Invalid
            For what is not there, and for terms that cannot be met, with their pointers.
        CannotScore
            For a framework under which no least effort is computed.
        """
        resolved = self.resolve(asked.query)
        key = (*key_of(self.snapshot, resolved), asked)

        def values(year: int) -> Matrix:
            return self.matrix(replace(resolved, period=assessments.period_of(year, resolved.framework)))

        def compute() -> Answer:
            stage = departure(self.sheet(resolved), asked, values)
            return paths.answer(Planning.of(stage, asked, resolved.target))

        return self.head(resolved) | self.held.paths.get(key, compute)
