"""Rows of a long file on their way in: out of memory, brought into the order of their cells, repeated ones found.

They wait in a SQLite database of their own, whatever the database they are going to. Without a name nothing is left of
it however the process ends; with one it can be kept once it is settled (`kept_stages`), after which it never changes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from tierscore.framework.catalogue import Observation
from tierscore.storage.signs_of_life import telling
from tierscore.storage.stage_statements import (
    AGAIN,
    BESIDE,
    BOTH,
    FIRST_YEAR,
    LATER,
    LEFT,
    ORDER,
    PART,
    PLACED_ROWS,
    PUT,
    SAME,
    SERIES,
    STATED,
    TABLE,
    TABLES,
    YEARS,
)

ROWS = 10_000

_CACHE_KB = 32 * 1024
PLACED = ("place", *(field.name for field in fields(Observation)))


@dataclass(frozen=True)
class Contradiction:
    """A row about a cell of which an earlier line says something else; `text` is its value as it was written."""

    line: int
    first: int
    text: str


Columns = dict[str, Sequence[Any]]


class Stage:
    """Where the rows of one file wait. First all are put in, then it is settled, then they are read back."""

    def __init__(self, regions: Iterable[str], units: Mapping[str, str], connection: sqlite3.Connection) -> None:
        self._regions, self._indicators = pd.Index(sorted(regions)), pd.Index(sorted(units))
        self._units = np.array([units[code] for code in self._indicators], dtype=object)
        self._connection = connection
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
        connection.executescript(BESIDE)
        self._many("INSERT INTO regions VALUES (?, ?)", enumerate(self._regions))
        listed = enumerate(zip(self._indicators, self._units, strict=True))
        self._many("INSERT INTO indicators VALUES (?, ?, ?)", ((place, *said) for place, said in listed))

    @classmethod
    def begun(cls, regions: Iterable[str], units: Mapping[str, str], file: Path | None = None) -> Stage:
        """An empty one, in a file that is not there yet or in one without a name.

        regions : every code that a row may have.  units : the same of indicators, with the units of their values.
        """
        connection = sqlite3.connect("" if file is None else file, isolation_level=None)
        for pragma in ("journal_mode = OFF", "synchronous = OFF"):
            connection.execute(f"PRAGMA {pragma}")
        connection.executescript(TABLES)
        connection.execute(TABLE.format(name="arrived"))
        return cls(regions, units, connection)

    @classmethod
    def again(cls, regions: Iterable[str], units: Mapping[str, str], file: Path) -> Stage:
        """A settled one that was kept, on the same terms; raises sqlite3.OperationalError where there is none."""
        connection = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, isolation_level=None)
        return cls(regions, units, connection)

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
        said = [frame[name].tolist() for name in STATED[1:]]
        values = (frame["value"] + 0.0).tolist()
        # The module stores NaN as NULL.
        rows = zip(self._cells(frame).tolist(), lines.tolist(), values, *said, texts, strict=True)
        self._many(PUT, rows)

    def settle(self, alive: Callable[[], None] = lambda: None) -> None:
        """Brings the rows into the order of their cells, and of their lines where these are the same.

        `alive` is called now and then; what it raises ends the sorting and is raised here.
        """
        run = self._connection.execute
        with telling(self._connection, alive):
            run(TABLE.format(name="ordered"))
            run(ORDER)
            run("DROP TABLE arrived")
            # To ask whether any cell is there again takes a tenth of the time of finding which.
            if self._count(AGAIN):
                run(LATER)

    def note(self, found: str) -> None:
        """Keeps a text beside the rows: what was found while they were put in."""
        self._connection.execute("INSERT INTO found VALUES (?)", (found,))

    def noted(self) -> str:
        """The text that was kept."""
        return str(self._connection.execute("SELECT said FROM found").fetchone()[0])

    def repeated(self) -> int:
        """How many rows say again what an earlier line says."""
        return self._count(f"SELECT count(*) {BOTH} WHERE {SAME}")

    def contradicting(self) -> int:
        """How many rows say something else than an earlier line about the same cell."""
        return self._count(f"SELECT count(*) {BOTH} WHERE NOT ({SAME})")

    def contradictions(self, most: int) -> list[Contradiction]:
        """The first of them, by their lines."""
        query = f"SELECT now.line, then_.line, now.text {BOTH} WHERE NOT ({SAME}) ORDER BY now.line LIMIT ?"
        return [Contradiction(*row) for row in self._connection.execute(query, (most,))]

    def keep_first(self) -> None:
        """Drops the rows that are not the first of their cell."""
        self._connection.execute("DELETE FROM ordered WHERE place IN (SELECT place FROM later)")

    def drop(self, places: Sequence[int]) -> None:
        """Gives rows no more, by their places. That is kept beside the stage, which does not change."""
        self._many("INSERT INTO dropped VALUES (?)", ((place,) for place in places))

    def uses(self, source: str) -> bool:
        """Whether a row names that source."""
        return self._count("SELECT EXISTS (SELECT 1 FROM ordered WHERE source = ?)", (source,)) > 0

    def parts(self, rows: int = ROWS) -> Iterator[Columns]:
        """All rows in the order of their cells, so many at a time, as columns `PLACED`; a withdrawn value is None."""
        last = 0
        while part := self._connection.execute(PART, (last, rows)).fetchall():
            columns = self._columns(part)
            yield columns
            last = columns["place"][-1]

    def rows(self, number: int) -> Iterator[tuple[Any, ...]]:
        """Each row that is not dropped, in the same order: the fields of an observation, then a number."""
        left = LEFT if self._count("SELECT EXISTS (SELECT 1 FROM dropped)") else ""
        return self._connection.execute(f"{PLACED_ROWS} {left} ORDER BY o.place", (number,))

    def _columns(self, part: list[tuple[Any, ...]]) -> Columns:
        """A part as columns. Codes and units are one text each however many rows have them, which is less to make."""
        place, cell, *said = zip(*part, strict=True)
        cells = np.array(cell)
        indicators = cells // YEARS % SERIES
        columns: Columns = {
            "place": place,
            "region": self._regions.to_numpy()[cells // (SERIES * YEARS)].tolist(),
            "indicator": self._indicators.to_numpy()[indicators].tolist(),
            "period": (cells % YEARS + FIRST_YEAR).tolist(),
            "unit": self._units[indicators].tolist(),
            **dict(zip(STATED, said, strict=True)),
        }
        return {name: columns[name] for name in PLACED}

    def _cells(self, frame: pd.DataFrame) -> npt.NDArray[np.int64]:
        """One number for each cell, in the order of region, indicator and year."""
        regions = self._regions.get_indexer(pd.Index(frame["region"])).astype(np.int64)
        indicators = self._indicators.get_indexer(pd.Index(frame["indicator"])).astype(np.int64)
        years = frame["period"].to_numpy(np.int64) - FIRST_YEAR
        cells: npt.NDArray[np.int64] = (regions * SERIES + indicators) * YEARS + years
        return cells

    def _many(self, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
        self._connection.execute("BEGIN")
        self._connection.executemany(statement, rows)
        self._connection.execute("COMMIT")

    def _count(self, query: str, given: tuple[Any, ...] = ()) -> int:
        return int(self._connection.execute(query, given).fetchone()[0])
