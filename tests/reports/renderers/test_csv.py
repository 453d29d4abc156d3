"""The CSV of a report is one rectangle that programs read back as it was, and that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import replace

import pandas
import pytest

from tests.reports.sample_report import HOSTILE, ranking, report
from tierscore.reports.document import Cell, Column, Format, Report, Scalar, Section, Table
from tierscore.reports.renderers.csv import render
from tierscore.reports.words import Words

EN = Words("en")


def of(*tables: Table) -> Report:
    return replace(report("en"), sections=(Section("all", "All", tables),))


def column(*values: Scalar, title: str = "Value") -> Table:
    return Table("data", "Data", (Column(title, Format.NATIVE),), tuple((Cell(value),) for value in values))


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


def test_header_and_rows_are_the_first_table_s_at_full_precision() -> None:
    first = next(report("en").tables())
    head, *body = rows(render(report("en"), EN))
    assert head == [*(column.title for column in first.columns), "Notes"]
    assert len(body) == len(first.rows)
    for line, cells in zip(body, first.rows, strict=True):
        assert [float(text) for text in line[2:5]] == [cell.value for cell in cells[2:5]]
        assert line[5] == ("" if cells[5].value is None else str(cells[5].value))


def test_the_table_called_data_goes_before_the_first() -> None:
    assert rows(render(of(ranking(3), column(1.5)), EN)) == [["Value"], ["1.5"]]


def test_a_report_without_tables_is_empty() -> None:
    assert render(of(), EN) == b""


def test_marks_are_explained_in_a_last_column_in_the_reader_s_language() -> None:
    head, *body = rows(render(of(ranking(3)), Words("zh")))
    assert head[-1] == "注释"
    assert [line[-1] for line in body] == ["估计值 estimated; 其他年份 of another year", "", ""]


def test_without_marks_there_is_no_column_of_notes() -> None:
    assert rows(render(of(replace(column(1), notes=("In points.",))), EN)) == [["Value"], ["1"]]


def test_a_mark_without_a_meaning_means_itself() -> None:
    table = Table("t", "T", (Column("A"),), ((Cell(1, marks=("a", "b")),),), meanings=(("b", "half; or so"),))
    assert rows(render(of(table), EN)) == [["A", "Notes"], ["1", "a; half; or so"]]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", "＝1+1"])
def test_texts_that_begin_like_formulas_are_guarded_in_cells_titles_and_notes(text: str) -> None:
    table = Table("t", "T", (Column(text),), ((Cell(text, marks=("a",)),),), meanings=(("a", text),))
    head, line = rows(render(of(table), EN))
    assert head[0] == line[0] == f"'{text}"
    assert line[1].startswith("'")


def test_the_sample_s_hostile_texts_are_guarded_and_whole() -> None:
    hostile = next(table for table in report("en").tables() if table.code == "hostile")
    said = [line[0] for line in rows(render(of(hostile), EN))[1:]]
    assert said == [f"'{text}" if text[0] in "=+-@" else text for text in HOSTILE]


def test_negative_numbers_stay_numbers() -> None:
    assert rows(render(of(column(-0.25, -3)), EN))[1:] == [["-0.25"], ["-3"]]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.1 + 0.2, "0.30000000000000004"), (1e-05, "0.00001"), (1e16, "10000000000000000"), (0.0, "0.0"), (2021, "2021")],
)
def test_numbers_have_all_their_digits_and_no_exponent(value: float, text: str) -> None:
    assert rows(render(of(column(value)), EN))[1] == [text]
    assert float(text) == value


def test_numbers_out_of_the_usual_are_written_with_an_exponent() -> None:
    assert rows(render(of(column(1e300)), EN))[1] == ["1e+300"]


def test_lines_end_as_the_standard_has_it_and_texts_of_several_lines_are_quoted() -> None:
    content = render(of(column('a "b", c\nd')), EN)
    assert content == b'Value\r\n"a ""b"", c\nd"\r\n'


def test_the_mark_of_utf_8_is_there_only_when_asked_for() -> None:
    bare, marked = render(report("zh"), Words("zh")), render(report("zh"), Words("zh"), bom=True)
    assert marked == b"\xef\xbb\xbf" + bare
    assert bare.decode().startswith("名次 Rank")


def test_pandas_reads_the_same_numbers_and_gaps() -> None:
    frame = pandas.read_csv(io.BytesIO(render(of(ranking(60)), EN)))
    assert frame["得分 Score"].tolist() == [row[2].value for row in ranking(60).rows]
    values = [math.nan if row[5].value is None else row[5].value for row in ranking(60).rows]
    assert frame["数值 Value"].equals(pandas.Series(values, name="数值 Value"))
    assert frame["年份 Period"].dtype == "int64"
