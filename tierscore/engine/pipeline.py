"""The whole computation: `score(matrix, framework)` calls the steps in their order. No clock, database or global."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tierscore.engine import aggregate, electre, knots, measure, nodes, steps, tier
from tierscore.engine.electre import Credibilities
from tierscore.engine.matrix import PRESENT, Absence, Floats, Ints, Matrix, Reasons, Years
from tierscore.engine.nodes import Nodes
from tierscore.engine.parameters import Outranking, Parameters, parameters
from tierscore.engine.refused import labelled
from tierscore.engine.scorecard import Measured, Scorecard
from tierscore.engine.steps import Steps, Units
from tierscore.engine.threshold import EPS
from tierscore.engine.tier import Tests
from tierscore.errors import CannotScore
from tierscore.framework.model import Framework


def score(
    matrix: Matrix, framework: Framework, reference: Measured | None = None, given: Parameters | None = None
) -> Scorecard:
    """Scores every region of a matrix by a framework. The same inputs give the same bytes.

    Parameters
    ----------
    reference : Measured, optional
        For rows that are no reference regions, such as groups: the measures of those that are. Their totals count
        here too, so that such a row is in no total; the ranks are among the rows given.
    given : Parameters, optional
        Those of the framework, where they are there already.

    Raises
    ------
    CannotScore
        When a step cannot be computed, or the policy for missing values is ``fail`` and one is missing; names the
        step, the indicator and the region.
    """
    given = parameters(framework) if given is None else given
    units = Units(matrix.regions, group_places(matrix))
    measured = measure_of(matrix, given, reference)
    taken = steps.take(measured.values, given, units)
    if framework.missing == "fail":
        _refuse_missing(measured, taken.imputed, matrix.regions, given.codes)
    return classify(matrix, framework, given, measured, taken)


def classify(matrix: Matrix, framework: Framework, given: Parameters, measured: Measured, taken: Steps) -> Scorecard:
    """The second half: from indicator scores by nodes and score to the tier."""
    given = weighed(given, taken.scores)
    found = nodes_of(taken.scores, given, matrix.regions)
    total, present = found.values[given.index.code], ~steps.unknown(taken, given)
    tests, attained = _tests(taken, total, given)
    coverage = aggregate.coverage(present, given.weights)
    scorable = ~np.isnan(total) if given.outranking is None else coverage > 0
    assessed = scorable & (coverage >= framework.min_coverage - EPS)
    return Scorecard(
        matrix=matrix,
        framework=framework,
        parameters=given,
        measured=measured,
        steps=taken,
        tree=found,
        coverage=coverage,
        score=total,
        assessed=assessed,
        rank=aggregate.rank(given.compared(total), assessed & ~np.isnan(total)),
        tests=tests,
        tier=np.where(assessed, attained, -1),
    )


def group_places(matrix: Matrix) -> Ints:
    """The place of each region's group among the labels, -1 for none."""
    labels = np.array(matrix.groups or ("",) * len(matrix.regions))
    _, places = np.unique(labels, return_inverse=True)
    return np.where(labels == "", -1, places)


def weighed(given: Parameters, scores: Floats) -> Parameters:
    """The parameters with every weight that the framework derives from the scores, derived."""
    if not given.derived:
        return given
    with labelled("weights", (), given.codes):
        return given.weighed(nodes.resolved(given.index, scores, given.columns))


def nodes_of(scores: Floats, given: Parameters, units: Sequence[str]) -> Nodes:
    """The scores of the index tree; raises CannotScore with the names of unit and indicator or node."""
    with labelled("aggregate", units, given.codes):
        return nodes.tree_of(scores, given)


def _tests(taken: Steps, total: Floats, given: Parameters) -> tuple[Tests, Ints]:
    """The tests of every tier, and the tier that they or the profiles give."""
    tests = tier.run_tests(taken.scores, given.compared(total), given.weights, given.rule)
    if given.outranking is None:
        return tests, tier.highest(tests.met)
    found = outrank(taken.imputed, given.outranking)
    attained = electre.pessimistic(found, given.outranking.cut)
    met = np.arange(given.rule.thresholds.size) <= attained[..., np.newaxis]
    return replace(tests, met=met), attained


def outrank(values: Floats, rule: Outranking) -> Credibilities:
    """How credible it is that each unit is at least as good as each profile, and the other way round."""
    return electre.credibilities(values, rule.profiles, rule.criteria)


def scores_of(values: Floats, totals: Floats, given: Parameters, units: Units | None = None) -> Floats:
    """Indicator scores of raw values, and nothing else: for many draws of the same table at once.

    Parameters
    ----------
    values : (..., rows, all indicators of the framework)
        Raw values, helpers included, NaN where missing.
    totals : (..., indicators)
        What shares are taken of, NaN where unknown.
    units : who the rows are, where a step compares them.

    Returns
    -------
    (..., rows, indicators)
        NaN where there is no measure.
    """
    measures = _measures(values[..., given.places], totals, _denominators(values, given), given)
    if given.only_knots:
        return knots.score(measures, given.knots, given.knot_scores)
    return steps.scores(measures, given, units or Units(tuple(map(str, range(values.shape[-2])))))


def totals_of(values: Floats, nation: Floats, given: Parameters) -> Floats:
    """What shares are taken of, (..., indicators), NaN where unknown or not needed; see `measure.national_totals`."""
    totals = measure.national_totals(values[..., given.places], nation[..., given.places])
    return np.where(given.share, totals, np.nan)


def _denominators(values: Floats, given: Parameters) -> Floats:
    return np.where(given.per, measure.positive(values[..., given.denominators]), np.nan)


def _measures(values: Floats, totals: Floats, denominators: Floats, given: Parameters) -> Floats:
    shares = np.where(given.share, measure.national_share(values, totals), values)
    return np.where(given.per, measure.per(values, denominators, given.scale), shares)


def measure_of(matrix: Matrix, given: Parameters, reference: Measured | None = None) -> Measured:
    """The measures of a matrix, with totals of its own regions, or of the reference regions where rows are none."""
    cells = matrix.cells.columns(given.places)
    nation = matrix.nation.values[given.places]
    denominators = _denominators(matrix.cells.values, given)
    totals = totals_of(matrix.cells.values, matrix.nation.values, given) if reference is None else reference.totals
    values = _measures(cells.values, totals, denominators, given)
    measured = Measured(
        cells=cells,
        values=values,
        denominators=denominators,
        absence=_absence(cells.absence, values, totals, given),
        totals=totals,
        totals_given=given.share & ~np.isnan(nation),
        total_periods=np.where(np.isnan(nation), _common_period(cells.periods), matrix.nation.periods[given.places]),
        observed=(cells.absence == Absence.PRESENT).mean(axis=0),
    )
    return measured if reference is None else _against(measured, reference)


def _against(measured: Measured, reference: Measured) -> Measured:
    return replace(
        measured,
        totals_given=reference.totals_given,
        total_periods=reference.total_periods,
        observed=reference.observed,
    )


def _absence(of_values: Reasons, measured: Floats, totals: Floats, given: Parameters) -> Reasons:
    """Why a measure is missing: first why its value is, then what its total or denominator lacks."""
    of_total = np.where(np.isnan(totals), Absence.NO_NATIONAL_TOTAL, Absence.ZERO_TOTAL)
    lacking = np.where(given.per, Absence.NO_DENOMINATOR, of_total).astype(np.int8)
    return np.where((of_values == PRESENT) & np.isnan(measured), lacking, of_values)


def _common_period(periods: Years) -> Years:
    """The one year that a column's values are all of, 0 where they are of several."""
    last = periods.max(axis=0)
    return np.where(periods.min(axis=0) == last, last, np.int16(0))


def _refuse_missing(measured: Measured, filled: Floats, regions: tuple[str, ...], codes: tuple[str, ...]) -> None:
    missing = np.argwhere(np.isnan(filled))
    if missing.size:
        row, column = missing[0]
        reason = Absence(int(measured.absence[row, column])).name.lower()
        template = "Step {step}: indicator {indicator} of {unit} is missing: {reason}."
        raise CannotScore(template, step="missing", indicator=codes[column], unit=regions[row], reason=reason)
