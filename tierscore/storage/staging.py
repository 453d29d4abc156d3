"""Rows of a long file on their way in: out of memory, brought into the order of their cells, repeated ones found.

They wait in a temporary SQLite database of this process, whatever the database they are going to: it has no name, so
nothing is left of it however the process ends. It lies where TMPDIR says.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from tierscore.framework.catalogue import Observation

ROWS = 10_000

_CACHE_KB = 32 * 1024
# A cell is one number: of its region, its indicator and its year, in steps of these.
_SERIES, _YEARS, _FIRST_YEAR = 1 << 24, 1 << 8, 1900
_SAID = ("value", "status", "source", "vintage", "note")
_KEPT = f"cell, line, {', '.join(_SAID)}, text"

PLACED = ("place", *(field.name for field in fields(Observation)))

_CODES = """
CREATE TABLE regions (place INTEGER PRIMARY KEY, code TEXT);
CREATE TABLE indicators (place INTEGER PRIMARY KEY, code TEXT, unit TEXT);
CREATE TABLE later (place INTEGER PRIMARY KEY, first INTEGER);
"""

_FIELDS = f"r.code, i.code, o.cell % {_YEARS} + {_FIRST_YEAR}, o.value, i.unit, o.status, o.source, o.vintage, o.note"
_FROM = f"""
FROM ordered AS o
CROSS JOIN regions AS r ON r.place = o.cell / {_SERIES * _YEARS}
CROSS JOIN indicators AS i ON i.place = o.cell / {_YEARS} % {_SERIES}
"""

_TABLE = """
CREATE TABLE {name} (
    place INTEGER PRIMARY KEY, cell INTEGER, line INTEGER,
    value REAL, status TEXT, source TEXT, vintage TEXT, note TEXT, text TEXT
)
"""

# All names in these statements are our own, never a user's words.
_PUT = f"INSERT INTO arrived ({_KEPT}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
_ORDER = f"INSERT INTO ordered ({_KEPT}) SELECT {_KEPT} FROM arrived ORDER BY cell, line"  # noqa: S608

# Rows lie in the order of cells here, so those of one cell are neighbours and the first of them is the one whose
# neighbour before has another cell.
_AGAIN = """
SELECT EXISTS (
    SELECT 1 FROM ordered AS a CROSS JOIN ordered AS b ON b.place = a.place + 1 WHERE a.cell = b.cell
)
"""
_LATER = """
INSERT INTO later SELECT place, first FROM (
    SELECT place, max(begins) OVER (ORDER BY place ROWS UNBOUNDED PRECEDING) AS first FROM (
        SELECT place, CASE WHEN cell IS NOT lag(cell) OVER (ORDER BY place) THEN place END AS begins FROM ordered
    )
) WHERE place <> first
"""

_SAME = " AND ".join(f"now.{name} IS then_.{name}" for name in _SAID)
_BOTH = "FROM later JOIN ordered now ON now.place = later.place JOIN ordered then_ ON then_.place = later.first"


@dataclass(frozen=True)
class Contradiction:
    """A row about a cell of which an earlier line says something else; `text` is its value as it was written."""

    line: int
    first: int
    text: str


class Stage:
    """Where the rows of one file wait. First all are put in, then it is settled, then they are read back.

    regions : every code that a row may have.  units : the same of indicators, with the unit that its values are in.
    """

    def __init__(self, regions: Iterable[str], units: Mapping[str, str]) -> None:
        self._regions, self._indicators = pd.Index(sorted(regions)), pd.Index(sorted(units))
        self._connection = sqlite3.connect("", isolation_level=None)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{_CACHE_KB}"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.executescript(_CODES)
        self._many("INSERT INTO regions VALUES (?, ?)", enumerate(self._regions))
        listed = ((place, code, units[code]) for place, code in enumerate(self._indicators))
        self._many("INSERT INTO indicators VALUES (?, ?, ?)", listed)
        self._connection.execute(_TABLE.format(name="arrived"))

    def __enter__(self) -> Stage:
        return self

    def __exit__(self, *_error: object) -> None:
        self._connection.close()

    def __len__(self) -> int:
        return self._count("SELECT count(*) FROM ordered")

    def put(self, frame: pd.DataFrame, lines: npt.NDArray[np.int64], texts: Sequence[str]) -> None:
        """Takes rows in: the fields of observations, the lines they stand on, their values as they were written.

        A value of -0.0 is kept as 0.0, for the reason that `batch.as_frame` gives.
        """
        said = [frame[name].tolist() for name in _SAID[1:]]
        values = (frame["value"] + 0.0).tolist()
        # The module stores NaN as NULL.
        rows = zip(self._cells(frame).tolist(), lines.tolist(), values, *said, texts, strict=True)
        self._many(_PUT, rows)

    def settle(self) -> None:
        """Brings the rows into the order of their cells, and of their lines where these are the same."""
        run = self._connection.execute
        run(_TABLE.format(name="ordered"))
        run(_ORDER)
        run("DROP TABLE arrived")
        # To ask whether any cell is there again takes a tenth of the time of finding which.
        if self._count(_AGAIN):
            run(_LATER)

    def repeated(self) -> int:
        """How many rows say again what an earlier line says."""
        return self._count(f"SELECT count(*) {_BOTH} WHERE {_SAME}")

    def contradicting(self) -> int:
        """How many rows say something else than an earlier line about the same cell."""
        return self._count(f"SELECT count(*) {_BOTH} WHERE NOT ({_SAME})")

    def contradictions(self, most: int) -> list[Contradiction]:
        """The first of them, by their lines."""
        query = f"SELECT now.line, then_.line, now.text {_BOTH} WHERE NOT ({_SAME}) ORDER BY now.line LIMIT ?"
        return [Contradiction(*row) for row in self._connection.execute(query, (most,))]

    def keep_first(self) -> None:
        """Drops the rows that are not the first of their cell."""
        self._connection.execute("DELETE FROM ordered WHERE place IN (SELECT place FROM later)")

    def drop(self, places: Iterable[int]) -> None:
        """Drops rows by their places."""
        self._many("DELETE FROM ordered WHERE place = ?", ((place,) for place in places))

    def uses(self, source: str) -> bool:
        """Whether a row names that source."""
        return self._count("SELECT EXISTS (SELECT 1 FROM ordered WHERE source = ?)", (source,)) > 0

    def parts(self, rows: int = ROWS) -> Iterator[list[tuple[Any, ...]]]:
        """The rows in the order of their cells, so many at a time: `PLACED`, a withdrawn value being None.

        Rows of parts that were given may be dropped in between.
        """
        last = 0
        query = f"SELECT o.place, {_FIELDS} {_FROM} WHERE o.place > ? ORDER BY o.place LIMIT ?"
        while part := self._connection.execute(query, (last, rows)).fetchall():
            yield part
            last = part[-1][0]

    def rows(self, number: int) -> Iterator[tuple[Any, ...]]:
        """Each row in the same order: the fields of an observation, then a number that is the same for all."""
        return self._connection.execute(f"SELECT {_FIELDS}, ? {_FROM} ORDER BY o.place", (number,))

    def _cells(self, frame: pd.DataFrame) -> npt.NDArray[np.int64]:
        """One number for each cell, in the order of region, indicator and year."""
        regions = self._regions.get_indexer(pd.Index(frame["region"])).astype(np.int64)
        indicators = self._indicators.get_indexer(pd.Index(frame["indicator"])).astype(np.int64)
        years = frame["period"].to_numpy(np.int64) - _FIRST_YEAR
        cells: npt.NDArray[np.int64] = (regions * _SERIES + indicators) * _YEARS + years
        return cells

    def _many(self, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
        self._connection.execute("BEGIN")
        self._connection.executemany(statement, rows)
        self._connection.execute("COMMIT")

    def _count(self, query: str, given: tuple[Any, ...] = ()) -> int:
        return int(self._connection.execute(query, given).fetchone()[0])
