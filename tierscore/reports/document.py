"""A report as data: headings, sentences, tables, charts. Content knows no file format, renderers know no content."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from functools import cached_property
from typing import Any

from tierscore.reports.numbers import MISSING, percent, plain, rounded, signed, tenths

Scalar = str | int | float | None
Spec = dict[str, Any]


class Format(Enum):
    """How the values of a column are said, and what a spreadsheet's number format for them is (none for text)."""

    TEXT = None
    WHOLE = "#,##0"
    YEAR = "0"
    SCORE = "#,##0.00"
    SIGNED = '+#,##0.00;-#,##0.00;"0.00"'
    PERCENT = "0%"
    TENTHS = "0.0%"
    NATIVE = "#,##0.####"

    def say(self, value: Scalar) -> str:
        """A value as a person reads it; a dash where it is missing.

        >>> Format.SIGNED.say(1.5), Format.PERCENT.say(0.25), Format.NATIVE.say(1214.5), Format.SCORE.say(None)
        ('+1.50', '25%', '1,214.5', '–')
        """
        if value is None or isinstance(value, str):
            return MISSING if value is None else value
        return _SAID[self](value)


_SAID: dict[Format, Callable[[Any], str]] = {
    Format.TEXT: str,
    Format.WHOLE: lambda value: f"{value:,.0f}",
    Format.YEAR: lambda value: f"{value:.0f}",
    Format.SCORE: rounded,
    Format.SIGNED: signed,
    Format.PERCENT: percent,
    Format.TENTHS: tenths,
    Format.NATIVE: plain,
}


@dataclass(frozen=True)
class Cell:
    """One value of a table at full precision.

    format : how it is said; the column's own if None.  marks : letters of footnotes.  shade : its background, a colour
    as ``#rrggbb``.  strong : set in bold.  link : an address behind it.
    """

    value: Scalar
    format: Format | None = None
    marks: tuple[str, ...] = ()
    shade: str | None = None
    strong: bool = False
    link: str | None = None


@dataclass(frozen=True)
class Column:
    """A column's heading, the format of its values, and its width relative to its neighbours'.

    spreadsheet : it is of use to programs only, such as a code, and is left out on paper.
    """

    title: str
    format: Format = Format.TEXT
    width: float = 1.0
    spreadsheet: bool = False


@dataclass(frozen=True)
class Table:
    """A table; `code` is its name for programs, `notes` stand below it, `number` counts tables.

    meanings : what each letter of its marks means, by letter; one of the notes says the same.
    """

    code: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    number: int = 0
    meanings: tuple[tuple[str, str], ...] = ()

    def said(self, cell: Cell, column: int) -> str:
        """A cell as a person reads it, without its marks."""
        return (cell.format or self.columns[column].format).say(cell.value)

    def printed(self) -> Iterator[list[tuple[Cell, str, bool]]]:
        """Each row as a page prints it, without what only programs use: cell, what it says, whether it is a number."""
        kept = [(place, column) for place, column in enumerate(self.columns) if not column.spreadsheet]
        for row in self.rows:
            yield [
                (row[place], self.said(row[place], place), column.format is not Format.TEXT) for place, column in kept
            ]


@dataclass(frozen=True)
class Figure:
    """A chart; `alternative` says in words what it shows, `draw` makes its Vega-Lite spec with its data.

    A page shows the words at once and asks for one spec at a time, so none is made before it is wanted.
    """

    code: str
    caption: str
    alternative: str
    draw: Callable[[], Spec]
    notes: tuple[str, ...] = ()
    number: int = 0

    @cached_property
    def spec(self) -> Spec:
        """The spec, made once."""
        return self.draw()


@dataclass(frozen=True)
class Paragraph:
    """Some sentences; `lead` ones say the answer itself, in large type."""

    text: str
    lead: bool = False


@dataclass(frozen=True)
class Bullets:
    """A list of sentences."""

    items: tuple[str, ...]


Block = Paragraph | Bullets | Table | Figure


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it; `level` is 1 or 2."""

    code: str
    heading: str
    blocks: tuple[Block, ...]
    level: int = 1


@dataclass(frozen=True)
class Report:
    """A whole report.

    language : ``zh`` or ``en``.  name : of the file, without its ending.  versions : which framework, data and engine.
    again : how to get the same report again.  moment : when its data were recorded, the only time in it.
    data : the answer that it was made of, as the API gives it.
    """

    title: str
    subtitle: str
    language: str
    name: str
    sections: tuple[Section, ...]
    versions: str
    again: tuple[str, ...]
    moment: datetime
    data: dict[str, Any]

    def blocks(self) -> Iterator[tuple[Section, Block]]:
        """Every block with its section, in reading order."""
        for section in self.sections:
            for block in section.blocks:
                yield section, block

    def tables(self) -> Iterator[Table]:
        """Every table, in reading order."""
        return (block for _, block in self.blocks() if isinstance(block, Table))

    def figures(self) -> Iterator[Figure]:
        """Every chart, in reading order."""
        return (block for _, block in self.blocks() if isinstance(block, Figure))


def numbered(sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """The same sections, their tables and figures numbered from 1 in reading order."""
    counts: dict[type, int] = {Table: 0, Figure: 0}

    def count(block: Block) -> Block:
        if not isinstance(block, Table | Figure):
            return block
        counts[type(block)] += 1
        return replace(block, number=counts[type(block)])

    return tuple(replace(section, blocks=tuple(map(count, section.blocks))) for section in sections)


def on_paper(report: Report) -> Report:
    """The same report without the columns that only programs use."""
    sections = tuple(
        replace(section, blocks=tuple(map(_block_on_paper, section.blocks))) for section in report.sections
    )
    return replace(report, sections=sections)


def _block_on_paper(block: Block) -> Block:
    if not isinstance(block, Table):
        return block
    kept = [place for place, column in enumerate(block.columns) if not column.spreadsheet]
    columns = tuple(block.columns[place] for place in kept)
    return replace(block, columns=columns, rows=tuple(tuple(row[place] for place in kept) for row in block.rows))
