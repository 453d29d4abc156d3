"""What a sheet holds beside values: hidden rows and columns, formulas, error cells, per cent formats, its size."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from tierscore.ingest.package import Package, Refused, local
from tierscore.ingest.raw import FIELDS, MOST_ROWS

# Room for every row and column that can be meant, and as much again; a stray cell far out would span billions.
MOST_CELLS = 2 * MOST_ROWS * len(FIELDS)
WIDEST = 16_384
TRUE = ("1", "true")
DIGITS = "0123456789"

Place = tuple[int, int]

_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


@dataclass
class Layout:
    """Rows and columns count from 1, as the sheet shows them.

    filled : whether any cell holds something.
    formulas : the formula of each cell that has one.  errors : cells that show an error such as #N/A.
    percent : cells formatted as per cent.
    """

    filled: bool = False
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    formulas: dict[Place, str] = field(default_factory=dict)
    errors: set[Place] = field(default_factory=set)
    percent: set[Place] = field(default_factory=set)


def layout_of(package: Package, part: str, percent_styles: frozenset[str]) -> Layout:
    """Reads a sheet once; raises Refused when it spans more than a batch may have."""
    scan = _Scan(percent_styles)
    package.parse(part, scan.start, scan.text)
    return scan.layout


def place(reference: str) -> Place:
    """Row and column of a cell's name.

    >>> place("C12"), place("AA1")
    ((12, 3), (1, 27))
    """
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise Refused("no_workbook", "This is no workbook that can be read.")
    column = 0
    for letter in found[1]:
        column = 26 * column + ord(letter) - 64
    return int(found[2]), column


def letters(column: int) -> str:
    """The name of a column.

    >>> letters(3), letters(27)
    ('C', 'AA')
    """
    name = ""
    while column:
        column, letter = divmod(column - 1, 26)
        name = chr(65 + letter) + name
    return name


class _Scan:
    """Sees every element of a sheet in its order."""

    def __init__(self, percent_styles: frozenset[str]) -> None:
        self.layout = Layout()
        self._percent_styles = percent_styles
        self._handlers = {"c": self._cell, "row": self._row, "f": self._formula, "col": self._column}
        self._cell_now = ""
        self._formula_now: Place | None = None
        self._cells = 0
        self._row_now = self._last_row = self._last_column = 0
        self._columns: set[str] = set()

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._formula_now = None
        if name in ("v", "t"):
            self.layout.filled = True
        elif name in self._handlers:
            self._handlers[name](attributes)

    def text(self, characters: str) -> None:
        if self._formula_now is not None:
            self.layout.formulas[self._formula_now] += characters.strip()

    def _row(self, attributes: Mapping[str, str]) -> None:
        self._row_now = int(local(attributes, "r", str(self._row_now + 1)))
        self._cell_now = ""
        if local(attributes, "hidden") in TRUE:
            self.layout.hidden_rows.add(self._row_now)

    def _column(self, attributes: Mapping[str, str]) -> None:
        if local(attributes, "hidden") in TRUE:
            first, last = int(local(attributes, "min", "1")), int(local(attributes, "max", "1"))
            self.layout.hidden_columns.update(range(first, min(last, WIDEST) + 1))

    def _cell(self, attributes: Mapping[str, str]) -> None:
        self._cell_now = attributes.get("r") or self._next_cell()
        self._grow(self._cell_now.rstrip(DIGITS))
        if attributes.get("s") in self._percent_styles:
            self.layout.percent.add(place(self._cell_now))
        if attributes.get("t") == "e":
            self.layout.errors.add(place(self._cell_now))

    def _next_cell(self) -> str:
        """The name of a cell that says none: the one to the right of the cell before."""
        column = place(self._cell_now)[1] if self._cell_now else 0
        return f"{letters(column + 1)}{self._row_now}"

    def _grow(self, column: str) -> None:
        """Keeps the box around all cells small enough to be held."""
        self._cells += 1
        self._last_row = max(self._last_row, int(self._cell_now[len(column) :]))
        if column not in self._columns:
            self._columns.add(column)
            self._last_column = max(self._last_column, place(self._cell_now)[1])
        if self._cells > MOST_CELLS or self._last_row * self._last_column > MOST_CELLS:
            raise Refused("too_many_rows", "A batch has at most {most} rows.", most=MOST_ROWS)

    def _formula(self, _attributes: Mapping[str, str]) -> None:
        self.layout.filled = True
        self._formula_now = place(self._cell_now)
        self.layout.formulas[self._formula_now] = "="
