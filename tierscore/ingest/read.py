"""CSV bytes to raw rows or to a raw table, each row with the line it starts on."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
import pandas as pd

from tierscore.errors import Violation
from tierscore.ingest.raw import FIELDS, MOST_ROWS, RawTable


@dataclass(frozen=True)
class Columns:
    """The columns that a file must and may have; an optional one that is not there reads as empty."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @property
    def known(self) -> tuple[str, ...]:
        """All of them."""
        return self.required + self.optional


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
    records = _Records(text)
    header = [name.strip() for name in next(iter(records), (1, []))[1]]
    violations = [*_header_violations(header, columns), *records.violations]
    if violations:
        return [], violations
    return _rows(records, header, columns)


def read_table(data: bytes, columns: Columns) -> RawTable:
    """The observations of a CSV file as columns; UTF-8 with or without a byte order mark, else GB18030 (so GBK).

    When the text or its header is wrong there are violations and no rows.
    """
    try:
        text = _decoded(data)
    except UnicodeDecodeError:
        return _nothing([_violation("unknown_encoding", "The text is neither UTF-8 nor GBK.", 1)])
    records = _Records(text)
    header = [name.strip() for name in next(iter(records), (1, []))[1]]
    violations = [*_separator_violations(header), *_header_violations(header, columns), *records.violations]
    return _nothing(violations) if violations else _table(records, header)


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def _nothing(violations: Sequence[Violation]) -> RawTable:
    frame = pd.DataFrame({name: [] for name in FIELDS}, dtype=object)
    return RawTable(frame, np.array([], dtype=np.int64), violations=tuple(violations))


def _separator_violations(header: Sequence[str]) -> list[Violation]:
    """A header in one cell that another sign would cut into more."""
    for sign, name in ((";", "semicolons"), ("\t", "tabs"), ("，", "full-width commas")):
        if len(header) == 1 and sign in header[0]:
            template = "The cells are separated by {name}; commas are needed."
            return [Violation("wrong_separator", template, {"name": name}, row=1, allowed=(",",))]
    return []


def _table(records: _Records, header: Sequence[str]) -> RawTable:
    lines: list[int] = []
    kept: list[list[str]] = []
    uneven: list[Violation] = []
    for line, record in records:
        if len(record) != len(header):
            uneven.append(_wrong_width(line, len(record), len(header)))
        elif len(kept) == MOST_ROWS:
            return _nothing([_violation("too_many_rows", "A batch has at most {most} rows.", line, most=MOST_ROWS)])
        else:
            lines.append(line)
            kept.append(record)
    columns = {name: [record[place].strip() for record in kept] for place, name in enumerate(header)}
    frame = pd.DataFrame({name: columns.get(name, [""] * len(kept)) for name in FIELDS}, dtype=object)
    violations = [*uneven, *records.violations, *([] if lines or uneven else [_no_rows()])]
    return RawTable(frame, np.array(lines, dtype=np.int64), violations=tuple(violations))


def _no_rows() -> Violation:
    return _violation("no_rows", "There is no row below the header.", 1)


def _wrong_width(line: int, found: int, wanted: int) -> Violation:
    template = "The row has {found} cells, the header {wanted}."
    return _violation("wrong_width", template, line, found=found, wanted=wanted)


class _Records:
    """The records of a CSV text with their first lines; stops at one that cannot be read and keeps the violation."""

    def __init__(self, text: str) -> None:
        self.violations: list[Violation] = []
        self._reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        self._iterator = self._numbered()

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        return self._iterator

    def _numbered(self) -> Iterator[tuple[int, list[str]]]:
        line = 1
        try:
            for record in self._reader:
                if record:
                    yield line, record
                line = self._reader.line_num + 1
        except csv.Error as error:
            self.violations.append(_violation("unreadable", "This is no CSV: {reason}.", line, reason=str(error)))


def _rows(records: _Records, header: Sequence[str], columns: Columns) -> tuple[list[RawRow], list[Violation]]:
    rows: list[RawRow] = []
    uneven: list[Violation] = []
    absent = dict.fromkeys(columns.optional, "")
    for line, record in records:
        if len(record) == len(header):
            rows.append(RawRow(line, absent | dict(zip(header, map(str.strip, record), strict=True))))
        else:
            uneven.append(_wrong_width(line, len(record), len(header)))
    return rows, [*uneven, *records.violations]


def _header_violations(header: Sequence[str], columns: Columns) -> list[Violation]:
    missing = [name for name in columns.required if name not in header]
    unknown = [name for name in dict.fromkeys(header) if name not in columns.known]
    doubled = [name for name in columns.known if header.count(name) > 1]
    return [
        *(_column("missing_column", "The column {name} is missing.", name) for name in missing),
        *(_column("unknown_column", "There is no column {name!r}.", name, _nearest(name, columns)) for name in unknown),
        *(_column("doubled_column", "The column {name} stands more than once.", name) for name in doubled),
    ]


def _nearest(name: str, columns: Columns) -> tuple[str, ...]:
    return tuple(get_close_matches(name, columns.known, n=1)) or columns.known


def _column(code: str, template: str, name: str, allowed: tuple[str, ...] = ()) -> Violation:
    return Violation(code=code, template=template, params={"name": name}, row=1, field=name, allowed=allowed)


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
