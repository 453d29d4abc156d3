"""CSV bytes to raw rows, each with the line it starts on."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from tierscore.errors import Violation


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
            template = "The row has {found} cells, the header {wanted}."
            uneven.append(_violation("wrong_width", template, line, found=len(record), wanted=len(header)))
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
