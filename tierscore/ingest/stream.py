"""A CSV file of any length as tables of so many of its lines: what is held at a time does not grow with the file."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TextIO

from tierscore.errors import Violation
from tierscore.ingest.columns import Columns
from tierscore.ingest.raw import RawTable, no_rows, nothing
from tierscore.ingest.read import Records, plain_table, table_header_violations, table_of_records

SIZE = 512 * 1024  # characters of lines that are read at a time: some 10,000 rows, and never more than MOST_ROWS
ENCODINGS = ("utf-8-sig", "gb18030")

# A line longer than this is no row: a table's row has a few texts of at most a thousand characters.
_BLOCK = 1 << 20


def tables_of(path: Path, columns: Columns, size: int = SIZE) -> Iterator[RawTable]:
    """The observations of a CSV file, in the order of its lines; the encodings are those of `read.read_table`.

    Rows, lines and violations are, put together, those of the whole file read at once; only how many rows there may
    be is not limited. `size` is how many characters are read before the rows in them are given. When the text or its
    header is wrong there are violations and no rows.

    Raises OSError when the file cannot be read.
    """
    encoding, mistake = _encoding(path)
    if encoding is None:
        yield nothing([mistake])
        return
    with path.open(encoding=encoding, newline="") as file:
        yield from _tables(file, columns, size)


def _encoding(path: Path) -> tuple[str | None, Violation]:
    """The first encoding that all of the file is in, or else what is wrong with it."""
    mistake = Violation("unknown_encoding", "The text is neither UTF-8 nor GBK.", row=1)
    for encoding in ENCODINGS:
        try:
            if _has_lines(path, encoding):
                return encoding, mistake
        except UnicodeDecodeError:
            continue
        return None, Violation("line_too_long", "A line is longer than {most} bytes.", {"most": _BLOCK})
    return None, mistake


def _has_lines(path: Path, encoding: str) -> bool:
    """Whether no line is endless; raises UnicodeDecodeError where the text is not in that encoding."""
    decode = codecs.getincrementaldecoder(encoding)().decode
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            decode(block)
            if len(block) == _BLOCK and b"\n" not in block and b"\r" not in block:
                return False
    decode(b"", True)
    return True


def _tables(file: TextIO, columns: Columns, size: int) -> Iterator[RawTable]:
    records = Records(file)
    header = [name.strip() for name in next(iter(records), (1, []))[1]]
    violations = [*table_header_violations(header, columns), *records.violations]
    if violations:
        yield nothing(violations)
        return
    line, found = records.next_line, False
    while block := file.readlines(size):
        table, line, readable = _table(block, file, header, line)
        found = found or len(table.row) > 0 or any(item.code == "wrong_width" for item in table.violations)
        yield table
        if not readable:
            break
    if not found:
        yield nothing([no_rows()])


def _table(block: list[str], rest: TextIO, header: Sequence[str], line: int) -> tuple[RawTable, int, bool]:
    """The rows that begin in a block of lines, the number of the line behind them, and whether reading can go on."""
    # The plain way takes a text with its header; all that it looks at there is how many columns it has.
    plain = plain_table("," * (len(header) - 1) + "\n" + "".join(block), header)
    if plain is not None:
        return replace(plain, row=plain.row + (line - 2)), line + len(block), True
    # A text in quotes may go on beyond the block.
    records = Records(chain(block, rest), line, len(block))
    table = table_of_records(records, header)
    return table, records.next_line, not records.violations
