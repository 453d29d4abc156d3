"""A Parquet file as tables of so many rows each; of the file itself one row group is held at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from math import isnan
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from fastparquet import ParquetFile

from tierscore.errors import Violation
from tierscore.ingest.columns import Columns, header_violations
from tierscore.ingest.raw import FIELDS, MOST_ROWS, RawTable, no_rows, nothing, too_many_rows

BEGINNING = b"PAR1"
ROWS = 10_000
LARGEST_GROUP = 1024 * 1024  # rows: what most programs write at most, and what is held at a time

_UNREADABLE = Violation("no_parquet", "This is no Parquet file that can be read.")


def is_parquet(data: bytes) -> bool:
    """Whether a file begins as Parquet files do."""
    return data.startswith(BEGINNING)


def tables_of_parquet(path: Path, columns: Columns, rows: int = ROWS) -> Iterator[RawTable]:
    """The observations of a Parquet file in the order of its rows, which are counted from 1.

    Its columns are those of a CSV file, of any type: a number is as good as the text that says it, null is "". When the
    file or its columns are wrong there is a violation and no row, or none after it.

    Raises OSError when the file cannot be opened.
    """
    with path.open("rb") as opened:
        yield from _tables(lambda: ParquetFile(opened), columns, rows)


def read_parquet(data: bytes, columns: Columns) -> RawTable:
    """The observations in the bytes of a Parquet file of at most `MOST_ROWS` rows, or a violation and no row."""

    def small() -> ParquetFile:
        file = ParquetFile(BytesIO(data))
        if file.count() > MOST_ROWS:
            raise _Refused(too_many_rows())
        return file

    tables = list(_tables(small, columns, MOST_ROWS))
    if violations := [item for table in tables for item in table.violations]:
        return nothing(violations)
    return RawTable(pd.concat([table.frame for table in tables]), np.concatenate([table.row for table in tables]))


class _Refused(Exception):
    """A file that is not read on; it says why."""

    def __init__(self, violation: Violation) -> None:
        self.violation = violation
        super().__init__(violation.message)


def _tables(opened: Callable[[], ParquetFile], columns: Columns, rows: int) -> Iterator[RawTable]:
    parts = _parts(opened, columns, rows)
    while True:
        # What a broken file breaks inside its reader cannot be foreseen; all of it means the same.
        try:
            table = next(parts, None)
        except Exception as error:
            said = error.violation if isinstance(error, _Refused) else _UNREADABLE
            table, parts = nothing([said]), iter(())
        if table is None:
            return
        yield table


def _parts(opened: Callable[[], ParquetFile], columns: Columns, rows: int) -> Iterator[RawTable]:
    file, read = opened(), 0
    if violations := header_violations(file.columns, columns):
        yield nothing(violations)
        return
    if any(group.num_rows > LARGEST_GROUP for group in file.row_groups):
        raise _Refused(Violation("too_large", "A row group holds more than {most} rows.", {"most": LARGEST_GROUP}))
    for group in file.iter_row_groups():
        for start in range(0, len(group), rows):
            part = group.iloc[start : start + rows]
            yield RawTable(_frame(part), np.arange(read + 1, read + len(part) + 1))
            read += len(part)
    if read == 0:
        yield nothing([no_rows()])


def _frame(part: pd.DataFrame) -> pd.DataFrame:
    empty = [""] * len(part)
    return pd.DataFrame({name: _texts(part[name]) if name in part else empty for name in FIELDS}, dtype=object)


def _texts(column: pd.Series[Any]) -> list[str]:
    """Values as a CSV file would say them."""
    if column.dtype == np.float64:
        return ["" if isnan(value) else repr(value).removesuffix(".0") for value in column.tolist()]
    missing = column.isna().tolist()
    return ["" if gone else str(value).strip() for value, gone in zip(column.tolist(), missing, strict=True)]
