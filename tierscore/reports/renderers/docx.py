"""A report as a Word document: real headings, captions and contents, so that it can be worked on."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC
from io import BytesIO
from itertools import groupby

import docx
from docx.document import Document
from docx.image.image import Image
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.parts.document import DocumentPart
from docx.parts.hdrftr import FooterPart, HeaderPart
from docx.shared import Emu

from tierscore.reports import drawing
from tierscore.reports.contrast import ink_on
from tierscore.reports.document import Block, Bullets, Cell, Figure, Format, Paragraph, Report, Section, Table
from tierscore.reports.renderers import docx_package as package
from tierscore.reports.renderers.captions import BETWEEN
from tierscore.reports.renderers.docx_parts import (
    Element,
    Look,
    address,
    bookmarked,
    el,
    field,
    field_mark,
    instructed,
    kept,
    legal,
    link,
    link_within,
    paragraph,
    run,
    section,
    split_at,
    text_width,
)
from tierscore.reports.renderers.docx_widths import widths
from tierscore.reports.words import Words

WIDE = 8  # a table of more columns is set on a page on its side
SMALL = 14  # a table of no more rows is never parted
LONGEST_PROPERTY = 255
EMU_PER_TWIP, EMU_PER_PIXEL = 635, 9525
NUMBER, TOTAL = "\ue000", "\ue001"  # stand for fields in a sentence that is yet to be split

# Newer versions draw the vectors that this names, older ones the picture around it.
_VECTORS = (
    '<a:extLst xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
    '<a:ext uri="{96DAC541-7B7A-43D3-8B79-37D633B846F1}">'
    '<asvg:svgBlip xmlns:asvg="http://schemas.microsoft.com/office/drawing/2016/SVG/main"/>'
    "</a:ext></a:extLst>"
)

Item = Section | Block


@dataclass(frozen=True)
class Place:
    """Where blocks are set: the part that their links and pictures belong to, the width in twips, the words."""

    part: DocumentPart
    width: int
    words: Words


@dataclass(frozen=True)
class Stretch:
    """Elements on pages that lie the same way."""

    wide: bool
    elements: list[Element]


def render(report: Report, words: Words) -> bytes:
    """The report as a .docx file; the same report gives the same bytes."""
    document = docx.Document()
    package.furnish(document)
    _describe(document, report)
    stretches = list(_joined([_cover(report, words), *_sections(document.part, report, words), _again(report, words)]))
    references = list(_running_lines(document.part, report, words))
    body = document.element.body
    body[:] = [part for stretch in _parted(stretches, references) for part in stretch]
    package.embed_fonts(document, _characters(document, report))
    return package.saved(document)


def _describe(document: Document, report: Report) -> None:
    about = document.core_properties
    moment = report.moment.astimezone(UTC)
    about.title = legal(report.title)[:LONGEST_PROPERTY]
    about.subject = legal(report.subtitle)[:LONGEST_PROPERTY]
    about.author = about.last_modified_by = "tierscore"
    about.comments = ""
    about.language = {"zh": "zh-CN", "en": "en-US"}[report.language]
    about.created = about.modified = moment


def _characters(document: Document, report: Report) -> str:
    """All that the document may show, and what a person may type into it."""
    parts = [
        document.element,
        *(rel.target_part.element for rel in document.part.rels.values() if _running(rel.reltype)),
    ]
    said = {text.text for part in parts for text in part.iter(qn("w:t"))}
    typed = "".join(map(chr, range(0x20, 0x7F)))
    return "".join(sorted(set(typed + "•\u3000" + drawing.text_of(report.figures())).union(*said)))


def _running(kind: str) -> bool:
    return kind in (RELATIONSHIP_TYPE.HEADER, RELATIONSHIP_TYPE.FOOTER)


# --- pages


def _cover(report: Report, words: Words) -> Stretch:
    title = paragraph("Title", run(report.title))
    subtitle = paragraph("Subtitle", run(report.subtitle))
    versions = paragraph("Versions", run(report.versions))
    return Stretch(False, [title, subtitle, versions])


def _headings(report: Report, words: Words) -> list[tuple[int, str]]:
    own = [(part.level, part.heading) for part in report.sections]
    return [*own, (1, words.say("How to get this report again"))]


def _anchor(place: int) -> str:
    return f"_Toc{place + 1:08d}"


def _contents(report: Report, words: Words) -> Element:
    """The table of contents, written out already: Word adds the pages when it counts them."""
    entries = [_entry(place, *heading) for place, heading in enumerate(_headings(report, words))]
    opening = [field_mark("begin"), instructed(r'TOC \o "1-2" \h \z \u'), field_mark("separate")]
    for offset, part in enumerate(opening):
        entries[0].insert(1 + offset, part)
    entries[-1].append(field_mark("end"))
    gallery = el("w:docPartGallery", val="Table of Contents")
    kind = el("w:sdtPr", el("w:docPartObj", gallery, el("w:docPartUnique")))
    return el("w:sdt", kind, el("w:sdtContent", paragraph("TOCHeading", run(words.say("Contents"))), *entries))


def _entry(place: int, level: int, heading: str) -> Element:
    # Dots would lead to nothing before the first count; Word draws its own then.
    stop = el("w:tabs", el("w:tab", val="right", pos=text_width(wide=False)))
    page = field(rf"PAGEREF {_anchor(place)} \h", "")
    inner = link_within(_anchor(place), run(heading), run("\t"), *page)
    return paragraph(f"TOC{level}", inner, properties=[stop])


def _heading(place: int, level: int, text: str) -> Element:
    return paragraph(f"Heading{level}", *bookmarked(_anchor(place), place + 1, run(text)))


def _again(report: Report, words: Words) -> Stretch:
    place = len(report.sections)
    heading = _heading(place, *_headings(report, words)[place])
    return Stretch(False, [heading, *(paragraph("Command", run(line)) for line in report.again)])


def _sections(part: DocumentPart, report: Report, words: Words) -> Iterator[Stretch]:
    items: list[Item] = [item for section in report.sections for item in (section, *section.blocks)]
    place = 0
    for item, wide in zip(items, lying(items), strict=True):
        if isinstance(item, Section):
            if place == 1:  # the first page answers; what else there is comes after it
                yield Stretch(False, [_contents(report, words)])
            yield Stretch(wide, [_heading(place, item.level, item.heading)])
            place += 1
        else:
            yield Stretch(wide, _block(item, Place(part, text_width(wide), words)))


def lying(items: list[Item]) -> list[bool]:
    """Which items go on pages on their side: wide tables, and the headings and sentences that lead to one."""
    flags: list[bool] = []
    after: Item | None = None
    for item in reversed(items):
        leads = isinstance(item, Section) or (isinstance(item, Paragraph | Bullets) and not isinstance(after, Section))
        wide = isinstance(item, Table) and len(item.columns) > WIDE
        flags.append(wide or (leads and bool(flags) and flags[-1]))
        after = item
    return flags[::-1]


def _joined(stretches: list[Stretch]) -> Iterator[Stretch]:
    for wide, group in groupby(stretches, key=lambda stretch: stretch.wide):
        yield Stretch(wide, [element for stretch in group for element in stretch.elements])


def _parted(stretches: list[Stretch], references: list[Element]) -> Iterator[list[Element]]:
    """The elements of each stretch with the properties of its pages: in its last paragraph, for the last at the end."""
    for place, stretch in enumerate(stretches):
        pages = section(stretch.wide, map(deepcopy, references), first=place == 0)
        last = place == len(stretches) - 1
        yield [*stretch.elements, pages] if last else _closed(stretch.elements, pages)


def _closed(elements: list[Element], pages: Element) -> list[Element]:
    closing = elements[-1]
    if closing.tag != qn("w:p"):
        return [*elements, paragraph("TableEnd", properties=[pages])]
    closing.pPr.append(pages)
    return elements


def _running_lines(part: DocumentPart, report: Report, words: Words) -> Iterator[Element]:
    """Refers to a header with the title, on all pages but the first, and to a footer with the page."""
    for kind, content in (("default", [run(report.title)]), ("first", [])):
        header = HeaderPart.new(part.package)
        header.element[:] = [paragraph("Header", *content)]
        yield el("w:headerReference", type=kind, r_id=part.relate_to(header, RELATIONSHIP_TYPE.HEADER))
    for kind in ("default", "first"):
        footer = FooterPart.new(part.package)
        footer.element[:] = [paragraph("Footer", *_page_line(words))]
        yield el("w:footerReference", type=kind, r_id=part.relate_to(footer, RELATIONSHIP_TYPE.FOOTER))


def _page_line(words: Words) -> list[Element]:
    sentence = words.say("Page {page} of {pages}", page=NUMBER, pages=TOTAL)
    return split_at(sentence, {NUMBER: field("PAGE", "1"), TOTAL: field("NUMPAGES", "1")})


# --- blocks


def _block(block: Block, place: Place) -> list[Element]:
    match block:
        case Paragraph():
            return [paragraph("Lead" if block.lead else "Normal", run(block.text))]
        case Bullets():
            return [paragraph("ListBullet", run(item)) for item in block.items]
        case Table():
            return _table(block, place)
        case Figure():
            return _figure(block, place)


def _caption(block: Table | Figure, place: Place, keep: bool) -> Element:
    """Label, number as a field, caption."""
    table = isinstance(block, Table)
    label = place.words.say("Table {number}" if table else "Figure {number}", number=NUMBER)
    count = field(rf"SEQ {'Table' if table else 'Figure'} \* ARABIC", str(block.number))
    numbered = split_at(label, {NUMBER: count})
    above = el("w:spacing", before=200 if table else 60)
    return paragraph(
        "Caption", *numbered, run(BETWEEN[place.words.language] + block.caption), properties=[*kept(keep), above]
    )


def _notes(notes: tuple[str, ...]) -> list[Element]:
    """Small paragraphs under a table or figure; room before the first and after the last."""
    last = len(notes) - 1
    return [
        paragraph(
            "Note",
            run(note),
            properties=[
                *kept(index < last),
                el("w:spacing", before=60 if index == 0 else 0, after=240 if index == last else 40),
            ],
        )
        for index, note in enumerate(notes)
    ]


def _figure(figure: Figure, place: Place) -> list[Element]:
    picture = paragraph("Figure", el("w:r", el("w:drawing", _picture(figure, place))))
    return [picture, _caption(figure, place, keep=bool(figure.notes)), *_notes(figure.notes)]


def _picture(figure: Figure, place: Place) -> Element:
    pixels = drawing.png(figure.spec)
    image = Image.from_blob(pixels)
    width, height = (size / drawing.SCALE * EMU_PER_PIXEL for size in (image.px_width, image.px_height))
    scale = min(1.0, place.width * EMU_PER_TWIP / width)
    inline: Element = place.part.new_pic_inline(BytesIO(pixels), Emu(round(scale * width)), Emu(round(scale * height)))
    inline.docPr.set("id", str(figure.number))
    inline.docPr.set("name", legal(figure.code))
    inline.docPr.set("descr", legal(figure.alternative))
    inline.find(f".//{qn('a:blip')}").append(_vectors(figure, place.part))
    return inline


def _vectors(figure: Figure, part: DocumentPart) -> Element:
    name = PackURI(f"/word/media/vectors{figure.number}.svg")
    drawn = Part(name, "image/svg+xml", drawing.svg(figure.spec).encode(), part.package)
    extension: Element = parse_xml(_VECTORS)
    extension[0][0].set(qn("r:embed"), part.relate_to(drawn, RELATIONSHIP_TYPE.IMAGE))
    return extension


# --- tables


def _table(table: Table, place: Place) -> list[Element]:
    sizes = widths(table, place.width)
    made = el(
        "w:tbl",
        el(
            "w:tblPr",
            el("w:tblStyle", val="ReportTable"),
            el("w:tblW", w=place.width, type="dxa"),
            el("w:tblLayout", type="fixed"),
            el("w:tblLook", val="0020", firstRow=1, noHBand=1, noVBand=1),
            el("w:tblCaption", val=legal(table.caption)),
        ),
        el("w:tblGrid", *(el("w:gridCol", w=size) for size in sizes)),
        _header_row(table, sizes),
    )
    made.extend(_row(table, index, sizes, place.part) for index in range(len(table.rows)))
    ending = _notes(table.notes) or [paragraph("TableEnd")]
    return [_caption(table, place, keep=True), made, *ending]


def _header_row(table: Table, sizes: list[int]) -> Element:
    row = el("w:tr", el("w:trPr", el("w:cantSplit"), el("w:tblHeader")))
    for column, size in zip(table.columns, sizes, strict=True):
        rule = el("w:tcBorders", el("w:bottom", val="single", sz=6, space=0, color=package.ACCENT))
        cell = el("w:tcPr", el("w:tcW", w=size, type="dxa"), rule, el("w:vAlign", val="bottom"))
        align = _aligned(column.format is not Format.TEXT)
        row.append(el("w:tc", cell, paragraph("TableHeading", run(column.title), properties=align)))
    return row


def _row(table: Table, index: int, sizes: list[int], part: DocumentPart) -> Element:
    row = el("w:tr", el("w:trPr", el("w:cantSplit")))
    keep = _kept_on(table, index)
    for column, cell in enumerate(table.rows[index]):
        shade = [el("w:shd", val="clear", color="auto", fill=cell.shade[1:].upper())] if cell.shade else []
        properties = el("w:tcPr", el("w:tcW", w=sizes[column], type="dxa"), *shade)
        align = [*kept(keep), *_aligned(_numeric(table, cell, column))]
        row.append(el("w:tc", properties, paragraph("TableText", *_value(table, cell, column, part), properties=align)))
    return row


def _kept_on(table: Table, index: int) -> bool:
    """Whether a row stays on the page of what follows: small tables whole, large ones by their first and last rows."""
    last = len(table.rows) - 1
    if index == last:
        return bool(table.notes)
    return last < SMALL or index == 0 or index == last - 1


def _numeric(table: Table, cell: Cell, column: int) -> bool:
    own = cell.format not in (None, Format.TEXT) and isinstance(cell.value, int | float)
    return own or table.columns[column].format is not Format.TEXT


def _aligned(right: bool) -> list[Element]:
    return [el("w:jc", val="right")] if right else []


def _value(table: Table, cell: Cell, column: int, part: DocumentPart) -> Iterator[Element]:
    ink = ink_on(cell.shade).lstrip("#").upper() if cell.shade else None
    target = address(cell.link)
    value = run(table.said(cell, column), Look(cell.strong, ink, style="Hyperlink" if target else None))
    yield link(part, target, value) if target else value
    if cell.marks:
        yield run(",".join(cell.marks), Look(colour=ink, raised=True))
