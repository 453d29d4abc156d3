"""A report as CSV: its data alone, as one plain rectangle that spreadsheets and statistics programs read.

That is the table with the code ``data``, or else the first one: several tables in one file would be no CSV. Numbers
are at full precision and missing ones empty; rows end as RFC 4180 has it.
"""

from __future__ import annotations

import csv
import io
from decimal import Decimal

from tierscore.reports.document import Report, Scalar, Table
from tierscore.reports.words import Words

DATA = "data"
MARK = b"\xef\xbb\xbf"
# Spreadsheets take a text that begins so for a formula; East Asian ones the wide forms too.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Between these, numbers are written without an exponent.
SMALLEST, LARGEST = 1e-15, 1e21


def render(report: Report, words: Words, bom: bool = False) -> bytes:
    """The report's data as CSV in UTF-8; with a byte order mark, by which Excel knows UTF-8, if that is asked for."""
    return (MARK if bom else b"") + _written(_rows(data_table(report), words)).encode()


def data_table(report: Report) -> Table | None:
    """The table that holds the report's data; none if it has no table at all."""
    tables = list(report.tables())
    return next((table for table in tables if table.code == DATA), tables[0] if tables else None)


def _rows(table: Table | None, words: Words) -> list[list[str]]:
    if table is None:
        return []
    head = [_guarded(column.title) for column in table.columns]
    rows = [[_said(cell.value) for cell in row] for row in table.rows]
    if not any(cell.marks for row in table.rows for cell in row):
        return [head, *rows]
    meant = dict(table.meanings)
    notes = [
        _guarded("; ".join(dict.fromkeys(meant.get(mark, mark) for cell in row for mark in cell.marks)))
        for row in table.rows
    ]
    return [[*head, words.say("Notes")], *([*row, note] for row, note in zip(rows, notes, strict=True))]


def _written(rows: list[list[str]]) -> str:
    target = io.StringIO()
    csv.writer(target).writerows(rows)
    return target.getvalue()


def _said(value: Scalar) -> str:
    if isinstance(value, str):
        return _guarded(value)
    if value is None or isinstance(value, int):
        return "" if value is None else str(value)
    usual = SMALLEST <= abs(value) < LARGEST
    return f"{Decimal(repr(value)):f}" if usual else repr(value)


def _guarded(text: str) -> str:
    """A text that no spreadsheet runs as a formula."""
    return f"'{text}" if text.startswith(DANGEROUS) else text
