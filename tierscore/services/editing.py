"""Edits of values and of the framework over a frozen sheet, and why some are refused (methodology, section 11)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tierscore.engine import edits as folding
from tierscore.engine.edits import OPERATIONS, Edit, Step
from tierscore.engine.pipeline import score
from tierscore.engine.rescore import rescore
from tierscore.errors import Invalid, UnknownCode, Violation
from tierscore.framework.catalogue import CatalogueIndicator
from tierscore.framework.edits import Changed, edited
from tierscore.framework.model import Framework
from tierscore.services.query import CellEdit, WhatIf
from tierscore.services.sheet import Sheet

EDITS, FRAMEWORK_EDITS = "/edits", "/framework_edits"


@dataclass(frozen=True)
class Edited:
    """The two sides of a what-if, and what each edit did."""

    before: Sheet
    after: Sheet
    edits: tuple[Edit, ...]
    steps: tuple[Step, ...]
    framework_changes: tuple[Changed, ...]


def edit(before: Sheet, asked: WhatIf) -> Edited:
    """The sheet with all edits applied.

    Raises
    ------
    Invalid
        For every edit that names nothing, has nothing to add to, or comes to an impossible value, with its pointer.
    """
    places = _places(before, asked.edits)
    steps = folding.fold(before.card.matrix, places)
    refuse(_impossible(before, places, steps))
    matrix = folding.apply(before.card.matrix, places, steps)
    changes: list[Changed] = []
    if asked.framework_edits:
        framework, changes = _edited_framework(before, asked)
        after = replace(before, framework=framework, card=score(matrix, framework))
    else:
        after = replace(before, card=rescore(before.card, matrix, folding.columns_of(matrix, places)))
    return Edited(before, after, tuple(places), tuple(steps), tuple(changes))


def _edited_framework(before: Sheet, asked: WhatIf) -> tuple[Framework, list[Changed]]:
    published = before.snapshot.framework(before.framework.id, before.framework.version)
    framework, changes = edited(published.document, asked.framework_edits, FRAMEWORK_EDITS)
    return replace(framework, regions=before.framework.regions), changes


def _places(sheet: Sheet, edits: Sequence[CellEdit]) -> list[Edit]:
    matrix = sheet.card.matrix
    rows = {code: row for row, code in enumerate(matrix.regions)}
    columns = {code: column for column, code in enumerate(matrix.indicators)}
    refuse(violation for place, item in enumerate(edits) for violation in _unknown(place, item, sheet, rows, columns))
    return [Edit(item.op, rows[item.region], columns[item.indicator], float(item.value)) for item in edits]


def _unknown(
    place: int, item: CellEdit, sheet: Sheet, rows: Mapping[str, int], columns: Mapping[str, int]
) -> Iterator[Violation]:
    if item.region == sheet.snapshot.nation:
        template = "The nation's values are not edited; edit a region's, and the total moves with it."
        yield Violation("nation", template, pointer=f"{EDITS}/{place}/region", value=item.region)
    elif item.region not in rows:
        yield no("reference region", item.region, rows, f"{EDITS}/{place}/region")
    if item.indicator not in columns:
        yield no("indicator", item.indicator, columns, f"{EDITS}/{place}/indicator")
    if item.op not in OPERATIONS:
        yield no("operation", item.op, OPERATIONS, f"{EDITS}/{place}/op")


def no(kind: str, code: str, known: Iterable[str], pointer: str) -> Violation:
    """There is no such thing, at that place of the body."""
    return replace(UnknownCode(kind, code, known).as_violation(), pointer=pointer)


def _impossible(sheet: Sheet, edits: Sequence[Edit], steps: Sequence[Step]) -> Iterator[Violation]:
    last = folding.last_of_cells(edits)
    for place, (item, step) in enumerate(zip(edits, steps, strict=True)):
        pointer = f"{EDITS}/{place}/value"
        if math.isnan(step.new):
            template = "There is no value to change; set one first."
            yield Violation("no_value", template, pointer=pointer, value=item.value)
        elif math.isinf(step.new):
            yield Violation("not_finite", "A finite number is needed here.", pointer=pointer, value=item.value)
        elif last[item.cell] == place:
            yield from _out_of_bounds(sheet, item, step.new, pointer)


def _out_of_bounds(sheet: Sheet, item: Edit, value: float, pointer: str) -> Iterator[Violation]:
    """What ingest would refuse, once all edits of the cell are made."""
    code = sheet.card.matrix.indicators[item.column]
    known = sheet.snapshot.indicators.get(code)
    whole = sheet.framework.indicators[item.column].integer or (known is not None and known.integer)
    if whole and not value.is_integer():
        said = Violation("not_whole", "{indicator} is counted in whole numbers; this makes it {value:.15g}.")
        yield _placed(said, code, value, pointer, "a whole number")
    if known is not None and known.low is not None and value < known.low:
        said = Violation(
            "out_of_range", "{indicator} is at least {low:.15g}; this makes it {value:.15g}.", {"low": known.low}
        )
        yield _placed(said, code, value, pointer, _range(known))
    if known is not None and known.high is not None and value > known.high:
        said = Violation(
            "out_of_range", "{indicator} is at most {high:.15g}; this makes it {value:.15g}.", {"high": known.high}
        )
        yield _placed(said, code, value, pointer, _range(known))


def _placed(said: Violation, indicator: str, value: float, pointer: str, allowed: str) -> Violation:
    params = {**said.params, "indicator": indicator, "value": value}
    return replace(said, params=params, pointer=pointer, value=value, allowed=(allowed,))


def _range(known: CatalogueIndicator) -> str:
    low, high = (None if bound is None else f"{bound:.15g}" for bound in (known.low, known.high))
    return f">= {low}" if high is None else f"<= {high}" if low is None else f"{low} to {high}"


def refuse(violations: Iterable[Violation]) -> None:
    """Raises Invalid with all of them, if there is any."""
    found = list(violations)
    if found:
        raise Invalid("question", found)
