"""A report as an Excel workbook: to be read, printed and reckoned with.

The first sheet says what the report is and leads to every table and chart; each level-1 section has a sheet. One that
is a table and nothing else starts with its header in the first row, so that filters and pivot tables take it as it is;
its caption and notes stand in the first sheet and in a comment. Numbers are numbers at full precision, texts are texts
whatever they look like.

A workbook cannot carry a typeface, so each language has one that Excel on Windows brings along; other programs put
their own in its place.
"""

from __future__ import annotations

import io
import math
import re
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeGuard
from unicodedata import east_asian_width
from urllib.parse import quote

from xlsxwriter import Workbook
from xlsxwriter.format import Format as Style
from xlsxwriter.image import Image
from xlsxwriter.worksheet import Worksheet

from tierscore.reports import drawing
from tierscore.reports.contrast import ink_on
from tierscore.reports.document import Block, Bullets, Cell, Figure, Format, Paragraph, Report, Scalar, Section, Table
from tierscore.reports.numbers import plain
from tierscore.reports.renderers.captions import caption
from tierscore.reports.words import Words

OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
FONTS = {"zh": {"font_name": "Microsoft YaHei", "font_size": 10}, "en": {"font_name": "Calibri", "font_size": 11}}
# What Excel takes.
LONGEST_TEXT, LONGEST_NAME, LONGEST_PROPERTY = 32_767, 31, 255
LONGEST_LINK, MOST_LINKS, TALLEST_ROW = 2_079, 65_530, 400.0
LINKED = ("https://", "http://", "mailto:")
FORMULAS = ("=", "+", "-", "@")
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
RESERVED_NAMES = ("history",)
A4, SCREEN_DPI, POINTS_PER_PIXEL = 9, 96, 0.75
# Widths are in digits of the workbook's own font.
NARROWEST, WIDEST, LONG_TITLE, MARGIN = 8, 60, 12, 8
# Long texts wrap ever sooner until a table has the width of a page.
CAPS, PAGE_WIDTH = (WIDEST, 52, 44, 36, 32, 28, 24), 165
FRONT_WIDTH, TEXT_WIDTH, SPARE_WIDTH, SCREEN_WIDTH, NAME_WIDTH = 110, 96, 12, 130, 50
# How much of a line words fill before they wrap.
FILLED = 0.95
GREY, RULE, LINK, HEAD = "#595959", "#D0D5DB", "#0B57A4", "#E7ECF2"
LEFT: dict[str, Any] = {"align": "left"}
RIGHT: dict[str, Any] = {"align": "right", "indent": 1, "text_wrap": False}
LINES = {"title": 20, "heading": 15, "subheading": 12.5, "lead": 13}


class _Exact(float):
    """A number that is written with all its digits; the library would write 16, and some need 17."""

    def __format__(self, spec: str) -> str:
        return repr(float(self))


class _Pen:
    """The words and the styles of one workbook, each style made once."""

    def __init__(self, book: Workbook, words: Words) -> None:
        self.words = words
        self._font: dict[str, Any] = FONTS[words.language]
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Style] = {}

    @property
    def size(self) -> float:
        return float(self._font["font_size"])

    def style(self, **wanted: Any) -> Style:
        """A cell's style: top aligned and wrapped in the language's font, and as wanted."""
        key = tuple(sorted(wanted.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format({"valign": "top", "text_wrap": True, **self._font, **wanted})
        return self._made[key]

    def caption(self, block: Table | Figure) -> str:
        """The label and the caption of a table or chart, as the language joins them."""
        return caption(block, self.words)


@dataclass(frozen=True)
class _Group:
    """What shares a sheet: a level-1 section, the level-2 ones after it; the sheet's name."""

    sections: tuple[Section, ...]
    name: str

    def blocks(self) -> Iterator[Block]:
        return (block for section in self.sections for block in _placed(section))

    def only_table(self) -> Table | None:
        """The table that the group is, if it is nothing else."""
        blocks = tuple(self.blocks())
        alone = len(self.sections) == len(blocks) == 1
        return blocks[0] if alone and isinstance(blocks[0], Table) else None


@dataclass(frozen=True)
class _Page:
    """A sheet to be written: how wide its columns are, and over how many of them text goes."""

    sheet: Worksheet
    pen: _Pen
    widths: tuple[float, ...]

    @property
    def text_width(self) -> float:
        return sum(self.widths[: self.span])

    @property
    def span(self) -> int:
        sums = [sum(self.widths[:count]) for count in range(2, len(self.widths) + 1)]
        return 2 + sum(total < TEXT_WIDTH for total in sums[:-1])


@dataclass(frozen=True)
class _Place:
    """Where a table or chart stands."""

    block: Table | Figure
    row: int


def render(report: Report, words: Words) -> bytes:
    """The report as an XLSX workbook; the same report, the same bytes."""
    content = io.BytesIO()
    book = Workbook(content, OPTIONS)
    book.set_properties(_properties(report))
    pen = _Pen(book, words)
    groups = _groups(report, words.say("Contents"))
    front = _added(book, words.say("Contents"), words)
    places = [_group(_added(book, group.name, words), group, pen) for group in groups]
    _front(front, report, list(zip(groups, places, strict=True)), pen)
    book.close()
    return content.getvalue()


def _properties(report: Report) -> dict[str, str | datetime]:
    moment = report.moment if report.moment.tzinfo else report.moment.replace(tzinfo=UTC)
    title, subtitle = (_text(text, LONGEST_PROPERTY) for text in (report.title, report.subtitle))
    return {"title": title, "subject": subtitle, "created": moment.astimezone(UTC)}


def _added(book: Workbook, name: str, words: Words) -> Worksheet:
    """A new sheet, to be printed on as many pages as it is long."""
    sheet = book.add_worksheet(name)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&R" + words.say("Page {page} of {pages}", page="&P", pages="&N"))
    # Numbers that are texts are meant so; Excel need not warn of each.
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    return sheet


def _groups(report: Report, front: str) -> list[_Group]:
    """The report's sections by sheet; those without anything to put there have none."""
    found: list[tuple[Section, ...]] = []
    for section in report.sections:
        if section.level == 1 or not found:
            found.append((section,))
        else:
            found[-1] = (*found[-1], section)
    filled = [sections for sections in found if any(map(_placed, sections))]
    names = _names([front, *(sections[0].heading for sections in filled)])[1:]
    return [_Group(sections, name) for sections, name in zip(filled, names, strict=True)]


def _placed(section: Section) -> tuple[Block, ...]:
    """What stands in a section's sheet: all but the answer itself, which is in the first."""
    return tuple(block for block in section.blocks if not _is_lead(block))


def _is_lead(block: Block) -> bool:
    return isinstance(block, Paragraph) and block.lead


def _names(headings: Sequence[str]) -> list[str]:
    """Names of sheets that Excel takes, each its own."""
    names: list[str] = []
    taken = set(RESERVED_NAMES)
    for heading in headings:
        legal = " ".join(NOT_IN_NAMES.sub(" ", UNWRITABLE.sub("", heading)).split()).strip("' ")
        tries = (_named(legal, count) for count in range(1, len(headings) + 3))
        name = next(name for name in tries if name.casefold() not in taken)
        taken.add(name.casefold())
        names.append(name)
    return names


def _named(legal: str, count: int) -> str:
    """A name at the n-th try; one without any letters is a number."""
    if not legal:
        return str(count)
    ending = f" ({count})" if count > 1 else ""
    return _text(legal, LONGEST_NAME - len(ending)).rstrip("'") + ending


def _front(sheet: Worksheet, report: Report, groups: list[tuple[_Group, list[_Place]]], pen: _Pen) -> None:
    """Title, versions, the answer, contents, and how to get it all again, in one wide column."""
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, FRONT_WIDTH)
    for row, (text, style, link) in enumerate(_front_lines(report, groups, pen)):
        lines = _lines(text, FRONT_WIDTH * FILLED * pen.size / style.font_size)
        sheet.set_row(row, min(_height(lines, style.font_size), TALLEST_ROW))
        if link and sheet.hlink_count < MOST_LINKS:
            sheet.write_url(row, 0, link, style, _text(text))
        elif text:
            sheet.write_string(row, 0, _text(text), style)


def _front_lines(
    report: Report, groups: list[tuple[_Group, list[_Place]]], pen: _Pen
) -> Iterator[tuple[str, Style, str]]:
    grey, heading = pen.style(font_color=GREY), pen.style(bold=True, font_size=LINES["heading"])
    yield report.title, pen.style(bold=True, font_size=LINES["title"]), ""
    yield report.subtitle, pen.style(font_size=LINES["subheading"], font_color=GREY), ""
    yield report.versions, grey, ""
    yield "", grey, ""
    for block in (block for _, block in report.blocks() if isinstance(block, Paragraph) and block.lead):
        yield block.text, pen.style(font_size=LINES["lead"]), ""
        yield "", grey, ""
    yield pen.words.say("Contents"), heading, ""
    for group, places in groups:
        yield from _entries(group, places, pen)
    yield "", grey, ""
    yield pen.words.say("How to get this report again"), heading, ""
    for line in report.again:
        yield line, grey, ""


def _entries(group: _Group, places: list[_Place], pen: _Pen) -> Iterator[tuple[str, Style, str]]:
    """The contents of one sheet: its heading, its tables and charts, and the notes that have no place there."""
    yield group.sections[0].heading, pen.style(bold=True, font_color=LINK), _inside(group.name, 0)
    entry = pen.style(**LEFT, indent=1, font_color=LINK, underline=1)
    for place in places:
        yield pen.caption(place.block), entry, _inside(group.name, place.row)
    table = group.only_table()
    for note in table.notes if table else ():
        yield note, pen.style(**LEFT, indent=2, font_color=GREY, font_size=pen.size - 1), ""


def _inside(name: str, row: int) -> str:
    doubled = name.replace("'", "''")
    return f"internal:'{doubled}'!A{row + 1}"


def _group(sheet: Worksheet, group: _Group, pen: _Pen) -> list[_Place]:
    """Writes a sheet and says where its tables and charts stand."""
    tables = [block for block in group.blocks() if isinstance(block, Table)]
    page = _Page(sheet, pen, _widths(tables))
    for column, width in enumerate(page.widths):
        sheet.set_column(column, column, width)
    alone = group.only_table()
    return _table_sheet(page, alone) if alone else _mixed_sheet(page, group)


def _table_sheet(page: _Page, table: Table) -> list[_Place]:
    """A table and nothing else, its header in the first row."""
    _head(page, 0, table, indent=2)
    _rows(page, 1, table, pivot=True)
    said = _text("\n".join((page.pen.caption(table), *table.notes)))
    lines = sum(_lines(line, 45) for line in said.splitlines())
    size = {"width": 320, "height": 20 + 15 * min(lines, 30), "font_size": 9}
    page.sheet.write_comment(0, 0, said, size)
    page.sheet.freeze_panes(1, _frozen(table, page.widths))
    page.sheet.autofilter(0, 0, max(len(table.rows), 1), len(table.columns) - 1)
    page.sheet.repeat_rows(0)
    return [_Place(table, 0)]


def _mixed_sheet(page: _Page, group: _Group) -> list[_Place]:
    """Headings and blocks below each other."""
    page.sheet.hide_gridlines(2)
    row, places = 0, []
    for section in group.sections:
        size = LINES["heading"] if section.level == 1 else LINES["subheading"]
        row = _line(page, row, section.heading, bold=True, font_size=size)
        for block in _placed(section):
            if isinstance(block, Table | Figure):
                places.append(_Place(block, row))
            row = _block(page, row, block) + 1
    _hold(page, places)
    return places


def _hold(page: _Page, places: list[_Place]) -> None:
    """Keeps names in sight where a table is wide; repeats its header on paper if nothing but text follows."""
    tables = [place.block for place in places if isinstance(place.block, Table)]
    frozen = _frozen(max(tables, key=_breadth), page.widths) if tables else 0
    if frozen:
        page.sheet.freeze_panes(0, frozen)
    if places and isinstance(places[-1].block, Table):
        page.sheet.repeat_rows(places[-1].row + 1)


def _breadth(table: Table) -> int:
    return len(table.columns)


def _frozen(table: Table, widths: Sequence[float]) -> int:
    """How many columns stay when a wide sheet is scrolled: those up to the name that a row goes by."""
    named = [column.format is Format.TEXT and not column.spreadsheet for column in table.columns[:3]]
    count = named.index(True) + 1 if True in named else 0
    wide = sum(widths[: len(table.columns)]) > SCREEN_WIDTH
    return count if wide and sum(widths[:count]) <= NAME_WIDTH else 0


def _block(page: _Page, row: int, block: Block) -> int:
    """Writes a block and gives the row after it."""
    match block:
        case Paragraph():
            return _line(page, row, block.text)
        case Bullets():
            for item in block.items:
                row = _line(page, row, f"• {item}", **LEFT, indent=1)
            return row
        case Table():
            return _table(page, row, block)
        case Figure():
            return _figure(page, row, block)


def _table(page: _Page, row: int, table: Table) -> int:
    row = _line(page, row, page.pen.caption(table), bold=True)
    _head(page, row, table)
    row = _rows(page, row + 1, table, pivot=False)
    return _notes(page, row, table.notes)


def _figure(page: _Page, row: int, figure: Figure) -> int:
    """A chart at its own size, with its caption in the same row: printing breaks pages between rows, never in one."""
    picture = Image(io.BytesIO(drawing.png(figure.spec)))
    caption = _text(page.pen.caption(figure))
    above = _height(_lines(caption, page.text_width * FILLED), page.pen.size)
    scale = {
        "x_scale": picture.x_dpi / SCREEN_DPI / drawing.SCALE,
        "y_scale": picture.y_dpi / SCREEN_DPI / drawing.SCALE,
    }
    place = {"y_offset": round(above / POINTS_PER_PIXEL), "description": _text(figure.alternative)}
    after = _line(page, row, caption, POINTS_PER_PIXEL * picture.height / drawing.SCALE + MARGIN, bold=True)
    page.sheet.insert_image(row, 0, picture, {**scale, **place})
    return _notes(page, after, figure.notes)


def _notes(page: _Page, row: int, notes: Sequence[str]) -> int:
    for note in notes:
        row = _line(page, row, note, font_color=GREY, font_size=page.pen.size - 1)
    return row


def _line(page: _Page, row: int, text: str, room: float = 0, **wanted: Any) -> int:
    """A text over several columns, with room below; its height is reckoned, as Excel does not for merged cells."""
    size = wanted.get("font_size", page.pen.size)
    said, style = _text(text), page.pen.style(**wanted)
    lines = _lines(said, page.text_width * FILLED * page.pen.size / size)
    after = _high(page.sheet, row, _height(lines, size) + room)
    page.sheet.merge_range(row, 0, after - 1, page.span - 1, "", style)
    page.sheet.write_string(row, 0, said, style)
    return after


def _height(lines: int, size: float) -> float:
    """How high lines of a size of type are, in points."""
    return 1.45 * size * lines + 2


def _high(sheet: Worksheet, row: int, points: float) -> int:
    """Gives some rows a height together, as few as Excel allows, and says which comes after them."""
    count = math.ceil(points / TALLEST_ROW)
    for place in range(row, row + count):
        sheet.set_row(place, points / count)
    return row + count


def _head(page: _Page, row: int, table: Table, indent: int = 1) -> None:
    _fit(page, row, [column.title for column in table.columns])
    for place, column in enumerate(table.columns):
        side = LEFT if column.format is Format.TEXT else {"align": "right", "indent": indent}
        style = page.pen.style(bold=True, bg_color=HEAD, border=1, border_color=RULE, **side)
        page.sheet.write_string(row, place, _text(column.title), style)


def _rows(page: _Page, row: int, table: Table, pivot: bool) -> int:
    """Writes the values; missing ones are empty for a pivot table, else a dash."""
    meant = dict(table.meanings)
    for cells in table.rows:
        _fit(page, row, [table.said(cell, place) for place, cell in enumerate(cells)])
        for place, cell in enumerate(cells):
            _linked(page, (row, place), table, cell)
            if cell.value is None and pivot:
                _empty(page, (row, place), table, cell, [meant.get(mark, mark) for mark in cell.marks])
            else:
                _cell(page, (row, place), table, cell)
        row += 1
    return row


def _fit(page: _Page, row: int, texts: Sequence[str]) -> None:
    """Makes a row as high as its longest text wants: not every program does so by itself."""
    lines = max((_lines(text, FILLED * width) for text, width in zip(texts, page.widths, strict=False)), default=1)
    if lines > 1:
        page.sheet.set_row(row, min(_height(lines, page.pen.size), TALLEST_ROW))


def _linked(page: _Page, at: tuple[int, int], table: Table, cell: Cell) -> None:
    """Puts an address behind a cell; what stands in it is written over this."""
    if cell.link and _can_link(cell.link) and page.sheet.hlink_count < MOST_LINKS:
        page.sheet.write_url(*at, cell.link, None, _text(table.said(cell, at[1])))


def _can_link(link: str) -> bool:
    """Whether Excel takes an address, and it leads to no file or sheet."""
    return (
        link.startswith(LINKED)
        and not UNWRITABLE.search(link)
        and len(quote(link, safe=string.printable)) <= LONGEST_LINK
    )


def _empty(page: _Page, at: tuple[int, int], table: Table, cell: Cell, said: Sequence[str]) -> None:
    """An empty cell, its marks explained in a comment: letters would make the column one of texts."""
    page.sheet.write_blank(*at, None, page.pen.style(**_look(table, at[1], cell)))
    if said:
        page.sheet.write_comment(*at, _text("\n".join(said)))


def _cell(page: _Page, at: tuple[int, int], table: Table, cell: Cell) -> None:
    """One value as what it is, a number or a text, with its marks."""
    look = _look(table, at[1], cell)
    if _is_number(cell.value):
        number = cell.value if isinstance(cell.value, int) else _Exact(cell.value)
        page.sheet.write_number(*at, number, page.pen.style(**look))
    elif cell.marks and cell.value != "":
        _write_marked(page, at, table.said(cell, at[1]), cell.marks, look)
    else:
        page.sheet.write_string(*at, _text(table.said(cell, at[1])), page.pen.style(**look))


def _is_number(value: Scalar) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and math.isfinite(value)


def _write_marked(page: _Page, at: tuple[int, int], text: str, marks: tuple[str, ...], look: dict[str, Any]) -> None:
    """A text with its marks above the line."""
    letters = _text(" " + ",".join(marks))
    part = {name: look[name] for name in ("bold", "font_color", "underline") if name in look}
    plain_part, raised = page.pen.style(**part), page.pen.style(**part, font_script=1)
    said = _text(text, LONGEST_TEXT - len(letters))
    page.sheet.write_rich_string(*at, plain_part, said, raised, letters, page.pen.style(**look))


def _look(table: Table, column: int, cell: Cell) -> dict[str, Any]:
    """How a cell is set."""
    kind = cell.format or table.columns[column].format
    left = kind is Format.TEXT or isinstance(cell.value, str)
    look: dict[str, Any] = {"border": 1, "border_color": RULE, **(LEFT if left else RIGHT)}
    if cell.strong:
        look["bold"] = True
    if cell.link and _can_link(cell.link):
        look |= {"font_color": LINK, "underline": 1}
    if cell.shade:
        look |= {"bg_color": cell.shade, "font_color": ink_on(cell.shade)}
    if _is_number(cell.value):
        look["num_format"] = _number_format(kind, cell.value, cell.marks)
    if isinstance(cell.value, str) and cell.value.startswith(FORMULAS):
        # So it stays a text when someone edits the cell.
        look["quote_prefix"] = True
    return look


def _number_format(kind: Format, value: float, marks: Sequence[str]) -> str:
    """The number format of a value, its marks as a suffix of each of its parts: so it stays a number.

    >>> _number_format(Format.SIGNED, 1.5, ("a", "b"))
    '+#,##0.00" a,b";-#,##0.00" a,b";"0.00 a,b"'
    """
    known = _native(value) if kind is Format.NATIVE else kind.value or "General"
    if not marks:
        return known
    letters = ",".join(marks).replace('"', "")
    return ";".join(_suffixed(part, letters) for part in known.split(";"))


def _suffixed(part: str, letters: str) -> str:
    return f'{part[:-1]} {letters}"' if part.endswith('"') else f'{part}" {letters}"'


def _native(value: float) -> str:
    """As many decimals as a person is told: with optional ones Excel shows a whole number as ``15.``.

    >>> _native(15.0), _native(1214.5)
    ('#,##0', '#,##0.0')
    """
    _, point, decimals = plain(value).partition(".")
    return "#,##0" + point + "0" * len(decimals)


def _widths(tables: Sequence[Table]) -> tuple[float, ...]:
    """The widths of a sheet's columns by its tables; with more columns where text would not have room."""
    count = max((len(table.columns) for table in tables), default=0)
    wanted = [max(_width(table, place) for table in tables if place < len(table.columns)) for place in range(count)]
    capped = ([min(width, cap) for width in wanted] for cap in CAPS)
    widths = next((tried for tried in capped if sum(tried) <= PAGE_WIDTH), [min(width, CAPS[-1]) for width in wanted])
    while len(widths) < 2 or sum(widths) < TEXT_WIDTH:
        widths.append(SPARE_WIDTH)
    return tuple(widths)


def _width(table: Table, column: int) -> float:
    """What a column needs for its values and its title; long titles wrap."""
    cells = (row[column] for row in table.rows)
    longest = max((_wide(table.said(cell, column)) + 2 * len(cell.marks) for cell in cells), default=0)
    return max(NARROWEST, 1.1 * max(longest, min(_wide(table.columns[column].title) + 2, LONG_TITLE)) + 3)


def _wide(text: str) -> int:
    """How wide a text is, in digits: Chinese characters are two; of several lines the longest."""
    lines = text.splitlines() or [""]
    return max(sum(2 if east_asian_width(sign) in "WF" else 1 for sign in line) for line in lines)


def _lines(text: str, width: float) -> int:
    """How many lines a text fills at a width."""
    return sum(max(1, math.ceil(_wide(line) / width)) for line in text.splitlines() or [""])


def _text(text: str, longest: int = LONGEST_TEXT) -> str:
    """A text that Excel takes: without control characters, cut where it is too long."""
    clean = UNWRITABLE.sub("", text)
    units = clean.encode("utf-16-le")
    if len(units) <= 2 * longest:
        return clean
    return units[: 2 * (longest - 1)].decode("utf-16-le", "ignore") + "…"
