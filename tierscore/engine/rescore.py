"""Scoring again after changes of a few cells: only what they can move is computed, the rest is as it was.

Measures and scores by columns, since a total is the whole nation's; from there on by rows: a region whose scores stay
keeps its total and its tests, and only the ranks are of all. The result has the same bytes as `pipeline.score` gives; a
test on random frameworks holds them together.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np

from tierscore.engine import aggregate, knots, pipeline, tier
from tierscore.engine.labels import Labels
from tierscore.engine.matrix import Cells, Flags, Floats, Ints, Matrix
from tierscore.engine.nodes import Nodes
from tierscore.engine.parameters import Parameters
from tierscore.engine.scorecard import Measured, Scorecard
from tierscore.engine.steps import of_knots
from tierscore.engine.threshold import EPS


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
    if not is_by_columns(given):  # weights that the framework derives are derived again
        return pipeline.score(matrix, before.framework, given=None if given.derived else given)
    columns = given.fed_by(edited)
    narrow = given.narrowed(columns)
    part = pipeline.measure_of(matrix, narrow)
    scores = knots.score(part.values, narrow.knots, given.knot_scores)
    came_or_went = np.isnan(scores) != np.isnan(before.scores[:, columns])
    if before.framework.missing == "fail" and came_or_went.any():
        return pipeline.score(matrix, before.framework, given=given)
    measured = _measured(before.measured, part, columns)
    whole = _with(before.scores, scores, columns)
    scored = replace(before, matrix=matrix, measured=measured, steps=of_knots(measured.values, whole))
    covered = _covered(scored, np.flatnonzero(came_or_went.any(axis=1)))
    return _tested(before, _totalled(before, covered, columns), columns)


def is_by_columns(given: Parameters) -> bool:
    """Whether no indicator's score depends on another indicator, and the index is a sum of declared weights."""
    return given.only_knots and given.linear and not given.derived and given.outranking is None


def _covered(card: Scorecard, rows: Ints) -> Scorecard:
    """With the weights and the coverage of the rows in which a score came or went."""
    if rows.size == 0:
        return card
    given, present = card.parameters, ~np.isnan(card.scores[rows])
    effective = aggregate.effective_weights(given.index, present, given.columns)
    coverage = aggregate.coverage(present, given.weights)
    return replace(
        card,
        tree=Nodes(card.tree.values, _at(card.effective, rows, effective)),
        coverage=_at(card.coverage, rows, coverage),
        assessed=_at(card.assessed, rows, _is_enough(card, effective, coverage)),
    )


def _is_enough(card: Scorecard, effective: Floats, coverage: Floats) -> Flags:
    enough: Flags = effective.any(axis=-1) & (coverage >= card.framework.min_coverage - EPS)
    return enough


def _totalled(before: Scorecard, card: Scorecard, columns: Ints) -> Scorecard:
    """With the scores of the regions that have another score in one of the columns, and all ranks."""
    then, now, given = before.scores[:, columns], card.scores[:, columns], card.parameters
    rows = np.flatnonzero(((then != now) & ~(np.isnan(then) & np.isnan(now))).any(axis=1))
    moved = aggregate.weighted_mean(_some(card.scores, rows), _some(card.effective, rows))
    total = _at(card.score, rows, moved)
    return replace(
        card,
        tree=Nodes({given.index.code: total}, card.effective),
        score=total,
        rank=aggregate.rank(given.compared(total), card.assessed & ~np.isnan(total)),
    )


def _tested(before: Scorecard, card: Scorecard, columns: Ints) -> Scorecard:
    """With the tests of the scores, and all tests of the regions that supply some function at another tier."""
    given, then, now = card.parameters, before.scores[:, columns], card.scores[:, columns]
    total, thresholds = given.compared(card.score), given.rule.thresholds
    supplies = tier.supplied(then, thresholds) != tier.supplied(now, thresholds)
    rows = np.flatnonzero(supplies.any(axis=(1, 2)) | (np.isnan(then) != np.isnan(now)).any(axis=1))
    tests = tier.with_score(before.tests, total, given.rule)
    if rows.size:
        again = tier.run_tests(_some(card.scores, rows), total[rows], given.weights, given.rule)
        names = [field.name for field in fields(tests)]
        tests = replace(tests, **{name: _at(getattr(tests, name), rows, getattr(again, name)) for name in names})
    return replace(card, tests=tests, tier=np.where(card.assessed, tier.highest(tests.met), -1))


def _measured(before: Measured, part: Measured, columns: Ints) -> Measured:
    return Measured(
        cells=_cells(before.cells, part.cells, columns),
        values=_with(before.values, part.values, columns),
        denominators=_with(before.denominators, part.denominators, columns),
        absence=_with(before.absence, part.absence, columns),
        totals=_with(before.totals, part.totals, columns),
        totals_given=_with(before.totals_given, part.totals_given, columns),
        total_periods=_with(before.total_periods, part.total_periods, columns),
        observed=_with(before.observed, part.observed, columns),
    )


def _cells(before: Cells, part: Cells, columns: Ints) -> Cells:
    return Cells(
        values=_with(before.values, part.values, columns),
        periods=_with(before.periods, part.periods, columns),
        statuses=_relabelled(before.statuses, part.statuses, columns),
        sources=_relabelled(before.sources, part.sources, columns),
        absence=_with(before.absence, part.absence, columns),
    )


def _relabelled(before: Labels, part: Labels, columns: Ints) -> Labels:
    return Labels(_with(before.within(part.names).places, part.places, columns), part.names)


def _with(whole: Any, part: Any, columns: Ints) -> Any:
    """With some of its columns replaced: a copy, or the same where that changes nothing."""
    old = whole[..., columns]
    if ((old == part) | ((old != old) & (part != part))).all():  # noqa: PLR0124
        return whole
    new = whole.copy(order="K")
    new[..., columns] = part
    return new


def _some(whole: Any, rows: Ints) -> Any:
    """Some of its rows; itself where those are all."""
    return whole if rows.size == len(whole) else whole[rows]


def _at(whole: Any, rows: Ints, part: Any) -> Any:
    """With some of its rows replaced: a copy, or what they are replaced by where those are all."""
    if rows.size == len(whole):
        return part
    new = whole.copy(order="K")
    new[rows] = part
    return new
