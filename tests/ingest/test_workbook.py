"""XLSX bytes to raw rows: the numbers of the sheet, only values that are plainly there, and nothing that explodes."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from datetime import date, datetime, time
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.ingest.workbooks import part, saved, with_parts, workbook
from tierscore.errors import Violation
from tierscore.ingest import package
from tierscore.ingest.check import COLUMNS
from tierscore.ingest.raw import FIELDS, RawTable
from tierscore.ingest.workbook import TEMPLATE_PROPERTY, is_workbook, read_workbook

RIGHT = ("CN-SC", "labs", 2021, 5, "", "", "S001", "", "")
SHEET = "xl/worksheets/sheet1.xml"


def read(content: bytes) -> RawTable:
    assert is_workbook(content)
    return read_workbook(content, COLUMNS)


def rows(*changes: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [FIELDS, *(tuple((dict(zip(FIELDS, RIGHT, strict=True)) | change).values()) for change in changes)]


def only(raw: RawTable) -> Violation:
    """The one violation of a file that gives no rows."""
    (violation,) = raw.violations
    assert raw.frame.empty
    return violation


def of_cells(raw: RawTable) -> list[tuple[str, int | None, str | None, Any]]:
    return [(item.code, item.row, item.field, item.value) for place in sorted(raw.cells) for item in raw.cells[place]]


def test_texts_by_column_and_row() -> None:
    raw = read(
        workbook(rows({"value": 0.1, "note": " 估算 "}, {"region": 510000, "value": 12345678, "period": "2020"}))
    )
    assert raw.row.tolist() == [2, 3]
    assert raw.frame.to_dict("records") == [
        dict(zip(FIELDS, ("CN-SC", "labs", "2021", "0.1", "", "", "S001", "", "估算"), strict=True)),
        dict(zip(FIELDS, ("510000", "labs", "2020", "12345678", "", "", "S001", "", ""), strict=True)),
    ]
    assert (raw.violations, raw.cells) == ((), {})


def test_columns_in_any_order_and_only_the_needed_ones() -> None:
    raw = read(workbook([["value", "period", "indicator", "region"], [5, 2021, "labs", "四川"]]))
    assert raw.frame.iloc[0][["region", "indicator", "period", "value", "unit"]].tolist() == [
        "四川", "labs", "2021", "5", "",
    ]  # fmt: skip


def test_empty_rows_are_passed_over_and_keep_the_numbers() -> None:
    raw = read(workbook([FIELDS, [], RIGHT, [None, ""], [], RIGHT]))
    assert raw.row.tolist() == [3, 6]


def test_nameless_empty_columns_at_the_right_are_none() -> None:
    def bold(sheet: Worksheet) -> None:
        sheet["L1"].number_format = "0.0%"

    assert read(workbook([[*FIELDS, None, ""], [*RIGHT, None, ""]], bold)).violations == ()
    stray = read(workbook([[*FIELDS, None], [*RIGHT, "stray"]]))
    assert (only(stray).code, only(stray).row) == ("unknown_column", 1)


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (["region", "indicator", "period"], "missing_column"),
        ([*FIELDS, "value"], "doubled_column"),
        ([*FIELDS[:-1], "notes"], "unknown_column"),
    ],
)
def test_what_is_wrong_with_a_header(header: list[str], code: str) -> None:
    assert only(read(workbook([header, RIGHT[: len(header)]]))).code == code


@pytest.mark.parametrize("content", [[], [FIELDS], [FIELDS, [], [None, ""]]])
def test_nothing_below_the_header(content: list[Any]) -> None:
    assert only(read(workbook(content))).code == "no_rows"


@pytest.mark.parametrize(
    ("value", "code", "told"),
    [
        ("=1+1", "formula", "=1+1"),
        (True, "truth_cell", "True"),
        (date(2024, 3, 1), "date_cell", "2024-03-01"),
        (datetime(2024, 3, 1, 12), "date_cell", "2024-03-01 12:00:00"),
        (time(3), "date_cell", "03:00:00"),
        ("#N/A", "error_cell", None),
    ],
)
@pytest.mark.parametrize("field", ["value", "period", "vintage"])
def test_cells_that_are_no_plain_value(field: str, value: Any, code: str, told: str | None) -> None:
    assert of_cells(read(workbook(rows({}, {field: value})))) == [(code, 3, field, told)]


def test_a_cell_formatted_as_per_cent() -> None:
    """The sheet shows 12.5%, the file says 0.125: which one is meant cannot be known."""

    def formatted(sheet: Worksheet) -> None:
        sheet["D2"].number_format = "0.0%"
        sheet["D3"].number_format = "0.00"
        sheet["D4"].number_format = '0" %"'

    raw = read(workbook(rows({"value": 0.125}, {"value": 0.125}, {"value": 0.5}), formatted))
    assert of_cells(raw) == [("percent_cell", 2, "value", "0.125"), ("percent_cell", 4, "value", "0.5")]


def test_merged_cells_are_told_for_every_row() -> None:
    raw = read(workbook(rows({}, {"region": None}, {}), lambda sheet: sheet.merge_cells("A2:A3")))
    assert of_cells(raw) == [("merged_cells", 2, "region", None), ("merged_cells", 3, "region", None)]


def test_a_merged_header() -> None:
    content = workbook(rows({}), lambda sheet: sheet.merge_cells("H1:I1"))
    assert "merged_cells" in {item.code for item in read(content).violations}


def test_hidden_rows_and_columns() -> None:
    def hide_row(sheet: Worksheet) -> None:
        sheet.row_dimensions[3].hidden = True

    def hide_column(sheet: Worksheet) -> None:
        sheet.column_dimensions["D"].hidden = True

    assert of_cells(read(workbook(rows({}, {}), hide_row))) == [("hidden_row", 3, None, None)]
    hidden = only(read(workbook(rows({}, {}), hide_column)))
    assert (hidden.code, hidden.row, hidden.field) == ("hidden_column", 1, "value")


class TestSheets:
    """Which sheet is read."""

    @staticmethod
    def book(*titles: str, hidden: str = "") -> bytes:
        book = Workbook()
        book.remove(book.worksheets[0])
        for title in titles:
            sheet = book.create_sheet(title)
            sheet.append(FIELDS)
            sheet.append([title, *RIGHT[1:]])
            sheet.sheet_state = "hidden" if title == hidden else "visible"
        book.create_sheet("empty")
        return saved(book)

    def test_the_only_one_that_holds_anything(self) -> None:
        assert read(self.book("Sheet7")).frame["region"].tolist() == ["Sheet7"]

    def test_the_one_called_observations(self) -> None:
        assert read(self.book("codes", "observations", "说明")).frame["region"].tolist() == ["observations"]

    def test_of_several_others_none(self) -> None:
        violation = only(read(self.book("Q1", "Q2")))
        assert (violation.code, violation.allowed) == ("several_sheets", ("Q1", "Q2"))

    def test_a_hidden_one_is_refused(self) -> None:
        violation = only(read(self.book("observations", "old", hidden="old")))
        assert (violation.code, violation.params["name"]) == ("hidden_sheet", "old")

    def test_a_workbook_without_anything(self) -> None:
        assert only(read(self.book())).code == "no_rows"

    def test_a_chart_sheet_is_none(self) -> None:
        book = Workbook()
        sheet = book.active
        assert isinstance(sheet, Worksheet)
        for row in rows({}):
            sheet.append(row)
        book.create_chartsheet("chart")
        assert len(read(saved(book)).frame) == 1


class TestTemplates:
    """Rows that a template filled in beforehand and nobody went on with."""

    @staticmethod
    def template(*changes: dict[str, Any]) -> bytes:
        content = workbook(rows(*({"value": None, "source": None} | change for change in changes)))
        properties = f'<Properties><property name="{TEMPLATE_PROPERTY}"><i4>1</i4></property></Properties>'
        return with_parts(content, {"docProps/custom.xml": properties.encode()})

    def test_are_passed_over(self) -> None:
        raw = read(self.template({}, {"value": 5}, {"status": "M"}, {"note": "asked for"}, {"value": "=A1"}))
        assert raw.row.tolist() == [3, 4, 5, 6]

    def test_all_of_them_left_empty_are_no_rows(self) -> None:
        assert only(read(self.template({}, {}))).code == "no_rows"

    def test_in_another_workbook_they_are_rows_without_a_value(self) -> None:
        assert len(read(workbook(rows({"value": None, "source": None}))).frame) == 1


def zipped(parts: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return content.getvalue()


GOOD = workbook(rows({}))
LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><a>&c;</a>"""


def stray(reference: str) -> bytes:
    text = part(GOOD, SHEET).replace(b"</sheetData>", b'<row r="9"><c r="%s"><v>1</v></c></row></sheetData>')
    return with_parts(GOOD, {SHEET: text % reference.encode()})


class TestHostile:
    """Files that want something else than to be read."""

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "wrong_workbook"),
            (b"PK\x03\x04", "no_workbook"),
            (b"PK\x05\x06" + b"\0" * 18, "no_workbook"),
            (zipped({"readme.txt": b"hello"}), "no_workbook"),
            (zipped({"xl/workbook.xml": LAUGHS}), "no_workbook"),
            (zipped({"xl/workbook.xml": b"<workbook"}), "no_workbook"),
            (with_parts(GOOD, {SHEET: LAUGHS}), "no_workbook"),
            (with_parts(GOOD, {SHEET: None}), "no_rows"),
            (with_parts(GOOD, {"xl/_rels/workbook.xml.rels": None}), "no_rows"),
            (GOOD[: len(GOOD) // 2], "no_workbook"),
            (zipped({f"{number}": b"" for number in range(package.MOST_PARTS + 1)}), "too_large"),
            (stray("XFD1048576"), "too_many_rows"),
            (stray("A99999999"), "too_many_rows"),
            (stray("1A"), "no_workbook"),
        ],
    )
    def test_ends_in_one_violation(self, content: bytes, code: str) -> None:
        assert only(read(content)).code == code

    def test_a_bomb_is_refused_by_its_size(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(package, "LARGEST_UNPACKED", 1_000_000)
        content = with_parts(GOOD, {"xl/media/image1.png": b"\0" * 1_000_001})
        assert len(content) < 20_000
        assert only(read(content)).code == "too_large"

    def test_a_part_that_is_larger_than_its_header_says(self) -> None:
        """The declared size is where a reader stops, so a lie cannot unpack more; the checksum then tells."""
        content = bytearray(zipped({"xl/workbook.xml": b"<a/>" + b" " * 1_000_000}))
        directory = content.rindex(b"PK\x01\x02")
        struct.pack_into("<I", content, directory + 24, 100)
        assert only(read(bytes(content))).code == "no_workbook"

    def test_damaged_bytes_end_in_rows_or_violations(self) -> None:
        """300 files with a few bytes changed, always the same ones."""
        chance = random.Random(20211)
        plain = zipped({name: part(GOOD, name) for name in zipfile.ZipFile(io.BytesIO(GOOD)).namelist()})
        for _ in range(300):
            content = bytearray(plain)
            for _ in range(chance.randint(1, 8)):
                content[chance.randrange(4, len(content))] = chance.randrange(256)
            raw = read_workbook(bytes(content), COLUMNS)
            assert raw.violations or len(raw.frame)

    def test_damaged_xml_ends_in_rows_or_violations(self) -> None:
        """The same below the checksums: bytes changed inside the parts."""
        chance = random.Random(20212)
        names = [SHEET, "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"]
        for _ in range(300):
            name = chance.choice(names)
            text = bytearray(part(GOOD, name))
            for _ in range(chance.randint(1, 4)):
                text[chance.randrange(len(text))] = chance.randrange(32, 127)
            raw = read_workbook(with_parts(GOOD, {name: bytes(text)}), COLUMNS)
            assert raw.violations or len(raw.frame)


def test_cells_that_do_not_say_where_they_are() -> None:
    """Legal, and written by some programs."""
    text = part(GOOD, SHEET)
    for name in "ABCDEFGHI":
        for row in "12":
            text = text.replace(f' r="{name}{row}"'.encode(), b"")
    raw = read(with_parts(GOOD, {SHEET: text}))
    assert raw.frame["region"].tolist() == ["CN-SC"]
