"""A workbook row by row: what is read is what `workbook` reads at once, and nothing that explodes."""

from __future__ import annotations

import random
import re
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from tests.ingest.test_stream import joined
from tests.ingest.test_workbook import GOOD, LAUGHS, SHEET, of_cells, rows, stray, zipped
from tests.ingest.workbooks import part, with_parts, workbook
from tierscore.errors import Violation
from tierscore.ingest import package, workbook_stream
from tierscore.ingest.check import COLUMNS
from tierscore.ingest.raw import FIELDS, RawTable
from tierscore.ingest.workbook import read_workbook
from tierscore.ingest.workbook_stream import tables_of_workbook

RELATIONS = "xl/_rels/workbook.xml.rels"
STRINGS = (
    b'<Relationship Id="rId98" Target="sharedStrings.xml" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"/>'
)
Read = Callable[..., list[RawTable]]
VALUES: list[Any] = [
    None, "", " 5", "CN-SC", "四川", 5, 0.1, 12345678, True, "=1+1", "#N/A", date(2024, 3, 1),
    datetime(2024, 3, 1, 12), time(3), "a < b & c", "two\nlines",
]  # fmt: skip


def shared(content: bytes) -> bytes:
    """The same with its texts in a part of their own, which is how most programs write them."""
    texts: list[bytes] = []

    def named(found: re.Match[bytes]) -> bytes:
        texts.append(found.group(2))
        return b'%s t="s"><v>%d</v></c>' % (found.group(1), len(texts) - 1)

    sheet = re.sub(rb'(<c[^>]*?) t="inlineStr"[^>]*><is>(.*?)</is></c>', named, part(content, SHEET), flags=re.DOTALL)
    relations = part(content, RELATIONS).replace(b"</Relationships>", STRINGS + b"</Relationships>")
    table = b"<sst>" + b"".join(b"<si>%s</si>" % text for text in texts) + b"</sst>"
    return with_parts(content, {SHEET: sheet, RELATIONS: relations, "xl/sharedStrings.xml": table})


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads a workbook from a file, some rows at a time."""

    def tables(content: bytes, most: int = 2) -> list[RawTable]:
        file = tmp_path / "metrics.xlsx"
        file.write_bytes(content)
        return list(tables_of_workbook(file, COLUMNS, most))

    return tables


def only(tables: list[RawTable]) -> Violation:
    """The one violation of a file, behind whatever rows were read before it was met."""
    (violation,) = [item for table in tables for item in table.violations]
    return violation


def same(tables: list[RawTable], content: bytes) -> None:
    """What was read in parts is the whole: numbers of rows, texts of the good ones, mistakes of file and cells."""
    whole = read_workbook(content, COLUMNS)
    assert joined(tables)[1:] == joined([whole])[1:]
    assert [text for table in tables for text in good(table)] == good(whole)
    assert [item for table in tables for item in of_cells(table)] == of_cells(whole)


def good(table: RawTable) -> list[list[str]]:
    """The texts of rows without a mistake; those of others nobody looks at."""
    texts: list[list[str]] = table.frame.drop(index=list(table.cells)).to_numpy().tolist()
    return texts


SHARED = shared(GOOD)


# A row that holds nothing but formulas without results is one in parts, and told; read at once it is an empty one.
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cells=st.lists(
        st.one_of(st.just([]), st.lists(st.sampled_from(VALUES), max_size=8).map(["x"].__add__)), max_size=7
    ),
    merged=st.sampled_from([None, "A2:A3", "B3:D4", "H1:I1"]),
    hidden=st.sampled_from([None, 3]),
    percent=st.sampled_from([None, "D2"]),
)
def test_parts_put_together_are_the_whole(
    read: Read, cells: list[list[Any]], merged: str | None, hidden: int | None, percent: str | None
) -> None:
    def change(sheet: Worksheet) -> None:
        if merged:
            sheet.merge_cells(merged)
        if hidden:
            sheet.row_dimensions[hidden].hidden = True
        if percent:
            sheet[percent].number_format = "0.0%"

    content = workbook([FIELDS, *cells], change)
    same(read(content), content)


@pytest.mark.parametrize(
    "content",
    [
        GOOD,
        SHARED,
        workbook([["value", "period", "indicator", "region"], [5, 2021, "labs", "四川"]]),
        workbook([FIELDS[:3], FIELDS[:3]]),
        workbook([[*FIELDS, None], [*rows({})[1], "stray"]]),
        workbook([]),
        workbook([[], FIELDS, rows({})[1]]),
        workbook(rows({}), lambda sheet: setattr(sheet.column_dimensions["D"], "hidden", True)),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512,
        b"PK\x05\x06" + b"\0" * 18,
        zipped({"readme.txt": b"hello"}),
        with_parts(GOOD, {SHEET: LAUGHS}),
        with_parts(GOOD, {SHEET: None}),
    ],
)
def test_so_it_is_with_strange_ones(read: Read, content: bytes) -> None:
    same(read(content), content)


def test_no_part_is_longer_than_asked(read: Read) -> None:
    assert [len(table.row) for table in read(workbook(rows(*[{}] * 7)), 3)] == [3, 3, 1]


class TestHostile:
    """Files that want something else than to be read."""

    @pytest.mark.parametrize("reference", ["A99999999", "1A", "AAAA2"])
    def test_a_cell_that_no_sheet_has(self, read: Read, reference: str) -> None:
        assert only(read(stray(reference))).code == "no_workbook"

    def test_a_bomb_is_refused_by_its_size(self, read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(package, "LARGEST_STREAMED", 1_000_000)
        content = with_parts(GOOD, {"xl/media/image1.png": b"\0" * 1_000_001})
        assert only(read(content)).code == "too_large"

    def test_texts_that_would_fill_the_memory(self, read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(workbook_stream, "LARGEST_TEXTS", 100)
        assert only(read(SHARED)).code == "too_large"

    def test_a_text_that_is_not_among_the_shared_ones(self, read: Read) -> None:
        content = with_parts(SHARED, {SHEET: part(SHARED, SHEET).replace(b"<v>9</v>", b"<v>99</v>")})
        assert only(read(content)).code == "no_workbook"

    def test_one_tag_without_end(self, read: Read) -> None:
        """An attribute of 4 MB: what the parser would hold is no longer than `LARGEST_TAG` and a block."""
        text = part(GOOD, SHEET).replace(b"<sheetData>", b'<sheetData x="' + b"a" * 4_000_000 + b'">')
        assert only(read(with_parts(GOOD, {SHEET: text}))).code == "no_workbook"

    def test_one_text_without_end(self, read: Read) -> None:
        text = b'<row r="3"><c r="A3" t="inlineStr"><is><t>' + b"a\n" * 2_000_000 + b"</t></is></c></row></sheetData>"
        content = with_parts(GOOD, {SHEET: part(GOOD, SHEET).replace(b"</sheetData>", text)})
        assert only(read(content)).code == "no_workbook"

    def test_what_lies_outside_is_never_fetched(self, read: Read) -> None:
        """External links are parts like any other; only the sheet, its texts and its styles are read."""
        relation = b'<Relationship Id="rId99" Type="x/externalLink" Target="http://192.0.2.1/x" TargetMode="External"/>'
        linked = part(GOOD, RELATIONS).replace(b"</Relationships>", relation + b"</Relationships>")
        content = with_parts(GOOD, {RELATIONS: linked, "xl/externalLinks/externalLink1.xml": LAUGHS})
        same(read(content), content)

    def test_damaged_bytes_end_in_rows_or_violations(self, read: Read) -> None:
        """150 files with a few bytes changed inside their parts, always the same ones."""
        chance = random.Random(20213)
        names = [SHEET, "xl/workbook.xml", "xl/styles.xml", RELATIONS, "xl/sharedStrings.xml"]
        for _ in range(150):
            name = chance.choice(names)
            text = bytearray(part(SHARED, name))
            for _ in range(chance.randint(1, 4)):
                text[chance.randrange(len(text))] = chance.randrange(32, 127)
            tables = read(with_parts(SHARED, {name: bytes(text)}))
            assert any(table.violations or len(table.frame) for table in tables)


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    """Ten times the rows, at most half as much again at the peak."""
    assert peak(tmp_path, 40_000) < 1.5 * peak(tmp_path, 4_000) + (1 << 20)


def peak(folder: Path, count: int) -> int:
    file = folder / f"{count}.xlsx"
    written(file, count)
    tracemalloc.start()
    try:
        assert sum(len(table.row) for table in tables_of_workbook(file, COLUMNS, 1000)) == count
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def written(file: Path, count: int) -> None:
    """A workbook of so many rows, whose cells hold their texts themselves."""
    head, tail = part(GOOD, SHEET).split(b"</sheetData>")
    line = '<row r="{0}"><c r="A{0}" t="inlineStr"><is><t>CN-SC</t></is></c><c r="D{0}"><v>{0}</v></c></row>'
    head = head[: head.index(b'<row r="2"')]
    body = "".join(line.format(number) for number in range(2, count + 2)).encode()
    file.write_bytes(with_parts(GOOD, {SHEET: head + body + b"</sheetData>" + tail}))
    assert zipfile.is_zipfile(file)
