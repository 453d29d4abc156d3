"""The whole computation: `score(matrix, framework)` calls the steps in their order. No clock, database or global."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tierscore.engine import aggregate, knots, measure, tier
from tierscore.engine.matrix import Absence, Floats, Ints, Matrix
from tierscore.engine.parameters import Parameters, parameters
from tierscore.engine.scorecard import Measured, Scorecard
from tierscore.engine.threshold import EPS
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
        When the framework's policy for missing values is ``fail`` and one is missing; names region and indicator.
    """
    given = parameters(framework) if given is None else given
    measured = _measure(matrix, given, reference)
    if framework.missing == "fail":
        _refuse_missing(measured, matrix.regions, given.codes)
    scores = knots.score(measured.values, given.knots, given.knot_scores)
    present = ~np.isnan(scores)
    effective = aggregate.effective_weights(framework.index, present, given.columns)
    total = aggregate.weighted_mean(scores, effective)
    tests = tier.run_tests(scores, total, given.weights, given.rule)
    coverage = aggregate.coverage(present, given.weights)
    assessed = ~np.isnan(total) & (coverage >= framework.min_coverage - EPS)
    attained = np.where(assessed, tier.highest(tests.met), -1)
    return Scorecard(
        matrix=matrix,
        framework=framework,
        parameters=given,
        measured=measured,
        scores=scores,
        effective=effective,
        coverage=coverage,
        score=total,
        assessed=assessed,
        rank=aggregate.rank(total, assessed),
        tests=tests,
        tier=attained,
    )


def scores_of(values: Floats, totals: Floats, given: Parameters) -> Floats:
    """Indicator scores of raw values, and nothing else: for many draws of the same table at once.

    Parameters
    ----------
    values : (..., rows, all indicators of the framework)
        Raw values, helpers included, NaN where missing.
    totals : (..., indicators)
        What shares are taken of, NaN where unknown.

    Returns
    -------
    (..., rows, indicators)
        NaN where there is no measure.
    """
    measures = _measures(values[..., given.places], totals, _denominators(values, given), given)
    return knots.score(measures, given.knots, given.knot_scores)


def totals_of(values: Floats, nation: Floats, given: Parameters) -> Floats:
    """What shares are taken of, (..., indicators), NaN where unknown or not needed; see `measure.national_totals`."""
    totals = measure.national_totals(values[..., given.places], nation[..., given.places])
    return np.where(given.share, totals, np.nan)


def _denominators(values: Floats, given: Parameters) -> Floats:
    return np.where(given.per, measure.positive(values[..., given.denominators]), np.nan)


def _measures(values: Floats, totals: Floats, denominators: Floats, given: Parameters) -> Floats:
    shares = np.where(given.share, measure.national_share(values, totals), values)
    return np.where(given.per, measure.per(values, denominators, given.scale), shares)


def _measure(matrix: Matrix, given: Parameters, reference: Measured | None) -> Measured:
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


def _absence(of_values: Ints, measured: Floats, totals: Floats, given: Parameters) -> Ints:
    """Why a measure is missing: first why its value is, then what its total or denominator lacks."""
    of_measure = np.select(
        [~np.isnan(measured), given.per, np.isnan(totals)],
        [Absence.PRESENT, Absence.NO_DENOMINATOR, Absence.NO_NATIONAL_TOTAL],
        Absence.ZERO_TOTAL,
    )
    return np.where(of_values != Absence.PRESENT, of_values, of_measure)


def _common_period(periods: Ints) -> Ints:
    """The one year that a column's values are all of, 0 where they are of several."""
    return np.where(periods.min(axis=0) == periods.max(axis=0), periods.max(axis=0), 0)


def _refuse_missing(measured: Measured, regions: tuple[str, ...], codes: tuple[str, ...]) -> None:
    missing = np.argwhere(measured.absence != Absence.PRESENT)
    if missing.size:
        row, column = missing[0]
        reason = Absence(int(measured.absence[row, column])).name.lower()
        raise CannotScore(step="missing", indicator=codes[column], unit=regions[row], problem=f"is missing: {reason}")
