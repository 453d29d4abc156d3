"""The rows of a sheet one after the other: each cell's plain text, or what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tierscore.ingest.layout import DIGITS, TRUE, WIDEST, place
from tierscore.ingest.package import Package, Sheet, local, no_workbook
from tierscore.ingest.workbook import DATE, ERROR, FORMULA, PERCENT, TRUTH, plain_text

MOST_ROWS_OF_SHEET = 1_048_576
LONGEST_CELL = 1024 * 1024
# Excel's own numbers for formats of dates and times; those of 164 and above say themselves what they are.
DATE_FORMATS = frozenset(map(str, (*range(14, 23), *range(45, 48))))

_FIRST_DAY = datetime(1899, 12, 30)
_NO_SIGNS = re.compile(r'"[^"]*"|\\.|[_*].|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)
_TOLD_APART = ("v", "t", "f")

# The order in which mistakes of a row are told, those of one kind by their columns.
TYPES, FORMULAS, ERRORS, PERCENTS, MERGES = range(5)

Mistake = tuple[int, int, tuple[str, str], str | None]


@dataclass
class Row:
    """A row by its number in the sheet: the texts of its cells by column, and what is wrong with others of them.

    Columns count from 1. A mistake is its kind, its column, its code and words, and what was given.  given : columns
    that hold anything.
    """

    number: int
    hidden: bool
    texts: dict[int, str] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    given: set[int] = field(default_factory=set)


def rows_of(package: Package, sheet: Sheet, texts: list[str]) -> Iterator[Row]:
    """The rows of a sheet in their order; raises Refused where they have none, and for what is no sheet."""
    reader = _Reader(texts, package.percent_styles(), date_styles(package))
    for _ in package.parsed(sheet.part, reader.start, reader.text, reader.end):
        done, reader.done = reader.done, []
        yield from done
    yield from reader.done


def date_styles(package: Package) -> frozenset[str]:
    """Which cell styles show a number as a date or a time."""
    return package.styles_of(lambda number, code: number in DATE_FORMATS or (code is not None and is_date(code)))


def is_date(code: str) -> bool:
    """Whether a number's format is one of dates or times.

    >>> [is_date(code) for code in ("yyyy-mm-dd", "[h]:mm", '0.0" days"', "[Red]0", "General")]
    [True, True, False, False, False]
    """
    return re.search("[dmyhs]", _NO_SIGNS.sub("", code), re.IGNORECASE) is not None


class _Reader:
    """Makes rows of the elements of a sheet."""

    def __init__(self, texts: list[str], percent: frozenset[str], dates: frozenset[str]) -> None:
        self.done: list[Row] = []
        self._texts, self._percent, self._dates = texts, percent, dates
        self._row = Row(0, False)
        self._columns: dict[str, int] = {}
        self._column = 0
        self._kind, self._style = "n", ""
        self._value: list[str] = []
        self._length = 0
        self._formula: list[str] | None = None
        self._taking: list[str] | None = None
        self._is_reading_aid = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "c":
            self._cell(attributes)
        elif name in ("v", "t"):
            self._taking = None if self._is_reading_aid else self._value
        elif name == "row":
            self._begin_row(attributes)
        elif name == "f":
            self._formula = self._taking = ["="]
        elif name == "rPh":
            self._is_reading_aid = True

    def text(self, characters: str) -> None:
        if self._taking is not None:
            self._taking.append(characters)
            self._length += len(characters)
            if self._length > LONGEST_CELL:
                raise no_workbook()

    def end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        if name in _TOLD_APART:
            self._taking = None
        elif name == "c":
            self._end_cell()
        elif name == "row":
            self.done.append(self._row)
        elif name == "rPh":
            self._is_reading_aid = False

    def _begin_row(self, attributes: Mapping[str, str]) -> None:
        number = int(local(attributes, "r", str(self._row.number + 1)))
        if not self._row.number < number <= MOST_ROWS_OF_SHEET:
            raise no_workbook()
        self._row, self._column = Row(number, local(attributes, "hidden") in TRUE), 0

    def _cell(self, attributes: Mapping[str, str]) -> None:
        reference = attributes.get("r")
        self._column = self._column + 1 if reference is None else self._column_of(reference)
        if self._column > WIDEST:
            raise no_workbook()
        self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
        self._value, self._formula, self._length = [], None, 0

    def _column_of(self, reference: str) -> int:
        letters = reference.rstrip(DIGITS)
        if letters not in self._columns:
            self._columns[letters] = place(reference)[1]
        if reference[len(letters) :] != str(self._row.number):
            raise no_workbook()
        return self._columns[letters]

    def _end_cell(self) -> None:
        value = "".join(self._value)
        if self._formula is not None:
            self._wrong(FORMULAS, FORMULA, "".join(part.strip() for part in self._formula))
        if self._kind == "e":
            if self._formula is None:
                self._wrong(ERRORS, ERROR)
        elif self._kind in ("str", "inlineStr"):
            self._plain(value)
        elif value.strip() != "":
            self._coded(value.strip())

    def _coded(self, value: str) -> None:
        """A value that its cell's type gives the meaning of."""
        if self._kind == "s":
            self._plain(self._shared(value))
        elif self._kind == "b":
            self._wrong(TYPES, TRUTH, str(value in TRUE))
        elif self._kind == "d":
            self._wrong(TYPES, DATE, value)
        else:
            self._number(_number(value))

    def _number(self, number: float) -> None:
        if self._style in self._dates:
            self._wrong(TYPES, DATE, _moment(number))
            return
        self._plain(plain_text(number))
        if self._style in self._percent and self._formula is None:
            self._wrong(PERCENTS, PERCENT, repr(number))

    def _plain(self, text: str) -> None:
        if text != "":
            self._row.given.add(self._column)
            self._row.texts[self._column] = text.strip()

    def _wrong(self, kind: int, told: tuple[str, str], value: str | None = None) -> None:
        self._row.given.add(self._column)
        self._row.mistakes.append((kind, self._column, told, value))

    def _shared(self, place: str) -> str:
        try:
            return self._texts[int(place)]
        except (ValueError, IndexError):
            raise no_workbook() from None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise no_workbook() from None


def _moment(number: float) -> str:
    """A date or a time of day as the sheet shows it, or the number where it is neither."""
    try:
        moment = _FIRST_DAY + timedelta(days=number)
    except (OverflowError, ValueError):
        return repr(number)
    return str(moment.time() if 0 <= number < 1 else moment).removesuffix(" 00:00:00")
