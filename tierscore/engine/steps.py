"""From measures to scores: transform, impute, treat, normalise, in this order, each cell's way kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tierscore.engine import impute, knots, normalise, transform, treat
from tierscore.engine.matrix import Flags, Floats, Ints
from tierscore.engine.parameters import Parameters
from tierscore.engine.refused import Refused, first, labelled

LARGEST = 1e100  # of a score: squares and their sums must stay numbers


@dataclass(frozen=True)
class Steps:
    """What each step made of the measures, (..., units, indicators); a step that is not asked for changes nothing.

    logged : (..., indicators), columns that treatment took to a logarithmic scale.
    """

    measured: Floats
    transformed: Floats
    imputed: Floats
    treated: Floats
    scores: Floats
    replaced: Flags
    logged: Flags

    @property
    def filled(self) -> Flags:
        """The cells that imputation filled."""
        found: Flags = np.isnan(self.transformed) & ~np.isnan(self.imputed)
        return found


@dataclass(frozen=True)
class Units:
    """Who the rows are: their codes, and the place of each one's group, -1 for none."""

    codes: Sequence[str]
    groups: Ints | None = None


def take(measured: Floats, given: Parameters, units: Units) -> Steps:
    """All steps over one table of measures.

    Parameters
    ----------
    measured : (units, indicators)
        NaN where missing.

    Raises
    ------
    CannotScore
        Naming the step, the indicator and the unit where it cannot be computed.
    """
    if given.only_knots:
        return of_knots(measured, knots.score(measured, given.knots, given.knot_scores))
    transformed = _transformed(measured, given, units)
    imputed = _imputed(transformed, given, units)
    treated, replaced, logged = _treated(imputed, given)
    scores = _normalised(treated, given, units)
    return Steps(measured, transformed, imputed, treated, scores, replaced, logged)


def of_knots(measured: Floats, scores: Floats) -> Steps:
    """The steps where nothing but knots stands between measures and scores."""
    untouched = np.zeros(measured.shape, dtype=bool)
    return Steps(measured, measured, measured, measured, scores, untouched, untouched[0])


def unknown(taken: Steps, given: Parameters) -> Flags:
    """The cells that do not count: without a score, or where profiles decide without a measure."""
    missing: Flags = np.isnan(taken.scores if given.outranking is None else taken.imputed)
    return missing


def scores(measured: Floats, given: Parameters, units: Units) -> Floats:
    """The scores alone, of many tables of measures at once: (..., units, indicators)."""
    if given.only_knots:
        return knots.score(measured, given.knots, given.knot_scores)
    tables = measured.reshape(-1, *measured.shape[-2:])
    return np.stack([take(table, given, units).scores for table in tables]).reshape(measured.shape)


def _transformed(values: Floats, given: Parameters, units: Units) -> Floats:
    if given.transforms is None:
        return values
    with labelled("transform", units.codes, given.codes):
        return transform.transform(values, given.transforms)


def _imputed(values: Floats, given: Parameters, units: Units) -> Floats:
    if given.filling is None:
        return values
    with labelled("impute", units.codes, given.codes):
        return impute.impute(values, given.filling, units.groups)


def _treated(values: Floats, given: Parameters) -> tuple[Floats, Flags, Flags]:
    if given.treating is None:
        return values, np.zeros(values.shape, dtype=bool), np.zeros(values.shape[-1], dtype=bool)
    found = treat.treat(values, given.treating.limits, given.treating.exempt, then_log=given.treating.then_log)
    return found.values, found.replaced, found.logged


def _normalised(values: Floats, given: Parameters, units: Units) -> Floats:
    if not given.schemes:
        return np.full(values.shape, np.nan)
    schemes = given.at_units(units.codes)
    with labelled("normalise", units.codes, given.codes), np.errstate(over="ignore", divide="ignore"):
        found = normalise.normalise(values, schemes)
        if endless := first(np.abs(found) > LARGEST):
            raise Refused("Step {step}: {indicator} of {unit} is larger than any number can be.", *endless)
        return found
