"""Whole tables of observations: what is plainly right passes at once, the rest is looked at row by row.

The rules themselves are those of `check`. The screen here only knows their plainest case, for whole columns; a row
that it lets pass breaks no rule (a test holds the two together), and a row that it does not is checked as any other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from tierscore.errors import Violation
from tierscore.framework.catalogue import CatalogueIndicator
from tierscore.ingest.check import (
    FIRST_YEAR,
    FREE_TEXTS,
    LAST_YEAR,
    STATUSES,
    WITHDRAWN,
    Known,
    is_plain_text,
    mistakes_of,
    plain_number,
)
from tierscore.ingest.raw import FIELDS, RawTable
from tierscore.ingest.read import RawRow

CELL = ["region", "indicator", "period"]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Checked:
    """The rows without a mistake, as columns ready to be stored, and every mistake of the others.

    frame : the fields of an observation; value is NaN where it is withdrawn.
    repeated : how many rows say again what an earlier row of the table says.
    rejected : how many rows have a mistake.
    """

    frame: pd.DataFrame
    violations: tuple[Violation, ...]
    repeated: int
    rejected: int


@dataclass(frozen=True)
class CheckedRows:
    """The rows that are right taken alone, with their `place` in the table, and every mistake of the others.

    Two rows of `frame` may still be about the same cell.
    """

    frame: pd.DataFrame
    violations: tuple[Violation, ...]
    rejected: int


def check_table(raw: RawTable, known: Known, default_source: str) -> Checked:
    """Checks a table against the catalogue; every mistake of every row is found.

    Regions may be named by any of the known aliases. An empty unit is the catalogue's, an empty status A, an empty
    source `default_source`, which is one of the known. A cell that stands twice is accepted once if both rows are the
    same, else the later one is refused.
    """
    rows = check_rows(raw, known, default_source)
    again, other = _doubles(rows.frame, raw)
    return Checked(
        frame=rows.frame[~(again | other.keys_mask)].drop(columns="place").reset_index(drop=True),
        violations=tuple(sorted([*rows.violations, *other.violations], key=_row)),
        repeated=int(again.sum()),
        rejected=rows.rejected + len(other.violations),
    )


def check_rows(raw: RawTable, known: Known, default_source: str) -> CheckedRows:
    """The same for each row taken alone, so that a long table can be checked in parts."""
    table = _completed(raw.frame, known, default_source)
    values, right = _screen(table, known)
    right[list(raw.cells)] = False
    found = _mistakes_by_row(raw, ~right, known, default_source)
    good = np.ones(len(table), dtype=bool)
    good[list(found)] = False
    violations = [violation for place in sorted(found) for violation in found[place]]
    return CheckedRows(
        frame=_typed(table, values, good, known),
        violations=tuple(sorted([*raw.violations, *violations], key=_row)),
        rejected=len(found) + len({item.row for item in raw.violations if item.row}),
    )


def contradiction(row: int, first: int, text: str) -> Violation:
    """What is wrong with a row about a cell of which an earlier row says something else."""
    return Violation(
        code="duplicate",
        template="Row {first} is about the same region, indicator and period and says something else.",
        params={"first": first},
        row=row,
        field="value",
        value=text,
        allowed=("one row for each region, indicator and period",),
    )


def _row(violation: Violation) -> int:
    return violation.row or 0


def _completed(frame: pd.DataFrame, known: Known, default_source: str) -> pd.DataFrame:
    """The texts with what may be left out filled in, and regions by their codes."""
    table = frame[list(FIELDS)].copy()
    table["region"] = _mapped(table["region"], lambda text: known.aliases.get(text, text))
    table["status"] = _mapped(table["status"], lambda text: text or "A")
    table["source"] = _mapped(table["source"], lambda text: text or default_source)
    return table


def _mapped(column: pd.Series[Any], change: Callable[[str], Any]) -> pd.Series[Any]:
    """Applies a function to a column once per distinct text."""
    places, texts = pd.factorize(column)
    changed = np.array([change(text) for text in texts], dtype=object)
    return pd.Series(changed[places] if len(texts) else column, index=column.index, dtype=object)


def _screen(table: pd.DataFrame, known: Known) -> tuple[npt.NDArray[np.float64], Flags]:
    """The values as numbers, NaN where they are none, and which rows are plainly right."""
    values = _numbers(table["value"])
    withdrawn = (table["status"] == WITHDRAWN).to_numpy()
    empty = (table["value"] == "").to_numpy()
    right = np.isfinite(values) & ~withdrawn | empty & withdrawn
    right &= _allowed(table["region"], known.regions.__contains__)
    right &= _allowed(table["indicator"], known.indicators.__contains__)
    right &= _allowed(table["status"], STATUSES.__contains__)
    right &= _allowed(table["source"], known.sources.__contains__)
    right &= _allowed(table["period"], _is_year)
    for name in FREE_TEXTS:
        right &= _allowed(table[name], is_plain_text)
    return values, right & _fits(table, values, known.indicators)


def _allowed(column: pd.Series[Any], test: Callable[[str], bool]) -> Flags:
    return _mapped(column, test).to_numpy(dtype=bool)


def _is_year(text: str) -> bool:
    return len(text) == 4 and text.isascii() and text.isdigit() and FIRST_YEAR <= int(text) <= LAST_YEAR


# A whole column of plain numbers and empty texts, one a line; possessive, since there is only one way to read it.
_PLAIN_COLUMN = re.compile(r"(?:(?:[+-]?(?:[0-9]++(?:[.][0-9]*+)?|[.][0-9]++)(?:[eE][+-]?[0-9]++)?)?\n)*+")


def _numbers(column: pd.Series[Any]) -> npt.NDArray[np.float64]:
    """The plain numbers of a column of texts, NaN where a text is none."""
    texts = column.tolist()
    lines = "\n".join(texts) + "\n"
    if _PLAIN_COLUMN.fullmatch(lines) and lines.count("\n") == len(texts):
        return np.array([text or "nan" for text in texts], dtype=np.float64)
    return np.array([_number(text) for text in texts], dtype=np.float64)


def _number(text: str) -> float:
    number = plain_number(text)
    return np.nan if number is None else number


def _fits(table: pd.DataFrame, values: npt.NDArray[np.float64], indicators: Mapping[str, CatalogueIndicator]) -> Flags:
    """Whether unit, range and wholeness are the indicator's; a withdrawn value has none to break."""

    def of(give: Callable[[CatalogueIndicator], Any], otherwise: Any) -> npt.NDArray[Any]:
        column = _mapped(table["indicator"], lambda code: give(indicators[code]) if code in indicators else otherwise)
        return column.to_numpy()

    low = of(lambda item: -np.inf if item.low is None else item.low, np.nan).astype(float)
    high = of(lambda item: np.inf if item.high is None else item.high, np.nan).astype(float)
    whole = of(lambda item: item.integer, False).astype(bool)
    unit = table["unit"].to_numpy()
    right_unit = (unit == "") | (unit == of(lambda item: item.unit, None))
    in_range = np.isnan(values) | (values >= low) & (values <= high)
    is_whole = ~whole | np.isnan(values) | (values == np.floor(values))
    fits: Flags = right_unit & in_range & is_whole
    return fits


def _mistakes_by_row(raw: RawTable, doubtful: Flags, known: Known, default_source: str) -> dict[int, list[Violation]]:
    """The mistakes of the rows that are not plainly right, by their place in the table."""
    places = np.flatnonzero(doubtful)
    texts = raw.frame.iloc[places][list(FIELDS)].to_dict("list")
    found: dict[int, list[Violation]] = {}
    for place, row in zip(places.tolist(), zip(*texts.values(), strict=True), strict=True):
        complete = dict(zip(FIELDS, row, strict=True))
        complete["source"] = complete["source"] or default_source
        if mistakes := _mistakes(RawRow(int(raw.row[place]), complete), known, raw.cells.get(place, ())):
            found[place] = [_placed(mistake, raw, place) for mistake in mistakes]
    return found


def _mistakes(row: RawRow, known: Known, of_cells: Sequence[Violation]) -> list[Violation]:
    """What is wrong with a row; of a cell that could not be read as a value, only that."""
    unread = {violation.field for violation in of_cells}
    return [*of_cells, *(mistake for mistake in mistakes_of(row, known) if mistake.field not in unread)]


def _placed(violation: Violation, raw: RawTable, place: int) -> Violation:
    if not raw.pointers:
        return violation
    return replace(violation, pointer=f"/observations/{int(raw.row[place]) - 1}/{violation.field}")


def _typed(table: pd.DataFrame, values: npt.NDArray[np.float64], good: Flags, known: Known) -> pd.DataFrame:
    """The good rows as they are stored, with their place in the table."""
    typed = table[good].assign(place=np.flatnonzero(good), value=values[good])
    typed["period"] = typed["period"].astype("int64")
    typed["unit"] = _mapped(typed["indicator"], lambda code: known.indicators[code].unit)
    return typed


@dataclass(frozen=True)
class _Refused:
    keys_mask: pd.Series[bool]
    violations: list[Violation]


def _doubles(typed: pd.DataFrame, raw: RawTable) -> tuple[pd.Series[bool], _Refused]:
    """Which rows repeat an earlier row of their cell word for word, and which contradict it."""
    later = typed.duplicated(CELL)
    if not later.any():
        return later, _Refused(later, [])
    said = [name for name in FIELDS if name not in CELL]
    first = typed[~later]
    beside = typed[later].merge(first, on=CELL, how="left", suffixes=("", "_first"))
    beside.index = typed.index[later]
    same = pd.Series(True, index=beside.index)
    for name in said:
        now, then = beside[name], beside[f"{name}_first"]
        same &= (now == then) | (now.isna() & then.isna())
    again = later & same.reindex(typed.index, fill_value=False)
    return again, _Refused(later & ~again, [_contradiction(row, raw) for _, row in beside[~same].iterrows()])


def _contradiction(row: pd.Series[Any], raw: RawTable) -> Violation:
    place = int(row["place"])
    first = int(raw.row[int(row["place_first"])])
    violation = contradiction(int(raw.row[place]), first, raw.frame["value"].iloc[place])
    return _placed(violation, raw, place)
