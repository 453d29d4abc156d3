"""Several years of the reference regions."""

from __future__ import annotations

from dataclasses import replace

from tierscore.engine.panel import Panel, score_panel
from tierscore.services import assessments, panels
from tierscore.services.looking import Looking
from tierscore.services.query import AssessmentQuery
from tierscore.services.resolved import key_of
from tierscore.services.sheet import Answer


class PanelAnswers(Looking):
    """Years side by side."""

    def panel(self, query: AssessmentQuery, periods: tuple[int, ...], bounds: str) -> Answer:
        """Several years of the reference regions, in one query; on common or on each year's own bounds.

        Raises
        ------
        Invalid
            For a period that is there twice.
        CannotScore
            As an assessment; on common bounds.
        """
        resolved = self.resolve(query)
        wanted = panels.checked_periods(periods or (resolved.period - 1, resolved.period))
        for code in query.regions:
            self.check_reference_region(code, resolved)

        def compute() -> Panel:
            each = [replace(resolved, period=assessments.period_of(year, resolved.framework)) for year in wanted]
            matrices = self.held.assessments.matrices.several(self.held.database, self.snapshot, each)
            walk = self.held.sparing(sum(matrix.cells.values.size for matrix in matrices))
            return score_panel(matrices, resolved.framework, common=bounds == "common", walk=walk)

        key = (*key_of(self.snapshot, resolved), wanted, bounds)
        found = self.held.panels.get(key, compute)
        told = panels.answer(found, resolved.framework, self.snapshot, query.regions, bounds)
        return assessments.versions(resolved) | told
