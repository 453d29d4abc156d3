"""A report as PDF, set by Typst. The template is fixed; a report goes into it as JSON, never as markup."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import typst

from tierscore.reports import drawing, fonts
from tierscore.reports.contrast import ink_on
from tierscore.reports.document import Block, Bullets, Cell, Figure, Format, Paragraph, Report, Section, Table
from tierscore.reports.links import followed
from tierscore.reports.renderers.captions import caption
from tierscore.reports.words import Words

TEMPLATE = Path(__file__).with_name("report.typ")

# Points of an A4 page between margins of 2 cm, upright and flipped.
UPRIGHT, FLIPPED = 481.0, 728.0
UPRIGHT_COLUMNS = 8
TEXT_SIZE, SMALLEST = 8.0, 5.0  # of a table's text, in points
PADDING = 8.0  # of a cell, left and right together, in points
LONG_WORD = 20  # characters from which on a word may be broken without a hyphen
SHORT_ROWS, SHORT_TEXT = 8, 500  # a table of no more rows and characters stays on one page
TALL_TEXT = 400  # characters from which on a row may go over a page's end
ROWS_OF_A_PAGE = 20  # a first table longer than this comes after the contents, not before
URL_LIMIT = 2000
KEPT_DOCUMENTS = 11  # for how many documents Typst keeps what it laid out
BREAK = "\u200b"  # where the template may break a line

_UNSAYABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_WORD = re.compile(rf"[\x21-\u2e7f]{{{LONG_WORD + 1},}}")
_JOINT = re.compile(r"(?<=[/?&=.,;:_|+-])(?=[^/?&=.,;:_|+-])")

Data = dict[str, Any]


@dataclass(frozen=True)
class _Item:
    """Something that stands on a page.

    wide : whether it wants a flipped page; None where it goes with what follows it.  last : whether nothing of its
    section follows.
    """

    data: Data
    wide: bool | None = None
    last: bool = False


def render(report: Report, words: Words) -> bytes:
    """The report as one PDF file with its fonts in it; the same report gives the same bytes."""
    content = json.dumps(_clean(_data(report, words)), ensure_ascii=False, allow_nan=False)
    moment = _whole_second(report.moment)
    try:
        return _compiled(TEMPLATE, moment, content)
    finally:
        _forget(moment)


def _whole_second(moment: datetime) -> datetime:
    """A moment as a PDF can hold it; one without a time zone is in UTC, whatever the computer's own."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).replace(microsecond=0)


def _compiled(template: Path | bytes, moment: datetime, content: str) -> bytes:
    return typst.compile(
        template,
        font_paths=_typeface(),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"report": content},
        timestamp=moment,
    )


def _forget(moment: datetime) -> None:
    """Lets Typst drop what it kept of a report: hundreds of megabytes, given up only as later documents are set."""
    for _ in range(KEPT_DOCUMENTS):
        _compiled(b"", moment, "")


@cache
def _typeface() -> typst.Fonts:
    """The reports' fonts and no others; read once, as they are large."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts.directory()])


def _data(report: Report, words: Words) -> Data:
    return {
        "title": report.title,
        "subtitle": report.subtitle,
        "versions": _breakable(report.versions),
        "language": report.language,
        "font": fonts.FAMILY,
        "contents": words.say("Contents"),
        "page": words.say("Page {page} of {pages}", page="{page}", pages="{pages}"),
        "runs": _runs(_oriented(list(_items(report, words)))),
    }


def _clean(value: Any) -> Any:
    """The same data without the characters that neither JSON, SVG nor a page can hold."""
    match value:
        case str():
            return _UNSAYABLE.sub("", value)
        case dict():
            return {_clean(key): _clean(item) for key, item in value.items()}
        case list() | tuple():
            return [_clean(item) for item in value]
    return value


def _items(report: Report, words: Words) -> Iterator[_Item]:
    """Headings and blocks in reading order, the contents after what answers first."""
    for place, section in enumerate(report.sections):
        items = _section(section, words)
        if place == 0:
            after = _place_of_contents(section)
            ahead = items[after - 1]
            items.insert(after, _Item({"kind": "contents"}, last=ahead.last or ahead.wide is not None))
        yield from items
    yield _heading(words.say("How to get this report again"), 1)
    yield _Item({"kind": "again", "items": [_breakable(text) for text in report.again]}, last=True)


def _section(section: Section, words: Words) -> list[_Item]:
    last = len(section.blocks) - 1
    blocks = [_block(block, words, place == last) for place, block in enumerate(section.blocks)]
    return [_heading(section.heading, section.level), *blocks]


def _place_of_contents(section: Section) -> int:
    """After the first figure or table, or else the first section: the first page must answer, not list."""
    for place, block in enumerate(section.blocks, start=1):
        if isinstance(block, Table) and len(block.rows) > ROWS_OF_A_PAGE:
            return place
        if isinstance(block, Table | Figure):
            return place + 1
    return len(section.blocks) + 1


def _oriented(items: Sequence[_Item]) -> list[tuple[bool, Data]]:
    """Says for each item whether its page is flipped: texts go with the table or figure that they lead to."""
    ahead: list[bool | None] = []
    following = None
    for item in reversed(items):
        following = item.wide if item.wide is not None or item.last else following
        ahead.append(following)
    flipped, sides = False, []
    for side in reversed(ahead):
        flipped = flipped if side is None else side
        sides.append(flipped)
    return [(side, item.data) for side, item in zip(sides, items, strict=True)]


def _runs(items: Sequence[tuple[bool, Data]]) -> list[Data]:
    """Neighbours on pages of the same orientation, together."""
    runs = groupby(items, key=lambda item: item[0])
    return [{"flipped": flipped, "items": [data for _, data in run]} for flipped, run in runs]


def _heading(text: str, level: int) -> _Item:
    return _Item({"kind": "heading", "text": text, "level": level})


def _block(block: Block, words: Words, last: bool) -> _Item:
    match block:
        case Paragraph():
            return _Item({"kind": "paragraph", "text": _breakable(block.text), "lead": block.lead}, last=last)
        case Bullets():
            return _Item({"kind": "bullets", "items": [_breakable(text) for text in block.items]}, last=last)
        case Figure():
            return _Item(_figure(block, words), wide=False)
        case Table():
            return _Item(_table(block, words), wide=_is_wide(block))


def _figure(figure: Figure, words: Words) -> Data:
    return {
        "kind": "figure",
        "caption": caption(figure, words),
        "alternative": figure.alternative,
        "svg": drawing.svg(_clean(figure.spec)),
        "notes": [_breakable(note) for note in figure.notes],
    }


def _table(table: Table, words: Words) -> Data:
    size, widths = _widths(table)
    return {
        "kind": "table",
        "caption": caption(table, words),
        "size": size,
        "widths": widths,
        "together": _is_short(table),
        "header": [
            {"text": _breakable(column.title), "right": _is_numeric(table, place)}
            for place, column in enumerate(table.columns)
        ],
        "rows": [_row(table, row) for row in table.rows],
        "notes": [_breakable(note) for note in table.notes],
    }


def _row(table: Table, row: Sequence[Cell]) -> Data:
    tall = any(isinstance(cell.value, str) and len(cell.value) > TALL_TEXT for cell in row)
    return {"breakable": tall, "cells": [_cell(table, cell, place) for place, cell in enumerate(row)]}


def _cell(table: Table, cell: Cell, place: int) -> Data:
    """What is true of a cell and no more: there are thousands of them."""
    number = isinstance(cell.value, int | float)
    facts = {
        "right": number or _is_numeric(table, place),
        "strong": cell.strong,
        "marks": ",".join(cell.marks),
        "shade": cell.shade,
        "ink": cell.shade and ink_on(cell.shade),
        "link": _address(cell.link),
    }
    said = table.said(cell, place)
    return {"text": said if number else _breakable(said)} | {name: fact for name, fact in facts.items() if fact}


def _address(link: str | None) -> str | None:
    """A link that may be followed from a page: to a site or a mailbox, nothing else."""
    return followed(link) if link and len(link) <= URL_LIMIT else None


def _breakable(text: str) -> str:
    """A text whose long words may break at their joints, and anywhere where they have none.

    >>> _breakable("see https://example.org/a/b").split(BREAK)
    ['see https://', 'example.', 'org/', 'a/', 'b']
    """
    return _WORD.sub(lambda word: BREAK.join(_pieces(word.group())), text.replace("\t", " "))


def _pieces(word: str) -> Iterator[str]:
    for part in _JOINT.split(word):
        for start in range(0, len(part), LONG_WORD):
            yield part[start : start + LONG_WORD]


def _is_numeric(table: Table, place: int) -> bool:
    """Whether a column holds numbers by its format."""
    return table.columns[place].format is not Format.TEXT


def _is_short(table: Table) -> bool:
    characters = sum(len(table.said(cell, place)) for row in table.rows for place, cell in enumerate(row))
    return len(table.rows) <= SHORT_ROWS and characters <= SHORT_TEXT


def _is_wide(table: Table) -> bool:
    """Whether a table wants flipped pages: as its words do not fit, or as it has many columns and fills pages."""
    many = len(table.columns) > UPRIGHT_COLUMNS and len(table.rows) > ROWS_OF_A_PAGE
    return many or sum(_floors(table)) > UPRIGHT


def _widths(table: Table) -> tuple[float, list[float]]:
    """The size of a table's text and the widths of its columns, in points.

    Widths are shared out as the columns say, but none is narrower than its longest word; where words leave no room, the
    text is set smaller.
    """
    space = FLIPPED if _is_wide(table) else UPRIGHT
    floors = _floors(table)
    if sum(floors) <= space:
        return TEXT_SIZE, _shared([column.width for column in table.columns], floors, space)
    scale = space / sum(floors)
    return max(SMALLEST, round(TEXT_SIZE * scale, 2)), [round(floor * scale, 2) for floor in floors]


def _shared(shares: Sequence[float], floors: Sequence[float], space: float) -> list[float]:
    """A space shared out, no part below its floor."""
    held: set[int] = set()
    while True:
        free = [place for place in range(len(shares)) if place not in held]
        left = space - sum(floors[place] for place in held)
        unit = left / (sum(shares[place] for place in free) or 1)
        short = {place for place in free if shares[place] * unit < floors[place]}
        if not short:
            return [floors[place] if place in held else round(shares[place] * unit, 2) for place in range(len(shares))]
        held |= short


def _floors(table: Table) -> list[float]:
    return [_floor(table, place) for place in range(len(table.columns))]


def _floor(table: Table, place: int) -> float:
    """The least width of a column, so that no word and no number of it is cut and no text stands letter by letter."""
    cells = (table.said(row[place], place) + " " * len(row[place].marks) for row in table.rows if place < len(row))
    return PADDING + TEXT_SIZE * max(map(_least, {table.columns[place].title, *cells}))


def _least(text: str) -> float:
    """What a text needs in width, in ems: its longest piece, or all of it where that is four or less."""
    words = re.split(r"(?<=[\s\u200b-])|(?<=[\u2e80-\uffff])|(?=[\u2e80-\uffff])", _breakable(text))
    return max(*(_ems(word) for word in words), min(4.0, _ems(text)))


def _ems(text: str) -> float:
    return sum(map(_em, text))


@cache
def _em(character: str) -> float:
    """About how wide a character is set in bold, in ems."""
    if unicodedata.east_asian_width(character) in "WFA":
        return 1.0
    if character in " .,:;'|!()[]ilj":
        return 0.35
    return 0.95 if character in "mwMW@%" else 0.7 if character.isupper() else 0.61
