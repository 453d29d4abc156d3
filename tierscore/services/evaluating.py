"""Any framework on any data: nothing is read from the database and nothing is stored."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import numpy as np

from tierscore import __version__
from tierscore.engine.electre import optimistic
from tierscore.engine.labels import Labels
from tierscore.engine.matrix import Absence, Cells, Floats, Ints, Matrix
from tierscore.engine.pipeline import outrank, score
from tierscore.engine.scorecard import Scorecard
from tierscore.errors import CannotScore, Invalid, UnknownCode, Violation
from tierscore.framework.model import Framework, RegionRule
from tierscore.framework.parse import parse
from tierscore.framework.pointer import below
from tierscore.framework.tree import nodes
from tierscore.ingest.wide import read_wide
from tierscore.services.auditing import audit
from tierscore.services.freezing import frozen
from tierscore.services.sheet import Answer
from tierscore.services.step_report import report

MOST_UNITS = 3000
LARGEST_VALUE = 1e60
NATION = "CN"


@dataclass(frozen=True)
class Unit:
    """What is scored: its code, its values by indicator (None or left out: missing), its group for imputation."""

    code: str
    values: Mapping[str, float | None]
    group: str | None = None


def evaluate(document: Any, units: Sequence[Unit], *, steps: bool = True) -> Answer:
    """Scores some units by a framework document, with every step's matrix and what each step did.

    A unit that the framework's regions leave out and that is called CN is the nation: its values are totals, it is
    not scored.

    Raises
    ------
    Invalid
        For a document that is none, a unit that is there twice, or a value of what the framework does not measure.
    CannotScore
        Where a step cannot be computed; naming the step, the indicator and the unit.
    """
    framework = checked_document(document)
    _check(units, framework)
    matrix = matrix_of(units, framework)
    try:
        return answer(score(matrix, framework), units, steps=steps)
    except CannotScore as error:
        raise error.at(_place_of(error, units, framework)) from None


def _place_of(error: CannotScore, units: Sequence[Unit], framework: Framework) -> str:
    """Where in the body a step failed: at a unit's value, at an indicator or node of the document, or at all of it."""
    codes = [indicator.code for indicator in framework.indicators]
    rows = [unit.code for unit in units]
    known = error.indicator in codes
    if error.unit in rows:
        row = rows.index(error.unit)
        return below("/units", row, "values", str(error.indicator)) if known else f"/units/{row}"
    if known:
        return f"/framework/indicators/{codes.index(str(error.indicator))}"
    pointers = {node.code: pointer for pointer, node in nodes(framework.index)}
    return f"/framework{pointers.get(str(error.indicator), '')}"


def audit_on(document: Any, units: Sequence[Unit], unit: str | None = None) -> Answer:
    """The auditor's analysis of a framework document on some units; raises as `evaluate` does, and UnknownCode."""
    framework = checked_document(document)
    _check(units, framework)
    card = score(matrix_of(units, framework), framework)
    if unit is not None and unit not in card.matrix.regions:
        raise UnknownCode("unit", unit, card.matrix.regions, "region")
    row = None if unit is None else card.matrix.regions.index(unit)
    return audit(card, unit=row)


def frozen_on(document: dict[str, Any], framework: Framework, units: Sequence[Unit]) -> dict[str, Any]:
    """A document with the weights that it derives from some units; raises as `evaluate` and `freezing.frozen` do."""
    _check(units, framework)
    return frozen(document, score(matrix_of(units, framework), framework))


def units_of_file(data: bytes, framework: Framework, name: str) -> tuple[list[Unit], tuple[str, ...]]:
    """The units of a CSV file, and the columns that the framework has no use for; raises Invalid with every mistake."""
    codes = [indicator.code for indicator in framework.indicators]
    table = read_wide(data, codes, framework.impute.group)
    if table.violations:
        raise Invalid(name, table.violations)
    return [Unit(row.code, row.values, row.group or None) for row in table.rows], table.unused


def checked_document(document: Any) -> Framework:
    """The framework of a body's document; raises Invalid with pointers into the body."""
    try:
        return parse(document)
    except Invalid as error:
        found = [replace(item, pointer=f"/framework{item.pointer or ''}") for item in error.violations]
        raise Invalid("framework", found) from None


def answer(card: Scorecard, units: Sequence[Unit], *, steps: bool) -> Answer:
    """A scorecard as the contract has it; without `steps` neither nodes nor indicators."""
    parts = [_heads(card)] + ([_nodes(card), _indicators(card)] if steps else [])
    rows = [{name: value for part in row for name, value in part.items()} for row in zip(*parts, strict=True)]
    return {
        "framework": {name: getattr(card.framework, name) for name in ("id", "version", "digest")},
        "data": {"as_of": None, "revision": None, "digest": digest_of(units)},
        "engine": {"version": __version__},
        "units": rows,
        "report": report(card),
    }


def matrix_of(units: Sequence[Unit], framework: Framework) -> Matrix:
    """The units' values, all of one period and accepted."""
    scored = [unit for unit in units if not is_nation(unit.code, framework)]
    nations = [unit for unit in units if is_nation(unit.code, framework)]
    codes = tuple(indicator.code for indicator in framework.indicators)
    period = framework.period or 0
    return Matrix(
        period=period,
        regions=tuple(unit.code for unit in scored),
        indicators=codes,
        cells=_cells(np.array([_row(unit, codes) for unit in scored]), period),
        nation=_cells(np.array(_row(nations[0], codes) if nations else [math.nan] * len(codes)), period),
        groups=tuple(unit.group or "" for unit in scored),
    )


def is_nation(code: str, framework: Framework) -> bool:
    """Whether a unit is the nation whose regions the framework names, and not one of the units to be scored."""
    named = bool(framework.regions) or framework.region_rule != RegionRule()
    return code == NATION and named and NATION not in framework.regions


def digest_of(units: Sequence[Unit]) -> str:
    """SHA-256 of the values, whatever the order of a unit's indicators."""
    content = [[unit.code, unit.group, sorted(unit.values.items())] for unit in units]
    return sha256(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def _row(unit: Unit, codes: Sequence[str]) -> list[float]:
    values = (unit.values.get(code) for code in codes)
    return [math.nan if value is None else float(value) for value in values]


def _cells(values: Floats, period: int) -> Cells:
    present = ~np.isnan(values)
    return Cells(
        values=values,
        periods=np.where(present, period, 0).astype(np.int16),
        statuses=Labels.of(np.where(present, "A", "")),
        sources=Labels.empty(values.shape),
        absence=np.where(present, Absence.PRESENT, Absence.NO_OBSERVATION).astype(np.int8),
    )


def _check(units: Sequence[Unit], framework: Framework) -> None:
    found = [
        *_wrong_count(units, framework),
        *_doubles(units),
        *_unknown_values(units, framework),
        *_too_large(units),
    ]
    if found:
        raise Invalid("units", found)


def _wrong_count(units: Sequence[Unit], framework: Framework) -> Iterator[Violation]:
    count = sum(not is_nation(unit.code, framework) for unit in units)
    if not 1 <= count <= MOST_UNITS:
        template = "There are {count} units to be scored; from 1 to {most} can be."
        yield Violation("wrong_count", template, {"count": count, "most": MOST_UNITS}, pointer="/units", value=count)


def _doubles(units: Sequence[Unit]) -> Iterator[Violation]:
    seen: set[str] = set()
    for place, unit in enumerate(units):
        if unit.code in seen:
            template = "The unit {value!r} is already there."
            yield Violation(
                "duplicate", template, {"value": unit.code}, pointer=f"/units/{place}/code", value=unit.code
            )
        seen.add(unit.code)


def _unknown_values(units: Sequence[Unit], framework: Framework) -> Iterator[Violation]:
    known = {indicator.code for indicator in framework.indicators}
    for place, unit in enumerate(units):
        for code in unit.values:
            if code not in known:
                template = "There is no indicator {value!r} in this framework."
                pointer = below("/units", place, "values", code)
                allowed = tuple(sorted(known))
                yield Violation("unknown_code", template, {"value": code}, pointer=pointer, value=code, allowed=allowed)


def _too_large(units: Sequence[Unit]) -> Iterator[Violation]:
    """Fourth powers of values are taken; beyond this limit they are no numbers any more."""
    for place, unit in enumerate(units):
        for code, value in unit.values.items():
            if value is not None and abs(value) > LARGEST_VALUE:
                pointer = below("/units", place, "values", code)
                params = {"value": value, "largest": LARGEST_VALUE}
                template = "Values are between -{largest:g} and {largest:g}."
                yield Violation("out_of_range", template, params, pointer=pointer, value=value)


def _heads(card: Scorecard) -> list[Answer]:
    codes = [tier.code for tier in card.framework.tiers]
    highest = _optimistic(card)
    columns = {
        "code": card.matrix.regions,
        "status": ["assessed" if assessed else "insufficient_data" for assessed in card.assessed],
        "score": plain(card.score),
        "score_compared": plain(card.compared),
        "rank": [int(rank) or None for rank in card.rank],
        "tier": [codes[place] if place >= 0 else None for place in card.tier],
        "tier_optimistic": [codes[place] if place >= 0 else None for place in highest],
        "coverage": plain(card.coverage),
    }
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _optimistic(card: Scorecard) -> Ints:
    """The class by the optimistic procedure, where profiles decide; -1 where they do not, or without a tier."""
    rule = card.parameters.outranking
    if rule is None:
        return np.full(card.tier.shape, -1)
    return np.where(card.assessed, optimistic(outrank(card.steps.imputed, rule), rule.cut), -1)


def _nodes(card: Scorecard) -> list[Answer]:
    return [{"nodes": row} for row in _rows({code: plain(scores) for code, scores in card.nodes.items()})]


def _indicators(card: Scorecard) -> list[Answer]:
    taken = card.steps
    matrices = {
        "raw": card.measured.cells.values,
        "measured": taken.measured,
        "transformed": taken.transformed,
        "imputed": taken.imputed,
        "treated": taken.treated,
        "normalised": taken.scores,
        "weight": np.where(np.isnan(taken.scores), np.nan, card.effective),
    }
    columns = {name: plain(matrix) for name, matrix in matrices.items()}
    return [
        {
            "indicators": {
                code: {name: cells[row][column] for name, cells in columns.items()}
                for column, code in enumerate(card.parameters.codes)
            }
        }
        for row in range(len(card.matrix.regions))
    ]


def _rows(columns: Mapping[str, Sequence[Any]]) -> list[Answer]:
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def plain(values: Floats) -> list[Any]:
    """Numbers as JSON has them, null for NaN, in lists of the same shape.

    >>> plain(np.array([[1.0, np.nan]]))
    [[1.0, None]]
    """
    missing = np.isnan(values)
    if not missing.any():
        return list(values.tolist())
    cells = values.astype(object)
    cells[missing] = None
    return list(cells.tolist())
