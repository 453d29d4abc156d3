"""The workbook that a statistics office fills in: a row per region and indicator, and what may be written."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from tierscore.framework.catalogue import CatalogueIndicator, Region, Title
from tierscore.reports.numbers import plain
from tierscore.reports.words import Words

# Equal questions have equal bytes, so the file bears no time of its own.
CREATED = datetime(2000, 1, 1)
LARGEST = 1e300
# What Excel shows beside a cell.
LONGEST_PROMPT_TITLE, LONGEST_PROMPT = 32, 255
WIDTHS = {"region": 18, "indicator": 34, "period": 9, "value": 16, "unit": 22, "status": 9, "source": 14, "note": 30}

COLUMN_HELP = {
    "region": "Code, name, short name or administrative code of the region.",
    "indicator": "Code of the indicator; the sheet of codes says what each is.",
    "period": "The year that the value is of, four digits.",
    "value": "A plain number: no thousands separators, no percent sign, no formula.",
    "unit": "Must stay as it is; a value in another unit is refused.",
    "status": "A as published, E estimated, P provisional, D of another definition, M withdrawn. Empty means A.",
    "source": "A source code of the sheet of codes. Empty means: from you.",
    "vintage": "Which release of the number, such as first-release.",
    "note": "Whatever should be kept with the value.",
}
HELP = (
    "Fill in the column value of the first sheet and send the file as it is.",
    "Rows whose value, status, source, vintage and note are empty are passed over; no value is never zero.",
    "To withdraw a value, leave it empty and write M as its status.",
    "Other rows may be added below, other sheets are not read. Do not rename columns, merge cells or hide anything.",
    "Values that are known already are counted as unchanged; sending the file twice does no harm.",
    "Every mistake is listed with its row and column, and nothing is stored until all are mended.",
)


@dataclass(frozen=True)
class Form:
    """How a workbook must look to be read back: sheet, columns, mark of a template, statuses."""

    sheet: str
    columns: tuple[str, ...]
    mark: str
    statuses: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """What is to be filled in."""

    framework: str
    title: Title
    period: int
    regions: tuple[Region, ...]
    indicators: tuple[CatalogueIndicator, ...]
    sources: tuple[tuple[str, str], ...]


def template(asked: Asked, form: Form, words: Words) -> bytes:
    """An XLSX workbook with one row per region and indicator, their values left open, in one language.

    Rows stand by indicator, then region. Excel refuses what ingest would; two more sheets list codes and rules. The
    same question has the same bytes.
    """
    content = io.BytesIO()
    book = Workbook(content, {"in_memory": True})
    book.set_properties({"title": _titled(asked, words), "created": CREATED})
    book.set_custom_property(form.mark, asked.framework)
    styles = _Styles(book)
    _data(book.add_worksheet(form.sheet), asked, form, words, styles)
    _help(book.add_worksheet(words.say("help")), asked, form, words, styles)
    _codes(book.add_worksheet(words.say("codes")), asked, words, styles)
    book.close()
    return content.getvalue()


class _Styles:
    """Few and plain: names, what is prefilled, what is to be written."""

    def __init__(self, book: Workbook) -> None:
        self.title: Format = book.add_format({"bold": True, "font_size": 14})
        self.head: Format = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E7ECF2"})
        self.given: Format = book.add_format({"font_color": "#555555"})
        self.open: Format = book.add_format({"bg_color": "#FFF8DC", "border": 1, "border_color": "#D9D9D9"})
        self.wrapped: Format = book.add_format({"text_wrap": True, "valign": "top"})


def _titled(asked: Asked, words: Words) -> str:
    title = getattr(asked.title, words.language)
    return words.say("Metrics of {period} for: {title}", period=asked.period, title=title)


def _data(sheet: Worksheet, asked: Asked, form: Form, words: Words, styles: _Styles) -> None:
    for column, name in enumerate(form.columns):
        sheet.set_column(column, column, WIDTHS.get(name, 14))
        sheet.write_string(0, column, name, styles.head)
        sheet.write_comment(0, column, words.say(COLUMN_HELP[name]), {"x_scale": 2})
    for row, (indicator, region) in enumerate(_pairs(asked), start=1):
        filled = {"region": _name(region.name, words), "indicator": indicator.code, "unit": indicator.unit}
        for column, name in enumerate(form.columns):
            _cell(sheet, row, column, asked.period if name == "period" else filled.get(name), styles)
    _limits(sheet, asked, form, words)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(asked.regions) * len(asked.indicators), len(form.columns) - 1)


def _pairs(asked: Asked) -> Iterator[tuple[CatalogueIndicator, Region]]:
    return ((indicator, region) for indicator in asked.indicators for region in asked.regions)


def _cell(sheet: Worksheet, row: int, column: int, content: str | int | None, styles: _Styles) -> None:
    if content is None:
        sheet.write_blank(row, column, None, styles.open)
    else:
        sheet.write(row, column, content, styles.given)


def _limits(sheet: Worksheet, asked: Asked, form: Form, words: Words) -> None:
    """Excel says what a cell may hold before it is sent, a block of rows per indicator."""
    value, status = form.columns.index("value"), form.columns.index("status")
    height = len(asked.regions)
    for place, indicator in enumerate(asked.indicators):
        first, last = 1 + place * height, (place + 1) * height
        sheet.data_validation(first, value, last, value, _value_limits(indicator, words))
    rows = len(asked.indicators) * height
    sheet.data_validation(1, status, rows, status, {"validate": "list", "source": list(form.statuses)})


def _value_limits(indicator: CatalogueIndicator, words: Words) -> dict[str, Any]:
    return {
        "validate": "integer" if indicator.integer else "decimal",
        "criteria": "between",
        "minimum": -LARGEST if indicator.low is None else f"{indicator.low:.17g}",
        "maximum": LARGEST if indicator.high is None else f"{indicator.high:.17g}",
        "input_title": _name(indicator.title, words)[:LONGEST_PROMPT_TITLE],
        "input_message": f"{words.unit(indicator.unit)}; {_allowed(indicator, words)}"[:LONGEST_PROMPT],
        "error_title": indicator.code[:LONGEST_PROMPT_TITLE],
        "error_message": _allowed(indicator, words)[:LONGEST_PROMPT],
    }


def _allowed(indicator: CatalogueIndicator, words: Words) -> str:
    """Which numbers are taken."""
    kind = words.say("a whole number") if indicator.integer else words.say("a number")
    if indicator.low is not None and indicator.high is not None:
        limits = {"kind": kind, "low": plain(indicator.low), "high": plain(indicator.high)}
        return words.say("{kind} from {low} to {high}", **limits)
    if indicator.low is not None:
        return words.say("{kind} of at least {low}", kind=kind, low=plain(indicator.low))
    high = plain(indicator.high)
    return kind if indicator.high is None else words.say("{kind} of at most {high}", kind=kind, high=high)


def _help(sheet: Worksheet, asked: Asked, form: Form, words: Words, styles: _Styles) -> None:
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 90, styles.wrapped)
    sheet.write_string(0, 0, _titled(asked, words), styles.title)
    sheet.write_string(1, 0, asked.framework, styles.given)
    for row, sentence in enumerate(HELP, start=3):
        sheet.write_string(row, 1, words.say(sentence), styles.wrapped)
    for row, name in enumerate(form.columns, start=4 + len(HELP)):
        sheet.write_string(row, 0, name, styles.head)
        sheet.write_string(row, 1, words.say(COLUMN_HELP[name]), styles.wrapped)


def _codes(sheet: Worksheet, asked: Asked, words: Words, styles: _Styles) -> None:
    widths = (14, 36, 60, 24, 26)
    for column, (name, width) in enumerate(zip(_code_head(words), widths, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name, styles.head)
    rows = list(_code_rows(asked, words))
    for row, texts in enumerate(rows, start=1):
        for column, text in enumerate(texts):
            sheet.write_string(row, column, text)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(rows), len(widths) - 1)


def _code_head(words: Words) -> Sequence[str]:
    return (words.say("kind"), words.say("code"), words.say("name"), words.say("unit"), words.say("allowed"))


def _code_rows(asked: Asked, words: Words) -> Iterator[tuple[str, ...]]:
    for indicator in asked.indicators:
        name, unit = _name(indicator.title, words), words.unit(indicator.unit)
        yield words.say("indicator"), indicator.code, name, unit, _allowed(indicator, words)
    for region in asked.regions:
        yield words.say("region"), region.code, _name(region.name, words), "", region.adcode
    for code, title in asked.sources:
        yield words.say("source"), code, title, "", ""


def _name(title: Title, words: Words) -> str:
    return str(getattr(title, words.language))
