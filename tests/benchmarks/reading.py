"""What is read of a large table, how long it takes, and how that grows with the table.

    python -m tests.benchmarks.reading --engine sqlite --rows 906250 1812500 3625000 7250000
    python -m tests.benchmarks.reading --engine postgresql --rows 906250 1812500 3625000 7250000
    python -m tests.benchmarks.reading --engine sqlite --rows 100000 --explain --export

For each number of rows a fresh database gets the made-up file (tests/benchmarks/large.py) by `tierscore import`, and
then a second revision that corrects one value in 150; PostgreSQL's table is vacuumed. Every question is asked three
times; the quickest is told, in milliseconds, and with several sizes the slope of its logarithm over that of the rows:
1 is linear, 0 heeds no size.
With --export everything is exported before and imported again; both tell their peak memory, which Linux never tells to
be less than that of this process when they began: ask for one size alone.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from time import perf_counter
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd
import psycopg
from psycopg import Cursor
from sqlalchemy import event, make_url
from sqlalchemy.orm import Session

from tests.benchmarks import bulk, large
from tests.conftest import driverless, opened
from tierscore.storage import batch, freshness, listing, observations, revisions, window
from tierscore.storage.database import Database
from tierscore.storage.observations import EVERYTHING, Filters
from tierscore.storage.window import Span

ONE_IN, ROUNDS, NEWEST, MIDDLE_YEAR = 150, 3, 2, 2010
REGION, INDICATOR = "SYN-000010", "synthetic_003"

Ask = Callable[[Session], Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[500_000])
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--explain", action="store_true", help="print the plans of the largest")
    parser.add_argument("--export", action="store_true", help="export everything and import it again")
    given = parser.parse_args()
    taken = {rows: of_size(given, rows) for rows in given.rows}
    table = pd.DataFrame(taken)
    if len(given.rows) > 1:
        sizes = np.log(np.array(given.rows))
        table["slope"] = [np.polyfit(sizes, np.log(row), 1)[0] for row in table.to_numpy()]
    print(table.round(2).to_string())  # noqa: T201
    print(f"peak memory of this process {getrusage(RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")  # noqa: T201


def of_size(given: argparse.Namespace, rows: int) -> dict[str, float]:
    """Milliseconds of every question on a fresh database with so many rows."""
    with tempfile.TemporaryDirectory(prefix="reading") as folder, bulk.SERVERS[given.engine](Path(folder)) as (_, url):
        fill(url, Path(folder), rows)
        if given.export:
            round_trip(url, Path(folder), rows)
        with opened(url) as database:
            asked = questions(rows)
            if given.explain and rows == max(given.rows):
                for name, ask in asked.items():
                    print(f"\n{name}", *plans(database, ask), sep="\n    ")  # noqa: T201
            return {name: 1000 * quickest(database, ask) for name, ask in asked.items()}


def fill(url: str, folder: Path, rows: int) -> None:
    bulk.prepare(url, rows)
    file, second = folder / "large.csv", folder / "second.csv"
    large.write(file, rows)
    bulk.told("import", rows, bulk.imported(url, file))
    corrected(file, second)
    bulk.told("second import", rows // ONE_IN, bulk.imported(url, second))
    if url.startswith("postgresql"):
        settle(url)


def settle(url: str) -> None:
    """What autovacuum does some minutes later: says which pages hold only what everybody sees."""
    with psycopg.connect(driverless(make_url(url)), autocommit=True) as connection:
        connection.execute("VACUUM observations")


def round_trip(url: str, folder: Path, rows: int) -> None:
    """Everything out as SDMX-CSV and in again, which has to find nothing new."""
    file = folder / "everything.csv"
    bulk.told("export", rows, bulk.of_process([bulk.COMMAND, "export", "-o", file], DATABASE_URL=url))
    bulk.told("import of the export", rows, bulk.imported(url, file))
    file.unlink()
    with opened(url) as database, database.read() as session:
        if freshness.state(session).revision != NEWEST:
            raise SystemExit("the export came back changed")


def corrected(file: Path, to: Path) -> None:
    """Every so many rows of the file with another value."""
    parts = pd.read_csv(file, dtype=str, keep_default_na=False, chunksize=ONE_IN * 1000)
    for number, part in enumerate(parts):
        some = part.iloc[::ONE_IN].copy()
        some["value"] = "1" + some["value"]
        some.to_csv(to, mode="a", index=False, header=number == 0)


def questions(rows: int) -> dict[str, Ask]:
    regions, indicators = large.counties(rows), large._codes()

    def windowed(codes: list[str], *years: int) -> Ask:
        return lambda session: window.read(session, NEWEST, regions, codes, Span(*years))

    def paged(filters: Filters, page: int = 1) -> Ask:
        return lambda session: listing.page(session, NEWEST, filters, False, page, 100)

    missing = [[code for code in regions for _ in range(11)], indicators[:11] * len(regions)]
    return {
        "window: one year": windowed(indicators, MIDDLE_YEAR, MIDDLE_YEAR),
        "window: one year, 12 indicators": windowed(indicators[:12], MIDDLE_YEAR, MIDDLE_YEAR),
        "window: three years": windowed(indicators, MIDDLE_YEAR, MIDDLE_YEAR + 2),
        "window: all years": windowed(indicators),
        "series seen, 11 of a region": lambda session: window.seen(session, NEWEST, *missing),
        "state": freshness.state,
        "page of all": paged(EVERYTHING),
        "page of a region": paged(Filters((REGION,))),
        "page of an indicator": paged(Filters((), (INDICATOR,))),
        "page of a year": paged(Filters((), (), (MIDDLE_YEAR,))),
        "page in the middle of all": paged(EVERYTHING, rows // 200),
        "first and last year": lambda session: observations.periods(session, NEWEST, indicators),
        "revisions listed": lambda session: revisions.listing(session, 1, 100),
        "what the second revision changed": lambda session: revisions.changed(session, 1, NEWEST),
        "batch of 1,000 compared": lambda session: batch.preview(session, known_rows(regions)),
    }


def known_rows(regions: list[str]) -> pd.DataFrame:
    """A thousand cells spread over the table."""
    cells = pd.DataFrame({"region": np.resize(regions, 1000), "indicator": np.resize(large._codes(), 1000)})
    rows = cells.assign(period=range(1000), value=1.0, status="A", source=large.SOURCES[0])
    rows["period"] = rows["period"] % large.CANDIDATES + large.FIRST_YEAR
    return rows.assign(unit="", vintage="", note="").drop_duplicates(batch.CELL)


def quickest(database: Database, ask: Ask) -> float:
    taken = []
    for _ in range(ROUNDS):
        with database.read() as session:
            began = perf_counter()
            ask(session)
            taken.append(perf_counter() - began)
    return min(taken)


@contextmanager
def noting(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """The statements that are sent meanwhile, with their parameters; of a COPY the query in it."""
    sent: list[tuple[str, Any]] = []
    copy = Cursor.copy

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        sent.append((statement, parameters))

    def noted(cursor: Any, statement: str, parameters: Any = None) -> Any:
        sent.append((statement.removeprefix("COPY (").partition(") TO STDOUT")[0], parameters))
        return copy(cursor, statement, parameters)

    event.listen(database.engine, "before_cursor_execute", note)
    with patch.object(Cursor, "copy", noted):
        yield sent
    event.remove(database.engine, "before_cursor_execute", note)


def plans(database: Database, ask: Ask) -> list[str]:
    """The plans of the statements that a question sends, line by line."""
    with database.read() as session:
        with noting(database) as sent:
            ask(session)
        sqlite = session.get_bind().dialect.name == "sqlite"
        explain = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN "
        return [
            str(row[3 if sqlite else 0])[:140]
            for statement, parameters in sent
            if not statement.startswith("BEGIN")
            for row in session.connection().exec_driver_sql(explain + statement, parameters)
        ]


if __name__ == "__main__":
    main()
