"""XLSX bytes to a raw table, each row with its number in the sheet.

Only plain values that a reader of the sheet sees are taken: a formula, a date, an error, a merged or a hidden cell is
a mistake of its row, like any other.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol, TypeVar

import numpy as np
import pandas as pd
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from tierscore.errors import Violation
from tierscore.ingest.columns import Columns, header_violations
from tierscore.ingest.layout import Layout, Place, layout_of
from tierscore.ingest.package import Package, Refused, Sheet
from tierscore.ingest.raw import FIELDS, MOST_ROWS, RawTable, no_rows, nothing, too_many_rows

BEGINNINGS = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")
DATA_SHEET = "observations"
# A workbook with this property has rows filled in beforehand; those that nobody went on with are passed over.
TEMPLATE_PROPERTY = "tierscore_template"
MOST_MERGED = 10_000
MERGED = ("merged_cells", "The cell is merged with others; each row needs its own.")
PLAIN = ("a plain number or text",)
ANSWERED = ("value", "status", "source", "vintage", "note")

DATE = ("date_cell", "The cell holds a date; format it as text and write it again.")
TRUTH = ("truth_cell", "The cell holds a truth value.")
FORMULA = ("formula", "The cell holds a formula; paste its value.")
ERROR = ("error_cell", "The cell shows an error.")
PERCENT = ("percent_cell", "The cell is formatted as per cent; write the plain number.")
STRANGE = dict.fromkeys((date, datetime, time, timedelta), DATE) | {
    bool: TRUTH,
}

Cells = list[list[Any]]


class Sheeted(Protocol):
    """What is known of a sheet before its values are read."""

    filled: bool


Filled = TypeVar("Filled", bound=Sheeted)
Ranges = tuple[range, range]


def is_workbook(data: bytes) -> bool:
    """Whether a file begins as workbooks do, old ones and those with a password included."""
    return data.startswith(BEGINNINGS)


def read_workbook(data: bytes, columns: Columns) -> RawTable:
    """The observations of a workbook as columns.

    They stand in the sheet called `observations`, else in the only one that holds anything. When the file, its sheets
    or the header is wrong there are violations and no rows.
    """
    try:
        package = Package.of(data)
        sheet, layout = _data_sheet(package)
        return _table(_values(data, sheet), layout, columns, prefilled=TEMPLATE_PROPERTY in package.properties())
    except Refused as refused:
        return nothing([refused.violation])


def _data_sheet(package: Package) -> tuple[Sheet, Layout]:
    styles = package.percent_styles()
    return chosen([(sheet, layout_of(package, sheet.part, styles)) for sheet in package.sheets()])


def chosen(layouts: Sequence[tuple[Sheet, Filled]]) -> tuple[Sheet, Filled]:
    """The sheet to be read, with its layout; raises Refused where none or several could be meant."""
    filled = [(sheet, layout) for sheet, layout in layouts if layout.filled]
    hidden = [sheet.name for sheet, _ in filled if not sheet.visible]
    if hidden:
        template = "The sheet {name!r} is hidden and holds something; show it or delete it."
        raise Refused("hidden_sheet", template, name=hidden[0])
    named = [item for item in filled if item[0].name == DATA_SHEET] or filled
    if not named:
        raise Refused("no_rows", "There is nothing in the workbook.")
    if len(named) > 1:
        names = tuple(sheet.name for sheet, _ in named)
        template = "Several sheets hold something; the one to be read is called {name!r}."
        raise Refused("several_sheets", template, names, name=DATA_SHEET)
    return named[0]


def _values(data: bytes, sheet: Sheet) -> CalamineSheet:
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name(sheet.name)
    except CalamineError as error:
        raise Refused("no_workbook", "This is no workbook that can be read.") from error


def _table(sheet: CalamineSheet, layout: Layout, columns: Columns, *, prefilled: bool) -> RawTable:
    cells = sheet.to_python(skip_empty_area=False)
    header = _header(cells)
    merged = _merged(sheet)
    violations = [*header_violations(header, columns), *unseen(header, layout.hidden_columns, merged)]
    if violations:
        return nothing(violations)
    numbers = _rows_given(cells, header, layout, prefilled)
    if not 0 < len(numbers) <= MOST_ROWS:
        return nothing([too_many_rows() if numbers else no_rows()])
    rows = [cells[number - 1] for number in numbers]
    texts = {name: [plain_text(row[place]) for row in rows] for place, name in enumerate(header)}
    frame = pd.DataFrame({name: texts.get(name, [""] * len(rows)) for name in FIELDS}, dtype=object)
    mistakes = _Mistakes(header, numbers)
    mistakes.look(rows, layout, merged)
    return RawTable(frame, np.array(numbers, dtype=np.int64), cells=mistakes.found)


def _header(cells: Cells) -> list[str]:
    """The names in the first row; nameless columns at its right end that hold nothing are none."""
    header = [plain_text(value) for value in cells[0]] if cells else []
    while header and header[-1] == "" and all(row[len(header) - 1] == "" for row in cells):
        header.pop()
    return header


def _rows_given(cells: Cells, header: Sequence[str], layout: Layout, prefilled: bool) -> list[int]:
    """The numbers of the rows that say something; in a template, those that somebody went on with."""
    told = [place for place, name in enumerate(header) if name in ANSWERED or not prefilled]
    strange = {row for row, column in (*layout.formulas, *layout.errors) if column - 1 in told}
    return [
        number
        for number, row in enumerate(cells[1:], start=2)
        if number in strange or any(row[place] != "" for place in told)
    ]


def _merged(sheet: CalamineSheet) -> list[Ranges]:
    """Rows and columns of the merged ranges, counted from 1."""
    found = sheet.merged_cell_ranges or []
    if len(found) > MOST_MERGED:
        raise Refused(*MERGED)
    return [(range(top + 1, bottom + 2), range(left + 1, right + 2)) for (top, left), (bottom, right) in found]


def unseen(header: Sequence[str], hidden: Collection[int], merged: Sequence[Ranges]) -> Iterator[Violation]:
    """Columns that a reader of the sheet does not see, or whose names are merged."""
    for place, name in enumerate(header, start=1):
        if place in hidden:
            yield Violation("hidden_column", "The column {name} is hidden.", {"name": name}, row=1, field=name)
        if any(1 in rows and place in columns for rows, columns in merged):
            yield Violation(*MERGED, {}, row=1, field=name)


class _Mistakes:
    """Cells whose content is no plain value, by the place of their row among those given."""

    def __init__(self, header: Sequence[str], numbers: Sequence[int]) -> None:
        self.found: dict[int, list[Violation]] = defaultdict(list)
        self._header = header
        self._places = {number: place for place, number in enumerate(numbers)}

    def look(self, rows: Cells, layout: Layout, merged: Sequence[Ranges]) -> None:
        """Finds every one of them."""
        self._strange_types(rows)
        for place, formula in sorted(layout.formulas.items()):
            self._add(place, *FORMULA, formula)
        for place in sorted(layout.errors - layout.formulas.keys()):
            self._add(place, *ERROR)
        for place in sorted(layout.percent - layout.formulas.keys()):
            self._percent(place, rows)
        for place in _inside(merged, max(self._places), len(self._header)):
            self._add(place, *MERGED)
        for number in sorted(layout.hidden_rows & self._places.keys()):
            self.found[self._places[number]].append(hidden_row(number))

    def _strange_types(self, rows: Cells) -> None:
        numbers = list(self._places)
        for column in range(len(self._header)):
            values = [row[column] for row in rows]
            if set(map(type, values)) <= {str, float}:
                continue
            for number, value in zip(numbers, values, strict=True):
                if type(value) in STRANGE:
                    self._add((number, column + 1), *STRANGE[type(value)], str(value))

    def _percent(self, place: Place, rows: Cells) -> None:
        """A number that the sheet shows a hundred times as large, with a percent sign."""
        row, column = place
        value = rows[self._places[row]][column - 1] if row in self._places else ""
        if isinstance(value, float):
            self._add(place, *PERCENT, repr(value))

    def _add(self, place: Place, code: str, template: str, value: str | None = None) -> None:
        """Notes a mistake; cells outside the table are nobody's."""
        row, column = place
        if row in self._places and column <= len(self._header):
            name = self._header[column - 1]
            self.found[self._places[row]].append(of_cell(row, name, code, template, value))


def of_cell(row: int, name: str, code: str, template: str, value: str | None = None) -> Violation:
    """What is wrong with a cell that holds no plain value."""
    return Violation(code, template, {}, row=row, field=name, value=value, allowed=PLAIN)


def hidden_row(row: int) -> Violation:
    """A row that a reader of the sheet does not see."""
    return Violation("hidden_row", "The row is hidden; show it or delete it.", row=row)


def _inside(merged: Sequence[Ranges], rows: int, columns: int) -> Iterator[Place]:
    """Every cell of the merged ranges that lies in the table's box."""
    grid = np.zeros((rows + 1, columns + 1), dtype=bool)
    for of_rows, of_columns in merged:
        grid[of_rows.start : of_rows.stop, of_columns.start : of_columns.stop] = True
    yield from ((int(row), int(column)) for row, column in np.argwhere(grid))


def plain_text(value: Any) -> str:
    """A cell as a CSV file would have it; a whole number without its point."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return repr(value) if isinstance(value, float | int) else str(value)
