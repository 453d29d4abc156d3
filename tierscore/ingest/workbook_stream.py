"""An XLSX workbook of any length as tables of so many rows each, by the rules of `workbook`.

Its sheets are looked at twice: first for what stands behind the rows and concerns all of them, such as merged cells,
then row by row. Held are the texts that its cells share, which have a limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from tierscore.errors import Violation
from tierscore.ingest.columns import Columns, header_violations
from tierscore.ingest.layout import DIGITS, TRUE, WIDEST, place
from tierscore.ingest.package import Package, Refused, Sheet, local, no_workbook
from tierscore.ingest.raw import FIELDS, RawTable, no_rows, nothing
from tierscore.ingest.sheet_rows import MERGES, Row, rows_of
from tierscore.ingest.workbook import (
    ANSWERED,
    MERGED,
    MOST_MERGED,
    TEMPLATE_PROPERTY,
    Ranges,
    chosen,
    hidden_row,
    of_cell,
    unseen,
)

ROWS = 10_000
LARGEST_TEXTS = 256 * 1024 * 1024  # bytes of memory, reckoned
_OF_A_TEXT = 80  # bytes that a short text takes beside its letters


def tables_of_workbook(path: Path, columns: Columns, rows: int = ROWS) -> Iterator[RawTable]:
    """The observations of a workbook in the order of its rows, each with its number in the sheet.

    Put together they are what `workbook.read_workbook` gives; only how many rows there may be is the sheet's own limit.
    When something is wrong with the file there is a violation and no row, or none after it.

    Raises OSError when the file cannot be opened.
    """
    with path.open("rb") as file:
        try:
            package = Package.streamed(file)
            sheet, survey = chosen([(sheet, survey_of(package, sheet)) for sheet in package.sheets()])
            yield from _tables(package, sheet, survey, columns, rows)
        except Refused as refused:
            yield nothing([refused.violation])


@dataclass
class Survey:
    """filled : whether any cell holds something.  width : the last column that does.  merged : ranges, from 1."""

    filled: bool = False
    width: int = 0
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[Ranges] = field(default_factory=list)


def survey_of(package: Package, sheet: Sheet) -> Survey:
    """Looks at a sheet once for what its rows do not say themselves."""
    found, letters, now = Survey(), {"": 0}, [""]

    def start(name: str, attributes: Mapping[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "c":
            now[0] = attributes.get("r", "").rstrip(DIGITS)
        elif name in ("v", "t", "f"):
            found.filled = True
            letters.setdefault(now[0], 0)
        elif name == "col" and local(attributes, "hidden") in TRUE:
            first, last = int(local(attributes, "min", "1")), int(local(attributes, "max", "1"))
            found.hidden_columns.update(range(first, min(last, WIDEST) + 1))
        elif name == "mergeCell":
            found.merged.append(_range(local(attributes, "ref")))
            if len(found.merged) > MOST_MERGED:
                raise Refused(*MERGED)

    for _ in package.parsed(sheet.part, start):
        pass
    found.width = max(place(f"{name}1")[1] if name else 0 for name in letters)
    return found


def shared_texts(package: Package) -> list[str]:
    """The texts that cells name by their number; raises Refused where they are too many to be held."""
    reader = _Texts()
    for _ in package.parsed(package.shared_part(), reader.start, reader.text, reader.end):
        if reader.size > LARGEST_TEXTS:
            raise Refused("too_large", "The texts of the workbook take more than {most} MiB.", most=LARGEST_TEXTS >> 20)
    return reader.found


class _Texts:
    """Takes the texts together that a text in several hands is cut into; how they are read aloud is none of them."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.size = 0
        self._parts: list[str] = []
        self._is_taking = self._is_reading_aid = False

    def start(self, name: str, _attributes: Mapping[str, str]) -> None:
        name = name.rpartition(":")[2]
        self._is_taking = name == "t" and not self._is_reading_aid
        if name == "si":
            self._parts = []
        elif name == "rPh":
            self._is_reading_aid = True

    def text(self, characters: str) -> None:
        if self._is_taking:
            self._parts.append(characters)
            self.size += len(characters.encode("utf-8", "replace"))

    def end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        self._is_taking = False
        if name == "rPh":
            self._is_reading_aid = False
        elif name == "si":
            self.found.append("".join(self._parts))
            self.size += _OF_A_TEXT


def _tables(package: Package, sheet: Sheet, survey: Survey, columns: Columns, most: int) -> Iterator[RawTable]:
    rows = rows_of(package, sheet, shared_texts(package))
    first = next(rows, None)
    header = _header(first, survey.width)
    if violations := [*header_violations(header, columns), *unseen(header, survey.hidden_columns, survey.merged)]:
        yield nothing(violations)
        return
    is_prefilled = TEMPLATE_PROPERTY in package.properties()
    told = {column for column, name in enumerate(header, 1) if name in ANSWERED or not is_prefilled}
    given, found = (row for row in rows if not told.isdisjoint(row.given)), False
    while part := list(islice(given, most)):
        found = True
        yield _table(part, header, survey.merged)
    if not found:
        yield nothing([no_rows()])


def _header(first: Row | None, width: int) -> list[str]:
    """The names in the first row; columns to the right of all that holds anything are none."""
    texts = first.texts if first is not None and first.number == 1 else {}
    return [texts.get(column, "") for column in range(1, max([width, *texts]) + 1)]


def _table(rows: Sequence[Row], header: Sequence[str], merged: Iterable[Ranges]) -> RawTable:
    texts = {name: [row.texts.get(column, "") for row in rows] for column, name in enumerate(header, 1)}
    frame = pd.DataFrame({name: texts.get(name, [""] * len(rows)) for name in FIELDS}, dtype=object)
    numbers = np.array([row.number for row in rows], dtype=np.int64)
    for position, column in np.argwhere(_inside(numbers, len(header), merged)).tolist():
        rows[position].mistakes.append((MERGES, column + 1, MERGED, None))
    cells = {position: found for position, row in enumerate(rows) if (found := _mistakes(row, header))}
    return RawTable(frame, numbers, cells=cells)


def _mistakes(row: Row, header: Sequence[str]) -> list[Violation]:
    found = [
        of_cell(row.number, header[column - 1], *told, value)
        for _, column, told, value in sorted(row.mistakes, key=lambda item: item[:2])
        if column <= len(header)
    ]
    return [*found, hidden_row(row.number)] if row.hidden else found


def _inside(numbers: npt.NDArray[np.int64], width: int, merged: Iterable[Ranges]) -> npt.NDArray[np.bool_]:
    """Which cells of these rows lie in a merged range."""
    grid = np.zeros((len(numbers), width), dtype=bool)
    for of_rows, of_columns in merged:
        first, last = np.searchsorted(numbers, (of_rows.start, of_rows.stop))
        grid[first:last, of_columns.start - 1 : of_columns.stop - 1] = True
    return grid


def _range(reference: str) -> Ranges:
    first, _, last = reference.partition(":")
    (top, left), (bottom, right) = place(first), place(last or first)
    if bottom < top or right < left:
        raise no_workbook()
    return range(top, bottom + 1), range(left, right + 1)
