"""A report as PDF: says what the report says, is found its way about, and needs nothing of the reader's computer."""

from __future__ import annotations

import io
import json
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import typst
from pypdf import PdfReader
from pypdf.generic import ContentStream, DictionaryObject

from tests.reports.sample_report import HOSTILE, chart, ranking, report
from tierscore.reports.contrast import ink_on
from tierscore.reports.document import Cell, Column, Figure, Format, Paragraph, Report, Section, Table, numbered
from tierscore.reports.renderers import pdf
from tierscore.reports.renderers.pdf import render
from tierscore.reports.words import LANGUAGES, Words

URL = "https://www.example.gov.cn/sj/tjgb/rdpcgb/qgkjjftrtjgb/202208/t20220831_1887760.html?x=1&y=2"
A4 = (595, 842)


def read(told: Report) -> PdfReader:
    return PdfReader(io.BytesIO(render(told, Words(told.language))))


@pytest.fixture(scope="module")
def samples() -> dict[str, PdfReader]:
    return {language: read(report(language)) for language in LANGUAGES}


def pages(reader: PdfReader) -> list[str]:
    return [page.extract_text() for page in reader.pages]


def squeezed(text: str) -> str:
    """Without white space: where lines break is not the text's matter."""
    return re.sub(r"\s", "", text)


def text_of(reader: PdfReader) -> str:
    return squeezed("".join(pages(reader)))


def with_sections(*sections: Section, language: str = "en") -> Report:
    return replace(report(language), sections=numbered(sections))


def with_tables(*tables: Table, language: str = "en") -> Report:
    return with_sections(Section("only", "Only", tables), language=language)


def bookmarks(reader: PdfReader) -> list[tuple[int, str]]:
    def walk(items: list[Any], level: int) -> Iterator[tuple[int, str]]:
        for item in items:
            if isinstance(item, list):
                yield from walk(item, level + 1)
            else:
                yield level, item.title

    return list(walk(reader.outline, 1))


def objects(reader: PdfReader) -> Iterator[DictionaryObject]:
    for number in range(1, reader.trailer["/Size"]):
        found = reader.get_object(number)
        if isinstance(found, DictionaryObject):
            yield found


def sizes(reader: PdfReader) -> list[tuple[int, int]]:
    return [(round(page.mediabox.width), round(page.mediabox.height)) for page in reader.pages]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_and_number_of_the_report_is_there(samples: dict[str, PdfReader], language: str) -> None:
    told, text = report(language), text_of(samples[language])
    said = [told.title, told.subtitle, told.versions, *told.again]
    for section, block in told.blocks():
        said += [section.heading]
        match block:
            case Table():
                said += [block.caption, *block.notes, *(column.title for column in block.columns)]
            case Figure():
                said += [block.caption, *block.notes]
            case Paragraph():
                said += [block.text]
            case _:
                said += block.items
    assert [one for one in said if squeezed(one) not in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_row_says_its_numbers_in_order(samples: dict[str, PdfReader], language: str) -> None:
    table, text = next(report(language).tables()), text_of(samples[language])
    for row in table.rows:
        said = "".join(table.said(cell, place) + ",".join(cell.marks) for place, cell in enumerate(row))
        assert squeezed(said) in text


@pytest.mark.parametrize(
    ("language", "captions", "page"),
    [
        ("zh", ("表 1　各地区排名 Ranking", "图 1　得分 Scores"), "第 {} 页，共 {} 页"),
        ("en", ("Table 1. 各地区排名 Ranking", "Figure 1. 得分 Scores"), "Page {} of {}"),
    ],
)
def test_labels_and_pages_are_said_in_the_language(
    samples: dict[str, PdfReader], language: str, captions: tuple[str, ...], page: str
) -> None:
    reader = samples[language]
    assert all(squeezed(caption) in text_of(reader) for caption in captions)
    for place, text in enumerate(pages(reader), start=1):
        assert squeezed(page.format(place, len(reader.pages))) in squeezed(text)
    assert reader.trailer["/Root"]["/Lang"].lower().startswith(language)


def test_the_first_page_answers(samples: dict[str, PdfReader]) -> None:
    told, first = report("zh"), squeezed(pages(samples["zh"])[0])
    lead = next(block for _, block in told.blocks() if isinstance(block, Paragraph))
    said = (told.title, told.subtitle, told.versions, "摘要 Summary", lead.text, "图 1　得分 Scores")
    places = [first.index(squeezed(one)) for one in said]
    assert places == sorted(places)


def test_a_long_summary_does_not_take_the_contents_past_page_two() -> None:
    summary = Section("summary", "Summary", (ranking(5), *(Paragraph("Very much. " * 200),) * 6))
    later = tuple(Section(f"s{place}", f"Chapter {place}", (ranking(12),)) for place in range(14))
    found = [place for place, text in enumerate(pages(read(with_sections(summary, *later)))) if "Contents" in text]
    assert found in ([0], [1])


def test_contents_that_find_no_room_on_page_one_head_page_two() -> None:
    summary = Section("summary", "Summary", (*(Paragraph("Very much. " * 190),) * 2, ranking(4)))
    later = tuple(Section(f"s{place}", f"Chapter {place}", (ranking(12),)) for place in range(14))
    told = with_sections(summary, *later)
    first, second = pages(read(told))[:2]
    assert "Contents" not in first
    assert squeezed(second).startswith(squeezed(told.title) + "ContentsSummary")


def test_contents_come_before_a_first_table_of_many_pages() -> None:
    assert "Contents" in pages(read(with_tables(ranking(200))))[0]


def test_contents_list_every_heading_with_its_page(samples: dict[str, PdfReader]) -> None:
    texts = pages(samples["en"])
    listed = squeezed(texts[0][texts[0].index("Contents") :])
    for heading in [section.heading for section in report("en").sections] + ["How to get this report again"]:
        found = re.search(re.escape(squeezed(heading)) + r"[.\s\u2060]*(\d)", listed)
        assert found, listed
        assert squeezed(heading) in squeezed(texts[int(found[1]) - 1])


def test_bookmarks_are_the_headings(samples: dict[str, PdfReader]) -> None:
    headings = [(section.level, section.heading) for section in report("zh").sections]
    assert bookmarks(samples["zh"]) == [*headings, (1, "如何再次取得本报告")]


def test_the_title_stands_above_each_page_but_the_first(samples: dict[str, PdfReader]) -> None:
    told = squeezed(report("en").title)
    assert all(squeezed(text).startswith(told) for text in pages(samples["en"])[1:])
    assert squeezed(pages(samples["en"])[0]).count(told) == 1


def test_column_titles_are_repeated_on_each_page_of_a_table(samples: dict[str, PdfReader]) -> None:
    texts = [squeezed(text) for text in pages(samples["zh"])]
    rows = [text for text in texts if re.search(r"Region\d", text)]
    assert len(rows) == 3
    assert all("数值Value年份Period来源Source" in text for text in rows)


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_fonts_are_inside_and_of_the_family(samples: dict[str, PdfReader], language: str) -> None:
    found = list(objects(samples[language]))
    descriptors = [item for item in found if item.get("/Type") == "/FontDescriptor"]
    names = {str(item["/FontName"]).partition("+")[2] for item in descriptors}
    assert names == {"NotoSansSC-Regular", "NotoSansSC-Bold"}
    assert all("/FontFile2" in item or "/FontFile3" in item for item in descriptors)
    simple = [item for item in found if item.get("/Type") == "/Font" and item["/Subtype"] != "/Type0"]
    assert simple
    assert all("/FontDescriptor" in item for item in simple)


def test_metadata_say_title_and_moment_and_no_other_time(samples: dict[str, PdfReader]) -> None:
    told, found = report("zh"), samples["zh"].metadata
    assert found is not None
    assert (found.title, found.subject, found.author) == (told.title, told.subtitle, "tierscore")
    assert found.creation_date == found.modification_date == told.moment


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2025, 6, 30, 8, 1, 2, 345678, tzinfo=ZoneInfo("Asia/Shanghai")),
        datetime(2025, 6, 30, 0, 1, 2, 345678, tzinfo=UTC),
        datetime(2025, 6, 30, 0, 1, 2),
    ],
)
def test_a_moment_of_any_zone_and_fineness_will_do(moment: datetime) -> None:
    found = read(replace(report("en", rows=1), moment=moment)).metadata
    assert found is not None
    assert found.creation_date == found.modification_date == datetime(2025, 6, 30, 0, 1, 2, tzinfo=UTC)


def test_figures_are_tagged_with_their_words(samples: dict[str, PdfReader]) -> None:
    reader = samples["zh"]
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"] is not False
    tagged = [item for item in objects(reader) if item.get("/S") == "/Figure"]
    assert [item["/Alt"] for item in tagged if "/Alt" in item] == ["四川省 42.5，另一个 90.25"]
    assert sum(item.get("/S") == "/TH" for item in objects(reader)) == 10


def test_charts_are_drawn_in_text(samples: dict[str, PdfReader]) -> None:
    assert squeezed("成渝") in squeezed(pages(samples["en"])[0])
    assert squeezed("得分 Score") in squeezed(pages(samples["en"])[0])
    assert not any(page.images for page in samples["en"].pages)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", [*HOSTILE, "[[#sys.inputs]] `raw` @ref <label> // none", "{page} {pages} {0} %s"])
def test_hostile_texts_come_out_as_they_are(language: str, text: str) -> None:
    told = report(language)
    cells = ((Cell(text, link="javascript:alert(1)"),),)
    blocks = (
        Paragraph(f"[{text}]"),
        Table("t", f"<{text}>", (Column(text),), cells, (f"({text})",)),
        Figure("f", f"={text}=", text, lambda: chart(text), (f"-{text}-",)),
    )
    told = replace(told, title=f"!{text}!", versions=f"?{text}?", sections=(Section("s", f"~{text}~", blocks),))
    reader = read(told)
    found = text_of(reader)
    for said in (
        f"[{text}]",
        f"<{text}>",
        f"({text})",
        f"={text}=",
        f"-{text}-",
        f"!{text}!",
        f"?{text}?",
        f"~{text}~",
    ):
        assert squeezed(said) in found
    assert bookmarks(reader)[0] == (1, f"~{text}~")


@pytest.mark.parametrize(
    ("bad", "left"),
    [("\0", ""), ("\x1b[31m", "[31m"), ("\x07\x08", ""), ("\ud800", ""), ("\ufffe", ""), ("\x85", "")],
)
def test_characters_that_no_page_can_hold_are_left_out(bad: str, left: str) -> None:
    text = f"be{bad}fore"
    table = Table("t", text, (Column(text),), ((Cell(text),),), (text,))
    figure = Figure("f", text, text, lambda: chart(text), (text,))
    reader = read(replace(with_sections(Section("s", text, (Paragraph(text), table, figure))), title=text))
    said = f"be{left}fore"
    assert bookmarks(reader)[0][1] == said
    assert text_of(reader).count(said) >= 9


def test_a_table_of_many_columns_stands_on_flipped_pages_with_its_heading() -> None:
    columns = tuple(Column(f"Column {place}", Format.SCORE) for place in range(9))
    wide = Table("wide", "Wide", columns, ((*(Cell(place * 1.5) for place in range(9)),),) * 70)
    sections = (
        Section("a", "Upright one", (ranking(3),)),
        Section("b", "Flipped heading", (Paragraph("Leads to it."), wide, Paragraph("Afterthought."))),
        Section("c", "Upright two", (ranking(3),)),
    )
    reader = read(with_sections(*sections))
    flipped = [page.extract_text() for page, size in zip(reader.pages, sizes(reader), strict=True) if size == A4[::-1]]
    assert set(sizes(reader)) == {A4, A4[::-1]}
    assert squeezed("Flipped heading Leads to it. Table 2. Wide") in squeezed(flipped[0])
    assert "Afterthought." in flipped[-1]
    assert not any("Upright one" in text for text in flipped[1:])
    assert "Upright two" in pages(reader)[-1]


def test_a_small_table_of_many_columns_does_not_turn_the_page() -> None:
    columns = tuple(Column(f"C{place}", Format.SCORE) for place in range(10))
    assert sizes(read(with_tables(Table("t", "T", columns, (tuple(Cell(1.5) for _ in columns),) * 4)))) == [A4]


def test_long_addresses_and_chinese_wrap_and_are_copied_whole() -> None:
    long = "internationalisation" + "x" * 120
    rows = ((Cell("说明文字" * 40), Cell(URL, link=URL), Cell(long), Cell(12345678.9, marks=("a", "b"))),) * 3
    columns = (Column("说明"), Column("Source"), Column("Name"), Column("Value", Format.NATIVE, 0.1))
    reader = read(with_sections(Section("s", "Long", (Paragraph(URL * 3), Table("t", "Long", columns, rows)))))
    text = text_of(reader)
    assert text.count(URL) == 6
    assert text.count(long) == 3
    assert text.count("12,345,678.9") == 3
    assert "\u200b" not in text
    assert not re.search("x{50}", "".join(pages(reader)))


def test_links_are_followed_only_to_sites_and_mailboxes(samples: dict[str, PdfReader]) -> None:
    def targets(reader: PdfReader) -> set[str]:
        return {str(item["/A"]["/URI"]) for item in objects(reader) if "/URI" in item.get("/A", {})}

    links = (
        URL,
        "mailto:a@example.org",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "",
        "https://x.org/" + "a" * 9000,
    )
    table = Table("t", "Links", (Column("A"),), tuple((Cell("here", link=link),) for link in links))
    assert targets(samples["zh"]) == {"https://example.org/a?b=1&c=2"}
    assert targets(read(with_tables(table))) == set(links[:2])


def test_shaded_cells_have_a_text_that_is_read() -> None:
    assert [ink_on(shade) for shade in ("#ffffff", "#ffd166", "#00204d", "#000000")] == [
        "#000000",
        "#000000",
        "#ffffff",
        "#ffffff",
    ]
    reader = read(with_tables(ranking(2)))
    fills = {
        tuple(round(float(part) * 255) for part in operands)
        for operands, operator in ContentStream(reader.pages[0].get_contents(), reader).operations
        if operator in (b"scn", b"rg") and len(operands) == 3
    }
    assert {(0xC3, 0xB3, 0x69), (0x00, 0x20, 0x4D)} <= fills


@pytest.mark.parametrize("count", [1, 4, 9, 14, 30])
def test_columns_fill_the_page_and_no_more(count: int) -> None:
    columns = tuple(Column("Probability" if place % 2 else "名次", width=0.2 + place) for place in range(count))
    table = Table("t", "T", columns, (tuple(Cell("x" * place) for place in range(count)),) * 2)
    size, widths = pdf._widths(table)
    space = pdf.FLIPPED if pdf._is_wide(table) else pdf.UPRIGHT
    assert sum(widths) == pytest.approx(space, abs=0.5)
    assert pdf.SMALLEST <= size <= pdf.TEXT_SIZE
    assert len(read(with_tables(table)).pages) <= 3


def test_a_report_without_sections_or_rows_is_still_one() -> None:
    empty = Table("none", "Nothing", (Column("A"), Column("B", Format.SCORE)), ())
    assert "Nothing" in text_of(read(with_tables(empty)))
    assert bookmarks(read(with_sections())) == [(1, "How to get this report again")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_layout_settles(language: str) -> None:
    told = with_sections(
        *(Section(f"s{place}", f"S {place}", (ranking(40),)) for place in range(14)), language=language
    )
    for one in (told, report(language)):
        content = json.dumps(pdf._data(one, Words(language)))
        _, warnings = typst.compile_with_warnings(
            pdf.TEMPLATE, font_paths=pdf._typeface(), format="pdf", sys_inputs={"report": content}
        )
        assert warnings == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_report_gives_the_same_bytes(language: str) -> None:
    first = render(report(language), Words(language))
    time.sleep(1.1)
    assert render(report(language), Words(language)) == first
