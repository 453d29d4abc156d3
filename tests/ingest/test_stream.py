"""A file in parts: rows, lines and mistakes are those of the whole; what no part can hold is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tierscore.ingest import stream
from tierscore.ingest.check import COLUMNS
from tierscore.ingest.raw import RawTable
from tierscore.ingest.read import read_table
from tierscore.ingest.stream import tables_of

HEADER = "region,indicator,period,value"
CELLS = ["", "CN-SC", " 5", '"a,b"', '"two\nlines"', '"', "四川", "x\ty"]


def joined(tables: list[RawTable]) -> tuple[list[object], list[int], list[object]]:
    frame = pd.concat([table.frame for table in tables], ignore_index=True)
    lines = np.concatenate([table.row for table in tables]).tolist()
    return frame.to_numpy().tolist(), lines, [item for table in tables for item in table.violations]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=st.lists(st.lists(st.sampled_from(CELLS), min_size=3, max_size=5), max_size=9),
    ends=st.sampled_from(["\n", "\r\n", "\r"]),
    last=st.sampled_from(["", "\n", "\n\n\n\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
)
def test_parts_put_together_are_the_whole(
    tmp_path: Path, lines: list[list[str]], ends: str, last: str, encoding: str
) -> None:
    file = tmp_path / "file.csv"
    file.write_bytes((ends.join([HEADER, *map(",".join, lines)]) + last).encode(encoding))
    whole = joined([read_table(file.read_bytes(), COLUMNS)])
    for size in (1, 20, 60):
        assert joined(list(tables_of(file, COLUMNS, size))) == whole


def test_no_part_is_longer_than_asked(tmp_path: Path) -> None:
    """18 characters are a line, so the third one is the first beyond 53."""
    file = tmp_path / "file.csv"
    file.write_text(HEADER + "\n" + "CN-SC,labs,2021,5\n" * 7)
    assert [len(table.row) for table in tables_of(file, COLUMNS, 53)] == [3, 3, 1]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "missing_column"),
        (HEADER.encode(), "no_rows"),
        (HEADER.replace(",", ";").encode(), "wrong_separator"),
        (HEADER.encode() + b"\n\xff\xff,\x80", "unknown_encoding"),
        (HEADER.encode() + b"\n\xe5", "unknown_encoding"),
        (HEADER.encode() + b"\n" + b"x" * 100, "line_too_long"),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, code: str) -> None:
    monkeypatch.setattr(stream, "_BLOCK", 40)
    file = tmp_path / "file.csv"
    file.write_bytes(content)
    tables = list(tables_of(file, COLUMNS))
    assert code in {item.code for table in tables for item in table.violations}
    assert all(table.frame.empty for table in tables)
