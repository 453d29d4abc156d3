"""CSV bytes to raw rows or to a raw table, each row with the line it starts on."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from tierscore.errors import Violation
from tierscore.ingest.columns import Columns, header_violations
from tierscore.ingest.raw import FIELDS, MOST_ROWS, RawTable, no_rows, nothing, too_many_rows
from tierscore.ingest.sdmx import is_sdmx, plain_columns, sdmx_header_violations

# What may stand around a cell, line ends aside.
_WHITE = re.compile(r"[^\S\n]")


@dataclass(frozen=True)
class RawRow:
    """The texts of one row by column, without the white space around them.

    `line` is where the row starts in the file, the header being line 1; a text in quotes may go over several lines.
    """

    line: int
    texts: Mapping[str, str]


def read_csv(data: bytes, columns: Columns) -> tuple[list[RawRow], list[Violation]]:
    """The rows of a CSV file in UTF-8, with or without a byte order mark; empty lines are passed over.

    When the text or its header is wrong there are violations and no rows, for they could not be told apart.

    Examples
    --------
    >>> rows, violations = read_csv(b"region,value\\nCN-SC,5\\n", Columns(("region", "value")))
    >>> rows[0].line, rows[0].texts["value"], violations
    (2, '5', [])
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return [], [_not_utf8(error)]
    records = Records(io.StringIO(text, newline=""))
    header = [name.strip() for name in next(iter(records), (1, []))[1]]
    violations = [*header_violations(header, columns), *records.violations]
    if violations:
        return [], violations
    return _rows(records, header, columns)


def read_table(data: bytes, columns: Columns) -> RawTable:
    """The observations of a CSV file as columns; UTF-8 with or without a byte order mark, else GB18030 (so GBK).

    A header of SDMX-CSV 2.0 is read by the rules of `sdmx`. When text or header are wrong there are violations and
    no rows.
    """
    try:
        text = _decoded(data)
    except UnicodeDecodeError:
        return nothing([_violation("unknown_encoding", "The text is neither UTF-8 nor GBK.", 1)])
    records = Records(io.StringIO(text, newline=""))
    header = [name.strip() for name in next(iter(records), (1, []))[1]]
    violations = [*table_header_violations(header, columns), *records.violations]
    if violations:
        return nothing(violations)
    return plain_table(text, header) or table_of_records(records, header, (no_rows(),))


def records_of(data: bytes) -> tuple[list[str], list[tuple[int, list[str]]], list[Violation]]:
    """Header, rows with their lines, and mistakes of a CSV file of any columns; cells without white space around."""
    try:
        text = _decoded(data)
    except UnicodeDecodeError:
        return [], [], [_violation("unknown_encoding", "The text is neither UTF-8 nor GBK.", 1)]
    records = Records(io.StringIO(text, newline=""))
    header = [name.strip() for name in next(iter(records), (1, []))[1]]
    rows = [(line, [cell.strip() for cell in record]) for line, record in records]
    uneven = [_wrong_width(line, len(row), len(header)) for line, row in rows if len(row) != len(header)]
    empty = [] if rows else [no_rows()]
    return header, rows, [*_separator_violations(header), *uneven, *records.violations, *empty]


def plain_table(text: str, header: Sequence[str]) -> RawTable | None:
    """The table of a text whose lines are rows and whose commas are borders: no quotes, all rows of one width.

    None where that is not so, or where there is something to complain of; the other way reads it then.
    """
    text = text.replace("\r\n", "\n")
    if '"' in text or "\r" in text:
        return None
    lines = text.removesuffix("\n").split("\n")
    even = {line.count(",") for line in lines} == {len(header) - 1}
    if not even or not 1 < len(lines) <= MOST_ROWS or max(map(len, lines)) >= csv.field_size_limit():
        return None
    cells = ",".join(lines[1:]).split(",")
    if _WHITE.search(text):
        cells = list(map(str.strip, cells))
    columns = {name: cells[place :: len(header)] for place, name in enumerate(header)}
    return _of_columns(columns, np.arange(2, len(lines) + 1))


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def table_header_violations(header: Sequence[str], columns: Columns) -> list[Violation]:
    """What is wrong with the header of a file of observations, in these columns or in those of SDMX-CSV."""
    if is_sdmx(header):
        return sdmx_header_violations(header)
    return [*_separator_violations(header), *header_violations(header, columns)]


def _separator_violations(header: Sequence[str]) -> list[Violation]:
    """A header in one cell that another sign would cut into more."""
    for sign, name in ((";", "semicolons"), ("\t", "tabs"), ("，", "full-width commas")):
        if len(header) == 1 and sign in header[0]:
            template = "The cells are separated by {name}; commas are needed."
            return [Violation("wrong_separator", template, {"name": name}, row=1, allowed=(",",))]
    return []


def table_of_records(records: Records, header: Sequence[str], where_none: Sequence[Violation] = ()) -> RawTable:
    """The table of records below a header; `where_none` is what is wrong when there is none."""
    lines: list[int] = []
    kept: list[list[str]] = []
    uneven: list[Violation] = []
    for line, record in records:
        if len(record) != len(header):
            uneven.append(_wrong_width(line, len(record), len(header)))
        elif len(kept) == MOST_ROWS:
            return nothing([too_many_rows()])
        else:
            lines.append(line)
            kept.append(record)
    columns = {name: [record[place].strip() for record in kept] for place, name in enumerate(header)}
    violations = [*uneven, *records.violations, *([] if lines or uneven else where_none)]
    return _of_columns(columns, np.array(lines, dtype=np.int64), tuple(violations))


def _of_columns(
    columns: Mapping[str, list[str]], row: npt.NDArray[np.int64], violations: tuple[Violation, ...] = ()
) -> RawTable:
    texts, cells = plain_columns(columns, row) if is_sdmx(list(columns)) else (columns, {})
    frame = pd.DataFrame({name: texts.get(name, [""] * len(row)) for name in FIELDS}, dtype=object)
    return RawTable(frame, row, violations=violations, cells=cells)


def _wrong_width(line: int, found: int, wanted: int) -> Violation:
    template = "The row has {found} cells, the header {wanted}."
    return _violation("wrong_width", template, line, found=found, wanted=wanted)


class Records:
    """The records of CSV lines with their first lines; stops at one that cannot be read and keeps the violation.

    first : the number of the first line.  most : lines after which no further record is begun; None for all of them.
    """

    def __init__(self, lines: Iterable[str], first: int = 1, most: int | None = None) -> None:
        self.violations: list[Violation] = []
        self._first, self._most = first, most
        self._reader = csv.reader(lines, strict=True)
        self._iterator = self._numbered()

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        return self._iterator

    @property
    def next_line(self) -> int:
        """The number of the line after those that were read."""
        return self._first + self._reader.line_num

    def _numbered(self) -> Iterator[tuple[int, list[str]]]:
        line = self._first
        try:
            while self._most is None or self._reader.line_num < self._most:
                record = next(self._reader, None)
                if record is None:
                    return
                if record:
                    yield line, record
                line = self.next_line
        except csv.Error as error:
            self.violations.append(_violation("unreadable", "This is no CSV: {reason}.", line, reason=str(error)))


def _rows(records: Records, header: Sequence[str], columns: Columns) -> tuple[list[RawRow], list[Violation]]:
    rows: list[RawRow] = []
    uneven: list[Violation] = []
    absent = dict.fromkeys(columns.optional, "")
    for line, record in records:
        if len(record) == len(header):
            rows.append(RawRow(line, absent | dict(zip(header, map(str.strip, record), strict=True))))
        else:
            uneven.append(_wrong_width(line, len(record), len(header)))
    return rows, [*uneven, *records.violations]


def _violation(code: str, template: str, line: int, **params: object) -> Violation:
    return Violation(code=code, template=template, params=params, row=line)


def _not_utf8(error: UnicodeDecodeError) -> Violation:
    line = error.object[: error.start].count(b"\n") + 1
    return Violation(
        code="not_utf8",
        template="The text is not UTF-8.",
        row=line,
        allowed=("UTF-8, with or without a byte order mark",),
    )
