"""What the bench shows before anything is edited: whom first, and what can be edited of a region."""

from __future__ import annotations

from dataclasses import replace

from tierscore.services import bench
from tierscore.services.assessment_answers import AssessmentAnswers
from tierscore.services.bench import Field
from tierscore.services.query import AssessmentQuery, CellEdit
from tierscore.services.sheet import number
from tierscore.services.what_if_answers import WhatIfAnswers


class BenchAnswers(AssessmentAnswers, WhatIfAnswers):
    """Fields to edit."""

    def fields(self, region: str, query: AssessmentQuery) -> list[Field]:
        """What can be edited of a region; raises UnknownCode for what is no reference region."""
        resolved = self.resolve(query)
        self.check_reference_region(region, resolved)
        answer = self.assessment(region, replace(query, target=None, integration=0.0))
        return bench.fields(answer, self.sheet(resolved))

    def nearest(self, query: AssessmentQuery) -> str:
        """The reference region that lacks least for its next tier, by the greater of what its tests lack.

        The first of all where none has a next tier.
        """
        resolved = self.resolve(query)
        baseline, scale = self.baseline(resolved), resolved.framework.scale
        lacking = {}
        for row, code in enumerate(resolved.framework.regions):
            gap = baseline.side(row)["gap"]
            if gap["target"] is not None and gap["score_gap"] is not None:
                lacking[code] = max(gap["score_gap"] / (scale.high - scale.low), gap["functions_gap"] or 0.0)
        return min(lacking, key=lambda code: lacking[code], default=resolved.framework.regions[0])

    def alters(self, edit: CellEdit, query: AssessmentQuery) -> bool:
        """Whether a value is another one than is known now; true of what there is no value of."""
        matrix = self.sheet(self.resolve(query)).card.matrix
        if edit.region not in matrix.regions or edit.indicator not in matrix.indicators:
            return True
        row, column = matrix.regions.index(edit.region), matrix.indicators.index(edit.indicator)
        return number(matrix.cells.values[row, column]) != edit.value
