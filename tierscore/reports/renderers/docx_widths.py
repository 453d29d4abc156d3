"""How wide the columns of a Word table are: said by the table, mended where its texts would be broken."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from tierscore.reports.document import Table
from tierscore.reports.renderers.docx_package import CELL_SIDE, TABLE_TEXT
from tierscore.reports.renderers.docx_parts import TWIPS_PER_POINT

# In ems.  Longer words, addresses mostly, are broken; longer lines go on in the next.
LONGEST_WORD, LONGEST_LINE = 12.0, 40.0
LETTER, CAPITAL, BROAD, MARK = 0.6, 0.72, 0.92, 0.4
BOLD = 1.08
_WORD = re.compile("[\u2e80-\uffff]|[^\\s\u2e80-\uffff]+")


def widths(table: Table, total: int) -> list[int]:
    """The columns' widths in twips: their shares of the total, but none so narrow that a number or word is broken.

    What a column has to spare goes to those whose texts would take a second line.
    """
    columns = range(len(table.columns))
    needs = [_twips(min(LONGEST_WORD, _most(table, column, _longest))) for column in columns]
    if sum(needs) >= total:
        return _whole([total * need / sum(needs) for need in needs], total)
    lines = [_twips(min(LONGEST_LINE, _most(table, column, _long))) for column in columns]
    sizes = _shared([column.width for column in table.columns], needs, total)
    return _whole(_evened(sizes, [max(pair) for pair in zip(needs, lines, strict=True)]), total)


def _shared(shares: list[float], needs: list[float], total: int) -> list[float]:
    """The total by shares among those columns to which that gives what they need; the others have what they need."""
    narrow: set[int] = set()
    while True:
        free = [place for place in range(len(shares)) if place not in narrow]
        unit = (total - sum(needs[place] for place in narrow)) / sum(shares[place] for place in free)
        found = {place for place in free if shares[place] * unit < needs[place]}
        if not found:
            return [needs[place] if place in narrow else share * unit for place, share in enumerate(shares)]
        narrow |= found


def _evened(sizes: list[float], wanted: list[float]) -> list[float]:
    """The same total with what is to spare given to those that lack.

    >>> _evened([50.0, 30.0, 20.0], [40.0, 36.0, 20.0])
    [44.0, 36.0, 20.0]
    """
    spare = sum(max(0.0, size - want) for size, want in zip(sizes, wanted, strict=True))
    lack = sum(max(0.0, want - size) for size, want in zip(sizes, wanted, strict=True))
    moved = min(spare, lack)
    if not moved:
        return sizes
    return [
        size + (want - size) * moved / (spare if size > want else lack)
        for size, want in zip(sizes, wanted, strict=True)
    ]


def _whole(sizes: list[float], total: int) -> list[int]:
    rounded = [int(size) for size in sizes]
    return [*rounded[:-1], total - sum(rounded[:-1])]


def _twips(ems: float) -> float:
    """The width of a cell for a text."""
    return TABLE_TEXT * TWIPS_PER_POINT * ems + 2 * CELL_SIDE + 20


def _most(table: Table, column: int, measure: Callable[[str], float]) -> float:
    """The largest measure of a column's cells with their marks, which are small, and of its title's words."""
    cells = (measure(table.said(row[column], column)) + MARK * len(",".join(row[column].marks)) for row in table.rows)
    return max([*cells, BOLD * _longest(table.columns[column].title)])


def _longest(text: str) -> float:
    """The width of the longest word in ems; between Chinese characters a line may end.

    >>> round(_longest("得分 Score"), 2)
    3.12
    """
    return max(map(_long, _WORD.findall(text)), default=0.0)


def _long(text: str) -> float:
    """The width of a text in ems, rather too much than too little.

    >>> round(_long("得分 Score"), 2)
    5.72
    """
    return sum(map(_letter, text))


@cache
def _letter(letter: str) -> float:
    if letter >= "\u2e80":
        return 1.0
    return BROAD if letter in "MWmw%@" else CAPITAL if letter.isupper() else LETTER
