"""From what somebody asks of a path to the terms of the engine, and why some are refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from tierscore.engine.effort import Terms
from tierscore.engine.matrix import Flags, Floats
from tierscore.errors import Violation
from tierscore.services.editing import no, refuse
from tierscore.services.query import Amounts, PathAsked
from tierscore.services.sheet import Answer, Sheet
from tierscore.services.stage import Stage

DEFAULT, GIVEN, EXPECTED = "default", "given", "expected_effect"
RATES = "/rivals/growth"
# What amounts may be, so that nothing leaves the numbers: least and most.
LIMITS = {"/costs": (0.0, 1e12), "/upper_bounds": (0.0, 1e15), "/fixed": (-1e15, 1e15), RATES: (-0.99, 10.0)}
EFFECTS, EFFECT_COSTS = (1e-6, 1e12), (0.0, 1e6)


@dataclass(frozen=True)
class Priced:
    """The terms, and where each price is from: `default`, `given` or `expected_effect`, (indicators,)."""

    terms: Terms
    priced_by: tuple[str, ...]


def priced(stage: Stage, asked: PathAsked) -> Priced:
    """The terms of a path; raises Invalid with the pointer of everything that cannot be met."""
    sheet, direction = stage.sheet, stage.sheet.card.parameters.direction
    refuse(_wrong(stage, asked))
    expected, given = _by_effects(sheet, asked), _column(sheet, asked.costs)
    costs = np.where(np.isnan(given), expected, given)
    terms = Terms(
        movable=sheet.card.parameters.actionable,
        costs=costs,
        most=_column(sheet, asked.upper_bounds),
        fixed=direction * _column(sheet, asked.fixed),
    )
    by = np.select([~np.isnan(given), ~np.isnan(expected)], [GIVEN, EXPECTED], DEFAULT)
    return Priced(terms, tuple(str(word) for word in by))


def ignored(stage: Stage, asked: PathAsked) -> list[Answer]:
    """What was given and has no part in the answer, and why: nothing can be added to what is missing or held."""
    sheet, card = stage.sheet, stage.sheet.card
    fixed = {code for code, _ in asked.fixed}
    found = []
    for option, amounts in (("costs", asked.costs), ("upper_bounds", asked.upper_bounds)):
        for code, _ in amounts:
            reason = _no_part(card.scores[stage.row], card.parameters.actionable, sheet, code)
            if reason is not None and not (option == "costs" and code in fixed):
                found.append({"option": option, "indicator": code, "reason": reason})
    return found


def _no_part(scores: Floats, actionable: Flags, sheet: Sheet, code: str) -> str | None:
    column = sheet.card.parameters.columns[code]
    if np.isnan(scores[column]):
        return "missing"
    return None if actionable[column] else "not_actionable"


def _column(sheet: Sheet, amounts: Amounts) -> Floats:
    column = np.full(len(sheet.card.parameters.codes), np.nan)
    for code, value in amounts:
        column[sheet.card.parameters.columns[code]] = value
    return column


def _by_effects(sheet: Sheet, asked: PathAsked) -> Floats:
    """The cheapest expected effect as a unit cost, NaN where none is expected."""
    column = np.full(len(sheet.card.parameters.codes), np.nan)
    for item in asked.expected_effects:
        place = sheet.card.parameters.columns[item.indicator]
        column[place] = np.fmin(column[place], item.cost / item.effect)
    return column


def _wrong(stage: Stage, asked: PathAsked) -> Iterator[Violation]:
    for name in ("costs", "upper_bounds", "fixed"):
        yield from _wrong_amounts(stage, f"/{name}", getattr(asked, name))
    yield from _wrong_amounts(stage, RATES, asked.rivals.rates)
    levers = [lever.code for lever in stage.sheet.framework.levers]
    for place, item in enumerate(asked.expected_effects):
        here = f"/expected_effects/{place}"
        if item.lever not in levers:
            yield no("lever", item.lever, levers, f"{here}/lever")
        yield from _unknown(stage, item.indicator, f"{here}/indicator")
        yield from _beyond(f"{here}/effect", item.effect, EFFECTS)
        yield from _beyond(f"{here}/cost", item.cost, EFFECT_COSTS)


def _wrong_amounts(stage: Stage, here: str, amounts: Amounts) -> Iterator[Violation]:
    for code, value in amounts:
        pointer = f"{here}/{code.replace('~', '~0').replace('/', '~1')}"
        wrong = [*_unknown(stage, code, pointer), *_beyond(pointer, value, LIMITS[here])]
        yield from wrong
        if here == "/fixed" and not wrong:
            yield from _wrong_choice(stage, code, value, pointer)


def _unknown(stage: Stage, code: str, pointer: str) -> Iterator[Violation]:
    columns = stage.sheet.card.parameters.columns
    if code not in columns:
        yield no("scored indicator", code, columns, pointer)


def _beyond(pointer: str, value: float, limits: tuple[float, float]) -> Iterator[Violation]:
    low, high = (f"{limit:g}" for limit in limits)
    if not limits[0] <= value <= limits[1]:
        template, allowed = "A number from {low} to {high} is needed.", (f"a number from {low} to {high}",)
        yield Violation(
            "out_of_range", template, {"low": low, "high": high}, pointer=pointer, value=value, allowed=allowed
        )


def _wrong_choice(stage: Stage, code: str, change: float, pointer: str) -> Iterator[Violation]:
    """A fixed choice moves a value that is there towards what is better, and to a possible one."""
    card = stage.sheet.card
    column = card.parameters.columns[code]
    value, direction = card.measured.cells.values[stage.row, column], int(card.parameters.direction[column])

    def wrong(word: str, template: str, **params: Any) -> Violation:
        return Violation(word, template, {"indicator": code, **params}, pointer=pointer, value=change)

    if np.isnan(card.scores[stage.row, column]):
        yield wrong("no_value", "{indicator} is missing here, so nothing can be added to it.")
        return
    if direction * change < 0:
        yield wrong("wrong_way", "A plan never makes {indicator} worse; give the change towards better.")
    if card.parameters.integer[column] and not float(change).is_integer():
        template = "{indicator} is counted in whole numbers; this makes it {new:.15g}."
        yield wrong("not_whole", template, new=value + change)
    known = stage.sheet.snapshot.indicators.get(code)
    limit = None if known is None else (known.low if direction < 0 else known.high)
    if limit is not None and direction * (value + change - limit) > 0:
        new = {"new": value + change, "limit": limit}
        yield wrong("out_of_range", "{indicator} goes to {limit:.15g} at most; this makes it {new:.15g}.", **new)
