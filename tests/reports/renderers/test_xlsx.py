"""The workbook of a report: numbers are numbers, texts are texts, and all is found from its first sheet."""

from __future__ import annotations

import io
import time
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pandas
import pytest
from lxml import etree
from openpyxl import load_workbook
from openpyxl.cell.rich_text import CellRichText
from openpyxl.workbook import Workbook as Book
from openpyxl.worksheet.worksheet import Worksheet
from PIL import Image

from tests.reports.sample_report import HOSTILE, chart, ranking, report
from tierscore.reports import drawing
from tierscore.reports.document import (
    Block,
    Bullets,
    Cell,
    Column,
    Figure,
    Format,
    Paragraph,
    Report,
    Section,
    Table,
    numbered,
)
from tierscore.reports.renderers import xlsx
from tierscore.reports.renderers.xlsx import render
from tierscore.reports.words import LANGUAGES, Words

EN = Words("en")
EMU_PER_PIXEL = 9525


def of(*sections: Section) -> Report:
    return replace(report("en"), sections=numbered(sections))


def section(*blocks: Block, heading: str = "Section", level: int = 1) -> Section:
    return Section("s", heading, blocks, level)


def column(
    *cells: Cell,
    form: Format = Format.SCORE,
    notes: tuple[str, ...] = (),
    meanings: tuple[tuple[str, str], ...] = (),
) -> Table:
    rows = tuple((cell,) for cell in cells)
    return Table("t", "Values", (Column("Value", form),), rows, notes, meanings=meanings)


def opened(content: bytes, rich: bool = False) -> Book:
    return load_workbook(io.BytesIO(content), rich_text=rich)


def sheet(book: Book, place: int) -> Any:
    return book.worksheets[place]


def alone(table: Table) -> Any:
    """The sheet of a section that is one table."""
    return sheet(opened(render(of(section(table)), EN)), 1)


def mixed(*blocks: Block) -> Any:
    """The sheet of a section of several blocks."""
    return sheet(opened(render(of(section(Paragraph("Before."), *blocks)), EN), rich=True), 1)


def texts(page: Worksheet) -> list[str]:
    return [str(cell.value) for row in page.iter_rows(max_col=1) for cell in row if cell.value is not None]


def found(page: Any, text: str) -> Any:
    return next(cell for row in page.iter_rows() for cell in row if str(cell.value) == text)


def formats(*cells: Cell, form: Format) -> list[str]:
    return [row[0].number_format for row in alone(column(*cells, form=form)).iter_rows(min_row=2)]


@pytest.fixture(scope="module", params=LANGUAGES)
def book(request: pytest.FixtureRequest) -> Book:
    return opened(render(report(request.param), Words(request.param)))


def test_the_first_sheet_has_title_versions_answer_contents_and_how_to_get_it_again(book: Book) -> None:
    said, sample = texts(sheet(book, 0)), report()
    assert said[:4] == [
        sample.title,
        sample.subtitle,
        sample.versions,
        "四川省属省域级，距区域级还差职能供给 42 个百分点。",
    ]
    assert said[4] in ("目录", "Contents")
    assert said[-3] in ("如何再次取得本报告", "How to get this report again")
    assert said[-2:] == list(sample.again)


def test_captions_read_as_the_language_has_it() -> None:
    said = {language: texts(sheet(opened(render(report(language), Words(language))), 0)) for language in LANGUAGES}
    assert "表 1\u3000各地区排名 Ranking" in said["zh"]
    assert "图 1\u3000得分 Scores" in said["zh"]
    assert "Table 1. 各地区排名 Ranking" in said["en"]
    assert "Figure 1. 得分 Scores" in said["en"]


def test_contents_lead_to_the_caption_of_each_table_and_chart(book: Book) -> None:
    links = {cell.value: cell.hyperlink.location for (cell,) in sheet(book, 0).iter_rows(max_col=1) if cell.hyperlink}
    captions = [text for text in links if text.endswith(("Ranking", "Scores"))]
    assert len(links) == 6
    for text in captions:
        name, place = links[text].rsplit("!", 1)
        assert book[name.strip("'")][place].value in (text, "排名 Ranking")


def test_links_to_sheets_with_apostrophes_in_their_names_are_doubled() -> None:
    book = opened(render(of(section(column(Cell(1)), heading="It's one")), EN))
    cell = found(sheet(book, 0), "Table 1. Values")
    assert cell.hyperlink.location == "'It''s one'!A1"


def test_the_answer_stands_on_the_first_sheet_only() -> None:
    book = opened(render(of(section(Paragraph("Answer.", lead=True)), section(Paragraph("Rest."))), EN))
    assert len(book.worksheets) == 2
    assert "Answer." in texts(sheet(book, 0))
    assert "Answer." not in texts(sheet(book, 1))


def test_level_2_sections_share_the_sheet_of_their_level_1_section(book: Book) -> None:
    assert book.sheetnames[1:] == ["摘要 Summary", "排名 Ranking", "特殊文字 Odd texts"]
    said = texts(sheet(book, 2))
    assert said[0] == "排名 Ranking"
    assert said[-2:] == ["细节 Detail", "下一级标题。"]


def test_a_mixed_sheet_has_caption_header_rows_and_notes() -> None:
    page = mixed(ranking(3), Bullets(("One", "Two")))
    said = texts(page)
    assert said[:4] == ["Section", "Before.", "Table 1. 各地区排名 Ranking", "名次 Rank"]
    assert said[4:] == ["1", "2", "3", *ranking(3).notes, "• One", "• Two"]
    assert found(page, "Table 1. 各地区排名 Ranking").font.bold
    assert found(page, ranking(3).notes[0]).font.color.rgb == "FF595959"
    after = found(page, ranking(3).notes[1]).row + 1
    assert all(cell.value is None for cell in page[after])


def test_a_section_that_is_one_table_is_ready_for_a_pivot_table() -> None:
    page = alone(ranking(60))
    assert [cell.value for cell in page[1]] == [column.title for column in ranking(1).columns]
    assert page.max_row == 61
    assert page.auto_filter.ref == "A1:H61"
    assert page.freeze_panes.endswith("2")
    assert page.print_title_rows == "$1:$1"
    assert not page.merged_cells.ranges


def test_its_caption_and_notes_stand_in_the_header_s_comment_and_on_the_first_sheet() -> None:
    book = opened(render(of(section(ranking(3))), EN))
    said = ["Table 1. 各地区排名 Ranking", *ranking(3).notes]
    assert sheet(book, 1)["A1"].comment.text == "\n".join(said)
    first = texts(sheet(book, 0))
    place = first.index(said[0])
    assert first[place : place + 3] == said


def test_pandas_reads_the_table_of_such_a_sheet_as_it_is() -> None:
    frame = pandas.read_excel(io.BytesIO(render(of(section(ranking(60))), EN)), sheet_name="Section", engine="openpyxl")
    assert len(frame) == 60
    assert frame["得分 Score"].tolist() == [row[2].value for row in ranking(60).rows]
    assert frame["数值 Value"].isna().sum() == 12


def test_a_table_without_rows_can_be_opened() -> None:
    assert alone(column()).auto_filter.ref == "A1:A2"


def test_wide_tables_keep_their_names_in_sight_and_narrow_ones_do_not() -> None:
    wide = Table(
        "t", "T", (Column("Region"), *(Column("V" * 40) for _ in range(6))), ((Cell("四川省"), *[Cell("x" * 40)] * 6),)
    )
    assert alone(wide).freeze_panes == "B2"
    assert mixed(wide).freeze_panes == "B1"
    assert alone(column(Cell(1))).freeze_panes == "A2"
    assert mixed(column(Cell(1))).freeze_panes is None


def test_a_column_for_programs_is_no_name() -> None:
    columns = (Column("Code", spreadsheet=True), Column("Rank", Format.WHOLE), Column("Region"), *[Column("V")] * 5)
    row = (Cell("CN-SC"), Cell(1), Cell("四川省"), *[Cell("x" * 50)] * 5)
    assert alone(Table("t", "T", columns, (row,))).freeze_panes == "D2"


def test_the_header_is_repeated_on_paper_unless_a_chart_follows() -> None:
    figure = Figure("f", "F", "said", lambda: chart("x"))
    row = found(mixed(column(Cell(1)), Paragraph("After.")), "Value").row
    assert mixed(column(Cell(1)), Paragraph("After.")).print_title_rows == f"${row}:${row}"
    assert mixed(column(Cell(1)), figure).print_title_rows is None


def test_pages_are_landscape_one_wide_and_numbered(book: Book) -> None:
    pages: list[Any] = book.worksheets
    for page in pages:
        assert page.page_setup.orientation == "landscape"
        assert page.sheet_properties.pageSetUpPr.fitToPage
        assert (page.page_setup.fitToWidth or 1, page.page_setup.fitToHeight) == (1, 0)
        assert page.oddFooter.right.text in ("第 &P 页，共 &N 页", "Page &P of &N")


@pytest.mark.parametrize(
    ("headings", "names"),
    [
        (["a/b [c]: d*?\\"], ["a b c d"]),
        (["'quoted'"], ["quoted"]),
        (["", "[]"], ["1", "2"]),
        (["Same", "SAME", "same"], ["Same", "SAME (2)", "same (3)"]),
        (["Contents", "History"], ["Contents (2)", "History (2)"]),
        (["x" * 40, "x" * 40], ["x" * 30 + "…", "x" * 26 + "… (2)"]),
        (["😀" * 20], ["😀" * 15 + "…"]),
        (["a\x01\nb"], ["a b"]),
        (["=1+1"], ["=1+1"]),
    ],
)
def test_names_of_sheets_are_legal_and_unique(headings: list[str], names: list[str]) -> None:
    book = opened(render(of(*(section(Paragraph("x"), heading=heading) for heading in headings)), EN))
    assert book.sheetnames[1:] == names


def test_numbers_are_the_model_s_at_full_precision_and_of_its_type() -> None:
    values = (42.51308162286175, 0.1 + 0.2, 1 / 3, -1e-07, 1e300, 7, 0, -3, 15.0)
    read = [cell.value for (cell,) in alone(column(*map(Cell, values))).iter_rows(min_row=2)]
    assert read == list(values)
    assert list(map(type, read)) == list(map(type, values))


def test_numbers_have_the_format_of_their_column_or_their_own() -> None:
    assert formats(Cell(1.5), Cell(0.5, Format.PERCENT), form=Format.SIGNED) == [Format.SIGNED.value, "0%"]
    assert formats(Cell(2021), form=Format.YEAR) == ["0"]
    assert formats(Cell(5), form=Format.TEXT) == ["General"]


def test_raw_values_have_as_many_decimals_as_a_person_is_told() -> None:
    cells = (Cell(15.0), Cell(27956.4), Cell(1545.585593), Cell(0.12345678), Cell(1))
    assert formats(*cells, form=Format.NATIVE) == ["#,##0", "#,##0.0", "#,##0.00", "#,##0.0000", "#,##0"]


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (Format.SCORE, '#,##0.00" a,b"'),
        (Format.SIGNED, '+#,##0.00" a,b";-#,##0.00" a,b";"0.00 a,b"'),
        (Format.TEXT, 'General" a,b"'),
        (Format.TENTHS, '0.0%" a,b"'),
    ],
)
def test_marks_of_a_number_are_in_its_format_so_it_stays_a_number(form: Format, expected: str) -> None:
    page = alone(column(Cell(1.5, marks=("a", "b")), form=form))
    assert (page["A2"].value, page["A2"].number_format) == (1.5, expected)


def test_marks_of_a_text_are_above_the_line() -> None:
    page = mixed(column(Cell("known", marks=("a", "b")), form=Format.TEXT))
    cell = found(page, "known a,b")
    assert isinstance(cell.value, CellRichText)
    last: Any = cell.value[-1]
    assert (last.text, last.font.vertAlign) == (" a,b", "superscript")


def test_missing_values_are_a_dash_to_read_and_empty_for_a_pivot_table() -> None:
    cells = (Cell(None), Cell(None, marks=("a",)), Cell(1.5))
    table = column(*cells, meanings=(("a", "never observed"),))
    page = mixed(table)
    top = found(page, "Value").row
    assert [str(page.cell(top + place, 1).value) for place in (1, 2, 3)] == ["–", "– a", "1.5"]
    page = alone(table)
    assert [page.cell(row, 1).value for row in (2, 3, 4)] == [None, None, 1.5]
    assert page["A2"].comment is None
    assert page["A3"].comment.text == "never observed"


def test_what_is_no_number_is_a_text() -> None:
    assert alone(column(Cell(float("nan"))))["A2"].data_type == "s"


def test_hostile_texts_stay_texts_wherever_they_stand() -> None:
    hostile = tuple((Cell(text), Cell(text, marks=("=1",))) for text in HOSTILE)
    for text in HOSTILE:
        table = Table("t", text, (Column(text), Column(text)), hostile, (text,))
        sample = of(
            section(Paragraph(text), Bullets((text,)), table, heading=text),
            section(table, heading=text),
            section(Paragraph(text, lead=True)),
        )
        book = opened(render(replace(sample, title=text, subtitle=text, versions=text, again=(text,)), EN))
        cells = [cell for page in book.worksheets for row in page.iter_rows() for cell in row if cell.value is not None]
        assert {cell.data_type for cell in cells} == {"s"}
        assert sum(cell.value == text for cell in cells) >= 15


def test_a_text_like_a_formula_stays_one_when_it_is_edited() -> None:
    page = alone(column(Cell("=1+1"), Cell("plain"), form=Format.TEXT))
    assert page["A2"].quotePrefix
    assert not page["A3"].quotePrefix


@pytest.mark.parametrize("marks", [(), ("a",)])
def test_texts_too_long_for_excel_are_cut(marks: tuple[str, ...]) -> None:
    cell = alone(column(Cell("长" * 40_000, marks=marks), form=Format.TEXT))["A2"]
    assert len(cell.value) == 32_767
    assert cell.value.endswith("… a" if marks else "…")


def test_characters_that_xml_cannot_hold_are_left_out_everywhere() -> None:
    bad = "a\x00\x1b\ud800\uffffb"
    figure = Figure("f", bad, bad, lambda: chart("x"), (bad,))
    content = render(
        replace(of(section(Paragraph(bad), figure, heading=bad), section(column(Cell(bad)))), title=bad), EN
    )
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        read = [etree.fromstring(parts.read(name)) for name in parts.namelist() if name.endswith((".xml", ".rels"))]
    assert len(read) > 10
    assert sheet(opened(content), 0)["A1"].value == "ab"


def test_links_are_real_ones_and_numbers_behind_them_stay_numbers() -> None:
    page = alone(column(Cell("source", link="https://example.org/a?b=1&c=2#d"), Cell(1.5, link="https://example.org/")))
    assert (page["A2"].hyperlink.target, page["A2"].hyperlink.location) == ("https://example.org/a?b=1&c=2", "d")
    assert page["A2"].value == "source"
    assert page["A3"].hyperlink.target == "https://example.org/"
    assert page["A3"].value == 1.5


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "internal:A1",
        "external:a.xlsx",
        "/api/v1",
        "https://e.org/" + "x" * 2080,
    ],
)
def test_other_links_are_plain_text(link: str) -> None:
    page = alone(column(Cell("source", link=link)))
    assert page["A2"].value == "source"
    assert page["A2"].hyperlink is None
    assert not page["A2"].font.underline


def test_links_beyond_what_a_sheet_takes_are_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MOST_LINKS", 2)
    page = alone(column(*[Cell("source", link="https://example.org/")] * 3))
    assert [page.cell(row, 1).hyperlink is not None for row in (2, 3, 4)] == [True, True, False]
    assert page["A4"].value == "source"


@pytest.mark.parametrize(("shade", "ink"), [("#00204d", "FFFFFFFF"), ("#e8dfb0", "FF000000"), ("#FFFFFF", "FF000000")])
def test_shades_are_fills_with_readable_text(shade: str, ink: str) -> None:
    cell = alone(column(Cell("x", shade=shade, link="https://example.org/")))["A2"]
    assert cell.fill.fgColor.rgb == "FF" + shade[1:].upper()
    assert cell.font.color.rgb == ink


def test_strong_cells_are_bold_and_all_is_at_the_top_of_its_row() -> None:
    page = alone(column(Cell("x", strong=True), Cell("y")))
    assert [page.cell(row, 1).font.bold for row in (1, 2, 3)] == [True, True, False]
    assert {page.cell(row, 1).alignment.vertical for row in (1, 2, 3)} == {"top"}


def test_numbers_stand_right_and_texts_left() -> None:
    page = alone(
        Table("t", "T", (Column("A"), Column("B", Format.SCORE)), ((Cell("x"), Cell(1.5)), (Cell("y"), Cell("z"))))
    )
    assert [cell.alignment.horizontal for row in page.iter_rows() for cell in row] == ["left", "right"] * 2 + [
        "left"
    ] * 2


def test_columns_are_as_wide_as_their_texts_within_limits() -> None:
    texts = ("x", "四川省成都市高新区" * 2, "四" * 100)
    page = alone(Table("t", "T", tuple(Column("A") for _ in texts), (tuple(map(Cell, texts)),)))
    narrow, middle, wide = (page.column_dimensions[letter].width for letter in "ABC")
    assert 8 <= narrow < 9
    assert 36 < middle < 48
    assert 60 <= wide < 61
    assert page["C2"].alignment.wrap_text
    assert page.row_dimensions[2].height > 45


def test_tables_of_many_long_texts_wrap_sooner_so_that_they_stay_legible_on_paper() -> None:
    page = alone(Table("t", "T", tuple(Column("A") for _ in range(6)), (tuple(Cell("四" * 100) for _ in range(6)),)))
    assert sum(page.column_dimensions[letter].width for letter in "ABCDEF") < 172


def test_long_paragraphs_have_room(book: Book) -> None:
    page = mixed(Paragraph("四川省属省域级。" * 60))
    row = found(page, "四川省属省域级。" * 60).row
    assert 120 < page.row_dimensions[row].height < 409
    huge = mixed(Paragraph("四川省属省域级。" * 600))
    merged = [area for area in huge.merged_cells.ranges if area.max_row > area.min_row]
    assert len(merged) == 1
    assert all(huge.row_dimensions[row].height <= 409 for row in range(merged[0].min_row, merged[0].max_row + 1))


@pytest.mark.parametrize(("language", "font"), [("zh", "Microsoft YaHei"), ("en", "Calibri")])
def test_every_text_is_in_a_font_that_excel_has(language: str, font: str) -> None:
    book = opened(render(report(language), Words(language)))
    assert {
        cell.font.name for page in book.worksheets for row in page.iter_rows() for cell in row if cell.value is not None
    } == {font}


def test_charts_are_pictures_at_their_own_size_below_their_caption_with_words() -> None:
    content = render(report("zh"), Words("zh"))
    page = sheet(opened(content), 1)
    (picture,) = page._images
    whole = Image.open(io.BytesIO(drawing.png(chart("成渝"))))
    start, end, widths = picture.anchor._from, picture.anchor.to, page.column_dimensions
    width = sum(round(widths["A"].width * 7) for _ in range(start.col, end.col)) + end.colOff / EMU_PER_PIXEL
    assert page.cell(start.row + 1, 1).value == "图 1\u3000得分 Scores"
    assert start.rowOff / EMU_PER_PIXEL >= 15
    assert start.row == end.row
    assert (end.rowOff - start.rowOff) / EMU_PER_PIXEL == pytest.approx(whole.height / drawing.SCALE, abs=1)
    assert width == pytest.approx(whole.width / drawing.SCALE, abs=1)
    assert end.rowOff / EMU_PER_PIXEL < page.row_dimensions[start.row + 1].height / 0.75
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert 'descr="四川省 42.5，另一个 90.25"' in parts.read("xl/drawings/drawing1.xml").decode()


def test_a_chart_higher_than_a_row_can_be_has_several() -> None:
    tall = chart("x") | {"height": 900}
    page = mixed(Figure("f", "Tall", "said", lambda: tall, ("Note.",)))
    (picture,) = page._images
    first, last = picture.anchor._from.row + 1, picture.anchor.to.row + 1
    assert last == first + 1
    assert found(page, "Note.").row == last + 1
    assert all(page.row_dimensions[row].height <= 409 for row in (first, last))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_report_has_the_same_bytes(language: str) -> None:
    first = render(report(language), Words(language))
    time.sleep(1.1)
    assert render(report(language), Words(language)) == first


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=8)), None])
def test_the_report_s_moment_is_the_only_time_in_it(zone: timezone | None) -> None:
    moment = datetime(2025, 6, 30, 8 if zone not in (UTC, None) else 0, tzinfo=zone)
    book = opened(render(replace(report("en"), moment=moment), EN))
    assert book.properties.created == book.properties.modified == datetime(2025, 6, 30)
    assert (book.properties.title, book.properties.subject) == (report().title, report().subtitle)
