"""A Word document says what the report says, can be worked on, and needs neither fonts nor a clock."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from uuid import UUID
from zipfile import ZipFile

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from docx.table import Table as WordTable
from fontTools.ttLib import TTFont
from lxml import etree

from tests.reports.sample_report import HOSTILE, ranking, report
from tierscore.reports import drawing, fonts
from tierscore.reports.document import (
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
from tierscore.reports.renderers.docx import Item, lying, render
from tierscore.reports.renderers.docx_package import CELL_SIDE, obfuscated
from tierscore.reports.renderers.docx_parts import text_width
from tierscore.reports.renderers.docx_widths import widths
from tierscore.reports.words import Words

LANGUAGES = ["zh", "en"]
AGAIN = {"zh": "如何再次取得本报告", "en": "How to get this report again"}
CAPTIONS = {
    "zh": ["图 1\u3000得分 Scores", "表 1\u3000各地区排名 Ranking", "表 2\u3000特殊 Odd"],
    "en": ["Figure 1. 得分 Scores", "Table 1. 各地区排名 Ranking", "Table 2. 特殊 Odd"],
}
R_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
EMBED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed"
SVG_BLIP = "{http://schemas.microsoft.com/office/drawing/2016/SVG/main}svgBlip"


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return {language: render(report(language), Words(language)) for language in LANGUAGES}


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def word(files: dict[str, bytes], language: str) -> Document:
    return docx.Document(BytesIO(files[language]))


def opened(made: Report) -> Document:
    return docx.Document(BytesIO(render(made, Words(made.language))))


def texts(word: Document, style: str) -> list[str]:
    return [line.text for line in word.paragraphs if line.style is not None and line.style.name == style]


def part(data: bytes, name: str) -> etree._Element:
    return etree.fromstring(ZipFile(BytesIO(data)).read(name))


def with_blocks(*blocks: Paragraph | Table | Figure) -> Report:
    section = Section("only", "Only", blocks)
    return replace(report("en"), sections=numbered((section,)))


def fields(element: etree._Element) -> list[str]:
    return [node.text.strip() for node in element.iter(qn("w:instrText"))]


def runs(cell: etree._Element) -> list[tuple[str, bool]]:
    return [
        ("".join(text.text for text in run.iter(qn("w:t"))), run.find(f".//{qn('w:vertAlign')}") is not None)
        for run in cell.iter(qn("w:r"))
    ]


def expected(table: Table) -> list[list[str]]:
    body = [[table.said(cell, i) + ",".join(cell.marks) for i, cell in enumerate(row)] for row in table.rows]
    return [[column.title for column in table.columns], *body]


def shown(table: WordTable) -> list[list[str]]:
    return [
        ["".join(text for text, _ in runs(cell)) for cell in row.iter(qn("w:tc"))]
        for row in table._tbl.iter(qn("w:tr"))
    ]


def test_first_page_says_title_subtitle_and_versions(word: Document) -> None:
    made = report()
    assert [texts(word, style) for style in ("Title", "Subtitle", "Versions")] == [
        [made.title],
        [made.subtitle],
        [made.versions],
    ]


def test_headings_have_their_levels_and_the_last_tells_how_to_get_it_again(word: Document, language: str) -> None:
    assert texts(word, "Heading 1") == ["摘要 Summary", "排名 Ranking", "特殊文字 Odd texts", AGAIN[language]]
    assert texts(word, "Heading 2") == ["细节 Detail"]
    assert texts(word, "Command") == list(report().again)
    assert word.paragraphs[-1].text == report().again[-1]


def test_sentences_stand_in_their_styles(word: Document) -> None:
    assert texts(word, "Lead") == ["四川省属省域级，距区域级还差职能供给 42 个百分点。"]
    assert texts(word, "List Bullet") == ["第一点 first", "第二点 second"]
    assert texts(word, "Note") == ["单位：分 points", "a 估计值 estimated", "b 其他年份 of another year"]


def test_captions_are_numbered_by_fields(word: Document, language: str) -> None:
    captions = [line for line in word.paragraphs if line.style is not None and line.style.name == "Caption"]
    assert [line.text for line in captions] == CAPTIONS[language]
    assert [fields(line._p) for line in captions] == [
        [rf"SEQ {kind} \* ARABIC"] for kind in ("Figure", "Table", "Table")
    ]


def test_captions_of_tables_stand_above_and_of_figures_below_kept_together(word: Document) -> None:
    for table in word.tables:
        above = table._tbl.getprevious()
        assert above.style == "Caption"
        assert above.find(f".//{qn('w:keepNext')}") is not None
    picture = next(word.element.body.iter(qn("w:drawing"))).getparent().getparent()
    assert picture.style == "Figure"
    assert picture.getnext().style == "Caption"
    assert word.styles["Figure"].paragraph_format.keep_with_next


def test_contents_lead_to_the_headings(word: Document, language: str) -> None:
    contents = word.element.body.find(qn("w:sdt"))
    entries = [node for node in contents.iter(qn("w:p")) if node.style.startswith("TOC") and node.style != "TOCHeading"]
    said = ["".join(text.text for text in entry.iter(qn("w:t"))) for entry in entries]
    assert said == ["摘要 Summary", "排名 Ranking", "细节 Detail", "特殊文字 Odd texts", AGAIN[language]]
    assert [entry.style for entry in entries] == ["TOC1", "TOC1", "TOC2", "TOC1", "TOC1"]
    anchors = [link.get(qn("w:anchor")) for link in contents.iter(qn("w:hyperlink"))]
    assert fields(contents) == [r'TOC \o "1-2" \h \z \u', *(rf"PAGEREF {anchor} \h" for anchor in anchors)]
    marked = {
        mark.get(qn("w:name")): "".join(text.text for text in mark.getparent().iter(qn("w:t")))
        for mark in word.element.body.iter(qn("w:bookmarkStart"))
    }
    assert [marked[anchor] for anchor in anchors] == said
    assert word.settings.element.find(qn("w:updateFields")).get(qn("w:val")) == "true"


def test_every_field_is_closed(word: Document) -> None:
    kinds = [mark.get(qn("w:fldCharType")) for mark in word.element.body.iter(qn("w:fldChar"))]
    assert kinds.count("begin") == kinds.count("separate") == kinds.count("end") > 0


def test_cells_say_what_the_model_says(word: Document, language: str) -> None:
    assert [shown(table) for table in word.tables] == [expected(table) for table in report(language).tables()]


def test_hostile_texts_are_text(word: Document) -> None:
    assert [row[0] for row in shown(word.tables[1])[1:]] == list(HOSTILE)
    assert not any(text.startswith(("HYPERLINK", "cmd", "=")) for text in fields(word.element))


def test_characters_that_xml_cannot_hold_are_replaced() -> None:
    word = opened(replace(with_blocks(Paragraph("a\x00b\x0bc\ud800d\ne")), title="T\x01"))
    assert texts(word, "Normal")[-1] == "a\ufffdb\ufffdc\ufffdd\ne"
    assert word.core_properties.title == "T\ufffd"


def test_header_rows_repeat_and_no_row_is_parted(word: Document) -> None:
    for table in word.tables:
        rows = list(table._tbl.iter(qn("w:tr")))
        assert [row.find(f".//{qn('w:tblHeader')}") is not None for row in rows] == [True] + [False] * (len(rows) - 1)
        assert all(row.find(f".//{qn('w:cantSplit')}") is not None for row in rows)


def test_small_tables_stay_whole_and_large_ones_may_part(word: Document) -> None:
    def kept(table: WordTable) -> list[bool]:
        return [row.find(f".//{qn('w:keepNext')}") is not None for row in list(table._tbl.iter(qn("w:tr")))[1:]]

    large, small = map(kept, word.tables)
    assert small == [True] * 5 + [False]
    assert large == [True] + [False] * 57 + [True, True]


def test_marks_are_superscripts_after_the_value(word: Document) -> None:
    cells = [list(row.iter(qn("w:tc")))[5] for row in word.tables[0]._tbl.iter(qn("w:tr"))]
    assert runs(cells[1]) == [("27,956.4", False), ("a,b", True)]
    assert runs(cells[2]) == [("27,957.4", False)]


def test_numbers_stand_right_and_texts_left(word: Document) -> None:
    for row in word.tables[0]._tbl.iter(qn("w:tr")):
        aligned = [cell.find(f".//{qn('w:jc')}") is not None for cell in row.iter(qn("w:tc"))]
        assert aligned == [True, False, True, True, True, True, True, False]


def test_shades_carry_a_text_that_can_be_read(word: Document) -> None:
    first, second = (list(row.iter(qn("w:tc")))[1] for row in list(word.tables[0]._tbl.iter(qn("w:tr")))[1:3])
    seen = [
        (cell.find(f".//{qn('w:shd')}").get(qn("w:fill")), cell.find(f".//{qn('w:color')}").get(qn("w:val")))
        for cell in (first, second)
    ]
    assert seen == [("00204D", "FFFFFF"), ("C3B369", "000000")]


def test_links_lead_to_their_address(word: Document) -> None:
    links = list(word.tables[0]._tbl.iter(qn("w:hyperlink")))
    assert {word.part.rels[link.get(R_ID)].target_ref for link in links} == {"https://example.org/a?b=1&c=2"}
    assert len(links) == 60


@pytest.mark.parametrize("address", ["javascript:alert(1)", "file:///etc/passwd", "http://[", "https://a b/", ""])
def test_what_is_no_address_of_the_web_is_text_alone(address: str) -> None:
    table = Table("t", "T", (Column("A"),), ((Cell("said", link=address),),))
    word = opened(with_blocks(table))
    assert shown(word.tables[0]) == [["A"], ["said"]]
    assert not list(word.tables[0]._tbl.iter(qn("w:hyperlink"), qn("w:rStyle")))


def test_grid_and_cells_agree_on_widths_that_fill_the_page(word: Document) -> None:
    for table in word.tables:
        grid = [int(column.get(qn("w:w"))) for column in table._tbl.tblGrid]
        assert sum(grid) == text_width(wide=False)
        for row in table._tbl.iter(qn("w:tr")):
            assert [int(size.get(qn("w:w"))) for size in row.iter(qn("w:tcW"))] == grid
        assert table._tbl.tblPr.find(qn("w:tblLayout")).get(qn("w:type")) == "fixed"


def test_widths_follow_the_shares_unless_a_number_would_break() -> None:
    wide_enough = Table("t", "T", (Column("A", width=1), Column("B", width=3)), ((Cell("a"), Cell("b")),))
    assert widths(wide_enough, 8000) == [2000, 6000]
    number = Column("N", Format.NATIVE, 0.1)
    narrow = Table("t", "T", (number, Column("B", width=3)), ((Cell(123456789.25), Cell("b")),))
    first, second = widths(narrow, 8000)
    assert first > len("123,456,789.25") * 0.55 * 8.5 * 20
    assert first + second == 8000


@pytest.mark.parametrize("title", ["Rank", "WMWM", "TIER", "Coverage", "名次 Rank", "indicators"])
def test_no_word_of_a_title_is_broken(title: str) -> None:
    table = Table("t", "T", (Column(title, width=0.01), Column("B")), ((Cell(1), Cell("b" * 400)),))
    with TTFont(fonts.directory() / fonts.file_name(fonts.BOLD), lazy=True) as font:
        names, advances = font.getBestCmap(), font["hmtx"]
        drawn = sum(advances[names[ord(letter)]][0] for letter in title.rsplit(maxsplit=1)[-1]) / 1000 * 8.5 * 20
    assert widths(table, 9000)[0] - 2 * CELL_SIDE >= drawn


def test_what_a_column_can_spare_goes_to_one_whose_text_would_take_a_second_line() -> None:
    columns = (Column("A", width=3), Column("B", width=1))
    first, second = widths(Table("t", "T", columns, ((Cell("a"), Cell("一二三四五六七八九十" * 2)),)), 8000)
    assert second > 20 * 8.5 * 20
    assert first + second == 8000


def test_widths_fit_the_page_whatever_the_words() -> None:
    columns = tuple(Column("W" * 40) for _ in range(12))
    sizes = widths(Table("t", "T", columns, ()), 9000)
    assert sum(sizes) == 9000
    assert min(sizes) > 700


def nine() -> Table:
    table = ranking(3)
    return replace(table, columns=(*table.columns, Column("I")), rows=tuple((*row, Cell("i")) for row in table.rows))


def test_wide_tables_lie_with_what_leads_to_them() -> None:
    before, after = Section("a", "A", ()), Section("b", "B", ())
    items: list[Item] = [before, Paragraph("x"), after, Paragraph("leads"), nine(), Paragraph("y"), ranking(3)]
    assert lying(items) == [False, False, True, True, True, False, False]


@pytest.mark.parametrize(
    ("blocks", "turned"),
    [
        ((ranking(3),), [False]),
        ((nine(),), [False, True, False]),
        ((Paragraph("x"), ranking(3), nine(), Paragraph("y")), [False, True, False]),
    ],
)
def test_pages_are_a4_and_turned_for_wide_tables(blocks: tuple[Paragraph | Table, ...], turned: list[bool]) -> None:
    sections = list(opened(with_blocks(*blocks)).sections)
    sizes = [(round(page.page_width.mm), round(page.page_height.mm)) for page in sections]
    assert sizes == [(297, 210) if wide else (210, 297) for wide in turned]
    assert [page.different_first_page_header_footer for page in sections] == [True] + [False] * (len(turned) - 1)


def test_a_turned_table_fills_its_page() -> None:
    word = opened(with_blocks(nine()))
    assert sum(int(column.get(qn("w:w"))) for column in word.tables[0]._tbl.tblGrid) == text_width(wide=True)


def test_figures_are_pictures_with_vectors_and_alternative_text(files: dict[str, bytes], language: str) -> None:
    word = docx.Document(BytesIO(files[language]))
    (figure,) = report(language).figures()
    (shape,) = word.inline_shapes
    assert shape._inline.docPr.get("descr") == figure.alternative
    (blip,) = shape._inline.iter(qn("a:blip"))
    (vectors,) = blip.iter(SVG_BLIP)
    assert word.part.related_parts[blip.get(EMBED)].blob == drawing.png(figure.spec)
    drawn = word.part.related_parts[vectors.get(EMBED)]
    assert drawn.blob.decode() == drawing.svg(figure.spec)
    assert drawn.content_type == "image/svg+xml"


def test_figures_are_no_wider_than_the_text() -> None:
    (figure,) = report().figures()
    large = replace(figure, draw=lambda: {**figure.spec, "width": 1200, "height": 300})
    natural, shrunk = (opened(with_blocks(one)).inline_shapes[0] for one in (figure, large))
    assert natural.width < shrunk.width <= text_width(wide=False) * 635
    assert shrunk.width / shrunk.height == pytest.approx(1250 / 340, rel=0.1)


def test_running_lines_say_title_and_page(word: Document, language: str) -> None:
    page = word.sections[0]
    said = {"zh": "第 1 页，共 1 页", "en": "Page 1 of 1"}[language]
    assert page.header.paragraphs[0].text == report().title
    assert page.first_page_header.paragraphs[0].text == ""
    for footer in (page.footer, page.first_page_footer):
        assert footer.paragraphs[0].text == said
        assert fields(footer._element) == ["PAGE", "NUMPAGES"]


def test_typeface_is_named_for_every_script_and_no_theme(files: dict[str, bytes], language: str) -> None:
    named = [node for name in ("styles", "numbering") for node in part(files[language], f"word/{name}.xml").iter()]
    faces = [dict(node.attrib) for node in named if node.tag == qn("w:rFonts")]
    wanted = {qn(f"w:{script}"): fonts.FAMILY for script in ("ascii", "hAnsi", "eastAsia", "cs")}
    assert len(faces) > 20
    assert all(face == wanted for face in faces)
    assert not list(part(files[language], "word/document.xml").iter(qn("w:rFonts")))


@pytest.mark.parametrize(("tag", "bold"), [("w:embedRegular", False), ("w:embedBold", True)])
def test_typeface_is_embedded_with_all_characters(files: dict[str, bytes], tag: str, bold: bool) -> None:
    data = files["zh"]
    (entry,) = part(data, "word/fontTable.xml").iter(qn(tag))
    relations = part(data, "word/_rels/fontTable.xml.rels")
    (target,) = (node.get("Target") for node in relations if node.get("Id") == entry.get(R_ID))
    stored = ZipFile(BytesIO(data)).read(f"word/{target}")
    assert stored[:4] != b"\x00\x01\x00\x00"
    font = TTFont(BytesIO(obfuscated(stored, UUID(entry.get(qn("w:fontKey"))))))
    said = {text.text for text in part(data, "word/document.xml").iter(qn("w:t"))}
    assert set("".join(said)) - set(map(chr, font.getBestCmap())) == set()
    assert set(map(ord, "第页，共0123456789•")) <= set(font.getBestCmap())
    assert bool(font["head"].macStyle) is bold
    settings = part(data, "word/settings.xml")
    assert all(settings.find(qn(f"w:{name}")) is not None for name in ("embedTrueTypeFonts", "saveSubsetFonts"))


def test_obfuscation_crosses_the_first_bytes_with_the_key_from_its_end() -> None:
    key = UUID("00112233-4455-6677-8899-aabbccddeeff")
    hidden = obfuscated(bytes(40), key)
    backwards = bytes.fromhex("ffeeddccbbaa99887766554433221100")
    assert hidden == backwards * 2 + bytes(8)


def test_properties_tell_the_report_and_its_moment_alone(word: Document) -> None:
    about, made = word.core_properties, report()
    assert (about.title, about.author, about.last_modified_by) == (made.title, "tierscore", "tierscore")
    assert about.created == about.modified == datetime(2025, 6, 30, tzinfo=UTC)
    assert about.comments == ""


def test_a_long_title_is_cut_in_the_properties_only() -> None:
    word = opened(replace(with_blocks(), title="长" * 300))
    assert word.core_properties.title == "长" * 255
    assert texts(word, "Title") == ["长" * 300]


def test_languages_are_named(files: dict[str, bytes], language: str) -> None:
    (named,) = part(files[language], "word/styles.xml").iter(qn("w:lang"))
    assert (named.get(qn("w:val")), named.get(qn("w:eastAsia"))) == ("en-US", "zh-CN")


def test_same_report_same_bytes(files: dict[str, bytes], language: str) -> None:
    time.sleep(2.1)  # zip files count in two seconds
    again = render(report(language), Words(language))
    assert again == files[language]
    assert {entry.date_time for entry in ZipFile(BytesIO(again)).infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_every_style_used_is_there(word: Document) -> None:
    known = {style.style_id for style in word.styles}
    used = {node.get(qn("w:val")) for node in word.element.iter(qn("w:pStyle"), qn("w:rStyle"), qn("w:tblStyle"))}
    assert used <= known


def ordered(elements: etree._Element, order: list[str]) -> bool:
    places = [order.index(etree.QName(child).localname) for child in elements]
    return places == sorted(places)


ORDERS: dict[str, str] = {
    "w:pPr": "pStyle keepNext keepLines pageBreakBefore widowControl numPr shd tabs spacing ind jc outlineLvl sectPr",
    "w:rPr": "rStyle rFonts b bCs color sz szCs vertAlign lang",
    "w:tcPr": "tcW tcBorders shd vAlign",
    "w:tblPr": "tblStyle tblW tblInd tblBorders tblLayout tblCellMar tblLook tblCaption",
    "w:sectPr": "headerReference footerReference type pgSz pgMar titlePg",
}


@pytest.mark.parametrize("tag", ORDERS)
def test_properties_stand_in_the_order_of_the_schema(files: dict[str, bytes], tag: str) -> None:
    """Word calls a file damaged where they do not."""
    found = [
        node
        for name in ("document", "styles", "footer1", "numbering")
        for node in part(files["zh"], f"word/{name}.xml").iter(qn(tag))
    ]
    assert found
    assert all(ordered(node, ORDERS[tag].split()) for node in found)


def test_four_hundred_rows_are_set_in_a_moment() -> None:
    made = with_blocks(ranking(400))
    began = time.perf_counter()
    word = opened(made)
    assert time.perf_counter() - began < 10
    assert len(word.tables[0]._tbl.tr_lst) == 401
