"""What each step did to which cell, in the order of the steps; what a step left as it was is not listed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from tierscore.engine import normalise, treat
from tierscore.engine.electre import Credibilities
from tierscore.engine.matrix import Absence, Flags, Floats
from tierscore.engine.nodes import children_of, name_of
from tierscore.engine.normalise import Fitted, Scheme
from tierscore.engine.pipeline import outrank
from tierscore.engine.scorecard import Scorecard
from tierscore.framework.model import CentralPlace, ElectreTriB, Indicator, Node
from tierscore.framework.tree import nodes
from tierscore.services.sheet import Answer, number


def report(card: Scorecard) -> list[Answer]:
    """An entry for each step and indicator or node: the method, its parameters, and the cells that it changed."""
    return [
        *_measures(card),
        *_transforms(card),
        *_imputations(card),
        *_treatments(card),
        *_normalisations(card),
        *_aggregations(card),
        _sort(card),
    ]


def _entry(step: str, subject: str | None, method: str, parameters: Answer, cells: Sequence[Answer] = ()) -> Answer:
    return {"step": step, "subject": subject, "method": method, "parameters": parameters, "cells": list(cells)}


def _scored(card: Scorecard) -> list[Indicator]:
    by_code = {indicator.code: indicator for indicator in card.framework.indicators}
    return [by_code[code] for code in card.parameters.codes]


def _measures(card: Scorecard) -> Iterator[Answer]:
    """Every measure that is more than the value, and every one that is missing with the reason."""
    for column, indicator in enumerate(_scored(card)):
        measure, absence = indicator.measure, card.measured.absence[:, column]
        missing = [
            {"unit": card.matrix.regions[row], "reason": Absence(int(absence[row])).name.lower()}
            for row in np.flatnonzero(absence != Absence.PRESENT)
        ]
        if measure.kind != "level" or missing:
            parameters = {
                "denominator": measure.denominator,
                "scale": measure.scale if measure.kind == "per" else None,
                "total": number(card.measured.totals[column]),
            }
            yield _entry("measure", indicator.code, measure.kind, parameters, missing)


def _transforms(card: Scorecard) -> Iterator[Answer]:
    for indicator in _scored(card):
        if indicator.transform != "none":
            yield _entry("transform", indicator.code, indicator.transform, {})


def _imputations(card: Scorecard) -> Iterator[Answer]:
    rule, taken = card.framework.impute, card.steps
    parameters = {"by": rule.by, "group": rule.group, "neighbours": rule.neighbours if rule.method == "knn" else None}
    for column, indicator in enumerate(_scored(card)):
        filled = _cells(card, taken.filled[:, column], None, taken.imputed[:, column])
        if filled:
            yield _entry("impute", indicator.code, rule.method, parameters, filled)


def _treatments(card: Scorecard) -> Iterator[Answer]:
    """Columns that were winsorised or taken to a logarithmic scale, with their shape before and after."""
    taken = card.steps
    touched = taken.replaced.any(axis=0) | taken.logged
    if not touched.any():
        return
    before, after = treat.shape(taken.imputed), treat.shape(taken.treated)
    for column in np.flatnonzero(touched):
        logged = bool(taken.logged[column])
        moved = taken.replaced[:, column] | (logged & ~np.isnan(taken.imputed[:, column]))
        parameters = {
            "skewness_before": number(before[0][column]),
            "kurtosis_before": number(before[1][column]),
            "skewness_after": number(after[0][column]),
            "kurtosis_after": number(after[1][column]),
        }
        cells = _cells(card, moved, taken.imputed[:, column], taken.treated[:, column])
        yield _entry("treat", card.parameters.codes[column], "log" if logged else "winsorise", parameters, cells)


def _cells(card: Scorecard, flags: Flags, before: Floats | None, after: Floats) -> list[Answer]:
    return [
        {
            "unit": card.matrix.regions[row],
            "from": None if before is None else number(before[row]),
            "to": number(after[row]),
        }
        for row in np.flatnonzero(flags)
    ]


def _normalisations(card: Scorecard) -> Iterator[Answer]:
    """Each indicator's line or knots, and the cells that were cut off at an end."""
    taken = card.steps
    for scheme, found in card.fitted:
        for place, column in enumerate(scheme.columns):
            parameters = fitted_parameters(scheme, found, place)
            cut_off = _cut_off(scheme, found, place, taken.treated[:, column])
            cells = _cells(card, cut_off, taken.treated[:, column], taken.scores[:, column])
            yield _entry("normalise", card.parameters.codes[column], scheme.method, parameters, cells)


def fitted_parameters(scheme: Scheme, found: Fitted, place: int) -> Answer:
    """What turns one column of a scheme into scores: its knots, its line, or among how many it is ranked."""
    direction = float(scheme.direction[place])
    if scheme.method == "knots":
        return {"direction": direction, "at": scheme.at[place].tolist(), "scores": scheme.scores.tolist()}
    if scheme.method in normalise.RANKS:
        return {"direction": direction, "units": int((~np.isnan(found.ordered[:, place])).sum())}
    return {
        "direction": direction,
        "origin": number(found.origin[0, place]),
        "width": number(found.width[0, place]),
        "low": float(scheme.low[place]),
        "rise": float(scheme.rise[place]),
    }


def _cut_off(scheme: Scheme, found: Fitted, place: int, values: Floats) -> Flags:
    """Where a value lies beyond the ends at which scores are cut off."""
    if scheme.method in normalise.RANKS:
        return np.zeros(values.shape, dtype=bool)
    if scheme.method == "knots":
        ends = scheme.at[place, [0, -1]]
        return np.asarray((values < ends.min()) | (values > ends.max()))
    line = normalise.straight(values[:, np.newaxis], scheme, found, place)
    return np.asarray((line < scheme.floor[place]) | (line > scheme.ceiling[place]))


def _aggregations(card: Scorecard) -> Iterator[Answer]:
    """Each node's method and weights, derived ones too, and the units of which a part was missing."""
    given = card.parameters
    if np.isnan(card.scores).all() and not given.schemes:
        return
    values = card.nodes
    declared = dict(nodes(card.framework.index))
    for pointer, node in reversed(list(nodes(given.index))):
        table = children_of(node, card.scores, given.columns, values)
        weighting = declared[pointer].weights
        parameters = {
            "weights": None if node.weights is not None else _weights(node),
            "weights_derived_by": None if weighting is None else weighting.method,
            "power": node.power,
            "min_coverage": node.min_coverage,
        }
        cells = [_partly(card, node, table[row], values[node.code][row], row) for row in _rows_with_gaps(table)]
        yield _entry("aggregate", node.code, node.aggregate, parameters, cells)


def _weights(node: Node) -> Answer:
    whole = sum(child.weight for child in node.children)
    return {name_of(child): child.weight / whole for child in node.children}


def _rows_with_gaps(table: Floats) -> list[int]:
    return [int(row) for row in np.flatnonzero(np.isnan(table).any(axis=1))]


def _partly(card: Scorecard, node: Node, row_of_table: Floats, value: float, row: int) -> Answer:
    lacking = [name_of(child) for child, score in zip(node.children, row_of_table, strict=True) if np.isnan(score)]
    result = "missing" if np.isnan(value) else "reweighted"
    return {"unit": card.matrix.regions[row], "missing": lacking, "result": result}


def _sort(card: Scorecard) -> Answer:
    sort = card.framework.sort
    if isinstance(sort, ElectreTriB) and card.parameters.outranking is not None:
        found = outrank(card.steps.imputed, card.parameters.outranking)
        cells = [_credible(card, found, row) for row in range(len(card.matrix.regions))]
        return _entry("sort", None, sort.method, {"cut": sort.cut}, cells)
    thresholds = {tier.code: tier.score for tier in card.framework.tiers}
    if isinstance(sort, CentralPlace):
        return _entry("sort", None, sort.method, {"thresholds": thresholds, "cut": sort.cut}, _tests(card))
    return _entry("sort", None, sort.method, {"thresholds": thresholds, "decimals": card.parameters.decimals})


def _credible(card: Scorecard, found: Credibilities, row: int) -> Answer:
    """Per profile, lowest first: of the unit over the profile, and of the profile over the unit."""
    names = ("concordance", "concordance_of_profile", "credibility", "credibility_of_profile")
    values: dict[str, Any] = {name: [number(value) for value in getattr(found, name)[row]] for name in names}
    return {"unit": card.matrix.regions[row], **values}


def _tests(card: Scorecard) -> list[Answer]:
    return [
        {
            "unit": unit,
            "functions_share": [number(value) for value in card.tests.functions_share[row]],
            "met": card.tests.met[row].tolist(),
        }
        for row, unit in enumerate(card.matrix.regions)
    ]
