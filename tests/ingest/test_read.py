"""CSV bytes to raw rows with the lines they start on."""

from __future__ import annotations

import pytest

from tierscore.errors import Violation
from tierscore.ingest.columns import Columns
from tierscore.ingest.read import RawRow, read_csv

COLUMNS = Columns(required=("region", "value"), optional=("note",))


def rows_of(data: bytes) -> list[RawRow]:
    rows, violations = read_csv(data, COLUMNS)
    assert violations == []
    return rows


def violations_of(data: bytes) -> list[Violation]:
    return read_csv(data, COLUMNS)[1]


def test_texts_by_column_and_line() -> None:
    assert rows_of("region,value,note\nCN-SC,5,四川\nCN-CQ, 6 ,\n".encode()) == [
        RawRow(2, {"region": "CN-SC", "value": "5", "note": "四川"}),
        RawRow(3, {"region": "CN-CQ", "value": "6", "note": ""}),
    ]


@pytest.mark.parametrize("text", ["note,value,region\nn,5,CN\n", "value , region,note\n5,CN,n"])
def test_columns_may_stand_in_any_order(text: str) -> None:
    assert rows_of(text.encode()) == [RawRow(2, {"region": "CN", "value": "5", "note": "n"})]


def test_an_optional_column_that_is_not_there_reads_as_empty() -> None:
    assert rows_of(b"region,value\nCN,5\n")[0].texts == {"region": "CN", "value": "5", "note": ""}


def test_a_byte_order_mark_is_no_part_of_the_first_name() -> None:
    assert rows_of(b"\xef\xbb\xbfregion,value\nCN,5\n") == rows_of(b"region,value\nCN,5\n")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_counted_through_quoted_line_ends_and_empty_lines(end: str) -> None:
    text = end.join(["region,value,note", 'A,1,"two', 'lines, ""quoted"""', "", "B,2,", 'C,3,"', "", '"', "D,4,"])
    assert [(row.line, row.texts["region"]) for row in rows_of(text.encode())] == [
        (2, "A"),
        (5, "B"),
        (6, "C"),
        (9, "D"),
    ]
    assert rows_of(text.encode())[0].texts["note"] == f'two{end}lines, "quoted"'


def test_unusual_line_separators_are_text() -> None:
    assert rows_of("region,value,note\nA,1,x\u2028y\x0bz\nB,2,\n".encode())[1].line == 3


def test_a_header_alone_has_no_rows() -> None:
    assert rows_of(b"region,value\n") == []


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\n\n"])
def test_an_empty_file_lacks_its_columns(data: bytes) -> None:
    assert [(violation.code, violation.field) for violation in violations_of(data)] == [
        ("missing_column", "region"),
        ("missing_column", "value"),
    ]


def test_every_mistake_in_the_header_is_found_and_no_row_is_read() -> None:
    rows, violations = read_csv(b"region,vlaue,region,extra,\nCN,5,CN,x,\n", COLUMNS)
    assert rows == []
    assert [(violation.code, violation.row, violation.field) for violation in violations] == [
        ("missing_column", 1, "value"),
        ("unknown_column", 1, "vlaue"),
        ("unknown_column", 1, "extra"),
        ("unknown_column", 1, ""),
        ("doubled_column", 1, "region"),
    ]
    assert violations[1].allowed == ("value",)
    assert violations[2].allowed == ("region", "value", "note")


def test_rows_of_another_width_are_named_and_the_rest_is_read() -> None:
    rows, violations = read_csv(b"region,value\nA\nB,2\nC,3,4\n", COLUMNS)
    assert [row.texts["region"] for row in rows] == ["B"]
    assert [(violation.row, violation.message) for violation in violations] == [
        (2, "The row has 1 cells, the header 2."),
        (4, "The row has 3 cells, the header 2."),
    ]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_another_encoding_is_named_with_its_line(mark: bytes) -> None:
    (violation,) = violations_of(mark + b"region,value\nA,1\n" + "四川,2\n".encode("gbk"))
    assert (violation.code, violation.row) == ("not_utf8", 3)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b'region,value\nA,1\nB,"2\nC,3\n', 3),
        (b'region,value\n\nA,"1"2\n', 3),
        (b'region,"value\n', 1),
        (b"region,value\nA," + b"9" * 200_000 + b"\n", 2),
    ],
    ids=["quote not closed", "text after a quote", "in the header", "cell too long"],
)
def test_what_is_no_csv_is_named_with_its_line(data: bytes, line: int) -> None:
    unreadable = [violation for violation in violations_of(data) if violation.code == "unreadable"]
    assert [violation.row for violation in unreadable] == [line]
