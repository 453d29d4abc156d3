"""Scoring again after edits of a few cells: only what they can move is computed, the rest is as it was.

The result has the same bytes as `pipeline.score` gives; a test on random frameworks holds them together.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from tierscore.engine import aggregate, knots, pipeline, tier
from tierscore.engine.matrix import Cells, Flags, Floats, Ints, Matrix
from tierscore.engine.nodes import Nodes
from tierscore.engine.parameters import Parameters
from tierscore.engine.scorecard import Measured, Scorecard
from tierscore.engine.steps import of_knots
from tierscore.engine.tier import Tests


def rescore(before: Scorecard, matrix: Matrix, edited: Flags) -> Scorecard:
    """The scorecard of a matrix that differs from that of `before` in some indicators only.

    Parameters
    ----------
    edited : which indicators those are, (all indicators of the framework,).

    Raises
    ------
    CannotScore
        As `pipeline.score` does.
    """
    given = before.parameters
    if not is_by_columns(given):
        return pipeline.score(matrix, before.framework, given=given)
    columns = given.fed_by(edited)
    narrow = given.narrowed(columns)
    part = pipeline.measure_of(matrix, narrow)
    scores = knots.score(part.values, narrow.knots, given.knot_scores)
    if (np.isnan(scores) != np.isnan(before.scores[:, columns])).any():  # all weights move
        return pipeline.score(matrix, before.framework, given=given)
    return _put(before, matrix, part, scores, columns)


def is_by_columns(given: Parameters) -> bool:
    """Whether no indicator's score depends on another indicator, and the index is a sum of declared weights."""
    return given.only_knots and given.linear and not given.derived and given.outranking is None


def _put(before: Scorecard, matrix: Matrix, part: Measured, scores: Floats, columns: Ints) -> Scorecard:
    """The scorecard with the measures and scores of some columns; what is missing is missing as before."""
    given = before.parameters
    measured, whole = _measured(before.measured, part, columns), _with(before.scores, scores, columns)
    total = aggregate.weighted_mean(whole, before.effective)
    tests = _tests(before, scores, given.compared(total), columns, whole)
    return replace(
        before,
        matrix=matrix,
        measured=measured,
        steps=of_knots(measured.values, whole),
        tree=Nodes({given.index.code: total}, before.effective),
        score=total,
        rank=aggregate.rank(given.compared(total), before.assessed & ~np.isnan(total)),
        tests=tests,
        tier=np.where(before.assessed, tier.highest(tests.met), -1),
    )


def _tests(before: Scorecard, scores: Floats, total: Floats, columns: Ints, whole: Floats) -> Tests:
    """All tests again where some function is supplied at another tier than before, else those of the score."""
    given = before.parameters
    thresholds = given.rule.thresholds
    then, now = (tier.supplied(found, thresholds) for found in (before.scores[:, columns], scores))
    if (then == now).all():
        return tier.with_score(before.tests, total, given.rule)
    return tier.run_tests(whole, total, given.weights, given.rule)


def _measured(before: Measured, part: Measured, columns: Ints) -> Measured:
    return Measured(
        cells=_cells(before.cells, part.cells, columns),
        values=_with(before.values, part.values, columns),
        denominators=_with(before.denominators, part.denominators, columns),
        absence=_with(before.absence, part.absence, columns),
        totals=_with(before.totals, part.totals, columns),
        totals_given=before.totals_given,
        total_periods=_with(before.total_periods, part.total_periods, columns),
        observed=_with(before.observed, part.observed, columns),
    )


def _cells(before: Cells, part: Cells, columns: Ints) -> Cells:
    return Cells(
        values=_with(before.values, part.values, columns),
        periods=_with(before.periods, part.periods, columns),
        statuses=_with(before.statuses, part.statuses, columns),
        sources=_with(before.sources, part.sources, columns),
        absence=_with(before.absence, part.absence, columns),
    )


def _with(whole: Any, part: Any, columns: Ints) -> Any:
    """A copy with some of its columns replaced."""
    new = whole.copy(order="K")
    new[..., columns] = part
    return new
