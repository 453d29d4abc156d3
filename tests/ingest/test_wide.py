"""Tables with a row per unit: columns, encodings, and every mistake with its line."""

from __future__ import annotations

import pytest

from tierscore.ingest.wide import WideTable, read_wide


def told(table: WideTable) -> list[tuple[int | None, str | None, str]]:
    return [(item.row, item.field, item.code) for item in table.violations]


def test_the_first_column_holds_the_codes_where_none_is_called_so() -> None:
    table = read_wide(b"iso3,country,labs\nCHN,China,5\n", ["labs"])
    assert ([row.code for row in table.rows], table.unused) == (["CHN"], ("country",))
    assert told(read_wide(b"labs,patents\n1,2\n", ["labs", "patents"])) == [(1, "code", "missing_column")]


def test_groups_are_in_the_named_column_or_in_one_called_group() -> None:
    named = read_wide(b"code,side,labs\nA,left,1\n", ["labs"], "side")
    plain = read_wide(b"code,group,labs\nA,left,1\n", ["labs"])
    assert [table.rows[0].group for table in (named, plain)] == ["left", "left"]
    assert told(read_wide(b"code,labs\nA,1\n", ["labs"], "side")) == [(1, "side", "missing_column")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_codes_in_the_usual_encodings(encoding: str) -> None:
    table = read_wide("code,labs\n四川,1.5\n".encode(encoding), ["labs"])
    assert (table.rows[0].code, dict(table.rows[0].values)) == ("四川", {"labs": 1.5})


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"code,labs\nA,1\nA,2\n", [(3, "code", "duplicate")]),
        (
            b"code,labs\n,1\nB,x\nC,1e999\n",
            [(2, "code", "missing_value"), (3, "labs", "not_a_number"), (4, "labs", "not_a_number")],
        ),
        (b"code,labs\nA,1,2\n", [(2, None, "wrong_width")]),
        (b"code,labs,labs\nA,1,2\n", [(1, "labs", "doubled_column")]),
        (b"code;labs\nA;1\n", [(1, None, "wrong_separator"), (1, "labs", "missing_column")]),
        (b"code,labs\n", [(1, None, "no_rows")]),
        (b"\xff\xfe\x00", [(1, None, "unknown_encoding")]),
    ],
)  # fmt: skip
def test_every_mistake_has_its_line_and_no_row_is_read(data: bytes, expected: list[tuple[int, str, str]]) -> None:
    table = read_wide(data, ["labs"])
    assert table.rows == ()
    assert told(table) == expected
